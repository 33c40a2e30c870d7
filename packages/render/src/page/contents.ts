// The table of contents: headings, and under each the steps that stand there with their marks.
import type { Element } from 'hast';
import { encodeId } from './anchor.ts';
import { badge, type Mark } from './card.ts';
import { el } from './element.ts';

/** A line of the table of contents, in the order of the page. */
export type Entry =
  | { readonly kind: 'heading'; readonly id: string; readonly text: string; readonly level: number }
  | { readonly kind: 'step'; readonly id: string; readonly text: string; readonly mark: Mark };

interface Branch {
  readonly depth: number;
  readonly element: Element;
  list: Element | undefined;
}

/** The navigation of a page; undefined when there is nothing to go to. */
export function contents(entries: readonly Entry[]): Element | undefined {
  if (entries.length === 0) return undefined;
  const root: Branch = { depth: 1, element: el('div', {}), list: undefined };
  let path = [root];
  for (const entry of entries) {
    const depth = entry.kind === 'heading' ? entry.level : 7;
    path = path.filter((branch) => branch.depth < depth);
    const parent = path.at(-1) ?? root;
    if (parent.list === undefined) {
      parent.list = el('ul', {});
      parent.element.children.push(parent.list);
    }
    const item = el('li', { className: [`to-${entry.kind}`] }, link(entry));
    parent.list.children.push(item);
    path.push({ depth, element: item, list: undefined });
  }
  return el('nav', { ariaLabel: 'Contents' }, el('details', { open: true }, el('summary', {}, 'Contents'), root.list));
}

function link(entry: Entry): Element {
  const href = `#${encodeId(entry.id)}`;
  return entry.kind === 'heading' ? el('a', { href }, entry.text) : el('a', { href }, el('code', {}, entry.text), ' ', badge(entry.mark));
}
