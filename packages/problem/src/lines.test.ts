import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexLines } from './lines.ts';

describe('places', () => {
  test.each([
    ['', 0, 1, 1],
    ['abc', 2, 1, 3],
    ['abc', 99, 1, 4],
    ['abc', -1, 1, 1],
    ['a\nb', 1, 1, 2],
    ['a\nb', 2, 2, 1],
    ['a\r\nb', 2, 1, 3],
    ['a\r\nb', 3, 2, 1],
    ['a\rb', 2, 2, 1],
    ['a\n', 2, 2, 1],
    ['🎉x', 2, 1, 3],
  ])('%j at %i is %i:%i', (text, offset, line, column) => {
    expect(indexLines(text).at(offset)).toEqual({ line, column });
  });
});

test('lines by number, without their endings', () => {
  const lines = indexLines('one\r\ntwo\rthree\n');
  expect(lines.count).toBe(4);
  expect([1, 2, 3, 4, 5].map((line) => lines.text(line))).toEqual(['one', 'two', 'three', '', '']);
  expect([1, 2, 3, 4, 5].map((line) => lines.startOf(line))).toEqual([0, 5, 9, 15, 15]);
});

test('every offset lies on the line it is said to lie on', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', '\n', '\r', '\r\n', 'ü'), { maxLength: 40 }), fc.nat(60), (parts, offset) => {
      const text = parts.join('');
      const lines = indexLines(text);
      const at = lines.at(offset);
      expect(lines.startOf(at.line) + at.column - 1).toBe(Math.min(offset, text.length));
      expect(at.line).toBe(1 + [...text.matchAll(/\r\n|\n|\r/g)].filter((ending) => ending.index + ending[0].length <= Math.min(offset, text.length)).length);
    }),
  );
});
