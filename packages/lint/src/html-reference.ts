// Links, anchors and headings in raw HTML of a Markdown text. It reads tags as they stand; comments are left out. Pure.

/** A link of a tag; the offset counts from the start of the HTML. */
export interface HtmlLink {
  readonly target: string;
  readonly offset: number;
}

const attribute = /\s(href|src|id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/gi;

interface Tag {
  readonly name: string;
  readonly text: string;
  readonly offset: number;
}

function tagsOf(html: string): Tag[] {
  return [...withoutComments(html).matchAll(/<([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>/gi)].map((found) => ({ name: (found[1] ?? '').toLowerCase(), text: found[2] ?? '', offset: found.index + (found[1] ?? '').length + 1 }));
}

/** Comments become blanks, so that offsets stay. */
function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => comment.replace(/[^\n]/g, ' '));
}

/** Where `<a href>` and `<img src>` lead. */
export function linksOfHtml(html: string): HtmlLink[] {
  return tagsOf(html).flatMap((tag) =>
    attributesOf(tag).filter(({ key }) => (tag.name === 'a' && key === 'href') || (tag.name === 'img' && key === 'src')).map(({ value, offset }) => ({ target: decodeEntities(value), offset })),
  );
}

/** Explicit names, and the texts of `<h1>` to `<h6>`. */
export function anchorsOfHtml(html: string): { readonly kind: 'id' | 'heading'; readonly text: string }[] {
  const ids = tagsOf(html).flatMap((tag) => attributesOf(tag).filter(({ key }) => key === 'id' || (key === 'name' && tag.name === 'a')).map(({ value }) => ({ kind: 'id' as const, text: decodeEntities(value) })));
  const headings = [...withoutComments(html).matchAll(/<h([1-6])(?:\s[^<>]*)?>([\s\S]*?)<\/h\1>/gi)].map((found) => ({ kind: 'heading' as const, text: decodeEntities((found[2] ?? '').replace(/<[^<>]*>/g, '')).trim() }));
  return [...ids, ...headings];
}

function attributesOf(tag: Tag): { readonly key: string; readonly value: string; readonly offset: number }[] {
  return [...tag.text.matchAll(attribute)].map((found) => ({ key: (found[1] ?? '').toLowerCase(), value: (found[2] ?? found[3] ?? found[4] ?? '').trim(), offset: tag.offset + found.index + 1 }));
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** The text with its numeric entities and the most common named ones resolved. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,10}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
