// The Markdown structure of a document: headings, fences, list items, in order, with the traps that make a fence something
// else than it looks. Inline constructs are off, so that time is linear; texts are the source's.
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { Lines } from '@runbook/problem';
import { findChunkStarts } from './chunk.ts';
import { headingText } from './heading-text.ts';
import { findDeepNesting } from './nesting.ts';
import { findTraps } from './trap.ts';
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

/** The part of a syntax tree that is read here. */
export interface TreeNode {
  readonly type: string;
  readonly value?: string;
  readonly depth?: number;
  readonly children?: readonly TreeNode[];
  readonly position?: { readonly start: { readonly offset?: number | undefined }; readonly end: { readonly offset?: number | undefined } } | undefined;
  /** For code: how many fence lines it has; 0 for indented code, 1 for a fence that is never closed. */
  readonly data?: { readonly fences?: number } | undefined;
}

/** How deeply quotes and lists may be nested. (DESIGN §3.) */
const deepestNesting = 100;

/** Constructs that only matter inside a line of text. */
const inline = ['attention', 'autolink', 'characterEscape', 'characterReference', 'codeText', 'hardBreakEscape', 'htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink'];

/** Counts the fence lines of a code block, which the tree does not tell. */
interface CompileContext {
  readonly stack: { type: string; data?: { fences?: number } | undefined }[];
}
const countFences = {
  enter: {
    codeFencedFence(this: CompileContext): void {
      const code = this.stack.findLast((node) => node.type === 'code');
      if (code !== undefined) code.data = { fences: (code.data?.fences ?? 0) + 1 };
    },
  },
};

const processor = unified()
  .use(remarkParse)
  .data({ micromarkExtensions: [{ disable: { null: inline } }], fromMarkdownExtensions: [countFences] } as Record<string, unknown>)
  .freeze();

const chunkSize = 4096;

/** Reads the structure of a text with LF line ends, from an offset on. Traps are told to `complain`. Never throws. */
export function readStructure(text: string, from: number, lines: Lines, complain: Complain): Structure {
  const deep = findDeepNesting(text.slice(from), deepestNesting);
  if (deep !== undefined) {
    const line = deep + lines.at(from).line - 1;
    complain('nesting-too-deep', { line, column: 1 }, `quotes and lists may be nested more than ${deepestNesting} deep here`, 'Flatten the document.');
    return { blocks: [] };
  }
  const reader = createReader(text, lines, complain);
  const starts = findChunkStarts(text, from);
  let next = 0;
  for (let start = from; start < text.length; ) {
    let size = chunkSize;
    for (;;) {
      while (next < starts.length && (starts[next] ?? 0) < start + size) next += 1;
      const end = starts[next] ?? text.length;
      const nodes = processor.parse(text.slice(start, end)).children as readonly TreeNode[];
      if (end < text.length && goesOn(nodes.at(-1))) {
        size *= 2;
        continue;
      }
      reader.read(nodes, start);
      start = end;
      break;
    }
  }
  return reader.structure();
}

/** Whether a last node may swallow what follows it. */
function goesOn(node: TreeNode | undefined): boolean {
  return node?.type === 'html' || (node?.type === 'code' && node.data?.fences === 1);
}

interface Reader {
  read(nodes: readonly TreeNode[], base: number): void;
  structure(): Structure;
}

function createReader(text: string, lines: Lines, complain: Complain): Reader {
  const blocks: (Fence | Item | Comment)[] = [];
  let headings: { depth: number; text: string }[] = [];
  let first: string | undefined;
  let title: string | undefined;
  const path = (): string[] => headings.map((heading) => heading.text);

  const readHeading = (node: TreeNode): void => {
    const depth = node.depth ?? 1;
    const heading = headingText(plainText(node));
    headings = [...headings.filter((above) => above.depth < depth), { depth, text: heading }];
    first ??= heading;
    if (depth === 1) title ??= heading;
  };
  const readFence = (node: TreeNode, base: number): void => {
    const offset = base + (node.position?.start.offset ?? 0);
    const end = text.indexOf('\n', offset);
    const opening = text.slice(offset, end === -1 ? text.length : end);
    const marks = /^(?:`+|~+)/.exec(opening)?.[0].length ?? 0;
    blocks.push({ kind: 'fence', offset, heading: path(), info: opening.slice(marks).trimEnd(), infoOffset: offset + marks, value: node.value ?? '' });
  };
  const visit = (node: TreeNode, base: number, parents: readonly TreeNode[]): void => {
    findTraps({ node, parents, base, text, lines, complain });
    if (node.type === 'heading' && parents.length === 0) readHeading(node);
    else if (node.type === 'code' && (node.data?.fences ?? 0) > 0) readFence(node, base);
    else if (node.type === 'html' && /^<!--\s*\{/.test(node.value ?? '') && !belongsToItem(node, parents.at(-1))) {
      blocks.push({ kind: 'comment', offset: base + (node.position?.start.offset ?? 0), source: node.value ?? '' });
    } else {
      if (node.type === 'listItem') blocks.push(...readItem(node, base, text, path()));
      for (const child of node.children ?? []) if (child.type !== 'text') visit(child, base, [...parents, node]);
    }
  };
  return {
    read: (nodes, base) => nodes.forEach((node) => visit(node, base, [])),
    structure: () => ({ blocks, ...((title ?? first) === undefined ? {} : { title: title ?? first ?? '' }) }),
  };
}

function readItem(node: TreeNode, base: number, text: string, heading: readonly string[]): Item[] {
  const [paragraph, next] = node.children ?? [];
  if (paragraph?.type !== 'paragraph') return [];
  const sourceOffset = base + (paragraph.position?.start.offset ?? 0);
  const comment = next?.type === 'html' && next.value?.startsWith('<!--') === true ? next : undefined;
  const end = base + ((comment ?? paragraph).position?.end.offset ?? 0);
  return [{ kind: 'item', offset: base + (node.position?.start.offset ?? 0), heading, text: plainText(paragraph), source: text.slice(sourceOffset, end), sourceOffset }];
}

/** Whether a comment stands directly behind the first paragraph of a list item, where readItem has seen it. */
function belongsToItem(node: TreeNode, parent: TreeNode | undefined): boolean {
  return parent?.type === 'listItem' && parent.children?.[0]?.type === 'paragraph' && parent.children[1] === node;
}

/** The text of a node as it stands in the source, container prefixes removed. */
function plainText(node: TreeNode): string {
  return (node.children ?? []).map((child) => (child.type === 'break' ? '\n' : (child.value ?? ''))).join('');
}
