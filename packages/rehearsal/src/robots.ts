// Puts the robots and people into a world: Prow with its pages and log bucket, tide, reviewers. Only wires.
import type { Services } from './services.ts';
import { bucketApp, createBucket } from './prow/bucket.ts';
import { installCommands } from './prow/commands.ts';
import { deckApp } from './prow/deck.ts';
import { createScheduler } from './prow/scheduler.ts';
import { installTrigger } from './prow/trigger.ts';
import { installPeople } from './people.ts';
import { installTrouble } from './core/trouble.ts';
import { installTide } from './tide.ts';

/** Registers every robot's handlers, listeners and HTTP apps. Called at each start of a world, before events are handled. */
export function installRobots(services: Services): void {
  installTrouble(services.core);
  const bucket = createBucket(services.core);
  services.addApp(bucketApp(services.core, bucket));
  services.addApp(deckApp(services.core, bucket));
  const scheduler = createScheduler(services, bucket);
  installTrigger(services, scheduler);
  installCommands(services, scheduler);
  installTide(services);
  installPeople(services);
}
