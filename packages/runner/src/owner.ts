// Which process may write a run's journal. The claim is a record in the journal itself: appends are ordered by the system, so
// the first record of the newest epoch owns the run, whoever raced. (research: socket and pid files let several racers win.)
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner, RunEvent } from '@runbook/model';
import { openJournal, readJournal } from './journal.ts';
import { whereabouts, type Whereabouts } from './place.ts';

/** The answer to a claim. */
export type Claim =
  | { readonly kind: 'won'; readonly owner: Owner }
  /** A living process on this machine owns the run. */
  | { readonly kind: 'owned'; readonly owner: Owner }
  /** A process on another machine owned it last: it is never presumed dead. */
  | { readonly kind: 'elsewhere'; readonly owner: Owner }
  /** It was handed over and goes on elsewhere. */
  | { readonly kind: 'handed-over' }
  | Exclude<Whereabouts, { readonly kind: 'here' }>;

/**
 * Claims a run for this process.
 * @param takeOver claims it although another machine owned it last, it lies at another place, or it was handed over; the caller
 * has asked a person. A copy beside its original is never claimed.
 */
export function claimRun(journalFile: string, at: number, takeOver = false): Claim {
  const events = readJournal(journalFile);
  const place = whereabouts(journalFile, events);
  if (place.kind === 'copy' || (place.kind === 'moved' && !takeOver)) return place;
  if (isHandedOver(events) && !takeOver) return { kind: 'handed-over' };
  const last = currentOwner(events);
  if (last !== undefined) {
    if (last.host !== hostname() && !takeOver) return { kind: 'elsewhere', owner: last };
    if (last.host === hostname() && isAlive(last)) return { kind: 'owned', owner: last };
  }
  const owner: Owner = { epoch: lastEpoch(events) + 1, pid: process.pid, born: bornOf(process.pid) ?? '', host: hostname(), boot: bootId(), id: randomUUID() };
  const journal = openJournal(journalFile);
  journal.append({ at, kind: 'owned', ...owner });
  journal.close();
  const winner = currentOwner(readJournal(journalFile));
  return winner?.id === owner.id || winner === undefined ? { kind: 'won', owner } : { kind: 'owned', owner: winner };
}

function lastEpoch(events: readonly RunEvent[]): number {
  return events.reduce((epoch, event) => (event.kind === 'owned' ? Math.max(epoch, event.epoch) : epoch), 0);
}

/** The owner of a run: the first claim of the newest epoch. A run that was taken in belongs to nobody at first. */
export function currentOwner(events: readonly RunEvent[]): Owner | undefined {
  let owner: Owner | undefined;
  let isFree = false;
  for (const event of events) {
    if (event.kind === 'taken-in') isFree = true;
    if (event.kind !== 'owned' || (owner !== undefined && event.epoch <= owner.epoch)) continue;
    owner = event;
    isFree = false;
  }
  return isFree ? undefined : owner;
}

/** Whether a run was handed over, and neither taken in again nor claimed in spite of it since. A lost claim is none. */
export function isHandedOver(events: readonly RunEvent[]): boolean {
  let epoch = 0;
  let isAway = false;
  for (const event of events) {
    if (event.kind === 'handed-over') isAway = true;
    else if (event.kind === 'taken-in' || (event.kind === 'owned' && event.epoch > epoch)) isAway = false;
    if (event.kind === 'owned') epoch = Math.max(epoch, event.epoch);
  }
  return isAway;
}

/** Whether the process of an owner of this machine still lives: same boot, same pid, same start time. */
export function isAlive(owner: Owner): boolean {
  return owner.boot === bootId() && owner.born !== '' && bornOf(owner.pid) === owner.born;
}

/** When a process started, as the system tells it; undefined when there is no such process. */
export function bornOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // the command name may hold spaces and parentheses: count fields after its last ')'
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      // ENOENT: no such process
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    // ps exits with 1 when there is no such process
    return undefined;
  }
}

/** Which boot of the machine this is; empty where the system does not say. */
export function bootId(): string {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
  } catch {
    // no such source of the boot's identity: the start time of the process has to do
    return '';
  }
}
