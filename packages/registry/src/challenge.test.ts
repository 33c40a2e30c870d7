import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

test.each([
  ['Bearer realm="https://a.test/token",service="a.test"', [{ scheme: 'bearer', parameters: { realm: 'https://a.test/token', service: 'a.test' } }]],
  ['bearer Realm=https://a.test/token, SERVICE=a', [{ scheme: 'bearer', parameters: { realm: 'https://a.test/token', service: 'a' } }]],
  ['Basic realm="a, b \\"c\\"", Bearer realm="x"', [{ scheme: 'basic', parameters: { realm: 'a, b "c"' } }, { scheme: 'bearer', parameters: { realm: 'x' } }]],
  ['Negotiate, Basic realm=""', [{ scheme: 'negotiate', parameters: {} }, { scheme: 'basic', parameters: { realm: '' } }]],
  ['Bearer scope="repository:a/b:pull,push"', [{ scheme: 'bearer', parameters: { scope: 'repository:a/b:pull,push' } }]],
  ['', []],
])('%s', (header, expected) => {
  expect(parseChallenges(header)).toEqual(expected);
});

test('never throws and always ends', () => {
  fc.assert(fc.property(fc.string(), (header) => Array.isArray(parseChallenges(header))));
});
