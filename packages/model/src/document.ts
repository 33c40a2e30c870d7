// From the text of a Markdown file to a runbook. Collects problems instead of throwing; never runs or fetches anything.
import { createHash } from 'node:crypto';
import { indexLines } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import { readDeclarations } from './declaration.ts';
import { checkComment, draftFence, draftItem } from './draft.ts';
import { parseFrontMatter } from './front-matter.ts';
import { parseExpectation } from './expectation.ts';
import { checkNames } from './name-rule.ts';
import { didYouMean, makeProblem, nearestOf } from './problem-code.ts';
import { buildSteps } from './step.ts';
import { checkSteps } from './step-rule.ts';
import { readStructure } from './structure.ts';
import type { Draft } from './draft.ts';
import type { Expectation } from './expectation.ts';
import type { Complain } from './problem-code.ts';
import type { DataBlock, Runbook, Step } from './runbook.ts';
import type { DraftStep } from './step.ts';

/** What could be read of a document, and all that is wrong with it. With errors among the problems it must not be run. */
export interface ParsedRunbook {
  readonly runbook: Runbook;
  /** In the order of the document. */
  readonly problems: readonly Problem[];
}

/** Reads a document. Never throws; the runbook holds whatever could be read. */
export function parseRunbook(text: string, file: string): ParsedRunbook {
  const document = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const source = document.replace(/\r\n?/g, '\n');
  const lines = indexLines(source);
  const problems: Problem[] = [];
  const complain: Complain = (code, spot, message, hint) => {
    problems.push(makeProblem(code, file, spot, message, hint));
  };
  const front = parseFrontMatter(source, lines, complain);
  const { title, requires, lock, cwd, inputs, ...forAll } = readDeclarations(front, complain);
  const structure = readStructure(source, front.end, lines, complain);
  const drafts = structure.blocks.flatMap((block): Draft[] => {
    if (block.kind === 'comment') checkComment(block, lines, complain);
    if (block.kind === 'comment') return [];
    const draft = block.kind === 'fence' ? draftFence(block, lines, complain) : draftItem(block, lines, complain);
    return draft === undefined ? [] : [draft];
  });
  const inputNames = inputs.map((input) => input.name);
  const steps = buildSteps(drafts.filter((draft) => draft.kind !== 'data'), inputNames);
  const data = drafts.filter((draft) => draft.kind === 'data');
  checkSteps(steps, complain);
  const secrets = inputs.filter(({ type }) => type === 'secret').map(({ name }) => name);
  checkNames(steps, new Set(inputNames), new Set(secrets), complain);
  const expectations = readExpectations(data, steps, complain);
  const runbook: Runbook = {
    file,
    text: document,
    hash: createHash('sha256').update(document).digest('hex'),
    title: title ?? structure.title ?? fileTitle(file),
    ...(requires === undefined ? {} : { requires }),
    ...(lock === undefined ? {} : { lock }),
    ...(cwd === undefined ? {} : { cwd }),
    inputs,
    steps: steps.map(({ step }) => withFront(withExpectation(step, expectations.get(step.id)), forAll)),
    data: data.map(toData),
  };
  return { runbook, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)) };
}

/** The expectations of data blocks, by the step they speak of. */
function readExpectations(data: readonly Draft[], steps: readonly DraftStep[], complain: Complain): ReadonlyMap<string, Expectation> {
  const byId = new Map(steps.map(({ step }) => [step.id, step]));
  const found = new Map<string, Expectation>();
  for (const draft of data) {
    const { expect } = draft.attributes;
    if (expect === undefined) continue;
    const step = byId.get(expect);
    const earlier = found.get(expect);
    const { expectation, faults } = parseExpectation(draft.source, draft.language, draft.codeLine);
    for (const { offset, message, hint } of faults) complain('bad-expectation', draft.spotAt(offset), message, hint);
    if (step === undefined) complain('unknown-step', draft.spotOf('expect'), `"expect" names the step "${expect}", which does not exist`, didYouMean(nearestOf(expect, byId.keys()), 'Give a step that name.'));
    else if (step.kind !== 'shell' && step.kind !== 'script') complain('bad-expectation', draft.spotOf('expect'), `"${expect}" is no block that runs, so it prints nothing`, 'Name a shell or script block.');
    else if (earlier !== undefined) complain('duplicate-expectation', draft.spotOf('expect'), `what "${expect}" prints is already said on line ${earlier.line - 1}`, 'Keep one of them.');
    else found.set(expect, expectation);
  }
  return found;
}

function withExpectation(step: Step, expectation: Expectation | undefined): Step {
  return expectation === undefined ? step : { ...step, expectation };
}

/** What the front matter says for every step. */
function withFront(step: Step, { shell, tags }: { readonly shell?: string; readonly tags: readonly string[] }): Step {
  const interpreter = step.kind === 'shell' && shell !== undefined && step.interpreter === undefined ? { interpreter: shell } : {};
  return { ...step, ...interpreter, ...(tags.length === 0 ? {} : { tags: [...new Set([...step.tags, ...tags])] }) };
}

function toData(draft: Draft): DataBlock {
  return { language: draft.language, line: draft.spot.line, column: draft.spot.column, codeLine: draft.codeLine, source: draft.source, attributes: draft.attributes };
}

function fileTitle(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? file).replace(/\.(?:md|markdown)$/i, '');
}
