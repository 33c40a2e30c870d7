// The Markdown structure of a document: headings, fences, list items, in order, with the traps that make a fence something
// else than it looks. What stands inside a line of text is not read, so that time is linear; texts are the source's.
import type { Lines } from '@runbook/problem';
import { readBlocks } from './block.ts';
import { headingText } from './heading-text.ts';
import { findTraps } from './trap.ts';
import type { Leaf } from './block.ts';
import type { Complain } from './problem-code.ts';

/** A fenced block. Offsets are those of the document. */
export interface Fence {
  readonly kind: 'fence';
  readonly offset: number;
  readonly heading: readonly string[];
  /** The info string as it stands in the source. */
  readonly info: string;
  readonly infoOffset: number;
  readonly value: string;
}

/** The first paragraph of a list item, with what stands directly behind it. */
export interface Item {
  readonly kind: 'item';
  readonly offset: number;
  readonly heading: readonly string[];
  readonly text: string;
  /** The source from the paragraph to its end, including an HTML comment behind it. */
  readonly source: string;
  readonly sourceOffset: number;
}

/** An HTML comment that begins with a brace and belongs to no list item. */
export interface Comment {
  readonly kind: 'comment';
  readonly offset: number;
  readonly source: string;
}

/** What a document consists of. */
export interface Structure {
  readonly blocks: readonly (Fence | Item | Comment)[];
  /** The first heading of level 1, else the first heading. */
  readonly title?: string;
}

/** How deeply quotes and lists may be nested. (DESIGN §3.) */
const deepestNesting = 100;

/** Reads the structure of a text with LF line ends, from an offset on. Traps are told to `complain`. Never throws. */
export function readStructure(text: string, from: number, lines: Lines, complain: Complain): Structure {
  const { leaves, tooDeep } = readBlocks(text, from, deepestNesting);
  if (tooDeep !== undefined) {
    complain('nesting-too-deep', lines.at(tooDeep), `quotes and lists are nested more than ${deepestNesting} deep here`, 'Flatten the document.');
    return { blocks: [] };
  }
  const blocks: (Fence | Item | Comment)[] = [];
  let headings: { depth: number; text: string }[] = [];
  let path: readonly string[] = [];
  let first: string | undefined;
  let title: string | undefined;
  leaves.forEach((leaf, index) => {
    findTraps({ leaf, text, lines, complain });
    if (leaf.kind === 'heading' && leaf.container.kind === 'document') {
      const heading = headingText(leaf.text);
      headings = [...headings.filter((above) => above.depth < leaf.depth), { depth: leaf.depth, text: heading }];
      path = headings.map((above) => above.text);
      first ??= heading;
      if (leaf.depth === 1) title ??= heading;
    } else if (leaf.kind === 'fence') blocks.push(readFence(leaf, text, path));
    else if (leaf.kind === 'html' && /^<!--\s*\{/.test(text.slice(leaf.offset, leaf.end)) && !isOfItem(leaf, leaves[index - 1])) {
      blocks.push({ kind: 'comment', offset: leaf.offset, source: text.slice(leaf.offset, leaf.end) });
    } else if (isFirstOfItem(leaf)) blocks.push(readItem(leaf, leaves[index + 1], text, path));
  });
  return { blocks, ...((title ?? first) === undefined ? {} : { title: title ?? first ?? '' }) };
}

function readFence(leaf: Leaf, text: string, heading: readonly string[]): Fence {
  const infoOffset = leaf.offset + (leaf.mark?.count ?? 0);
  const lineEnd = text.indexOf('\n', infoOffset);
  const info = text.slice(infoOffset, lineEnd === -1 ? text.length : lineEnd).trimEnd();
  return { kind: 'fence', offset: leaf.offset, heading, info, infoOffset, value: leaf.text };
}

function readItem(paragraph: Leaf, next: Leaf | undefined, text: string, heading: readonly string[]): Item {
  const end = next !== undefined && isOfItem(next, paragraph) && text.startsWith('<!--', next.offset) ? next.end : paragraph.end;
  return { kind: 'item', offset: paragraph.container.offset, heading, text: paragraph.text, source: text.slice(paragraph.offset, end), sourceOffset: paragraph.offset };
}

function isFirstOfItem(leaf: Leaf): boolean {
  return leaf.kind === 'paragraph' && leaf.index === 0 && leaf.container.kind === 'item';
}

/** Whether an HTML block stands directly behind the first paragraph of a list item, where readItem sees it. */
function isOfItem(leaf: Leaf, before: Leaf | undefined): boolean {
  return leaf.kind === 'html' && before !== undefined && isFirstOfItem(before) && leaf.container === before.container && leaf.index === 1;
}
