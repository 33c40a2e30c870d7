// The test run that tools/mutate.mjs repeats for every mutant: the tests of this package without the long ones. Properties over
// random texts and measured times would cost minutes a mutant, and what they hold is not the matter of a single one.
import { defineConfig } from 'vitest/config';

const conditions = ['@runbook/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/model/src/**/*.test.ts'],
    exclude: ['**/*.property.test.ts', '**/linear.test.ts', '**/surface.test.ts'],
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 20_000,
  },
});
