import { expect, test } from 'vitest';

test('the surface of github', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['BadLoginError', 'createGithub']);
});
