import { expect, test } from 'vitest';

test('the surface of prow', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['adviseRerun', 'createProw', 'parseRunUrl']);
});
