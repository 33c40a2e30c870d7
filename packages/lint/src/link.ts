// The links, anchors and headings of a Markdown text, with their places. The only part of `check` that reads what stands
// inside lines, and only of blocks that may refer to something; emphasis is left out, because its time grows with the square
// of the text.
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { indexLines } from '@runbook/problem';
import { anchorsOfHtml, decodeEntities, linksOfHtml } from './html-reference.ts';
import { createAnchors } from './anchor.ts';
import { readProse } from './prose.ts';

/** A link or image. `target` is as the document means it, escapes resolved. */
export interface Link {
  readonly target: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** What a Markdown text refers to, and what can be referred to in it. */
export interface References {
  readonly links: readonly Link[];
  /** Every name that may stand behind a `#`. */
  readonly anchors: ReadonlySet<string>;
  /** Lines at which a paragraph begins that has more brackets than are read. */
  readonly unread: readonly number[];
}

interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly label?: string | null;
  readonly children?: readonly MarkdownNode[];
  readonly position?: { readonly start: { readonly offset?: number | undefined }; readonly end: { readonly offset?: number | undefined } } | undefined;
}

const processor = unified()
  .use(remarkParse)
  .data({ micromarkExtensions: [{ disable: { null: ['attention', 'hardBreakEscape'] } }] } as Record<string, unknown>)
  .freeze();
const withEmphasis = unified().use(remarkParse).freeze();

/** Reads a Markdown text. Never throws. What is nested deeper than `parseRunbook` accepts is not read. */
export function readReferences(text: string): References {
  const source = text.replace(/\r\n?/g, '\n');
  const lines = indexLines(source);
  const links: Link[] = [];
  const anchors = createAnchors();
  const add = (target: string, offset: number): void => void links.push({ target, ...lines.at(offset) });
  const readHtml = (html: string, at: (offset: number) => number): void => {
    for (const found of linksOfHtml(html)) add(found.target, at(found.offset));
    for (const found of anchorsOfHtml(html)) if (found.kind === 'id') anchors.addName(found.text); else anchors.addHeading(found.text);
  };
  const { parts, prose, unread } = readProse(source, frontMatterEnd(source));
  const visit = (node: MarkdownNode): void => {
    const offset = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? offset;
    if (node.type === 'heading') anchors.addHeading(headingTextOf(node, prose.text));
    if ((node.type === 'link' || node.type === 'image') && node.url !== undefined) add(node.url, prose.originOf(offset));
    // A footnote of GitHub looks like a definition whose label begins with a caret.
    else if (node.type === 'definition' && node.url !== undefined && node.label?.startsWith('^') !== true) add(node.url, prose.originOf(offset));
    else if (node.type === 'html') readHtml(prose.text.slice(offset, end), (inside) => prose.originOf(offset + inside));
    else if (node.type === 'text') for (const bare of bareAddresses(prose.text.slice(offset, end))) add(bare.target, prose.originOf(offset + bare.offset));
    // An address inside a link is its text.
    for (const child of node.children ?? []) if (node.type !== 'link' || child.type !== 'text') visit(child);
  };
  const nodes = prose.text === '' ? [] : ((processor.parse(prose.text) as MarkdownNode).children ?? []);
  let next = 0;
  for (const part of parts) {
    if (part.kind === 'heading') anchors.addHeading(part.text);
    else if (part.kind === 'link') add(part.target, part.offset);
    else if (part.kind === 'words') for (const bare of bareAddresses(part.text)) add(bare.target, part.originOf(bare.offset));
    else if (part.kind === 'html') readHtml(source.slice(part.offset, part.end), (inside) => part.offset + inside);
    else for (; next < nodes.length && (nodes[next]?.position?.start.offset ?? 0) < part.end; next += 1) visit(nodes[next] as MarkdownNode);
  }
  return { links, anchors: anchors.names(), unread };
}

/** The text of a heading as GitHub counts it: of code and words, not of images and HTML. */
function headingTextOf(node: MarkdownNode, text: string): string {
  const source = text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  // Only an underscore makes a difference: other marks of emphasis are no part of an anchor.
  const tree = source.includes('_') && source.length <= 500 ? (withEmphasis.parse(source) as MarkdownNode) : node;
  return wordsOf(tree);
}

function wordsOf(node: MarkdownNode): string {
  if (node.type === 'text' || node.type === 'inlineCode') return node.value ?? '';
  return (node.children ?? []).map(wordsOf).join('');
}

/** Where front matter ends: its lines are no headings. */
function frontMatterEnd(text: string): number {
  return /^(?:[ \t]*\n)*(?:(---|\+\+\+)[ \t]*\n(?:[^\n]*\n)*?\1[ \t]*(?:\n|$)|\{\s*"(?:[^\n]*\n)*?\}[ \t]*(?:\n|$))/.exec(text)?.[0].length ?? 0;
}

/** Addresses that GitHub makes a link of although they stand bare (GFM, autolinks extension). */
function bareAddresses(text: string): { readonly target: string; readonly offset: number }[] {
  return [...text.matchAll(/(?<![\w/])https?:\/\/[^\s<>"'`\\|*[\]{}]+/g)].map((found) => ({ target: decodeEntities(trimAddress(found[0])), offset: found.index }));
}

/** Without the punctuation of the sentence around it, and without closing brackets that it did not open. */
function trimAddress(address: string): string {
  let extra = address.split(')').length - address.split('(').length;
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? '';
    const entity = last === ';' ? /&[a-z]{1,30};$/i.exec(address.slice(Math.max(0, end - 32), end)) : null;
    if (entity !== null) end -= entity[0].length - 1;
    else if (last === ')' && extra > 0) extra -= 1;
    else if (!/[?!.,:;_~]/.test(last)) break;
  }
  return address.slice(0, end);
}
