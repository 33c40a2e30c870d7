// Ordinary elements of a sanitised document, made fit for a page: safe links, no images, labelled boxes, tables that scroll.
import type { Element, ElementContent, Root } from 'hast';
import { imageLink, safeAnchor, type FindId, type ForeignIds, type LinkPath } from './anchor.ts';
import { visible } from './code.ts';
import { el, mapElements, textOf } from './element.ts';

/** Takes away every id of the document that is taken already. */
export function withoutDoubleIds(tree: Root, ids: ForeignIds): Root {
  return mapElements(tree, (element) => {
    const { id, name, ...properties } = element.properties;
    const mark = id ?? name;
    if (mark === undefined || mark === null || /^h[1-6]$/.test(element.tagName)) return [element];
    const kept = ids.take(String(mark));
    return [{ ...element, properties: { ...properties, ...(kept === undefined ? {} : { id: kept }) } }];
  });
}

/** One element as it stands on the page. `above` are its ancestors. */
export function tidy(element: Element, above: readonly Element[], linkPath: LinkPath, findId: FindId): readonly ElementContent[] {
  const { children, properties } = element;
  switch (element.tagName) {
    case 'a':
      return above.some(({ tagName }) => tagName === 'a') ? children : safeAnchor(element, linkPath, findId);
    case 'img':
      return imageLink(element, above.some(({ tagName }) => tagName === 'a'), linkPath);
    case 'input':
      return [el('input', { type: 'checkbox', disabled: true, checked: properties.checked != null && properties.checked !== false, ariaLabel: properties.checked == null || properties.checked === false ? 'not done' : 'done' })];
    case 'table':
      return [el('div', { className: ['scroll'], tabIndex: 0, role: 'region', ariaLabel: 'Table' }, element)];
    case 'td':
    case 'th':
      return [cell(element)];
    case 'pre':
      return [el('div', { className: ['code'] }, el('pre', { tabIndex: 0, role: 'group', ariaLabel: 'Text' }, children))];
    case 'code':
    case 'tt':
      return [el('code', idOf(element), children.map(visibleText))];
    case 'strike':
      return [el('del', idOf(element), children)];
    default:
      return [element];
  }
}

function idOf({ properties: { id } }: Element): { id?: string } {
  return typeof id === 'string' ? { id } : {};
}

/** A table cell; a heading of nothing is none. */
function cell(element: Element): Element {
  const { align, ...properties } = element.properties;
  const side = align === 'right' || align === 'center' ? { className: [align] } : {};
  return el(element.tagName === 'th' && textOf(element).trim() === '' ? 'td' : element.tagName, { ...properties, ...side }, element.children);
}

function visibleText(node: ElementContent): ElementContent {
  return node.type === 'text' ? { ...node, value: visible(node.value) } : node;
}
