// Attributes as they stand in the text while somebody types them: keys and values with their places, whatever is missing.
// The model says what is right; this only says what the cursor is in, so it forgives everything.
import type { Span } from './page.ts';

/** One attribute. */
export interface AttributeSpan {
  readonly key: string;
  readonly keySpan: Span;
  /** Absent when no value was begun. */
  readonly value?: string;
  /** The value without its quotes. */
  readonly valueSpan?: Span;
  readonly quoted: boolean;
}

/** A group in braces, from its brace to behind the closing one, or to where it stops. */
export interface AttributeGroupSpan extends Span {
  readonly closed: boolean;
  /** Whether it is written as JSON. */
  readonly json: boolean;
  readonly attributes: readonly AttributeSpan[];
}

/** What of a group an offset is in. */
export type AttributeCursor =
  | { readonly kind: 'key'; readonly span: Span; readonly attribute?: AttributeSpan }
  | { readonly kind: 'value'; readonly span: Span; readonly attribute: AttributeSpan };

/** Reads the group whose opening brace is at `start`; nothing behind `limit` belongs to it. Never throws, linear time. */
export function readAttributeSpans(text: string, start: number, limit: number): AttributeGroupSpan {
  let first = start + 1;
  while (first < limit && isBlank(text[first])) first += 1;
  const json = text[first] === '"' && first < limit;
  const attributes: AttributeSpan[] = [];
  let at = first;
  while (at < limit) {
    const c = text[at];
    if (c === '}') return { start, end: at + 1, closed: true, json, attributes };
    if (isBlank(c) || c === ',' || (c === '{' && !json)) {
      at += 1;
      continue;
    }
    const found = json ? readMember(text, at, limit) : readPair(text, at, limit);
    if (found.attribute !== undefined) attributes.push(found.attribute);
    at = Math.max(found.end, at + 1);
  }
  return { start, end: limit, closed: false, json, attributes };
}

/** What of a group an offset is in; undefined when it is outside, or between a value and what follows. */
export function attributeCursorAt(group: AttributeGroupSpan, text: string, offset: number): AttributeCursor | undefined {
  if (offset <= group.start || offset > (group.closed ? group.end - 1 : group.end)) return undefined;
  for (const attribute of group.attributes) {
    const { keySpan, valueSpan } = attribute;
    if (valueSpan !== undefined && offset >= valueSpan.start && offset <= valueSpan.end) return { kind: 'value', span: valueSpan, attribute };
    if (offset >= keySpan.start && offset <= keySpan.end) return { kind: 'key', span: keySpan, attribute };
  }
  const before = text[offset - 1];
  return isBlank(before) || before === '{' || before === ',' ? { kind: 'key', span: { start: offset, end: offset } } : undefined;
}

interface Found {
  readonly attribute?: AttributeSpan;
  readonly end: number;
}

function readPair(text: string, from: number, limit: number): Found {
  let at = from;
  while (at < limit && /[^\s={}"',]/.test(text[at] ?? '')) at += 1;
  const keySpan = { start: from, end: at };
  if (at === from) return { end: at };
  const key = text.slice(from, at);
  if (text[at] !== '=' || at >= limit) return { attribute: { key, keySpan, quoted: false }, end: at };
  at += 1;
  if ((text[at] === '"' || text[at] === "'") && at < limit) return readQuoted(text, at, limit, { key, keySpan });
  const start = at;
  while (at < limit && /[^\s{}"']/.test(text[at] ?? '')) at += 1;
  return { attribute: { key, keySpan, value: text.slice(start, at), valueSpan: { start, end: at }, quoted: false }, end: at };
}

function readQuoted(text: string, quoteAt: number, limit: number, key: Pick<AttributeSpan, 'key' | 'keySpan'>): Found {
  const end = quotedEnd(text, quoteAt, limit);
  const valueSpan = { start: quoteAt + 1, end };
  return { attribute: { ...key, value: text.slice(valueSpan.start, end).replace(/\\(["'\\])/g, '$1'), valueSpan, quoted: true }, end: end + 1 };
}

/** The offset of the closing quote, or the limit. */
function quotedEnd(text: string, quoteAt: number, limit: number): number {
  for (let at = quoteAt + 1; at < limit; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[quoteAt]) return at;
  }
  return limit;
}

/** `"key": "value"`, with whatever is there of it. */
function readMember(text: string, from: number, limit: number): Found {
  const quoted = text[from] === '"';
  const start = quoted ? from + 1 : from;
  let end = start;
  if (quoted) end = quotedEnd(text, from, limit);
  else while (end < limit && /[^\s:,{}"]/.test(text[end] ?? '')) end += 1;
  const key = text.slice(start, end);
  const keySpan = { start: from, end: Math.min(quoted ? end + 1 : end, limit) };
  let at = keySpan.end;
  while (at < limit && isBlank(text[at])) at += 1;
  if (text[at] !== ':' || at >= limit) return { ...(key === '' && !quoted ? {} : { attribute: { key, keySpan, quoted } }), end: keySpan.end };
  at += 1;
  while (at < limit && isBlank(text[at])) at += 1;
  if (text[at] === '"' && at < limit) return readQuoted(text, at, limit, { key, keySpan });
  const begin = at;
  while (at < limit && /[^\s,{}"]/.test(text[at] ?? '')) at += 1;
  return { attribute: { key, keySpan, value: text.slice(begin, at), valueSpan: { start: begin, end: at }, quoted: false }, end: at };
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t' || c === '\n' || c === '\r';
}
