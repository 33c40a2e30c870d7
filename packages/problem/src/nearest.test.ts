import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const effects = ['read', 'local', 'write'];

test.each([
  ['wirte', effects, 'write'],
  ['wrtie', effects, 'write'],
  ['WRITE', effects, 'write'],
  ['reed', effects, 'read'],
  ['rd', effects, undefined],
  ['delete', effects, undefined],
  ['', effects, undefined],
  ['timeuot', ['retry', 'timeout', 'tag'], 'timeout'],
  ['attempttimeout', ['timeout', 'attempt-timeout'], 'attempt-timeout'],
  ['anything', [], undefined],
])('%s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});
