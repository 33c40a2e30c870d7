// The test run that tools/mutate.mjs repeats for every mutant, in a copy of the workspace: the files that its `bundle` makes.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/model/src/*.mutation.js'],
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 20_000,
  },
});
