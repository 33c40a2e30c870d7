// The front matter of a document: finds it, reads YAML, TOML or JSON, and knows where each key stands.
// Says nothing of what the keys mean (declaration.ts does).
import { TomlError, parse as parseToml } from 'smol-toml';
import { LineCounter, isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { Lines } from '@runbook/problem';
import type { Complain, Spot } from './problem-code.ts';

/** Front matter that could be read. */
export interface FrontMatter {
  /** Offset of the first character behind it; 0 when there is none. */
  readonly end: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Where a key stands, named by its path; the nearest key above when it is not there. */
  spot(...path: readonly string[]): Spot;
}

interface Slice {
  readonly format: 'yaml' | 'toml' | 'json';
  readonly start: number;
  readonly stop: number;
  readonly end: number;
}

/** Reads the front matter of a text with LF line ends. Never throws. */
export function parseFrontMatter(text: string, lines: Lines, complain: Complain): FrontMatter {
  const none: FrontMatter = { end: 0, values: {}, spot: () => ({ line: 1, column: 1 }) };
  const slice = findSlice(text);
  if (slice === undefined) return none;
  if (slice === 'unclosed' || slice === 'unclosed JSON') {
    complain('bad-front-matter', { line: 1, column: 1 }, 'the front matter is never closed', slice === 'unclosed' ? 'Close it with a line that repeats its first one.' : 'Close it with as many } as it opens.');
    return { ...none, end: text.length };
  }
  const source = text.slice(slice.start, slice.stop);
  const read = slice.format === 'toml' ? readToml(source, slice.start, lines, complain) : readYaml(source, slice, lines, complain);
  return read === 'no front matter' ? none : { ...read, end: slice.end };
}

/** Front matter stands at the very beginning; blank lines before it are allowed, as in runme. */
function findSlice(text: string): Slice | 'unclosed' | 'unclosed JSON' | undefined {
  let begin = 0;
  for (let end = text.indexOf('\n'); end !== -1 && !/[^ \t]/.test(text.slice(begin, end)); end = text.indexOf('\n', begin)) begin = end + 1;
  const first = /^(---|\+\+\+)[ \t]*\n/.exec(text.slice(begin, begin + 1000));
  if (first === null) return text[begin] === '{' ? findJson(text, begin) : undefined;
  const marks = first[1] ?? '---';
  const start = begin + first[0].length;
  for (let at = start; at <= text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    const stop = lineEnd === -1 ? text.length : lineEnd;
    if (text.slice(at, Math.min(stop, at + 1000)).trimEnd() === marks) return { format: marks === '+++' ? 'toml' : 'yaml', start, stop: at, end: Math.min(stop + 1, text.length) };
    at = stop + 1;
  }
  // A thematic break at the top of a plain document is no front matter; a key behind it says that it was meant as one.
  return marks === '+++' || /^[A-Za-z_][\w-]*[ \t]*:(?:\s|$)/.test(text.slice(start, start + 200)) ? 'unclosed' : undefined;
}

/** A JSON object that begins on the first line and ends a line. */
function findJson(text: string, start: number): Slice | 'unclosed JSON' | undefined {
  if (!/^\{\s*(?:"|\}|$)/.test(text.slice(start, start + 1000))) return undefined;
  const token = /"(?:[^"\\\n]|\\.)*"?|[{}[\]]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '{' || found[0] === '[') depth += 1;
    if (found[0] === '}' || found[0] === ']') depth -= 1;
    if (depth > 0) continue;
    const stop = found.index + 1;
    const rest = /^[ \t]*(?:\n|$)/.exec(text.slice(stop, stop + 1000));
    return rest === null ? undefined : { format: 'json', start, stop, end: stop + rest[0].length };
  }
  // A key of ours says that it was meant; without this, inputs and a lock would silently not be there.
  return /"(?:title|inputs|lock|requires)"\s*:/.test(text.slice(start, start + 1000)) ? 'unclosed JSON' : undefined;
}

type Read = Pick<FrontMatter, 'values' | 'spot'>;

function readYaml(source: string, slice: Slice, lines: Lines, complain: Complain): Read | 'no front matter' {
  const empty: Read = { values: {}, spot: () => lines.at(slice.start) };
  try {
    const document = parseDocument(source, { lineCounter: new LineCounter(), prettyErrors: false, logLevel: 'silent', version: '1.2', uniqueKeys: false });
    const error = document.errors[0];
    const contents: unknown = document.contents;
    if (error === undefined && contents === null) return empty;
    if (!isMap(contents)) {
      // `---` around prose is two thematic breaks.
      if (slice.format === 'yaml' && /^[ \t]*\n/.test(source)) return 'no front matter';
      complain('bad-front-matter', lines.at(slice.start + (error?.pos[0] ?? 0)), error === undefined ? 'the front matter is not a list of keys and values' : `the front matter cannot be read: ${firstLine(error.message)}`, 'Write "key: value" lines.');
      return empty;
    }
    for (const fault of document.errors) complain('bad-front-matter', lines.at(slice.start + fault.pos[0]), `the front matter cannot be read: ${firstLine(fault.message)}`, 'Quote text that holds signs.');
    if (error !== undefined) return empty;
    const twice = findRepeatedKey(document);
    if (twice !== undefined) {
      complain('bad-front-matter', lines.at(slice.start + twice.offset), `the key ${JSON.stringify(twice.name)} is given twice`, 'Keep one of them.');
      return empty;
    }
    const values: unknown = document.toJS({ maxAliasCount: 20 });
    const offsetOf = createKeyOffsets(contents);
    return { values: asRecord(values), spot: (...path) => lines.at(slice.start + offsetOf(path)) };
  } catch (error) {
    // Too many aliases, or nesting deeper than the stack.
    complain('bad-front-matter', lines.at(slice.start), `the front matter cannot be read: ${error instanceof Error ? firstLine(error.message) : 'unknown reason'}`, 'Write it more plainly.');
    return empty;
  }
}

/** The first key that a map holds twice. The YAML library would look for it in quadratic time. */
function findRepeatedKey(document: Document): { name: string; offset: number } | undefined {
  let found: { name: string; offset: number } | undefined;
  visit(document, {
    Map: (_, node) => {
      const names = new Set<string>();
      for (const { key } of node.items) {
        const name = isScalar(key) ? `${typeof key.value} ${String(key.value)}` : undefined;
        if (isScalar(key) && name !== undefined && names.has(name)) {
          found = { name: String(key.value), offset: key.range?.[0] ?? 0 };
          return visit.BREAK;
        }
        if (name !== undefined) names.add(name);
      }
      return undefined;
    },
  });
  return found;
}

/** Where the keys of a map stand. Each map is looked through once, however often it is asked. */
function createKeyOffsets(contents: unknown): (path: readonly string[]) => number {
  const seen = new Map<unknown, Map<string, { offset: number; value: unknown }>>();
  const keysOf = (node: unknown): ReadonlyMap<string, { offset: number; value: unknown }> => {
    const known = seen.get(node);
    if (known !== undefined) return known;
    const keys = new Map<string, { offset: number; value: unknown }>();
    for (const item of isMap(node) ? node.items : []) {
      if (isScalar(item.key) && !keys.has(String(item.key.value))) keys.set(String(item.key.value), { offset: item.key.range?.[0] ?? 0, value: item.value });
    }
    seen.set(node, keys);
    return keys;
  };
  return (path) => {
    let node = contents;
    let offset = 0;
    for (const name of path) {
      const key = keysOf(node).get(name);
      if (key === undefined) break;
      ({ offset, value: node } = key);
    }
    return offset;
  };
}

function readToml(source: string, start: number, lines: Lines, complain: Complain): Read {
  const first = lines.at(start).line;
  try {
    const values: unknown = parseToml(source);
    const spotOf = createTomlSpots(source, first);
    return { values: asRecord(values), spot: (...path) => spotOf(path) };
  } catch (error) {
    const place = error instanceof TomlError ? { line: first + error.line - 1, column: error.column } : { line: first, column: 1 };
    complain('bad-front-matter', place, `the front matter cannot be read: ${error instanceof Error ? firstLine(error.message.replace(/^Invalid TOML document: /, '')) : 'unknown reason'}`, 'See https://toml.io for the grammar.');
    return { values: {}, spot: () => ({ line: first, column: 1 }) };
  }
}

/** A key of a TOML document: its full path, its place, and the row it stands on. */
interface TomlKey {
  readonly spot: Spot;
  readonly row: string;
  readonly line: number;
  readonly isHeader: boolean;
}

/** TOML parsers tell no places, so keys are looked for: as a table header, as a key in it, or as a key of an inline table. */
function createTomlSpots(source: string, first: number): (path: readonly string[]) => Spot {
  const keys = new Map<string, TomlKey>();
  let table: string[] = [];
  source.split('\n').forEach((row, index) => {
    const header = /^\s*\[([^[\]]+)\]/.exec(row)?.[1];
    if (header !== undefined) table = header.split('.').map(unquote);
    const key = header === undefined ? /^\s*((?:"[^"]*"|'[^']*'|[\w.-])+)\s*=/.exec(row)?.[1] : undefined;
    if (header === undefined && key === undefined) return;
    const path = key === undefined ? table : [...table, ...key.split('.').map(unquote)];
    const name = JSON.stringify(path);
    const spot = { line: first + index, column: row.search(/\S/) + (header === undefined ? 1 : 2) };
    if (!keys.has(name)) keys.set(name, { spot, row, line: first + index, isHeader: header !== undefined });
  });
  return (path) => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const found = keys.get(JSON.stringify(path.slice(0, depth)));
      if (found === undefined) continue;
      const next = path[depth];
      const inner = next === undefined || found.isHeader ? -1 : found.row.search(new RegExp(`[{,]\\s*["']?${next.replace(/\W/g, '\\$&')}["']?\\s*=`));
      return inner === -1 ? found.spot : { line: found.line, column: inner + 1 + (/^[{,]\s*/.exec(found.row.slice(inner))?.[0].length ?? 0) };
    }
    return { line: first, column: 1 };
  };
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200);
}
