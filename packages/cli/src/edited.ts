// A document that was edited while its run was not going on. Undone steps are taken as they are now; a step that is done and has
// changed since is a question to a person; the run keeps every text it ever went by. (DESIGN §4, resume.)
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fitInput, matchSteps, resolveInputs, type Plan, type PlannedInput, type StepMatches } from '@runbook/model';
import { openJournal } from '@runbook/runner';
import { say } from './console.ts';
import { insistOnDocument, parseDocument, planWith, readDocument, type SoundDocument } from './document.ts';
import { exitCodes, UsageError } from './exit.ts';
import { keepIncluded, resolveScopes } from './included.ts';
import { hasTerminal, terminalPeople } from './people.ts';
import { doneSteps } from './selection.ts';
import type { RecalledRun } from './stored-run.ts';

/** How an edited document is taken. */
export interface EditOptions {
  /** Goes on with the text that the run has. */
  readonly keepText: boolean;
  /** Time of the run's clock, milliseconds since 1970. */
  readonly at: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Takes the document as it is now, if it was edited. The caller owns the run.
 * @returns whether the run goes by another text now and has to be recalled.
 * @throws UsageError where the edited document is not sound (2), or a question is open and nobody can be asked (3)
 */
export async function takeEdited(run: RecalledRun, options: EditOptions): Promise<boolean> {
  const { file } = run.started;
  if (options.keepText) return false;
  if (!existsSync(file)) {
    say(`${file} is not there any more: the run goes on with the text it has.`);
    return false;
  }
  const text = readDocument(file);
  const sound = parseEdited(run, text);
  if (text.replace(/^\uFEFF/, '') === run.text.replace(/^\uFEFF/, '') && isDeepStrictEqual(sound.texts, run.texts)) return false;
  const { plan, inputs, scopes } = replan(run, sound, options);
  if (plan.lock !== run.started.lock) throw new UsageError(`${file} was edited, and its lock is ${plan.lock ?? 'gone'} now, not ${run.started.lock ?? 'none'}: that is another release. Start a run of its own, or go on with the text it began with: --keep-text.`);
  const matches = matchSteps(run.plan, plan);
  const done = doneSteps(run.events);
  const ordinary = new Set(plan.steps.filter((step) => step.role === 'step').map((step) => step.id));
  const changed = matches.same.filter(({ before, after, changed: isChanged }) => done.has(before) && ordinary.has(after) && (isChanged || before !== after)).map(({ after }) => after);
  await askAboutNew(run, plan, matches);
  const due = await askAbout(file, changed);
  const name = nextName(run.folder.path);
  writeFileSync(join(run.folder.path, `${name}.md`), text, { mode: 0o600 });
  keepIncluded(run.folder.path, sound.texts, name);
  const journal = openJournal(run.folder.journal);
  journal.append({ at: options.at, kind: 'edited', hash: createHash('sha256').update(sound.runbook.text).digest('hex'), document: name, due, inputs, ...(plan.scopes === undefined ? {} : { scopes }) });
  journal.close();
  const taken = matches.same.filter(({ after, changed: isChanged }) => isChanged && !changed.includes(after)).map(({ after }) => after);
  say(`${file} was edited since this run began, and is taken as it is now.${list(' Changed: ', taken)}${list(' New: ', matches.added)}${list(' Gone: ', matches.removed)}${list(' To be done again: ', due)}`);
  return true;
}

function parseEdited(run: RecalledRun, text: string): SoundDocument {
  try {
    return parseDocument(run.started.file, text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\n${run.started.file} was edited since this run began. Correct it, or go on with the text it began with: --keep-text.`, error.exitCode, { cause: error });
  }
}

/** Plans the edited document with the inputs of the run; inputs that are new or do not fit any more are looked for anew. */
function replan({ started }: RecalledRun, { runbook, includes, texts }: SoundDocument, { env }: EditOptions) {
  const from = { env, examples: started.mode !== 'live', secrets: 'ignored' } as const;
  const keeps = (name: string, kept: PlannedInput | undefined): kept is PlannedInput => {
    const declared = runbook.inputs.find((input) => input.name === name);
    if (declared === undefined || kept === undefined || (kept.kind === 'secret') !== (declared.type === 'secret')) return false;
    return kept.kind === 'secret' || kept.value === null || fitInput(declared, kept.value).kind === 'value';
  };
  const kept = Object.fromEntries(Object.entries(started.inputs).filter(([name, input]) => keeps(name, input)));
  const found = resolveInputs(runbook.inputs.filter((input) => kept[input.name] === undefined), {}, { ...from, file: started.file });
  const included = resolveScopes(includes, from);
  insistOnDocument([...found.problems, ...included.problems], started.file, runbook.text, texts);
  const inputs = { ...kept, ...found.planned };
  const scopes = Object.fromEntries(Object.entries(included.scopes).map(([id, scope]) => [id, scope.planned]));
  return { inputs, scopes, plan: planWith(runbook, inputs, { includes, inputs: scopes }) };
}

/** Asks whether what was done still counts. @returns the steps that are due again */
async function askAbout(file: string, changed: readonly string[]): Promise<string[]> {
  if (changed.length === 0) return [];
  if (!hasTerminal()) {
    throw new UsageError(`${file} was edited since this run began: ${changed.join(', ')} ${changed.length === 1 ? 'is done and has' : 'are done and have'} changed. Whether what was done still counts is for a person to say: resume in a terminal, or go on with the text it began with: --keep-text.`, exitCodes.waiting);
  }
  const people = terminalPeople({ suspend: () => undefined, resume: () => undefined });
  const due: string[] = [];
  for (const step of changed) {
    const counts = await people.confirm(`${step} is done, and has changed since. Does what was done still count? (no: it is done again)`);
    if (counts === undefined) throw new UsageError('Nothing was changed.', exitCodes.waiting);
    if (!counts) due.push(step);
  }
  return due;
}

/**
 * A write that was made and whose step is gone may be there still, under another name and with another text. Where a write is new
 * that nothing verifies, a person says that it is not that one.
 */
async function askAboutNew({ started: { file }, plan: before, events }: RecalledRun, plan: Plan, { added, same }: StepMatches): Promise<void> {
  // every write of the run: an edit before this one may have taken its step out
  const written = new Set(events.flatMap((event) => (event.kind === 'write' && !event.write.withheld ? [event.step] : [])));
  const known = new Set([...plan.steps.map(({ id }) => id), ...same.map((match) => match.before), ...before.steps.filter(({ role }) => role !== 'step').map(({ id }) => id)]);
  const gone = [...written].filter((id) => !known.has(id)).join(', ');
  const fresh = plan.steps.filter((step) => added.includes(step.id) && step.kind !== 'manual' && step.kind !== 'include' && step.role === 'step' && step.effect === 'write' && step.verifier === undefined);
  if (gone === '') return;
  for (const { id } of fresh) {
    if (!hasTerminal()) {
      throw new UsageError(`${file} was edited since this run began: ${gone} has written and is gone, and ${id}, a write that nothing verifies, is new. Were the two the same, it would happen twice. Give it its old name back, resume in a terminal, or go on with the text it began with: --keep-text.`, exitCodes.waiting);
    }
    const people = terminalPeople({ suspend: () => undefined, resume: () => undefined });
    if ((await people.confirm(`${id} is new and writes; ${gone} has written and is gone. Is ${id} something else, that is to be done now? (no: nothing is changed)`)) !== true) throw new UsageError('Nothing was changed.', exitCodes.waiting);
  }
}

function nextName(folder: string): string {
  const numbers = readdirSync(folder).flatMap((name) => /^document-(\d+)\.md$/.exec(name)?.[1] ?? []).map(Number);
  return `document-${Math.max(1, ...numbers) + 1}`;
}

function list(head: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${head}${names.join(', ')}.`;
}
