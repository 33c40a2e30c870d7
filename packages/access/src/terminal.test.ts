import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeText } from './terminal.ts';

test.each([
  ['plain text with a\ttab\n', 'plain text with a\ttab\n'],
  ['colour \u001b[31mred\u001b[0m', 'colour red'],
  ['cursor \u001b[2J\u001b[1;1Hgone', 'cursor gone'],
  ['title \u001b]0;owned\u0007 after', 'title  after'],
  ['link \u001b]8;;https://example.com\u001b\\text\u001b]8;;\u001b\\', 'link text'],
  ['bell \u0007', 'bell \u2407'],
  ['over\rwritten', 'over\u240dwritten'],
  ['windows\r\nline', 'windows\nline'],
  ['a lone \u001b', 'a lone \u241b'],
  ['c1 \u009b31m', 'c1 <U+009B>31m'],
  ['delete \u007f', 'delete \u2421'],
  ['order \u202eevil\u202c', 'order <U+202E>evil<U+202C>'],
  ['ünïcödé 漢字 🎉', 'ünïcödé 漢字 🎉'],
])('%j', (text, expected) => {
  expect(safeText(text)).toBe(expected);
});

test('nothing that a terminal obeys is left, and what is safe stays as it is', () => {
  const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = safeText(text);
      expect(safe).not.toMatch(obeyed);
      expect(safeText(safe)).toBe(safe);
    }),
  );
});
