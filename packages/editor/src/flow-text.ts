// Maps in braces inside front matter: YAML's and TOML's inline ones, and JSON. Finds keys and where their values lie; what is
// not closed yet ends at the limit.
import type { FlowSpan, KeySpan } from './front-matter-text.ts';

/** What stands in one pair of braces or brackets. `end` is behind the closing one, or the limit. */
export interface FlowText {
  readonly keys: readonly KeySpan[];
  readonly flows: readonly FlowSpan[];
  readonly end: number;
  readonly closed: boolean;
}

const deepest = 50;

/** Reads a map or list whose opening sign is at `start`. Never throws; linear time. */
export function readFlow(text: string, start: number, limit: number, path: readonly string[]): FlowText {
  const keys: KeySpan[] = [];
  const flows: FlowSpan[] = [];
  const reading: Reading = { text, limit, keys, flows, open: 0 };
  const end = readInto(reading, start, path, 0);
  return { keys, flows, end, closed: reading.open === 0 };
}

interface Reading {
  readonly text: string;
  readonly limit: number;
  readonly keys: KeySpan[];
  readonly flows: FlowSpan[];
  /** How many braces are left open. */
  open: number;
}

function readInto(reading: Reading, start: number, path: readonly string[], depth: number): number {
  const { text, limit, keys, flows } = reading;
  const isMap = text[start] === '{';
  const mine = flows.length;
  if (isMap) flows.push({ path, start, end: limit });
  let at = start + 1;
  let end = limit;
  reading.open += 1;
  while (at < limit) {
    const c = text[at] ?? '';
    if (c === '}' || c === ']') {
      end = at + 1;
      reading.open -= 1;
      break;
    }
    if (/[\s,:=]/.test(c)) at += 1;
    else if ((c === '{' || c === '[') && depth < deepest) at = readInto(reading, at, path, depth + 1);
    else {
      const wordEnd = Math.max(readWord(text, at, limit), at + 1);
      const sign = skipBlanks(text, wordEnd, limit);
      if (!isMap || !/[:=]/.test(text[sign] ?? '') || sign >= limit) at = wordEnd;
      else {
        const inner = [...path, text.slice(at, wordEnd).replace(/^(["'])(.*)\1$/, '$2')];
        const index = keys.length;
        const key = { start: at, end: wordEnd };
        keys.push({ path: inner, key, value: { start: sign + 1, end: sign + 1 } });
        at = readValue(reading, sign + 1, inner, depth);
        keys[index] = { path: inner, key, value: { start: sign + 1, end: at } };
      }
    }
  }
  if (isMap) flows[mine] = { path, start, end };
  return end;
}

/** The end of the value behind a colon, up to the comma or brace that ends it. */
function readValue(reading: Reading, from: number, path: readonly string[], depth: number): number {
  const { text, limit } = reading;
  let at = skipBlanks(text, from, limit);
  while (at < limit && !/[,}\]]/.test(text[at] ?? '')) {
    const c = text[at] ?? '';
    if ((c === '{' || c === '[') && depth < deepest) at = readInto(reading, at, path, depth + 1);
    else if (c === '"' || c === "'") at = readWord(text, at, limit);
    else at += 1;
  }
  return at;
}

function readWord(text: string, from: number, limit: number): number {
  const quote = text[from];
  if (quote !== '"' && quote !== "'") {
    let at = from;
    while (at < limit && !/[\s,:={}[\]]/.test(text[at] ?? '')) at += 1;
    return at;
  }
  for (let at = from + 1; at < limit; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === '\n') return at;
  }
  return limit;
}

function skipBlanks(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}
