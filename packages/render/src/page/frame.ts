// What every page has around its content. Its policy (CSP) allows our own style and script by their hashes and nothing besides;
// so even mark-up that slipped through could neither run nor fetch.
import { createHash } from 'node:crypto';
import rehypeStringify from 'rehype-stringify';
import { unified } from 'unified';
import type { Element, ElementContent, Root } from 'hast';
import { el } from './element.ts';
import { script } from './script.ts';

/** What stands in the head of a page. */
export interface HeadOptions {
  readonly title: string;
  /** What made the page, as its `generator` says. */
  readonly tool: string;
  readonly style: string;
}

/** The policy of a page with this style sheet. `frame-ancestors` has no meaning in a page itself. */
export function policyOf(style: string): string {
  return `default-src 'none'; style-src 'sha256-${digest(style)}'; script-src 'sha256-${digest(script)}'; base-uri 'none'; form-action 'none'`;
}

/** The head of a page. */
export function pageHead({ title, tool, style }: HeadOptions): Element {
  return el(
    'head',
    {},
    el('meta', { charSet: 'utf-8' }),
    el('meta', { httpEquiv: ['Content-Security-Policy'], content: policyOf(style) }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'referrer', content: 'no-referrer' }),
    el('meta', { name: 'color-scheme', content: 'light dark' }),
    el('meta', { name: 'generator', content: tool }),
    el('title', {}, title),
    el('style', {}, style),
  );
}

/** The link that leads keyboards past the contents, to the element with the id `document`. */
export function skipLink(what: string): Element {
  return el('a', { className: ['skip'], href: '#document' }, `Skip to the ${what}`);
}

/** What the script of a page needs, and the script. */
export function pageEnd(): readonly ElementContent[] {
  return [el('p', { id: 'said', className: ['unseen'], role: 'status' }), el('script', {}, script)];
}

const writer = unified().use(rehypeStringify).freeze();

/** A part of a page as HTML. */
export function toHtml(children: Root['children']): string {
  return writer.stringify({ type: 'root', children });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
