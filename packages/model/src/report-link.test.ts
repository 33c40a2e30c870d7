import { expect, test } from 'vitest';
import { findLinks } from './report-link.ts';

test.each<[string, Parameters<typeof findLinks>, readonly string[]]>([
  ['alone, in lists, and under url', [{ a: 'https://x/1', b: ['https://x/2', { url: 'https://x/3' }], c: { url: 'https://x/4', other: 'https://x/5' } }], ['https://x/1', 'https://x/2', 'https://x/3', 'https://x/4']],
  ['each once, evidence last', [{ a: 'https://x/1', b: 'https://x/1' }, 'https://x/0'], ['https://x/1', 'https://x/0']],
  ['evidence alone', [{}, 'https://x/0'], ['https://x/0']],
  ['no addresses', [{ a: 'http://x', b: 'see https://x', c: null, d: 7, e: { url: 7 }, f: 'javascript:1' }, 'a line'], []],
  ['not too deep', [{ a: [[[[[['https://x']]]]]] }], []],
])('%s', (_, given, links) => {
  expect(findLinks(...given)).toEqual(links);
});

test('not too many', () => {
  expect(findLinks({ a: Array.from({ length: 1000 }, (__, i) => `https://x/${i}`) })).toHaveLength(20);
});
