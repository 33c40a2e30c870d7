// Starts a rehearsal world; the only door to the package that makes them, so that it is loaded for rehearsals alone.
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
