import { expect, test } from 'vitest';

test('the surface of http', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['AddressError', 'OutsideError', 'askedPause', 'createHttp', 'createRoutes', 'describePause', 'isLoopback', 'isPrivateAddress', 'outsideError']);
});
