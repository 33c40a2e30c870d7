// Who publishes a name and who uses it before that. Only names that are declared somewhere count; an undeclared shell variable
// is the business of the lint.
import { parseCondition } from './condition.ts';
import { findPlaceholders } from './placeholder.ts';
import { didYouMean, nearestOf } from './problem-code.ts';
import { reservedNames } from './reserved-name.ts';
import type { Complain } from './problem-code.ts';
import type { DraftStep } from './step.ts';

/** Checks the names of all steps. Never throws. */
export function checkNames(steps: readonly DraftStep[], inputs: ReadonlySet<string>, secrets: ReadonlySet<string>, complain: Complain): void {
  const publisher = findPublishers(steps, inputs, complain);
  const places = new Map(steps.map(({ step }, index) => [step.id, index]));
  const assigned = new Map<string, number>();
  steps.forEach((entry, index) => {
    for (const name of entry.names.assigns) if (!assigned.has(name)) assigned.set(name, index);
    checkUses(entry, position(entry, index, places), publisher, assigned, complain);
    checkCondition(entry, index, { publisher, inputs, secrets, places }, complain);
    checkPlaceholders(entry, complain);
  });
}

/** Which step, by its place in the document, publishes each name. A verifier repeats the names of its step. */
function findPublishers(steps: readonly DraftStep[], inputs: ReadonlySet<string>, complain: Complain): ReadonlyMap<string, number> {
  const publisher = new Map<string, number>();
  steps.forEach(({ step, draft, names }, index) => {
    const first = new Map(names.exports.toReversed().map((use) => [use.name, use.offset]));
    for (const name of step.publishes) {
      const spot = draft.spotAt(first.get(name) ?? 0);
      const earlier = steps[publisher.get(name) ?? -1]?.step;
      if (reservedNames.has(name)) complain('reserved-name', spot, `the name "${name}" belongs to JavaScript, the shell or the toolkit`, 'Rename the output.');
      else if (inputs.has(name)) complain('output-is-input', spot, `"${name}" is an input; a step cannot publish it`, 'Rename the output.');
      else if (earlier === undefined) publisher.set(name, index);
      else if (earlier.verifies !== step.id && step.verifies !== earlier.id && (step.verifies === undefined || step.verifies !== earlier.verifies)) complain('duplicate-output', spot, `"${name}" is already published by "${earlier.id}" (line ${earlier.line})`, 'Rename one of them.');
    }
  });
  // A verifier may stand before its step; the name belongs to the step.
  steps.forEach(({ step }, index) => {
    for (const name of step.publishes) if (step.verifies === undefined && steps[publisher.get(name) ?? -1]?.step.verifies === step.id) publisher.set(name, index);
  });
  return publisher;
}

/** The place in the order of running: a verifier runs before its step; what follows a failure runs last. */
function position({ step }: DraftStep, index: number, places: ReadonlyMap<string, number>): number {
  if (step.undoes !== undefined || step.onFailure) return Number.POSITIVE_INFINITY;
  return (step.verifies === undefined ? undefined : places.get(step.verifies)) ?? index;
}

function checkUses({ step, draft, names }: DraftStep, place: number, publisher: ReadonlyMap<string, number>, assigned: ReadonlyMap<string, number>, complain: Complain): void {
  const told = new Set(step.publishes);
  for (const { name, offset } of names.uses) {
    const from = publisher.get(name);
    if (from === undefined || from < place || told.has(name) || names.assigns.has(name)) continue;
    // The variables of a shell session last, exported or not.
    if (step.kind === 'shell' && (assigned.get(name) ?? place) < place) continue;
    told.add(name);
    const message = step.verifies !== undefined ? `the verifier runs before its step and uses "${name}", which is published only then` : `"${name}" is used here but published only later`;
    complain('used-before-produced', draft.spotAt(offset), message, 'Move the step, or take the value from somewhere else.');
  }
}

/** The names that an expression may, or must not, hold. */
interface KnownNames {
  readonly publisher: ReadonlyMap<string, number>;
  readonly inputs: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly places: ReadonlyMap<string, number>;
}

function checkCondition({ step, draft }: DraftStep, index: number, { publisher, inputs, secrets, places }: KnownNames, complain: Complain): void {
  const condition = step.condition === undefined ? undefined : parseCondition(step.condition);
  if (condition?.kind !== 'condition') return;
  for (const name of condition.names) {
    const from = publisher.get(name);
    if (secrets.has(name)) complain('bad-condition', draft.spotOf('if'), `"${name}" is a secret, and no expression sees one`, 'Decide it in a block, and publish the answer.');
    if (inputs.has(name)) continue;
    const hint = places.has(name) ? `It is a step: say passed(${name}), or put text in quotes.` : didYouMean(nearestOf(name, joined(inputs, publisher.keys())), 'Put text in quotes.');
    if (from === undefined) complain('unknown-name', draft.spotOf('if'), `"${name}" is neither an input nor an output`, hint);
    else if (from >= index && !step.onFailure) complain('used-before-produced', draft.spotOf('if'), `"${name}" is used here but published only later`, 'Move the step.');
  }
}

function* joined(inputs: Iterable<string>, outputs: Iterable<string>): Iterable<string> {
  yield* inputs;
  yield* outputs;
}

function checkPlaceholders({ step, draft, names }: DraftStep, complain: Complain): void {
  if (step.kind !== 'shell' && step.kind !== 'script') return;
  const found = findPlaceholders(step.source, step.kind, names.comments);
  for (const { text, offset } of found) complain('placeholder', draft.spotAt(offset), `${JSON.stringify(text)} waits to be replaced`, 'Declare an input and use it instead.');
}
