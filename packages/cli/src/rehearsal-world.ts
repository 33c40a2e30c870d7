// Starts a rehearsal world; the only door to the package that makes them, so that it is loaded for rehearsals alone.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SeedError, startWorld, type World, type WorldOptions } from '@runbook/rehearsal';
import { UsageError } from './exit.ts';

/** Starts or continues a world; a seed that is not fit ends the command with 2. */
export async function startRehearsal(options: WorldOptions): Promise<World> {
  try {
    return await startWorld(options);
  } catch (cause) {
    if (cause instanceof SeedError) throw new UsageError(cause.message, undefined, { cause });
    throw cause;
  }
}

/** Stops a run's own world. One that is not needed any more goes, all but its ledger; an unfinished run finds it again. */
export async function endRehearsal(world: World, runFolder: string, isOver: boolean): Promise<void> {
  await world.close();
  if (!isOver) return;
  const ledger = join(world.dir, 'ledger.jsonl');
  if (existsSync(ledger)) renameSync(ledger, join(runFolder, 'ledger.jsonl'));
  rmSync(world.dir, { recursive: true, force: true });
}
