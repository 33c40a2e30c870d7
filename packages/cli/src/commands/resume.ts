// `runbook resume`, `undo` and `cancel`: go on with a run that was begun, in one of three ways. What is done is not done again;
// what was begun is verified first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseRunbook, resolveInputs, type Json, type PlannedInput } from '@runbook/model';
import { claimRun, readJournal, type Task } from '@runbook/runner';
import { stopOwner } from '../owner-stop.ts';
import { hasTerminal, insistOnTerminal } from '../people.ts';
import { conduct, reportFormatOf } from '../conduct.ts';
import { say } from '../console.ts';
import { insistOnDocument } from '../document.ts';
import { takeEdited } from '../edited.ts';
import { resolveScopes, type ScopeValues } from '../included.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { doneSteps, insistOnSelection } from '../selection.ts';
import { defaultSeed } from '../places.ts';
import { recall, recallRun, type RecalledRun } from '../stored-run.ts';
import { connectWorld, machineClock, parsePace, type WorldLink } from '../world-link.ts';

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
  readonly notify?: string;
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

async function goOn(found: RecalledRun, flags: ResumeFlags, task: Task): Promise<number> {
  for (const report of flags.report ?? []) reportFormatOf(report);
  const { folder, started } = found;
  if (flags.step === true) insistOnTerminal();
  if (flags.notify !== undefined && started.mode !== 'live') throw new UsageError(`--notify belongs to a live run, and ${folder.id} is none.`);
  if (flags.detachOnGate === true && started.mode !== 'live') throw new UsageError(`--detach-on-gate belongs to a live run, and ${folder.id} is none: the time of a rehearsal passes only while somebody waits.`);
  const stage = await openStage(found, parsePace(flags.pace ?? '0'));
  let code: number = exitCodes.failed;
  try {
    const at = (stage.world?.clock ?? machineClock).now();
    const env = stage.world?.env ?? process.env;
    insistOnClaim(found, at, flags.takeOver === true);
    // read again: before the claim another process may have owned the run and done more of it
    const claimed = recall({ folder, events: readJournal(folder.journal) });
    const isEdited = task === 'steps' && (await takeEdited(claimed, { keepText: flags.keepText === true, at, env }));
    const past = isEdited ? readJournal(folder.journal) : claimed.events;
    const run = isEdited ? recall({ folder, events: past }) : claimed;
    const selected = insistOnSelection(run.plan, started.selection, doneSteps(past));
    code = await conduct({
      plan: run.plan,
      mode: started.mode,
      folder,
      file: started.file,
      values: valuesOf(run.started.inputs),
      ...secretsOf(run, env),
      past,
      ...(selected === undefined ? {} : { selected }),
      world: stage.world,
      yes: flags.yes === true,
      task,
      notify: flags.notify,
      stepByStep: flags.step === true,
      detachOnGate: flags.detachOnGate === true,
      json: flags.json === true,
      reports: flags.report ?? [],
    });
    return code;
  } finally {
    await stage.close(code === exitCodes.done);
  }
}

function isOver({ report }: RecalledRun): boolean {
  return ['passed', 'rehearsed', 'dry', 'cancelled'].includes(report.state);
}

function insistOnClaim(run: RecalledRun, at: number, takeOver: boolean): void {
  const claim = claimRun(run.folder.journal, at, takeOver);
  if (claim.kind === 'owned') throw new UsageError(`${run.folder.id} is being run by process ${claim.owner.pid} on this machine. Stop it first, or let it go on.`, exitCodes.waiting);
  if (claim.kind === 'handed-over') throw new UsageError(`${run.folder.id} was handed over and goes on elsewhere. Should that copy be lost, and only then: runbook resume ${run.folder.id} --take-over`, exitCodes.waiting);
  if (claim.kind === 'elsewhere') throw new UsageError(`${run.folder.id} was last run on ${claim.owner.host}. Make sure that it is stopped there, then: runbook resume ${run.folder.id} --take-over`, exitCodes.waiting);
}

function valuesOf(inputs: Readonly<Record<string, PlannedInput>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(inputs).flatMap(([name, input]) => (input.kind === 'value' ? [[name, input.value] as const] : [])));
}

interface Secrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Pick<ScopeValues, 'values' | 'secrets'>>>;
}

/** Secrets are not in the journal: they are looked for again where the documents say. */
function secretsOf({ started, text, includes }: RecalledRun, env: Readonly<Record<string, string | undefined>>): Secrets {
  const { runbook } = parseRunbook(text, started.file);
  const from = { env, examples: started.mode !== 'live', secrets: started.mode === 'live' ? 'required' : 'ignored' } as const;
  const own = resolveInputs(runbook.inputs.filter((input) => input.type === 'secret'), {}, { ...from, file: started.file });
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
    return { world: await connectWorld(world.url, pace), close: (isOver) => endRehearsal(world, folder.path, isOver) };
  }
  const address = process.env['RUNBOOK_WORLD'] ?? '';
  if (started.world !== undefined && address === '') throw new UsageError(`${folder.id} took place in a rehearsal world that is not its own. Set RUNBOOK_WORLD to that world's address and resume again.`);
  if (started.world === undefined && address !== '') throw new UsageError(`${folder.id} is no rehearsal, but RUNBOOK_WORLD is set. Unset it to go on with the real release.`);
  return { world: address === '' ? undefined : await connectWorld(address, pace), close: () => Promise.resolve() };
}
