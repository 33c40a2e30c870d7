import { expect, test } from 'vitest';

test('the surface is named and known', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['formatProblem', 'hasErrors', 'indexLines', 'nearest', 'yamlFaults']);
});
