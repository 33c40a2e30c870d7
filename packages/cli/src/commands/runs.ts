// `runbook runs` and `runs prune`: what was run here, and taking away what nobody needs any more.
import { rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseDuration } from '@runbook/model';
import { renderRunTable } from '@runbook/render';
import { currentOwner, isAlive } from '@runbook/runner';
import { print, say, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { recall, storedRuns, type RecalledRun } from '../stored-run.ts';

/** Which runs are meant. */
export interface RunFilter {
  readonly state?: string;
  readonly mode?: string;
  readonly runbook?: string;
  readonly since?: string;
  readonly limit?: string;
}

const states = ['running', 'waiting', 'passed', 'failed', 'interrupted', 'cancelled', 'rehearsed', 'dry'];
const modes = ['live', 'rehearse', 'dry-run'];

/** `runbook runs`: the runs of this place, newest first. */
export function runs(flags: RunFilter & { readonly json?: boolean }): number {
  const wanted = filter(storedRuns().toReversed().map(recall), flags);
  if (flags.json === true) {
    print(JSON.stringify({ runs: wanted.map(({ report }) => report) }, null, 2));
    return exitCodes.done;
  }
  if (wanted.length === 0) say('There are no such runs here. runbook run FILE --rehearse makes one.');
  else print(renderRunTable(wanted.map((run) => ({ report: run.report, began: beganAt(run) })), stdoutStyle()));
  return exitCodes.done;
}

function filter(all: readonly RecalledRun[], { state, mode, runbook, since, limit }: RunFilter): readonly RecalledRun[] {
  oneOf('--state', state, states);
  oneOf('--mode', mode, modes);
  const from = since === undefined ? undefined : timeOf('--since', since);
  const most = limit === undefined ? Infinity : /^[1-9]\d{0,6}$/.test(limit) ? Number(limit) : undefined;
  if (most === undefined) throw new UsageError(`--limit ${limit ?? ''}: expected a number from 1.`);
  return all
    .filter(({ report }) => state === undefined || report.state === state)
    .filter(({ report }) => mode === undefined || report.mode === mode)
    .filter(({ report }) => runbook === undefined || report.runbook.includes(runbook) || report.title.includes(runbook))
    .filter((run) => from === undefined || beganAt(run) >= from)
    .slice(0, most);
}

/** By the clock of the machine, which made the id, or the journal of a rehearsal; the times in it are those of its world. */
function beganAt({ folder }: RecalledRun): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)-/.exec(folder.id) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? statSync(folder.journal).birthtimeMs : at;
}

function oneOf(flag: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value)) throw new UsageError(`${flag} ${value}: expected one of ${known.join(', ')}.`);
}

/** A length of time before now, or a date. */
function timeOf(flag: string, text: string): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return Date.now() - ago;
  const at = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError(`${flag} ${text}: expected a length of time such as 7d, or a date such as 2026-11-27.`);
  return at;
}

/** What is taken away. */
export interface PruneFlags {
  readonly older?: string;
  readonly keep?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
}

/** `runbook runs prune`: says what would go; `--yes` takes it away. Runs that are not over stay unless `--force` says otherwise. */
export function prune({ older, keep, force, yes }: PruneFlags): number {
  if (older === undefined && keep === undefined) throw new UsageError('runs prune needs --older TIME (such as 30d), --keep NUMBER (of the newest), or both.');
  if (keep !== undefined && !/^\d{1,6}$/.test(keep)) throw new UsageError(`--keep ${keep}: expected a number.`);
  const before = older === undefined ? Infinity : timeOf('--older', older);
  const old = storedRuns().toReversed().map(recall).slice(Number(keep ?? 0)).filter((run) => beganAt(run) < before);
  const chosen = old.filter((run) => !isAtWork(run) && (force === true || isOver(run)));
  for (const run of old) {
    if (isAtWork(run)) say(`${run.folder.id} stays: it is being run.`);
    else if (!chosen.includes(run)) say(`${run.folder.id} stays: it is ${run.report.state} and could be resumed (--force).`);
  }
  if (yes === true) for (const { folder } of chosen) rmSync(folder.path, { recursive: true, force: true });
  if (chosen.length > 0) print(renderRunTable(chosen.map((run) => ({ report: run.report, began: beganAt(run) })), stdoutStyle()));
  const count = `${chosen.length} ${chosen.length === 1 ? 'run' : 'runs'}`;
  say(yes === true ? `${count} removed.` : `${count} would be removed, with journals and logs. Do it with --yes.`);
  return exitCodes.done;
}

function isOver({ report }: RecalledRun): boolean {
  return ['passed', 'rehearsed', 'dry', 'cancelled'].includes(report.state);
}

/** A living process of this machine works on it; one of another machine is never presumed dead. */
function isAtWork({ events, report }: RecalledRun): boolean {
  const owner = currentOwner(events);
  return owner !== undefined && report.state === 'running' && (isAlive(owner) || owner.host !== hostname());
}
