// Foreign text inside Markdown: it is shown, never obeyed. No mark-up, HTML or table border comes out of a value.
import { safeText } from '@runbook/access';
import { linkLabel } from './report-evidence.ts';
import { oneLine } from './width.ts';

/** Text for a paragraph or a table cell: one line, with every character escaped that Markdown would read as a sign. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>&#|~$]/g, '\\$&')
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/**
 * Escaped text in which a forge finds neither people nor threads: `@alice` and `#12` are broken by an empty comment, so that nobody
 * is called by a report. `withoutLinks` breaks bare addresses too.
 */
export function quietMarkdown(text: string, { withoutLinks = false }: { readonly withoutLinks?: boolean } = {}): string {
  const quiet = escapeMarkdown(text).replace(/@(?=\w)|#(?=\d)|GH-(?=\d)/gi, '$&<!-- -->');
  return withoutLinks ? quiet.replace(/:(?=\/\/)|\bwww(?=\.)/gi, '$&<!-- -->') : quiet;
}

/** A value as code in a paragraph or a table cell, on one line. An empty value gives an empty string. */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  if (line.includes('|')) return `<code>${line.replace(/[^\p{L}\p{N} ]/gu, entity)}</code>`; // in a code span, `\|` and `|` cannot be told apart
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return fence + space + line + space + fence;
}

/** Text of several lines as a fenced block that nothing inside can close. */
export function codeBlock(text: string, language = ''): string {
  const safe = safeText(text).replace(/\n+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(safe) + 1));
  return `${fence}${language}\n${safe}\n${fence}`;
}

/** A link to a page, named by what it is or by its host; anything that is not a plain https address is shown as code. */
export function pageLink(url: string): string {
  const label = linkLabel(url);
  return label === undefined || safeText(url) !== url ? codeSpan(url) : `[${escapeMarkdown(label)}](<${url.replaceAll('|', '%7C')}>)`;
}

/** A table of GitHub Flavored Markdown. Cells must be escaped already. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function entity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0xfffd};`;
}
