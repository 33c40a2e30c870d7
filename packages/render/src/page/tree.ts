// From Markdown to a sanitised tree with places for our own mark-up. In two ways: in full, with GFM and with the HTML of the
// document; and plainly, without inline mark-up and with HTML as text, for documents that are too costly or play tricks.
import rehypeRaw from 'rehype-raw';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import type { Element, ElementContent, Nodes, Root } from 'hast';
import type { Code, Root as MarkdownRoot } from 'mdast';
import type { Options } from 'remark-rehype';
import { mapElements } from './element.ts';
import { schema } from './schema.ts';
import { hideSlots, markItems, slotTag } from './slot.ts';

/** How much of Markdown is shown as mark-up. */
export type Fidelity = 'full' | 'plain';

/** A code block of the Markdown tree. */
export interface CodeBlock {
  readonly offset: number;
  readonly language: string;
  readonly value: string;
}

/** A tree in which elements named `slotTag` are places: `dataKey` is the key of an item, or of a code block. */
export interface BodyTree {
  readonly tree: Root;
  /** Code blocks by key. */
  readonly blocks: ReadonlyMap<number, CodeBlock>;
}

/** Inline constructs, and what needs them. The parser of the model leaves them out too. */
const inline = ['attention', 'autolink', 'characterEscape', 'characterReference', 'codeText', 'hardBreakEscape', 'htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink', 'definition'];

const readers = {
  full: unified().use(remarkParse).use(remarkGfm).freeze(),
  plain: unified().use(remarkParse).data({ micromarkExtensions: [{ disable: { null: inline } }] }).freeze(),
};

/**
 * Reads Markdown. `itemKey` knows the list items that are steps by their offset in `text`; keys of code blocks are their
 * offsets. Throws a RangeError when the HTML of the document is nested too deep.
 */
export function readBody(text: string, itemKey: (offset: number) => number | undefined, fidelity: Fidelity): BodyTree {
  const blocks = new Map<number, CodeBlock>();
  const markdown = readers[fidelity].parse(text);
  markItems(markdown, itemKey);
  const rough = toPage(markdown, blocks, fidelity);
  const whole = fidelity === 'full' ? unified().use(rehypeRaw, { passThrough: ['runbookSlot'] }).runSync(rough) : rough;
  if (isDeeper(whole, deepest)) throw new RangeError('the HTML is nested too deep');
  hideSlots(whole);
  return { tree: openDetails(unified().use(rehypeSanitize, schema).runSync(whole)), blocks };
}

/** Browsers stop at 512; our own mark-up needs some. Markdown alone cannot come near, because the model stops it at 100. */
const deepest = 400;

function isDeeper(node: Nodes, depth: number): boolean {
  return depth === 0 || ('children' in node && node.children.some((child) => isDeeper(child, depth - 1)));
}

function toPage(markdown: MarkdownRoot, blocks: Map<number, CodeBlock>, fidelity: Fidelity): Root {
  const handlers: NonNullable<Options['handlers']> = {
    code(_state, node: Code) {
      const offset = node.position?.start.offset ?? 0;
      blocks.set(offset, { offset, language: (node.lang ?? '').toLowerCase(), value: node.value });
      return { type: 'runbookSlot', key: offset, children: [] };
    },
    runbookSlot: (state, node: MarkdownRoot['children'][number] & { type: 'runbookSlot' }) => ({ type: 'runbookSlot', key: node.key, children: state.all(node).filter(isContent) }),
    ...(fidelity === 'plain' ? { html: (_state, node: { value: string }) => ({ type: 'text' as const, value: node.value }) } : {}),
  };
  return unified().use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '', handlers }).runSync(markdown);
}

function isContent(node: { readonly type: string }): node is ElementContent {
  return node.type !== 'doctype';
}

/** Nothing that runs may lie folded away. */
function openDetails(tree: Root): Root {
  return mapElements(tree, (element) => [element.tagName === 'details' && holdsSlot(element) ? { ...element, properties: { ...element.properties, open: true } } : element]);
}

function holdsSlot(element: Element): boolean {
  return element.children.some((child) => child.type === 'element' && (child.tagName === slotTag || holdsSlot(child)));
}

/** Elements in which a card can stand and be seen, and parts of tables, which hold cells and nothing else. */
const hosts: ReadonlySet<string> = new Set(['blockquote', 'details', 'div', 'dd', 'dl', 'li', 'ol', 'section', 'td', 'th', 'ul']);
const tableParts: ReadonlySet<string> = new Set(['table', 'tbody', 'tfoot', 'thead', 'tr']);

/** Whether the places of a tree are exactly `keys`, in that order (others may stand between), each where a card can be seen. */
export function placesAre(tree: Root, keys: readonly number[]): boolean {
  const wanted = new Set(keys);
  const found: number[] = [];
  let isSeen = true;
  const visit = (parent: Root | Element, isHosted: boolean): void => {
    const isTablePart = parent.type === 'element' && tableParts.has(parent.tagName);
    for (const child of parent.children) {
      if (child.type !== 'element') continue;
      if (child.tagName === slotTag) {
        const key = slotKey(child);
        if (wanted.has(key)) found.push(key);
        if (!isHosted || isTablePart) isSeen = false;
      }
      visit(child, isHosted && (hosts.has(child.tagName) || tableParts.has(child.tagName)));
    }
  };
  visit(tree, true);
  return isSeen && found.length === keys.length && found.every((key, index) => key === keys[index]);
}

/** The key of a place. */
export function slotKey(element: Element): number {
  return Number(element.properties.dataKey);
}
