// How the blocks of CommonMark 0.31 begin and end on a line (sections 4.1 to 4.6 and 5.2). Each question looks at the rest of
// one line and takes time in proportion to its length.

/** An opening fence: its sign and how many of them. */
export interface FenceMark {
  readonly sign: string;
  readonly count: number;
}

/** A list marker. */
export interface ListMark {
  /** How many characters it has. */
  readonly width: number;
  /** Whether it is a bullet or the number 1, which alone may interrupt a paragraph. */
  readonly interrupts: boolean;
}

/** The sorts of HTML blocks, numbered as in section 4.6; 6 and 7 end at a blank line. */
export type HtmlKind = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** How many signs of one sort stand at an offset. */
function countSigns(text: string, offset: number, end: number): number {
  let at = offset;
  while (at < end && text[at] === text[offset]) at += 1;
  return at - offset;
}

function isBlankFrom(text: string, offset: number, end: number): boolean {
  for (let at = offset; at < end; at += 1) if (text[at] !== ' ' && text[at] !== '\t') return false;
  return true;
}

function isBlankOrEnd(text: string, offset: number, end: number): boolean {
  return offset >= end || text[offset] === ' ' || text[offset] === '\t';
}

/** The fence that a line opens; undefined when it opens none. A backquote behind backquotes makes it text. */
export function findFence(text: string, offset: number, end: number): FenceMark | undefined {
  const count = countSigns(text, offset, end);
  if (count < 3) return undefined;
  const sign = text[offset] ?? '';
  if (sign === '~') return { sign, count };
  if (sign !== '`') return undefined;
  for (let at = offset + count; at < end; at += 1) if (text[at] === '`') return undefined;
  return { sign, count };
}

/** Whether a line closes a fence: the same signs, as many or more, and nothing behind them. */
export function closesFence(text: string, offset: number, end: number, fence: FenceMark): boolean {
  if (text[offset] !== fence.sign || offset >= end) return false;
  const count = countSigns(text, offset, end);
  return count >= fence.count && isBlankFrom(text, offset + count, end);
}

/** The level of the heading that a line of `#` is; undefined when it is none. */
export function findHeadingDepth(text: string, offset: number, end: number): number | undefined {
  const count = countSigns(text, offset, end);
  return text[offset] === '#' && count <= 6 && isBlankOrEnd(text, offset + count, end) ? count : undefined;
}

/** The level of the heading that a line makes of the paragraph above; undefined when it makes none. */
export function findUnderline(text: string, offset: number, end: number): 1 | 2 | undefined {
  const sign = text[offset];
  if ((sign !== '=' && sign !== '-') || !isBlankFrom(text, offset + countSigns(text, offset, end), end)) return undefined;
  return sign === '=' ? 1 : 2;
}

/** Whether a line is a thematic break. */
export function isRule(text: string, offset: number, end: number): boolean {
  const sign = text[offset];
  if (sign !== '*' && sign !== '-' && sign !== '_') return false;
  let count = 0;
  for (let at = offset; at < end; at += 1) {
    if (text[at] === sign) count += 1;
    else if (text[at] !== ' ' && text[at] !== '\t') return false;
  }
  return count >= 3;
}

/** The list marker at an offset; undefined when there is none. */
export function findListMark(text: string, offset: number, end: number): ListMark | undefined {
  let at = offset;
  while (at < end && at - offset < 10 && /[0-9]/.test(text[at] ?? '')) at += 1;
  const digits = at - offset;
  const fits = digits === 0 ? /[-+*]/.test(text[at] ?? '') : digits < 10 && /[.)]/.test(text[at] ?? '');
  if (at >= end || !fits || !isBlankOrEnd(text, at + 1, end)) return undefined;
  return { width: digits + 1, interrupts: digits === 0 || Number(text.slice(offset, at)) === 1 };
}

const blockNames =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';

const htmlStarts: readonly (readonly [HtmlKind, RegExp])[] = [
  [1, /<(?:pre|script|style|textarea)(?:[ \t\n>]|$)/iy],
  [2, /<!--/y],
  [3, /<\?/y],
  [5, /<!\[CDATA\[/y],
  [4, /<![a-z]/iy],
  [6, new RegExp(`</?(?:${blockNames})(?:[ \\t\\n]|/?>|$)`, 'iy')],
];

const htmlEnds: Readonly<Record<1 | 2 | 3 | 4 | 5, RegExp>> = { 1: /<\/(?:pre|script|style|textarea)>/i, 2: /-->/, 3: /\?>/, 4: />/, 5: /\]\]>/ };

const attribute = '[ \\t]+[a-z_:][\\w.:-]*(?:[ \\t]*=[ \\t]*(?:[^ \\t\\n"\'=<>`]+|\'[^\'\\n]*\'|"[^"\\n]*"))?';
/** A complete tag with nothing but blanks behind it. The bound keeps the matcher's memory small. */
const wholeTag = new RegExp(`<(?:[a-z][a-z0-9-]*(?:${attribute}){0,1000}[ \\t]*/?|/[a-z][a-z0-9-]*[ \\t]*)>[ \\t]*(?:\\n|$)`, 'iy');

/** The HTML block that begins at an offset; undefined when there is none. A single strange tag does not interrupt a paragraph. */
export function findHtml(text: string, offset: number, inParagraph: boolean): HtmlKind | undefined {
  for (const [kind, shape] of htmlStarts) {
    shape.lastIndex = offset;
    if (shape.test(text)) return kind;
  }
  if (inParagraph) return undefined;
  wholeTag.lastIndex = offset;
  return wholeTag.test(text) ? 7 : undefined;
}

/** Whether a line of an HTML block is its last one. */
export function endsHtml(line: string, kind: HtmlKind): boolean {
  return kind < 6 && htmlEnds[kind as 1 | 2 | 3 | 4 | 5].test(line);
}
