// Front matter as it stands in the text while somebody types it: where it begins and ends, which keys stand where, and what
// the cursor is in. YAML, TOML and JSON, as far as keys and values on them go. The model reads the real values; this one
// forgives everything, because half a line is no YAML.
import { readFlow } from './flow-text.ts';
import type { FlowText } from './flow-text.ts';
import type { Span } from './page.ts';

/** The front matter of a text, between its marks. */
export interface FrontMatterText {
  readonly format: 'yaml' | 'toml' | 'json';
  /** Of what stands between the marks; for JSON the object itself. */
  readonly start: number;
  readonly stop: number;
}

/** A key with its place. */
export interface KeySpan {
  readonly path: readonly string[];
  /** With its quotes. */
  readonly key: Span;
  /** From behind the colon or equals sign to where the value ends, blanks included. */
  readonly value: Span;
}

/** A map in braces. */
export interface FlowSpan extends Span {
  readonly path: readonly string[];
}

/** All keys of a front matter, and its maps in braces. */
export interface FrontMatterKeys {
  readonly keys: readonly KeySpan[];
  readonly flows: readonly FlowSpan[];
}

/** How far a map in braces is looked for its end, and how often in vain; it keeps time linear where braces are left open. */
const longestFlow = 20_000;
const mostUnclosed = 20;

