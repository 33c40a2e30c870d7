// Places in the Markdown tree at which our own mark-up will stand: code blocks and the items that are steps. A place travels
// through the sanitiser as an empty-handed element, so that nothing of a document can pretend to be one of ours.
import type { ElementContent, Nodes, Root } from 'hast';
import type { ListItem, Nodes as MarkdownNodes, PhrasingContent, Root as MarkdownRoot } from 'mdast';

/** A place, in a Markdown tree: `key` says which. Its children are those of the paragraph that it replaces. */
interface MarkdownSlot {
  type: 'runbookSlot';
  key: number;
  children: PhrasingContent[];
}

/** A place, in a page tree. */
export interface Slot {
  type: 'runbookSlot';
  key: number;
  children: ElementContent[];
}

declare module 'mdast' {
  interface RootContentMap {
    runbookSlot: MarkdownSlot;
  }
  interface BlockContentMap {
    runbookSlot: MarkdownSlot;
  }
}

declare module 'hast' {
  interface RootContentMap {
    runbookSlot: Slot;
  }
  interface ElementContentMap {
    runbookSlot: Slot;
  }
}

/** The element that stands for a place while a tree is sanitised. */
export const slotTag = 'runbook-slot';

/** Turns the first paragraph of each list item whose offset `keyAt` knows into a place. Changes the tree. */
export function markItems(tree: MarkdownRoot, keyAt: (offset: number) => number | undefined): void {
  const visit = (node: MarkdownNodes): void => {
    if (node.type === 'listItem') markItem(node, keyAt);
    if ('children' in node) for (const child of node.children) visit(child);
  };
  visit(tree);
}

function markItem(item: ListItem, keyAt: (offset: number) => number | undefined): void {
  const key = keyAt(item.position?.start.offset ?? -1);
  const [first, ...rest] = item.children;
  if (key === undefined || first?.type !== 'paragraph') return;
  item.checked = null;
  const [lead, ...others] = first.children;
  // Where task lists are not read, the box is still part of the text.
  const children: PhrasingContent[] = lead?.type === 'text' ? [{ ...lead, value: lead.value.replace(/^\[[ xX]\]\s+/, '') }, ...others] : first.children;
  item.children = [{ type: 'runbookSlot', key, children }, ...rest];
}


/** Places become elements; elements of the document that bear their name become ordinary ones. Changes the tree. */
export function hideSlots(tree: Root): void {
  const visit = (parent: Nodes): void => {
    if (!('children' in parent)) return;
    parent.children.forEach((child, index) => {
      visit(child);
      if (child.type === 'element' && child.tagName === slotTag) child.tagName = 'span';
      if (child.type === 'runbookSlot') parent.children[index] = { type: 'element', tagName: slotTag, properties: { dataKey: String(child.key) }, children: child.children };
    });
  };
  visit(tree);
}
