// What is taken for a text that waits to be replaced, and what looks like one and is not.
import { expect, test } from 'vitest';
import { findPlaceholders } from './placeholder.ts';

const found = (source: string, kind: 'shell' | 'script' = 'shell'): string[] => findPlaceholders(source, kind, []).map(({ text, offset }) => `${offset} ${text}`);

test.each([
  ['x <your-name>', ['2 <your-name>']],
  ['x <YOUR name>', ['2 <YOUR name>']],
  ['x <my tag>', ['2 <my tag>']],
  ['x <insert-tag> <enter_tag>', ['2 <insert-tag>', '15 <enter_tag>']],
  ['x <replace-me> <fill-in>', ['2 <replace-me>', '15 <fill-in>']],
  ['x <some tag> <the tag>', ['2 <some tag>', '13 <the tag>']],
  ['x <todo> <TBD: name> <fixme>', ['2 <todo>', '9 <TBD: name>', '21 <fixme>']],
  ['ghp_xxxx gho-XXXX ghu_**** ghs_.... ghr-xxxxx', ['0 ghp_xxxx', '9 gho-XXXX', '18 ghu_****', '27 ghs_....', '36 ghr-xxxxx']],
  ['github_pat_xxxx glpat-xxxx', ['0 github_pat_xxxx', '16 glpat-xxxx']],
  ['xxxxxxxx XXXXXXXXXX', ['0 xxxxxxxx', '9 XXXXXXXXXX']],
  ['YOUR_TAG REPLACE-ME INSERT_TAG_2', ['0 YOUR_TAG', '9 REPLACE-ME', '20 INSERT_TAG_2']],
  ['CHANGEME CHANGE_ME', ['0 CHANGEME', '9 CHANGE_ME']],
])('%s in any language', (source, expected) => {
  expect(found(source, 'shell')).toEqual(expected);
  expect(found(source, 'script')).toEqual(expected);
});

test.each([
  ['x <VERSION> <TAG_2>', ['2 <VERSION>', '12 <TAG_2>']],
  ['x <github-username>', ['2 <github-username>']],
  ['x <a-b_c2>', ['2 <a-b_c2>']],
])('%s in a shell only', (source, expected) => {
  expect(found(source, 'shell')).toEqual(expected);
  expect(found(source, 'script')).toEqual([]);
});

test.each([
  'cat <in >out',
  'x <yours>',
  'x <your-\nname>',
  'x <todos>',
  'ghp_xxx aghp_xxxx ghx_xxxx',
  'xxxxxxx axxxxxxxx $xxxxxxxx -xxxxxxxx xxxxxxxxa xxxxxxxx-a',
  '$YOUR_TAG ${YOUR_TAG} MYYOUR_TAG YOUR_tag YOUR_',
  '$CHANGEME ${CHANGE_ME} CHANGEMENT XCHANGEME',
  'x <V> <name>',
  'x <1-a>',
])('nothing in %j', (source) => expect(found(source)).toEqual([]));

test('each place is told once, in order, and none in a comment', () => {
  const source = 'CHANGEME # <your-a>\n<your-b> # CHANGEME\n<your-name> YOUR_X # YOUR_Y';
  const comments = [...source.matchAll(/#.*/g)].map((match): [number, number] => [match.index, match.index + match[0].length]);
  expect(findPlaceholders(source, 'shell', comments).map(({ text }) => text)).toEqual(['CHANGEME', '<your-b>', '<your-name>', 'YOUR_X']);
});
