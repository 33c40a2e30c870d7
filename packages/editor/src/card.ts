// What is told of a step, an input or an output when the mouse rests on its name. Markdown for an editor; the words of the
// document are foreign text and are escaped, so that no document puts links or pictures into a hover.
import type { InputDeclaration, Runbook, Step } from '@runbook/model';

/** What is known of a name in code: a declared input, or an output with the steps that publish it, verifiers last. */
export type KnownName = { readonly kind: 'input'; readonly input: InputDeclaration } | { readonly kind: 'output'; readonly name: string; readonly steps: readonly Step[] };

/** Every input and output of a runbook by name. */
export function knownNames(runbook: Runbook): ReadonlyMap<string, KnownName> {
  const names = new Map<string, KnownName>();
  const bySteps = [...runbook.steps].sort((a, b) => Number(a.verifies !== undefined) - Number(b.verifies !== undefined));
  for (const step of bySteps) {
    for (const name of step.publishes) {
      const before = names.get(name);
      names.set(name, { kind: 'output', name, steps: [...(before?.kind === 'output' ? before.steps : []), step] });
    }
  }
  for (const input of runbook.inputs) names.set(input.name, { kind: 'input', input });
  return names;
}

/** A step in a few lines. */
export function stepCard(runbook: Runbook, step: Step): string {
  const runs = { shell: 'shell block', script: 'script block', manual: 'manual step', file: 'file block', include: 'include' }[step.kind];
  const role = step.verifies !== undefined ? 'verifier' : step.undoes !== undefined ? 'undo' : step.onFailure ? 'runs after a failure' : step.gate === undefined ? '' : 'gate';
  const verifier = runbook.steps.find((other) => other.verifies === step.id);
  const undo = runbook.steps.find((other) => other.undoes === step.id);
  const publishes = step.publishes.map(code).join(', ');
  const facts = [
    step.kind === 'manual' ? text(step.source.split('\n')[0] ?? '') : '',
    `Effect: ${step.effect}${step.effectDeclared || step.kind === 'manual' ? '' : ' (not declared)'}`,
    step.heading.length === 0 ? '' : `Chapter: ${step.heading.map(text).join(' › ')}`,
    step.verifies === undefined ? '' : `Verifies ${code(step.verifies)}`,
    step.undoes === undefined ? '' : `Undoes ${code(step.undoes)}`,
    verifier === undefined ? '' : `Verified by ${code(verifier.id)}`,
    undo === undefined ? '' : `Undone by ${code(undo.id)}`,
    step.needs.length === 0 ? '' : `Needs ${step.needs.map(code).join(', ')}`,
    publishes === '' ? '' : `Publishes ${publishes}`,
    step.approvers > 1 ? `Needs ${step.approvers} people` : '',
    step.target === undefined ? '' : `Runs ${code(step.target)}`,
  ];
  return card(`step ${code(step.id)}`, [runs, role, `line ${step.line}`], facts);
}

/** An input or output in a few lines. */
export function nameCard(known: KnownName): string {
  return known.kind === 'input' ? inputCard(known.input) : outputCard(known.name, known.steps);
}

function inputCard(input: InputDeclaration): string {
  const facts = [
    text(input.description ?? ''),
    input.default === undefined ? '' : `Default: ${code(JSON.stringify(input.default))}`,
    input.example === undefined ? '' : `Example: ${code(JSON.stringify(input.example))}`,
    input.choices === undefined ? '' : `Choices: ${input.choices.map(code).join(', ')}`,
    input.pattern === undefined ? '' : `Pattern: ${code(input.pattern)}`,
    input.env === undefined ? '' : `From the environment: ${code(input.env)}`,
  ];
  return card(`input ${code(input.name)}`, [input.type, input.required ? 'required' : 'optional', `line ${input.line}`], facts);
}

function outputCard(name: string, steps: readonly Step[]): string {
  const [publisher, ...others] = steps;
  const facts = [publisher === undefined ? '' : `Published by ${code(publisher.id)}, line ${publisher.line}`, others.length === 0 ? '' : `Also by ${others.map((step) => code(step.id)).join(', ')}`];
  return card(`output ${code(name)}`, [], facts);
}

function card(title: string, about: readonly string[], facts: readonly string[]): string {
  const head = [`**${title}**`, ...about.filter((one) => one !== '')].join(' · ');
  return [head, ...facts.filter((fact) => fact !== '')].join('\n\n');
}

/** A code span that no content can leave. */
export function code(content: string): string {
  const line = content.replace(/\s+/g, ' ').slice(0, 200);
  const marks = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length)) + 1);
  return marks === '`' ? `\`${line === '' ? ' ' : line}\`` : `${marks} ${line} ${marks}`;
}

/** Foreign text as text. */
function text(content: string): string {
  return content.replace(/\s+/g, ' ').trim().slice(0, 500).replace(/[\\`*_{}[\]<>()#+!|~&:@-]/g, '\\$&');
}
