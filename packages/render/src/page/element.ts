// How elements of a page are made. Text always becomes a text node, so nothing that is handed in can become mark-up.
import type { Element, ElementContent, Nodes, Properties, Root } from 'hast';

/** What may stand inside an element; what is absent leaves no trace. */
export type Child = ElementContent | string | undefined | readonly ElementContent[];

/** An element. Strings become text, arrays are spread, absent children are left out. */
export function el(tagName: string, properties: Properties, ...children: readonly Child[]): Element {
  return { type: 'element', tagName, properties, children: children.flatMap(toContent) };
}

function toContent(child: Child): ElementContent[] {
  if (child === undefined) return [];
  if (typeof child === 'string') return [{ type: 'text', value: child }];
  return 'type' in child ? [child] : [...child];
}

/** The text of a tree, as a reader sees it; an image counts as its description. */
export function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value;
  if (node.type === 'element' && node.tagName === 'img') return String(node.properties.alt ?? '');
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

/** Replaces every element of a tree, children first, by what `change` makes of it; `above` are its ancestors, outermost first. */
export function mapElements<Tree extends Root | Element>(tree: Tree, change: (element: Element, above: readonly Element[]) => readonly ElementContent[]): Tree {
  const visit = (parent: Root | Element, above: readonly Element[]): ElementContent[] =>
    parent.children.flatMap((child): readonly ElementContent[] => {
      if (child.type === 'doctype') return [];
      if (child.type !== 'element') return [child];
      return change({ ...child, children: visit(child, [...above, child]) }, above);
    });
  return { ...tree, children: visit(tree, []) };
}
