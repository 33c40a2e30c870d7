import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipMiddle, clipText, expandTabs, oneLine, padText, safeLines, textWidth } from './width.ts';

test.each([
  ['', 0],
  ['tag', 3],
  ['née', 3],
  ['ne\u0301e', 3],
  ['画像', 4],
  ['한글', 4],
  ['✓ ok', 4],
  ['🚀', 2],
  ['👩‍💻', 2],
  ['…', 1],
])('%s takes %d columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

describe('cutting', () => {
  test.each([
    ['push-tag', 8, 'push-tag'],
    ['push-tag', 5, 'push…'],
    ['画像画像', 5, '画像…'],
    ['画像画像', 4, '画…'],
    ['push-tag', 1, '…'],
    ['push-tag', 0, ''],
  ])('%s to %d columns is %s', (text, width, cut) => {
    expect(clipText(text, width)).toBe(cut);
  });

  test('in the middle keeps both ends', () => {
    expect(clipMiddle('https://prow.k8s.io/view/gs/logs/1234567890', 24)).toBe('https://prow…/1234567890');
    expect(clipMiddle('https://prow.k8s.io', 8)).toBe('https:/…');
  });

  test('never gives more columns than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 0, max: 30 }), (text, width) => {
        expect(textWidth(clipText(text, width))).toBeLessThanOrEqual(width);
        expect(textWidth(clipMiddle(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

test('fills at the end, or at the start', () => {
  expect(padText('画', 4)).toBe('画  ');
  expect(padText('7', 3, 'right')).toBe('  7');
  expect(padText('long', 2)).toBe('long');
});

test('foreign text loses its escapes and line ends', () => {
  expect(oneLine('a\u001b[31mb\n\tc\u0007 ')).toBe('ab c␇');
  expect(safeLines('a\tb\r\nc')).toEqual(['a   b', 'c']);
  expect(expandTabs('\t画\tx')).toBe('    画  x');
});
