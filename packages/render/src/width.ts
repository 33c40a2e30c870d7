// How many terminal columns a text takes, and how to cut and fill it. For text without escape sequences only:
// colours are put around a text after it was measured.
import { safeText } from '@runbook/access';

/** Characters of one column that join with no other: Latin, and the marks and lines that are drawn here. Segmenting is dear. */
const plain = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u259f\u2713\u2717]*$/;
const zeroWidthStart = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+/u;
const emoji = /\p{Emoji_Presentation}|\ufe0f/u;

let segmenter: Intl.Segmenter | undefined;

/** The characters as people see them. Made when first needed: making it takes longer than most commands do. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** First and last code points of the blocks that take two columns (Unicode East Asian Width, W and F; UAX #11). */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** The columns a text of one line takes in a terminal. Wide characters take two, marks that sit on others none. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The text cut to at most `width` columns; where something was cut, the last of them is `…`. */
export function clipText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return width <= 0 ? '' : `${takeColumns(text, width - 1)}…`;
}

/** Like `clipText`, but cuts in the middle: an address keeps its host and its last part. */
export function clipMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 12) return clipText(text, width);
  const tail = Math.floor((width - 1) / 2);
  return `${takeColumns(text, width - 1 - tail)}…${takeLastColumns(text, tail)}`;
}

/** The text filled with spaces to `width` columns, at its end or, for numbers, at its start. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + gap : gap + text;
}

/** Foreign text on one line: made safe, every run of white space one space. */
export function oneLine(text: string): string {
  return safeText(text).replace(/\s+/gu, ' ').trim();
}

/** Foreign text as safe lines: tabs become spaces, so that what is measured is what is seen. */
export function safeLines(text: string): string[] {
  return safeText(text).split('\n').map((line) => expandTabs(line));
}

/** The line with each tab replaced by the spaces up to the next of the stops, which lie four columns apart. */
export function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let out = '';
  for (const part of line.split(/(\t)/)) out += part === '\t' ? ' '.repeat(4 - (textWidth(out) % 4)) : part;
  return out;
}

function takeColumns(text: string, columns: number): string {
  let out = '';
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    out += segment;
  }
  return out;
}

function takeLastColumns(text: string, columns: number): string {
  const all = [...graphemesOf(text)];
  let from = all.length;
  let width = 0;
  while (from > 0) {
    width += graphemeWidth(all[from - 1]?.segment ?? '');
    if (width > columns) break;
    from -= 1;
  }
  return all.slice(from).map((one) => one.segment).join('');
}

function graphemeWidth(grapheme: string): number {
  if (plain.test(grapheme)) return grapheme.length;
  if (emoji.test(grapheme)) return 2;
  const first = grapheme.replace(zeroWidthStart, '').codePointAt(0);
  if (first === undefined) return 0;
  return isWide(first) ? 2 : 1;
}

function isWide(code: number): boolean {
  return wideBlocks.some(([from, to]) => code >= from && code <= to);
}