/** Finds the front matter; one that is not closed yet ends at the first blank line. Never throws. */
export function findFrontMatter(text: string): FrontMatterText | undefined {
  const begin = /^(?:[ \t]*(?:\r\n?|\n))*/.exec(text)?.[0].length ?? 0;
  const first = /^(---|\+\+\+)[ \t]*(?:\r\n?|\n)/.exec(text.slice(begin, begin + 1000));
  if (first === null) return /^\{\s*(?:["}]|$)/.test(text.slice(begin, begin + 1000)) ? { format: 'json', start: begin, stop: readFlow(text, begin, text.length, []).end } : undefined;
  const start = begin + first[0].length;
  const marks = first[1] ?? '---';
  const format = marks === '---' ? 'yaml' : 'toml';
  let blank: number | undefined;
  for (const line of linesOf(text, start, text.length)) {
    if (line.text.trimEnd() === marks) return { format, start, stop: line.start };
    if (line.text.trim() === '') blank ??= line.start;
  }
  return { format, start, stop: blank ?? text.length };
}

/** Reads all keys. Never throws; linear time. */
export function readKeys(text: string, front: FrontMatterText): FrontMatterKeys {
  if (front.format === 'json') return readFlow(text, front.start, front.stop, []);
  return front.format === 'yaml' ? readYaml(text, front) : readToml(text, front);
}

/** What the cursor is in: a key of the map at `path`, or the value of the key at `path`. The span is what was typed of it. */
export type FrontMatterCursor = { readonly kind: 'key' | 'value'; readonly path: readonly string[]; readonly span: Span };

/** What an offset is in. */
export function frontMatterCursorAt(text: string, front: FrontMatterText, offset: number): FrontMatterCursor | undefined {
  const { keys, flows } = readKeys(text, front);
  const flow = flows.filter((one) => offset > one.start && offset <= one.end && (offset < one.end || text[one.end - 1] !== '}')).at(-1);
  const entry = keys.filter(({ key, value }) => (offset >= key.start && offset <= key.end) || (offset >= value.start && offset <= value.end)).at(-1);
  if (flow !== undefined && !(entry !== undefined && isBelow(entry.path, flow.path))) {
    const word = /["']?[\w-]*$/.exec(text.slice(flow.start + 1, offset))?.[0] ?? '';
    const before = text.slice(flow.start, offset - word.length).trimEnd().at(-1);
    return before === '{' || before === ',' ? { kind: 'key', path: flow.path, span: { start: offset - word.length, end: offset } } : undefined;
  }
  if (entry !== undefined) {
    if (offset <= entry.key.end) return { kind: 'key', path: entry.path.slice(0, -1), span: entry.key };
    const blanks = /^\s*/.exec(text.slice(entry.value.start, entry.value.end))?.[0].length ?? 0;
    const start = Math.min(entry.value.start + blanks, offset);
    return { kind: 'value', path: entry.path, span: { start, end: Math.max(offset, start) } };
  }
  return front.format === 'json' ? undefined : newKeyAt(text, front, keys, offset);
}

/** A line of YAML or TOML on which a key is being begun. */
function newKeyAt(text: string, front: FrontMatterText, keys: readonly KeySpan[], offset: number): FrontMatterCursor | undefined {
  const line = linesOf(text, front.start, front.stop + 1).find((one) => offset >= one.start && offset <= one.start + one.text.length);
  const lead = line === undefined ? null : /^(\s*)([\w-]*)$/.exec(text.slice(line.start, offset));
  if (line === undefined || lead === null) return undefined;
  const span = { start: offset - (lead[2] ?? '').length, end: offset };
  if (front.format === 'toml') return { kind: 'key', path: tableAt(text, front, line.start), span };
  const indent = (lead[1] ?? '').length;
  const indentOf = (key: KeySpan): number => key.key.start - lineStart(text, key.key.start);
  const parent = indent === 0 ? undefined : keys.filter((key) => key.key.start < line.start && isBlock(text, key) && indentOf(key) < indent).at(-1);
  return { kind: 'key', path: parent?.path ?? [], span };
}

const isBlock = (text: string, key: KeySpan): boolean => /^[ \t]*$/.test(text.slice(lineStart(text, key.key.start), key.key.start));
const isBelow = (path: readonly string[], above: readonly string[]): boolean => path.length > above.length && above.every((part, index) => path[index] === part);

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

interface Line {
  readonly start: number;
  readonly text: string;
}

function linesOf(text: string, from: number, to: number): Line[] {
  const found: Line[] = [];
  let start = from;
  for (const ending of text.slice(from, to).matchAll(/\r\n?|\n/g)) {
    const end = from + ending.index;
    found.push({ start, text: text.slice(start, end) });
    start = end + ending[0].length;
  }
  return [...found, { start, text: text.slice(start, Math.min(to, text.length)) }];
}

function readYaml(text: string, front: FrontMatterText): FrontMatterKeys {
  const keys: KeySpan[] = [];
  const flows: FlowSpan[] = [];
  const open: { indent: number; key: string }[] = [];
  let after = front.start;
  let unclosed = 0;
  /** Lines further in than this belong to a text over several lines. */
  let folded = Number.POSITIVE_INFINITY;
  for (const line of linesOf(text, front.start, front.stop)) {
    const found = /^([ \t]*)("[^"]*"|'[^']*'|[^\s:#'"[\]{},&*!|>%@`-][^\s:]*)[ \t]*:(?=[ \t]|$)/.exec(line.text);
    const indent = /^[ \t]*/.exec(line.text)?.[0].length ?? 0;
    if (line.start < after || line.text.trim() === '' || indent > folded) continue;
    folded = Number.POSITIVE_INFINITY;
    if (found === null) continue;
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const name = unquote(found[2] ?? '');
    const path = [...open.map((one) => one.key), name];
    open.push({ indent, key: name });
    const start = line.start + indent;
    const valueStart = line.start + found[0].length;
    const rest = text.slice(valueStart, line.start + line.text.length);
    let end = valueStart + rest.length;
    const brace = /^[ \t]*[{[]/.exec(rest);
    if (/^[ \t]*[|>]/.test(rest)) folded = indent;
    if (brace !== null) {
      const inner = readYamlFlow(text, valueStart + brace[0].length - 1, unclosed < mostUnclosed ? Math.min(front.stop, valueStart + longestFlow) : end, end, path);
      if (!inner.closed) unclosed += 1;
      flows.push(...inner.flows);
      end = inner.end;
      after = inner.end;
      keys.push({ path, key: { start, end: start + (found[2] ?? '').length }, value: { start: valueStart, end } }, ...inner.keys);
    } else keys.push({ path, key: { start, end: start + (found[2] ?? '').length }, value: { start: valueStart, end } });
  }
  return { keys, flows };
}

/** A map over several lines; one that is never closed ends with its line, so that the lines below stay keys. */
function readYamlFlow(text: string, start: number, limit: number, lineEnd: number, path: readonly string[]): FlowText {
  const whole = readFlow(text, start, limit, path);
  return whole.closed ? whole : readFlow(text, start, lineEnd, path);
}

function readToml(text: string, front: FrontMatterText): FrontMatterKeys {
  const keys: KeySpan[] = [];
  const flows: FlowSpan[] = [];
  let table: readonly string[] = [];
  for (const line of linesOf(text, front.start, front.stop)) {
    const header = /^[ \t]*\[[ \t]*([^[\]]+?)[ \t]*\]/.exec(line.text)?.[1];
    if (header !== undefined) {
      table = dotted(header);
      const start = line.start + line.text.indexOf(header);
      const end = start + header.length;
      keys.push({ path: table, key: { start, end }, value: { start: end, end } });
      continue;
    }
    const found = /^([ \t]*)([\w."'-]+)[ \t]*=/.exec(line.text);
    if (found === null) continue;
    const path = [...table, ...dotted(found[2] ?? '')];
    const start = line.start + (found[1] ?? '').length;
    const value = { start: line.start + found[0].length, end: line.start + line.text.length };
    keys.push({ path, key: { start, end: start + (found[2] ?? '').length }, value });
    const brace = /^[ \t]*[{[]/.exec(text.slice(value.start, value.end));
    if (brace === null) continue;
    const inner = readFlow(text, value.start + brace[0].length - 1, value.end, path);
    keys.push(...inner.keys);
    flows.push(...inner.flows);
  }
  return { keys, flows };
}

function tableAt(text: string, front: FrontMatterText, before: number): readonly string[] {
  const headers = linesOf(text, front.start, Math.max(front.start, before)).flatMap((line) => /^[ \t]*\[[ \t]*([^[\]]+?)[ \t]*\]/.exec(line.text)?.[1] ?? []);
  return dotted(headers.at(-1) ?? '');
}

function dotted(text: string): string[] {
  return text === '' ? [] : text.split('.').map((part) => unquote(part.trim()));
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
