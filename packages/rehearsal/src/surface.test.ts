import { expect, test } from 'vitest';

test('the surface is small and known', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['SeedError', 'faults', 'problemCodes', 'startWorld']);
});
