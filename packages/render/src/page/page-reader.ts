// For tests of pages: reads a page as a browser would, and says what on it would be unsafe or broken. Only tests import this.
import rehypeRaw from 'rehype-raw';
import { unified } from 'unified';
import type { Element, Root } from 'hast';
import { parseRunbook, type Runbook } from '@runbook/model';
import { renderPage } from '../page.ts';
import { textOf } from './element.ts';

/** A page that was read. */
export interface ReadPage {
  /** The steps that must be on it. */
  readonly runbook: Pick<Runbook, 'steps'>;
  readonly html: string;
  /** All elements in the order of the page. */
  readonly elements: readonly Element[];
  /** The ids of the step cards. */
  readonly cards: readonly string[];
  find(tagName: string): readonly Element[];
  byId(id: string): Element | undefined;
}

/** Renders a document and reads the page. Links to `other.md` lead to a rendered page. */
export async function pageOf(text: string): Promise<ReadPage & { readonly runbook: Runbook }> {
  const { runbook, problems } = parseRunbook(text, 'docs/page.md');
  const linkPath = (path: string): { path: string; isPage: boolean } => (path === 'other.md' ? { path: 'other.html', isPage: true } : { path, isPage: false });
  const html = await renderPage({ runbook, problems, tool: 'runbook 1.2.3', linkPath });
  return { ...readPage(html, runbook), runbook };
}

/** Reads a page with these steps. */
export function readPage(html: string, runbook: Pick<Runbook, 'steps'>): ReadPage {
  const elements = listElements(unified().use(rehypeRaw).runSync({ type: 'root', children: [{ type: 'raw', value: html }] }));
  return {
    runbook,
    html,
    elements,
    cards: elements.filter((element) => element.tagName === 'article').map((element) => String(element.properties.id)),
    find: (tagName) => elements.filter((element) => element.tagName === tagName),
    byId: (id) => elements.find((element) => element.properties.id === id),
  };
}

function listElements(node: Root | Element): Element[] {
  return node.children.flatMap((child) => (child.type === 'element' ? [child, ...listElements(child)] : []));
}

const tags = new Set(
  ('a abbr article b blockquote body br code dd del details div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 head header hr html i input ins kbd li main ' +
    'meta nav ol p pre q s samp script section span strong style sub summary sup table tbody td tfoot th thead title tr ul var').split(' '),
);
const attributes = new Set(
  'ariaHidden ariaLabel ariaLabelledBy charSet checked className colSpan content disabled href httpEquiv id lang name open rel role rowSpan scope start tabIndex type value'.split(' '),
);
const links = /^(?:https?:\/\/|mailto:|#|(?![a-z][a-z0-9+.-]*:|\/\/|[^/]*\\)[^\s\\])/i;

/** Everything on a page that a stranger's document must not be able to put there, or that is broken. */
export function flawsOf(page: ReadPage): string[] {
  const flaws: string[] = [];
  const ids = new Map<string, number>();
  for (const { tagName, properties } of page.elements) {
    if (!tags.has(tagName)) flaws.push(`element ${tagName}`);
    for (const name of Object.keys(properties)) if (!attributes.has(name)) flaws.push(`attribute ${tagName}.${name}`);
    if (properties.href !== undefined && !links.test(String(properties.href))) flaws.push(`link ${String(properties.href)}`);
    if (properties.id !== undefined) ids.set(String(properties.id), (ids.get(String(properties.id)) ?? 0) + 1);
  }
  for (const [id, count] of ids) if (count > 1) flaws.push(`id ${id} ${count} times`);
  for (const id of ids.keys()) if (!/^(?:title|inputs|problems|said|document|steps|details|part-\d+)$|^(?:section|step|(?:name|text)-step|input|expect|user-content)-./s.test(id)) flaws.push(`id ${id}`);
  for (const { properties } of page.find('a')) if (String(properties.href).startsWith('#') && !ids.has(decodeURIComponent(String(properties.href).slice(1)))) flaws.push(`link to nowhere ${String(properties.href)}`);
  for (const tagName of ['script', 'style', 'main', 'h1', 'title']) if (page.find(tagName).length !== 1) flaws.push(`${page.find(tagName).length} ${tagName}`);
  const levels = page.elements.filter(({ tagName }) => /^h[1-6]$/.test(tagName)).map(({ tagName }) => Number(tagName.slice(1)));
  levels.forEach((level, index) => {
    if (index > 0 && level > (levels[index - 1] ?? 0) + 1) flaws.push(`heading ${index + 1} leaps to ${level}`);
  });
  for (const link of page.find('a')) if (link.properties.href !== undefined && textOf(link).trim() === '' && link.properties.ariaLabel === undefined) flaws.push('a link without a name');
  const expected = page.runbook.steps.map((step) => step.id);
  const shown = page.cards.map((card) => card.slice('step-'.length));
  if (shown.length !== expected.length || !expected.every((id, index) => shown[index] === id || shown[index]?.startsWith(`${id}-`) === true)) flaws.push(`cards ${shown.join(' ')} for steps ${expected.join(' ')}`);
  return flaws;
}
