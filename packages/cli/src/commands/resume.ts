// `runbook resume`, `undo` and `cancel`: go on with a run that was begun, in one of three ways. What is done is not done again;
// what was begun is verified first.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseRunbook, resolveInputs, type Json, type Owner, type PlannedInput } from '@runbook/model';
import { claimRun, readJournal, type Task } from '@runbook/runner';
import { stopOwner } from '../owner-stop.ts';
import { hasTerminal, insistOnTerminal } from '../people.ts';
import { conduct } from '../conduct.ts';
import { insistOnReports } from '../report-file.ts';
import { say } from '../console.ts';
import { insistOnInterpreters, warnOfNotice } from '../machine-programs.ts';
import { insistOnDocument, insistOnFolders } from '../document.ts';
import { takeEdited } from '../edited.ts';
import { parseInputs, secretsIn, splitSecrets, type GivenInputs } from '../given-inputs.ts';
import { askInputs, missingInputs } from '../ask-inputs.ts';
import { resolveScopes, type ScopeValues } from '../included.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { insistOnInteraction } from '../person-terminal.ts';
import { doneSteps, insistOnSelection } from '../selection.ts';
import { defaultSeed } from '../places.ts';
import { findingsOf } from '../finding.ts';
import { insistOnNothingLeft } from '../left-running.ts';
import { insistOnTakeOver, refusal, relocate } from '../relocation.ts';
import { recall, recallRun, type RecalledRun } from '../stored-run.ts';
import { recordTools, toolVersions } from '../tool-versions.ts';
import { enterWorld } from '../closed-world.ts';
import { machineClock, parsePace, type WorldLink } from '../world-link.ts';

/** The flags of `resume`. */
export interface ResumeFlags {
  readonly takeOver?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly report?: readonly string[];
  readonly pace?: string;
  readonly detachOnGate?: boolean;
  readonly keepText?: boolean;
  readonly step?: boolean;
  readonly done?: readonly string[];
  readonly notDone?: readonly string[];
  readonly notify?: string;
  readonly input?: readonly string[];
}

/** Resumes a run; without an id the newest that is not over. */
export async function resume(id: string | undefined, flags: ResumeFlags): Promise<number> {
  const run = recallRun(id, (candidate) => !isOver(candidate));
  if (isOver(run)) {
    say(`${run.folder.id} is over: ${run.report.state}. runbook report ${run.folder.id} tells what it did.`);
    return exitCodes.done;
  }
  return goOn(run, flags, 'steps');
}

/** Undoes the writes of a run, newest first, each after a question; `--yes` is the answer to all of them. */
export async function undo(id: string, flags: ResumeFlags): Promise<number> {
  const run = recallRun(id);
  if (run.started.mode === 'dry-run') throw new UsageError(`${run.folder.id} was a dry run: it has written nothing that could be undone.`);
  if (!run.plan.steps.some((step) => step.undoes !== undefined)) throw new UsageError(`${run.started.file} has no block with undoes=STEP, so runbook knows no way to undo ${run.folder.id}.`);
  if (flags.yes !== true && !hasTerminal()) throw new UsageError('each undoing is asked for, and nobody is here to answer. Call it in a terminal, or with --yes to undo everything.', exitCodes.waiting);
  return goOn(run, flags, 'undo');
}

/** Ends a run for good: stops the process that runs it, lets the failure steps of the document clean up, and records it. */
export async function cancel(id: string, flags: ResumeFlags): Promise<number> {
  const run = recallRun(id);
  if (isOver(run)) {
    say(`${run.folder.id} is over: ${run.report.state}. There is nothing to cancel.`);
    return exitCodes.done;
  }
  await stopOwner(run.folder.journal);
  return goOn(recallRun(id), flags, 'cancel');
}

/** Goes to the folder that the run was begun in: the paths of its documents start there. */
function returnTo({ started, folder }: RecalledRun): void {
  const home = resolve(folder.path, '../../..');
  const from = resolve(home, started.from ?? '.');
  if (started.from === undefined || from === process.cwd() || !existsSync(from)) return;
  process.chdir(from);
  say(`Paths are told from ${from}, where this run was begun.`);
}

