import { expect, test } from 'vitest';

test('the surface of registry', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['BadReferenceError', 'LoginError', 'createRegistry', 'dockerCredentials', 'formatReference', 'parseReference']);
});
