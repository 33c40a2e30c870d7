// Puts the robots and people into a world: Prow, image-builder, promotion, tide, reviewers. Only wires.
import type { Services } from './services.ts';

/** Registers every robot's handlers, listeners and HTTP apps. Called at each start of a world, before events are handled. */
export function installRobots(services: Services): void {
  void services;
}
