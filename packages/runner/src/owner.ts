// Which process may write a run's journal. The claim is a record in the journal itself: appends are ordered by the system, so
// the first record of the newest epoch owns the run, whoever raced. (research: socket and pid files let several racers win.)
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner, RunEvent } from '@runbook/model';
import { isHandedOver } from './hand-over.ts';
import { openJournal, readJournal } from './journal.ts';

/** The answer to a claim. */
export type Claim =
  | { readonly kind: 'won'; readonly epoch: number; readonly id: string }
  /** A living process on this machine owns the run. */
  | { readonly kind: 'owned'; readonly owner: Owner }
  /** A process on another machine owned it last: it is never presumed dead. */
  | { readonly kind: 'elsewhere'; readonly owner: Owner }
  /** It was handed over and goes on elsewhere. */
  | { readonly kind: 'handed-over' };

/**
 * Claims a run for this process.
 * @param takeOver claims it although another machine owned it last; the caller has asked a person.
 */
export function claimRun(journalFile: string, at: number, takeOver = false): Claim {
  const events = readJournal(journalFile);
  if (isHandedOver(events) && !takeOver) return { kind: 'handed-over' };
  const last = currentOwner(events);
  if (last !== undefined) {
    if (last.host !== hostname() && !takeOver) return { kind: 'elsewhere', owner: last };
    if (last.host === hostname() && isAlive(last)) return { kind: 'owned', owner: last };
  }
  const epoch = Math.max(0, ...events.map((event) => (event.kind === 'owned' ? event.epoch : 0))) + 1;
  const id = randomUUID();
  const journal = openJournal(journalFile);
  journal.append({ at, kind: 'owned', epoch, pid: process.pid, born: bornOf(process.pid) ?? '', host: hostname(), boot: bootId(), id });
  journal.close();
  const winner = currentOwner(readJournal(journalFile));
  return winner?.id === id || winner === undefined ? { kind: 'won', epoch, id } : { kind: 'owned', owner: winner };
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

/** Whether the process of an owner of this machine still lives: same boot, same pid, same start time. */
export function isAlive(owner: Owner): boolean {
  return owner.boot === bootId() && owner.born !== '' && bornOf(owner.pid) === owner.born;
}

/** When a process started, as the system tells it; undefined when there is no such process. */
function bornOf(pid: number): string | undefined {
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

function bootId(): string {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
  } catch {
    // no such source of the boot's identity: the start time of the process has to do
    return '';
  }
}
