// One release, one lock: a second live run of the same release is refused, by name, while the first is not over.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listRuns } from '@runbook/runner';
import { UsageError } from './exit.ts';

/** Takes the lock for a run. @throws UsageError (exit 3) naming the run that holds it */
export function takeReleaseLock(home: string, lock: string, run: string): void {
  const folder = join(home, '.runbook', 'locks');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, createHash('sha256').update(lock).digest('hex'));
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(file, `${run}\n${lock}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = readFileSync(file, 'utf8').split('\n')[0] ?? '';
    if (holder === run) return;
    if (!isOver(home, holder)) throw new UsageError(`${lock} is being released by run ${holder}. Go on with runbook resume ${holder}; two runs must not release the same thing.`, 3);
    rmSync(file, { force: true });
  }
  throw new UsageError(`the lock of ${lock} changes hands all the time; look with runbook runs.`, 3);
}

function isOver(home: string, run: string): boolean {
  // a run whose journal cannot be read is not known to be over: it keeps its lock
  const stored = listRuns(home, () => undefined).find((candidate) => candidate.folder.id === run);
  const end = stored?.events.findLast((event) => event.kind === 'run-ended');
  return end?.kind === 'run-ended' && (end.state === 'passed' || end.state === 'cancelled');
}