async function goOn(found: RecalledRun, flags: ResumeFlags, task: Task): Promise<number> {
  const reports = (flags.report ?? []).map((report) => resolve(report));
  const pairs = parseInputs(flags.input ?? []);
  insistOnReports(flags.report ?? []);
  const { folder, started } = found;
  if (flags.step === true) insistOnTerminal();
  if (flags.notify !== undefined && started.mode !== 'live') throw new UsageError(`--notify belongs to a live run, and ${folder.id} is none.`);
  if (flags.detachOnGate === true && started.mode !== 'live') throw new UsageError(`--detach-on-gate belongs to a live run, and ${folder.id} is none: the time of a rehearsal passes only while somebody waits.`);
  if (flags.notify !== undefined) warnOfNotice(flags.notify, process.env['PATH'] ?? '');
  const notify = flags.notify?.includes('/') === true ? resolve(flags.notify) : flags.notify;
  returnTo(found);
  const stage = await openStage(found, parsePace(flags.pace ?? '0'));
  let code: number = exitCodes.failed;
  try {
    const at = (stage.world?.clock ?? machineClock).now();
    const env = stage.world?.env ?? process.env;
    const owner = await insistOnClaim(found, at, flags.takeOver === true);
    await insistOnNothingLeft(folder.id, readJournal(folder.journal));
    // read again: before the claim another process may have owned the run and done more of it
    let run = recall({ folder, events: readJournal(folder.journal) });
    const again = (): void => void (run = recall({ folder, events: readJournal(folder.journal) }));
    if (relocate(run, at)) again();
    if (task === 'steps' && (await takeEdited(run, { keepText: flags.keepText === true, at, env }))) again();
    if (task !== 'cancel' && recordTools(run, await toolVersions(run.plan, env), at)) again();
    const findings = findingsOf(run, flags);
    insistOnFolders(run.plan);
    const done = doneSteps(run.events);
    const selected = insistOnSelection(run.plan, started.selection, done);
    if (task === 'steps') await insistOnInteraction(run.plan, { mode: started.mode, selected, done });
    if (task === 'steps') insistOnInterpreters(run.plan, { mode: started.mode, selected, done }, env['PATH'] ?? '');
    const secrets = await secretsOf(run, { env, pairs });
    code = await conduct({
      plan: run.plan,
      mode: started.mode,
      folder,
      file: started.file,
      values: valuesOf(run.started.inputs),
      ...secrets,
      owner,
      past: run.events,
      ...(selected === undefined ? {} : { selected }),
      world: stage.world,
      yes: flags.yes === true,
      task,
      notify,
      stepByStep: flags.step === true,
      detachOnGate: flags.detachOnGate === true,
      findings,
      json: flags.json === true,
      reports,
    });
    return code;
  } finally {
    await stage.close(code === exitCodes.done);
  }
}

function isOver({ report }: RecalledRun): boolean {
  return ['passed', 'rehearsed', 'dry', 'cancelled'].includes(report.state);
}

/** Claims the run. With `--take-over` the person is asked once more, and then it is claimed from wherever it was. */
async function insistOnClaim({ folder }: RecalledRun, at: number, takeOver: boolean): Promise<Owner> {
  let claim = claimRun(folder.journal, at);
  if (takeOver && claim.kind !== 'won' && claim.kind !== 'owned' && claim.kind !== 'copy') {
    await insistOnTakeOver(folder.id, claim);
    claim = claimRun(folder.journal, at, true);
  }
  if (claim.kind !== 'won') throw refusal(folder.id, claim);
  return claim.owner;
}

function valuesOf(inputs: Readonly<Record<string, PlannedInput>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(inputs).flatMap(([name, input]) => (input.kind === 'value' ? [[name, input.value] as const] : [])));
}

interface Secrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Pick<ScopeValues, 'values' | 'secrets'>>>;
}

/** Secrets are not in the journal: they are looked for again where the documents say, in files that are named, and with the person. */
async function secretsOf({ started, text, includes }: RecalledRun, { env, pairs }: { readonly env: Readonly<Record<string, string | undefined>>; readonly pairs: GivenInputs }): Promise<Secrets> {
  const declared = parseRunbook(text, started.file).runbook.inputs.filter((input) => input.type === 'secret');
  const { given, secretValues } = splitSecrets(pairs, declared);
  for (const name of Object.keys(given)) if (!declared.some((input) => input.name === name)) throw new UsageError(`--input ${name}: a run goes on with the inputs it began with; only a secret can be given again, as --input NAME=@FILE. ${declared.length === 0 ? 'This run has no secrets.' : `Its secrets: ${declared.map((input) => input.name).join(', ')}.`}`);
  const typed = started.mode === 'live' && hasTerminal() ? await askInputs(missingInputs(declared, { ...given, ...secretValues }, env)) : { secrets: {} };
  const from = { env, examples: started.mode !== 'live', secrets: secretsIn(started.mode) } as const;
  const own = resolveInputs(declared, given, { ...from, secretValues: { ...secretValues, ...typed.secrets }, file: started.file });
  const included = resolveScopes(includes, { ...from, onlySecrets: true });
  insistOnDocument([...own.problems, ...included.problems], started.file, text);
  const scopes = Object.entries(included.scopes).map(([id, scope]) => [id, { values: valuesOf(started.scopes?.[id] ?? {}), secrets: scope.secrets }] as const);
  return { secrets: own.secrets, scopes: Object.fromEntries(scopes) };
}

/** A rehearsal goes on in the world it began in: the run's own, or the one that RUNBOOK_WORLD names. */
async function openStage({ folder, started }: RecalledRun, pace: number): Promise<{ readonly world: WorldLink | undefined; close(isOver: boolean): Promise<void> }> {
  const dir = join(folder.path, 'world');
  if (existsSync(dir)) {
    const { endRehearsal, startRehearsal } = await import('../rehearsal-world.ts');
    const world = await startRehearsal({ dir, defaultSeed, resume: true });
    const entered = await enterWorld(world.url, pace);
    return {
      world: entered.world,
      close: async (isOver) => {
        await entered.close();
        await endRehearsal(world, folder.path, isOver);
      },
    };
  }
  const address = process.env['RUNBOOK_WORLD'] ?? '';
  if (started.world !== undefined && address === '') throw new UsageError(`${folder.id} took place in a rehearsal world that is not its own. Set RUNBOOK_WORLD to that world's address and resume again.`);
  if (started.world === undefined && address !== '') throw new UsageError(`${folder.id} is no rehearsal, but RUNBOOK_WORLD is set. Unset it to go on with the real release.`);
  return address === '' ? { world: undefined, close: () => Promise.resolve() } : enterWorld(address, pace);
}
