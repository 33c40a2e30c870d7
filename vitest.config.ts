// One test run for the whole workspace. Sources are read directly through the `@runbook/source` condition, so no build is needed.
import { defineConfig } from 'vitest/config';

const conditions = ['@runbook/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
