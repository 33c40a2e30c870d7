// The blocks of a document in which something is referred to or can be, put one below the other without the quotes and lists
// around them: the parser of inline Markdown takes ten times as long as that of blocks, and most blocks are code or plain.
import { readBlocks, type Leaf } from '@runbook/model';
import { readPlainText } from './plain-text.ts';

/** What matters to links and anchors, in the order of the document. Offsets are those of the document. */
export type ProsePart =
  /** The words of a heading. */
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'link'; readonly target: string; readonly offset: number }
  /** Words in which addresses may stand bare. */
  | { readonly kind: 'words'; readonly text: string; readonly originOf: (offset: number) => number }
  | { readonly kind: 'html'; readonly offset: number; readonly end: number }
  /** A piece of the prose that a parser must read, up to this offset of it. */
  | { readonly kind: 'piece'; readonly end: number };

/** Markdown without containers, and where it comes from. */
export interface Prose {
  readonly text: string;
  /** The offset in the document of an offset in the text. */
  originOf(offset: number): number;
}

/** What a document has for the reader of links. */
export interface ReadProse {
  readonly parts: readonly ProsePart[];
  readonly prose: Prose;
  /** Lines at which a block begins that has more brackets than are read: the time grows with their square. */
  readonly unread: readonly number[];
}

const mostBrackets = 1000;
/** As deep as `parseRunbook` reads. (DESIGN §3.) */
const deepestNesting = 100;
/** Further lines of a paragraph are indented so far that they cannot begin a block of their own. (CommonMark 0.31 §4.8.) */
const indent = '    ';

/** Reads the blocks of a text with LF line ends, from an offset on. Never throws. */
export function readProse(text: string, from: number): ReadProse {
  const parts: ProsePart[] = [];
  const unread: number[] = [];
  const writer = new ProseWriter();
  for (const leaf of readBlocks(text, from, deepestNesting).leaves) {
    if (leaf.kind === 'html') parts.push({ kind: 'html', offset: leaf.offset, end: leaf.end });
    else if (leaf.kind !== 'paragraph' && leaf.kind !== 'heading') continue;
    else if (leaf.kind === 'paragraph' && !/[[<]|:\/\//.test(leaf.text)) continue;
    else if (leaf.text.split('[').length - 1 > mostBrackets) unread.push(lineAt(text, leaf.offset));
    else parts.push(...(readPlain(leaf, text) ?? [{ kind: 'piece' as const, end: writer.add(leaf, text) }]));
  }
  return { parts, prose: writer.prose(), unread };
}

/** The parts of a block that no parser is needed for; undefined when one is. */
function readPlain(leaf: Leaf, document: string): readonly ProsePart[] | undefined {
  // an underscore in a heading may be emphasis, which is no part of its anchor
  if (leaf.kind === 'heading' && (isUnderlined(leaf, document) || leaf.text.includes('_'))) return undefined;
  const pieces = readPlainText(leaf.text);
  if (pieces === undefined) return undefined;
  const lines = linesOf(leaf, document);
  const originOf = (offset: number): number => originIn(lines, offset);
  const parts = pieces.flatMap((piece): ProsePart[] => {
    if (piece.kind === 'code') return [];
    if (piece.kind === 'link') return [{ kind: 'link', target: piece.target, offset: originOf(piece.offset) }];
    return piece.text.includes('://') ? [{ kind: 'words', text: piece.text, originOf: (offset) => originOf(piece.offset + offset) }] : [];
  });
  return leaf.kind === 'heading' ? [{ kind: 'heading', text: pieces.map((piece) => piece.text).join('') }, ...parts] : parts;
}

function isUnderlined(leaf: Leaf, document: string): boolean {
  return leaf.kind === 'heading' && document.slice(leaf.offset, leaf.end).includes('\n');
}

/** A line of a block without what stands around its words. */
interface ProseLine {
  readonly words: string;
  /** Where they begin in the block's text, and in the document. */
  readonly here: number;
  readonly there: number;
}

function linesOf(leaf: Leaf, document: string): readonly ProseLine[] {
  const raw = document.slice(leaf.offset, leaf.end).split('\n');
  const underlined = isUnderlined(leaf, document);
  if (underlined) raw.pop();
  const texts = leaf.text.split('\n');
  // definitions above the words of a heading that is underlined are no part of its text
  const defined = underlined ? raw.length - texts.length : 0;
  let start = leaf.offset;
  let here = 0;
  return raw.map((line, index) => {
    const trimmed = line.replace(/[ \t]+$/, '');
    const words = index < defined ? trimmed.replace(/^[ \t>]+/, '') : (texts[index - defined] ?? '');
    const at = leaf.kind === 'heading' && !underlined ? line.indexOf(words, leaf.depth) : trimmed.length - words.length;
    const found = { words, here, there: start + Math.max(0, at) };
    start += line.length + 1;
    here += words.length + 1;
    return found;
  });
}

/** Where an offset of a text comes from. */
function originIn(lines: readonly Pick<ProseLine, 'here' | 'there'>[], offset: number): number {
  let low = 0;
  let high = lines.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.here ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return (lines[low]?.there ?? 0) + offset - (lines[low]?.here ?? 0);
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

class ProseWriter {
  #text = '';
  readonly #lines: Pick<ProseLine, 'here' | 'there'>[] = [];

  /** Adds a paragraph or heading; gives the end of the text. */
  add(leaf: Leaf, document: string): number {
    const underlined = isUnderlined(leaf, document);
    linesOf(leaf, document).forEach(({ words, there }, index) => {
      this.#text += leaf.kind === 'heading' && !underlined ? '# ' : index === 0 ? '' : indent;
      this.#lines.push({ here: this.#text.length, there });
      this.#text += `${words}\n`;
    });
    this.#text += underlined ? '===\n\n' : '\n';
    return this.#text.length;
  }

  prose(): Prose {
    return { text: this.#text, originOf: (offset) => originIn(this.#lines, offset) };
  }
}
