// One test run for the whole workspace. Sources are read directly through the `@runbook/source` condition, so no build is needed.
import { defineConfig } from 'vitest/config';

const conditions = ['@runbook/source', 'node'];
/** Packages whose tests start processes and servers: each file gets a process of its own kind of life, not a thread. */
const spawning = ['runner', 'cli', 'rehearsal'];
const testsOf = (folder: string): string => `packages/${folder}/src/**/*.test.ts`;

const common = {
  isolate: false,
  testTimeout: 120_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // most of these tests wait for a process or a server of theirs: one more than two cores keeps both busy
    maxWorkers: 3,
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: { ...common, name: 'pure', pool: 'threads', include: [testsOf('*'), 'tools/**/*.test.ts'], exclude: spawning.map(testsOf) },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: { ...common, name: 'processes', pool: 'forks', include: spawning.map(testsOf) },
      },
    ],
  },
});
