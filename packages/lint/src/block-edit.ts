// Puts other code into one block of a document and changes nothing else, not a byte. The result is read again before it is
// given away: it has to hold exactly the new code, and everything around it as before.
import { indexLines } from '@runbook/problem';
import type { Lines } from '@runbook/problem';
import { parseRunbook } from '@runbook/model';
import type { ParsedRunbook } from '@runbook/model';

/** Where a block stands; `source` is its code with LF line ends. */
export interface BlockPlace {
  readonly line: number;
  readonly codeLine: number;
  readonly source: string;
}

/** The new text of the document, or in words why it was left as it is. */
export type BlockEdit = { readonly kind: 'edited'; readonly text: string } | { readonly kind: 'refused'; readonly why: string };

/**
 * Replaces the code of a block of a parsed document. Line ends, the fence and the marks of the quotes and lists around it stay.
 * @param text the document as it stands in its file, which `parseRunbook` was given.
 * @param fresh the new code, with LF line ends and without one behind the last line.
 */
export function replaceCode(text: string, block: BlockPlace, fresh: string): BlockEdit {
  if (fresh === block.source) return { kind: 'edited', text };
  if (/[\r\0]/.test(fresh)) return { kind: 'refused', why: 'the new text holds signs that a block cannot hold' };
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(bom.length);
  const lines = indexLines(body);
  const range = codeRange(lines, block);
  if (range === undefined) return { kind: 'refused', why: 'the end of the block is not certain' };
  const before = outline(parseRunbook(text, ''), block, { source: block.source, lines: range.count, added: 0 });
  const added = (fresh === '' ? 0 : fresh.split('\n').length) - range.count;
  const rawLine = (line: number): string => body.slice(lines.startOf(line), lines.startOf(line + 1));
  for (const prefix of prefixes(lines, block, range)) {
    const candidate = bom + body.slice(0, range.start) + codeLines(rawLine, block, range, { prefix, fresh }) + body.slice(range.end);
    const after = outline(parseRunbook(candidate, ''), block, { source: fresh, lines: range.count + added, added });
    if (before !== undefined && before === after) return { kind: 'edited', text: candidate };
  }
  const fence = fresh.includes('```') || fresh.includes('~~~');
  return { kind: 'refused', why: fence ? 'the new text holds a fence itself; give the block a longer one' : 'the new text does not fit into the block as it stands' };
}

interface CodeRange {
  /** Offsets of the first code line and of the closing fence's line. */
  readonly start: number;
  readonly end: number;
  /** How many lines of code there are, and on which line the closing fence stands. */
  readonly count: number;
  readonly closing: number;
}

const closingFence = /^[ \t>]*(`{3,}|~{3,})[ \t]*$/;

/** The code of a block that is closed; undefined for one that is not. */
function codeRange(lines: Lines, block: BlockPlace): CodeRange | undefined {
  const isEmpty = block.source === '' && closingFence.test(lines.text(block.codeLine));
  const count = isEmpty ? 0 : block.source.split('\n').length;
  const closing = block.codeLine + count;
  if (closing > lines.count || !closingFence.test(lines.text(closing))) return undefined;
  return { start: lines.startOf(block.codeLine), end: lines.startOf(closing), count, closing };
}

/** What may stand before a line of code, most likely first: as on a line of code, as before the opening or the closing fence. */
function prefixes(lines: Lines, block: BlockPlace, range: CodeRange): ReadonlySet<string> {
  const code = block.source.split('\n');
  const found = new Set<string>();
  for (let i = 0; i < range.count; i += 1) {
    const raw = lines.text(block.codeLine + i);
    const text = code[i] ?? '';
    if (text.trim() !== '' && raw.endsWith(text)) found.add(raw.slice(0, raw.length - text.length));
  }
  const opening = /^(.*?)(?:`{3,}|~{3,})/.exec(lines.text(block.line))?.[1] ?? '';
  found.add(opening.replace(/[^>\s]/g, ' '));
  found.add(/^[ \t>]*/.exec(lines.text(range.closing))?.[0] ?? '');
  return new Set([...found].slice(0, 8));
}

/** The new lines of code. Those at the beginning and the end that stay keep their bytes. */
function codeLines(raw: (line: number) => string, block: BlockPlace, range: CodeRange, edit: { readonly prefix: string; readonly fresh: string }): string {
  const old = range.count === 0 ? [] : block.source.split('\n');
  const fresh = edit.fresh === '' ? [] : edit.fresh.split('\n');
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const eol = /\r\n|\r|\n/.exec(raw(block.line))?.[0] ?? '\n';
  return [
    ...old.slice(0, head).map((_, index) => raw(block.codeLine + index)),
    ...fresh.slice(head, fresh.length - tail).map((line) => (line === '' ? edit.prefix.trimEnd() : edit.prefix + line) + eol),
    ...old.slice(old.length - tail).map((_, index) => raw(block.codeLine + old.length - tail + index)),
  ].join('');
}

/** What one version of the block holds: its code, its lines of code, and how many more those are than before. */
interface Version {
  readonly source: string;
  readonly lines: number;
  readonly added: number;
}

/**
 * All that a document says besides the code of one block, as text to compare; lines behind the block are counted as if it had
 * kept its length. Undefined when the block does not hold what it should.
 */
function outline({ runbook, problems }: ParsedRunbook, block: BlockPlace, version: Version): string | undefined {
  const last = block.line + version.lines;
  const home = (line: number): number => (line > last ? line - version.added : line);
  const parts = [...runbook.steps, ...runbook.data];
  const edited = parts.find((part) => part.line === block.line);
  if (edited?.source !== version.source) return undefined;
  return JSON.stringify([
    parts.map((part) => [part.language, home(part.line), part.column, part.attributes, part === edited ? '' : part.source, 'heading' in part ? part.heading : []]),
    problems.filter(({ line }) => line <= block.line || line > last).map(({ code, line, column }) => [code, home(line), column]),
    runbook.inputs,
    runbook.title,
  ]);
}
