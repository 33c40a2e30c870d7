// Links, images and ids of a document, after the sanitiser. A link leads to a web page, to mail, to a file beside the
// document or to a place on the page; an image is never loaded, it becomes a link to itself.
import type { Element, ElementContent } from 'hast';
import { el, textOf } from './element.ts';
import { foreignIdPrefix } from './schema.ts';

/** Where a path of a document leads on its page, both not encoded. `isPage`: to another rendered document, whose ids are ours. */
export type LinkPath = (path: string) => { readonly path: string; readonly isPage: boolean };

/** What stands before the id of a heading, and of a step. */
export const idPrefixes = { section: 'section-', step: 'step-', input: 'input-', expect: 'expect-' } as const;

/** Answers which id of the page a `#fragment` of the document means. */
export type FindId = (fragment: string) => string | undefined;

/** Properties of a link to a place that a document names; undefined when it leads nowhere that is safe. */
export function linkTo(href: string, linkPath: LinkPath, findId: FindId): { href: string; rel?: string[] } | undefined {
  if (/[\u0000-\u0020\u007f\\]/.test(href.replaceAll(' ', '%20')) || href === '') return undefined;
  if (href.startsWith('#')) return inPage(href, findId);
  if (/^(?:https?:\/\/|mailto:)/i.test(href)) return { href, rel: ['noreferrer'] };
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return undefined;
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(href) ?? [];
  const plain = decode(path);
  // Encoded or not: a browser reads a backslash as a slash, and two slashes as another host.
  if (plain === '' || plain.startsWith('//') || /[\u0000-\u001f\u007f\\]/.test(plain)) return undefined;
  const target = linkPath(plain);
  return { href: target.path.split('/').map(encodeId).join('/') + (target.isPage ? pageFragment(fragment) : query + fragment) };
}

function inPage(href: string, findId: FindId): { href: string } | undefined {
  const id = findId(decode(href.slice(1)));
  return id === undefined ? undefined : { href: `#${encodeId(id)}` };
}

/** On another page nobody can look the heading up; steps, inputs and headings have ids of a known form. */
function pageFragment(fragment: string): string {
  const name = fragment.slice(1);
  if (name === '' || /^(?:step|input|section|expect)-/.test(name)) return fragment;
  return `#${idPrefixes.section}${name}`;
}

/** A text as part of a link. Half a surrogate pair cannot be encoded. */
export function encodeId(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // a percent sign that encodes nothing stands for itself
    return text;
  }
}

/** A link of the document as one of the page, or its bare content when it leads nowhere. */
export function safeAnchor(element: Element, linkPath: LinkPath, findId: FindId): ElementContent[] {
  const { href, id, name, ariaLabel } = element.properties;
  const mark = String(id ?? name ?? '');
  const target = typeof href === 'string' ? linkTo(href, linkPath, findId) : undefined;
  const properties = { ...(mark === '' ? {} : { id: mark }), ...(typeof ariaLabel === 'string' ? { ariaLabel } : {}) };
  if (target === undefined) return mark === '' ? element.children : [el('span', { id: mark }, element.children)];
  const isNamed = textOf(element).trim() !== '' || typeof ariaLabel === 'string';
  return [el('a', { ...properties, ...target }, isNamed ? element.children : String(href))];
}

/** An image as a link to it, named by its description; inside a link only the description. */
export function imageLink(element: Element, isInLink: boolean, linkPath: LinkPath): ElementContent[] {
  const { src, alt } = element.properties;
  const name = typeof alt === 'string' && alt.trim() !== '' ? alt.trim() : 'image';
  const target = isInLink || typeof src !== 'string' ? undefined : linkTo(src, linkPath, () => undefined);
  const label = [el('span', { className: ['picture'], ariaHidden: 'true' }, '▧ '), { type: 'text' as const, value: name }];
  return [target === undefined ? el('span', { className: ['image'] }, label) : el('a', { className: ['image'], ...target }, label)];
}

/** Ids of the document: each once, found again by what the author wrote. */
export interface ForeignIds {
  /** The id to set, or undefined when it is taken. */
  take(id: string): string | undefined;
  find(fragment: string): string | undefined;
}

/** Keeps the ids of a document apart. */
export function createForeignIds(): ForeignIds {
  const taken = new Set<string>();
  return {
    take: (id) => {
      if (taken.has(id) || /\s/.test(id)) return undefined;
      taken.add(id);
      return id;
    },
    find: (fragment) => (taken.has(foreignIdPrefix + fragment) ? foreignIdPrefix + fragment : undefined),
  };
}
