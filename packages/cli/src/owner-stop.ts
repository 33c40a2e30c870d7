// Stops the process that runs a run, as Ctrl-C in its terminal would, and waits until it has let go.
import { setTimeout as sleep } from 'node:timers/promises';
import { currentOwner, isAlive, readJournal } from '@runbook/runner';
import { say } from './console.ts';
import { exitCodes, UsageError } from './exit.ts';
import { hostname } from 'node:os';

/** How long a runner may take to end its blocks: their grace of 5 s, and some. Milliseconds. */
const patience = 20_000;

/**
 * Stops the owner of a journal when it is a living process of this machine.
 * @throws UsageError (exit 3) when it does not end; a claim of another machine is left to the claim that follows.
 */
export async function stopOwner(journal: string): Promise<void> {
  const owner = currentOwner(readJournal(journal));
  if (owner === undefined || owner.host !== hostname() || !isAlive(owner)) return;
  say(`Stopping process ${owner.pid}, which runs it …`);
  process.kill(owner.pid, 'SIGTERM');
  const deadline = Date.now() + patience;
  while (isAlive(owner)) {
    if (Date.now() > deadline) throw new UsageError(`process ${owner.pid} does not end. Look at what it does; the run is not cancelled.`, exitCodes.waiting);
    await sleep(100);
  }
}
