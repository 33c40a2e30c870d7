// A world that a run's blocks are closed in with.
import { isolate } from './isolation.ts';
import { connectWorld, type Pace, type WorldLink } from './world-link.ts';

/** A world with what was opened for it. */
export interface ClosedWorld {
  readonly world: WorldLink;
  close(): Promise<void>;
}

/** Connects to a world and closes the blocks of the run in with it, where the system can. */
export async function enterWorld(url: string, pace: Pace): Promise<ClosedWorld> {
  const world = await connectWorld(url, pace);
  const isolation = await isolate(url, process.env);
  return { world: isolation === undefined ? world : { ...world, launch: isolation.launch }, close: async () => isolation?.close() };
}
