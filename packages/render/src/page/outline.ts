// Headings of a document: which one is the title, which level each gets so that none is left out, and an id for each.
import type { Element, ElementContent, Root } from 'hast';
import { el, mapElements, textOf } from './element.ts';
import { idPrefixes } from './anchor.ts';
import { foreignIdPrefix } from './schema.ts';

/** A tree with its headings in order. */
export interface Outline {
  /** The heading that says what the title says is its only `h1`, if there is one. */
  readonly tree: Root;
  /** The id of the page that an author means by a heading's anchor. */
  find(fragment: string): string | undefined;
}

/** The id of the title. Ids of a document never look like this. */
const titleId = 'title';
const headingTag = /^h[1-6]$/;

/**
 * Reads the headings of a sanitised tree. The first one, when it repeats `title`, becomes the title. Ids follow GitHub: lower case,
 * without punctuation, blanks as dashes; an anchor in braces behind a heading (`{#anchor}`) goes before.
 */
export function readOutline(tree: Root, title: string): Outline {
  const lead = findLead(tree, title);
  const ids = new Map<string, string>();
  let above: number[] = [];
  const change = (element: Element): readonly ElementContent[] => {
    if (!headingTag.test(element.tagName) || element.properties.id === titleId) return [element];
    const { children, anchor } = cutAnchor(element.children);
    const text = textOf(el('span', {}, children)).replace(/\s+/g, ' ').trim();
    if (text === '') return children;
    const depth = Number(element.tagName.slice(1));
    above = [...above.filter((one) => one < depth), depth];
    const level = Math.min(6, above.length + 1);
    const id = register(anchor ?? ownId(element) ?? githubSlug(text), ids);
    return [el(`h${level}`, { id }, children)];
  };
  const titled = { ...tree, children: tree.children.map((child) => (child === lead ? el('h1', { id: titleId }, cutAnchor(lead.children).children) : child)) };
  return {
    tree: mapElements(titled, change),
    find: (fragment) => ids.get(fragment) ?? ids.get(fragment.toLowerCase()) ?? (isTitle(fragment, lead) ? titleId : undefined),
  };
}

function isTitle(fragment: string, lead: Element | undefined): boolean {
  return lead !== undefined && githubSlug(textOf(lead)) === fragment.toLowerCase();
}

/** The first heading, when it says what the title says. */
function findLead(tree: Root, title: string): Element | undefined {
  const first = tree.children.find((child): child is Element => child.type === 'element' && headingTag.test(child.tagName));
  return first !== undefined && plain(textOf(el('span', {}, cutAnchor(first.children).children))) === plain(title) ? first : undefined;
}

/** Titles come from the source, headings from the tree: mark-up signs do not count. */
function plain(text: string): string {
  return text.replace(/[\s`*_~\\]/g, '');
}

/** The id that the HTML of a document gives to a heading. */
function ownId({ properties: { id } }: Element): string | undefined {
  const own = typeof id === 'string' && id.startsWith(foreignIdPrefix) ? id.slice(foreignIdPrefix.length) : '';
  return /^[\w.:-]{1,100}$/.test(own) ? own : undefined;
}

/** Takes `{#anchor}` (Hugo, Pandoc) off the end of a heading. */
function cutAnchor(children: readonly ElementContent[]): { children: readonly ElementContent[]; anchor?: string } {
  const last = children.at(-1);
  const found = last?.type === 'text' ? /^(.*?)\s*\{#([\w.:-]{1,100})\}\s*$/s.exec(last.value) : null;
  if (found === null) return { children };
  return { children: [...children.slice(0, -1), { type: 'text', value: found[1] ?? '' }], anchor: found[2] ?? '' };
}

/** The anchor that GitHub gives to a heading. */
function githubSlug(text: string): string {
  return text.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
}

function register(slug: string, ids: Map<string, string>): string {
  let name = slug === '' ? 'section' : slug;
  for (let i = 1; ids.has(name); i += 1) name = `${slug === '' ? 'section' : slug}-${i}`;
  const id = idPrefixes.section + name;
  ids.set(name, id);
  return id;
}
