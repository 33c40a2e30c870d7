// Blocks that a killed runner has left running. A run does not go on beside them: what they do may be the very write that would
// be done again. They are waited for, named, and ended only by a person's word.
import { setTimeout as pause } from 'node:timers/promises';
import type { RunEvent } from '@runbook/model';
import { oneLine } from '@runbook/render';
import { endOrphan, findOrphans, type Orphan } from '@runbook/runner';
import { say } from './console.ts';
import { exitCodes, UsageError } from './exit.ts';
import { hasTerminal, terminalPeople } from './people.ts';

/** How long it is waited for a block to end by itself. Milliseconds. */
const patience = 10_000;

/** Waits until nothing of an earlier execution runs. @throws UsageError (3) where something does and nobody says to end it */
export async function insistOnNothingLeft(run: string, events: readonly RunEvent[]): Promise<void> {
  let left = findOrphans(events);
  if (left.length === 0) return;
  say(`The runner of ${run} was killed, and ${left.map(nameOf).join('; ')} still runs. Waiting up to ${patience / 1000} s for it to end.`);
  const deadline = performance.now() + patience;
  for (; left.length > 0 && performance.now() < deadline; left = findOrphans(events)) await pause(100);
  for (const orphan of left) {
    if (!(await isToBeEnded(orphan))) throw new UsageError(`${nameOf(orphan)} still runs, begun by a runner that was killed. What it does may be what would be done again, so ${run} does not go on beside it. Wait until it has ended, or end it with: kill -- -${orphan.group}. Then: runbook resume ${run}`, exitCodes.waiting);
    await endOrphan(orphan);
  }
}

function nameOf({ group, step, processes }: Orphan): string {
  const each = processes.map(({ pid, program, ageMs }) => `${pid} ${oneLine(program)} since ${new Date(Date.now() - ageMs).toISOString().slice(0, 19).replace('T', ' ')}Z`);
  return `process group ${group}${step === '' ? '' : ` of step ${step}`}${each.length === 0 ? '' : ` (${each.join(', ')})`}`;
}

async function isToBeEnded(orphan: Orphan): Promise<boolean> {
  if (!hasTerminal()) return false;
  const people = terminalPeople({ suspend: () => undefined, resume: () => undefined });
  return (await people.confirm(`${nameOf(orphan)} still runs. End it?`)) === true;
}
