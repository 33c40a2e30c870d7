// How one images.yaml writes its lines: quotes, brackets, spaces, indents. Read from the file's own lines.
// Source: domain facts §5.6.

/** How a line `"sha256:…": ["tag"]` is written. */
export interface LineStyle {
  /** Between digest and bracket: `: `. */
  readonly colon: string;
  /** Inside the brackets, before the first and behind the last tag. */
  readonly open: string;
  readonly close: string;
  readonly quote: '"' | "'" | '';
}

/** The style of the first line that has one: `lines` is searched in the order given. */
export function findLineStyle(lines: readonly string[]): LineStyle {
  for (const text of lines) {
    const head = /^\s*(["']?)sha256:[0-9a-f]{64}\1(\s*:\s*)\[(\s*)/.exec(text);
    const rest = head === null ? '' : text.slice(head[0].length);
    const end = rest.indexOf(']');
    if (head === null || end < 1) continue;
    const tags = rest.slice(0, end);
    const quote = tags.startsWith('"') ? '"' : tags.startsWith("'") ? "'" : '';
    return { colon: head[2] ?? ': ', open: head[3] ?? '', close: tags.slice(tags.trimEnd().length), quote };
  }
  return { colon: ': ', open: '', close: '', quote: '"' };
}

/** A digest line. The digest is always in double quotes: the promotion job finds no other. */
export function formatLine(indent: string, digest: string, tag: string, style: LineStyle): string {
  return `${indent}"${digest}"${style.colon}[${style.open}${quoteTag(tag, style.quote)}${style.close}]`;
}

/** A tag in the file's quotes; in double quotes where YAML would read it as something else than a text. */
export function quoteTag(tag: string, quote: LineStyle['quote']): string {
  const mark = quote === '' && !isPlainText(tag) ? '"' : quote;
  return `${mark}${tag}${mark}`;
}

/** True when YAML reads the word as a text without quotes. */
export function isPlainText(word: string): boolean {
  return /^[A-Za-z][A-Za-z0-9._/-]*$/.test(word) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(word);
}

/** What stands between two tags of a list: from the first line that shows it, else a comma and a space. */
export function findSeparator(lines: readonly string[]): string {
  for (const text of lines) {
    const match = /\[[^\],]*["'\w](\s*,\s*)["'\w]/.exec(text);
    if (match?.[1] !== undefined) return match[1];
  }
  return ', ';
}
