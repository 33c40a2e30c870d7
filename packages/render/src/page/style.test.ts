import { expect, test } from 'vitest';
import { style } from './style.ts';

/** The variables of the light and the dark scheme. */
const schemes = [...style.matchAll(/:root\{(?:color-scheme:[^;]*;)?((?:\s*--[a-z-]+:#[0-9a-f]+;)+)\}/g)].map(
  (scheme) => new Map([...(scheme[1] ?? '').matchAll(/--([a-z-]+):(#[0-9a-f]+);/g)].map((found) => [found[1] ?? '', found[2] ?? ''])),
);

/** Text → what it stands on. */
const pairs: Readonly<Record<string, readonly string[]>> = {
  paper: ['ink', 'faint', 'link', 'bad', 'warn', 'comment'],
  sheet: ['ink', 'faint', 'link', 'keyword', 'string', 'number', 'comment', 'name', 'key', 'variable'],
  'read-sheet': ['read', 'ink', 'link'],
  'local-sheet': ['local'],
  'write-sheet': ['write'],
  'person-sheet': ['person'],
  'bad-sheet': ['ink', 'bad'],
  'warn-sheet': ['ink', 'warn'],
};

/** Relative luminance (WCAG 2.2, "relative luminance"). */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? Array.from(colour.slice(1), (digit) => digit + digit) : (colour.slice(1).match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0] = digits.map((pair) => Number.parseInt(pair, 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

test('there are two schemes with the same variables', () => {
  expect(schemes).toHaveLength(2);
  expect([...(schemes[0]?.keys() ?? [])]).toEqual([...(schemes[1]?.keys() ?? [])]);
  expect(contrast('#000', '#fff')).toBe(21);
});

test.each([0, 1])('every text of scheme %i has a contrast of 4.5 or more, the focus one of 3', (index) => {
  const scheme = schemes[index] ?? new Map<string, string>();
  const weak = Object.entries(pairs).flatMap(([sheet, texts]) => texts.filter((text) => contrast(scheme.get(text) ?? '#888', scheme.get(sheet) ?? '#888') < 4.5).map((text) => `${text} on ${sheet}`));
  expect(weak).toEqual([]);
  for (const sheet of ['paper', 'sheet']) expect(contrast(scheme.get('focus') ?? '', scheme.get(sheet) ?? '')).toBeGreaterThanOrEqual(3);
});

test('it loads nothing', () => {
  expect(style).not.toMatch(/url\(|@import|@font-face|image-set/);
});
