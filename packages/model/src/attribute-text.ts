// The text of attributes: `{name=push-tag effect=write}` or `{"name":"push-tag"}`, read from the raw source, because a
// Markdown parser decodes escapes and entities on the way. Knows the grammar, not the keys. (research: runme's two forms.)

/** One key with its value; offsets count from the start of the text that was read. */
export interface AttributeEntry {
  readonly key: string;
  /** Undefined when the key stands alone. */
  readonly value: string | undefined;
  readonly offset: number;
  readonly valueOffset: number;
}

/** Something in the text that is not an attribute. */
export interface AttributeFault {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** A group in braces. `end` is the offset behind its closing brace, or the end of the text. */
export interface AttributeGroup {
  readonly entries: readonly AttributeEntry[];
  readonly faults: readonly AttributeFault[];
  readonly end: number;
}

const howTo = 'Write {key=value key="value with spaces"} or {"key":"value"}.';

/** Reads the group whose opening brace is at `start`. Never throws; stops at the first fault. */
export function parseAttributeGroup(text: string, start: number): AttributeGroup {
  let first = start + 1;
  while (isBlank(text[first])) first += 1;
  return text[first] === '"' ? readJson(text, start) : readPairs(text, start);
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t' || c === '\n';
}

function readPairs(text: string, start: number): AttributeGroup {
  const entries: AttributeEntry[] = [];
  let i = start + 1;
  const fault = (offset: number, message: string, hint = howTo): AttributeGroup => ({ entries, faults: [{ offset, message, hint }], end: groupEnd(text, start) });
  for (;;) {
    while (isBlank(text[i])) i += 1;
    if (i >= text.length) return fault(start, 'the attributes have no closing brace');
    if (text[i] === '}') return { entries, faults: [], end: i + 1 };
    const offset = i;
    while (i < text.length && /[^\s={}"']/.test(text[i] ?? '')) i += 1;
    const key = text.slice(offset, i);
    if (key === '') return fault(offset, `${show(text, offset)} is not an attribute`);
    if (key.startsWith('.') || key.startsWith('#')) return fault(offset, `"${key}" is an attribute of another Markdown dialect`);
    if (key.endsWith(':') || key.endsWith(',')) return fault(offset, `"${key}" is not a key`, `Write ${key.slice(0, -1) || 'key'}=value, without colon or comma.`);
    if (text[i] !== '=') {
      if (text[i] !== undefined && !isBlank(text[i]) && text[i] !== '}') return fault(i, `${show(text, i)} is not expected after "${key}"`);
      entries.push({ key, value: undefined, offset, valueOffset: i });
      continue;
    }
    const value = readValue(text, i + 1);
    if (typeof value === 'string') return fault(i + 1, value);
    if (!value.quoted && key !== 'if' && value.text.includes('=')) return fault(offset, `the value ${JSON.stringify(value.text)} of "${key}" holds a further "="`, 'Separate attributes with spaces, or quote the value.');
    entries.push({ key, value: value.text, offset, valueOffset: i + 1 });
    i = value.end;
  }
}

function readValue(text: string, start: number): { text: string; end: number; quoted: boolean } | string {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") {
    let end = start;
    while (end < text.length && /[^\s{}"']/.test(text[end] ?? '')) end += 1;
    if (/["'{]/.test(text[end] ?? '')) return `${show(text, end)} is not expected inside an unquoted value`;
    return { text: text.slice(start, end), end, quoted: false };
  }
  let value = '';
  for (let i = start + 1; i < text.length; i += 1) {
    const c = text[i] ?? '';
    if (c === quote) {
      const next = text[i + 1];
      if (next !== undefined && !isBlank(next) && next !== '}') return `${show(text, i + 1)} is not expected behind a quoted value`;
      return { text: value, end: i + 1, quoted: true };
    }
    // Only a quote or a backslash can be escaped; any other backslash stays, so that patterns need no doubling.
    if (c === '\\' && (text[i + 1] === quote || text[i + 1] === '\\')) i += 1;
    value += text[i] ?? '';
  }
  return 'the value has no closing quote';
}

function readJson(text: string, start: number): AttributeGroup {
  const entries: AttributeEntry[] = [];
  const end = groupEnd(text, start);
  const fault = (offset: number, message: string): AttributeGroup => ({ entries, faults: [{ offset, message, hint: howTo }], end });
  const token = /[ \t\n]*("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])/y;
  const next = (at: number): { text: string; offset: number; end: number } | undefined => {
    token.lastIndex = at;
    const found = token.exec(text);
    const word = found?.[1];
    return word === undefined ? undefined : { text: word, offset: token.lastIndex - word.length, end: token.lastIndex };
  };
  let i = start + 1;
  for (;;) {
    const key = next(i);
    if (key === undefined || !key.text.startsWith('"')) return fault(key?.offset ?? i, 'a quoted key is expected here');
    const colon = next(key.end);
    if (colon?.text !== ':') return fault(colon?.offset ?? key.end, `":" is expected behind ${key.text}`);
    const value = next(colon.end);
    if (value === undefined || /^[{}[\],:]$/.test(value.text)) return fault(value?.offset ?? colon.end, `the value of ${key.text} is neither text, number, true nor false`);
    const name = decode(key.text);
    const plain = decode(value.text);
    if (name === undefined || plain === undefined) return fault(key.offset, `${key.text} is not valid JSON`);
    entries.push({ key: name, value: plain, offset: key.offset, valueOffset: value.offset });
    const after = next(value.end);
    if (after?.text === '}') return { entries, faults: [], end: after.end };
    if (after?.text !== ',') return fault(after?.offset ?? value.end, '"," or "}" is expected here');
    i = after.end;
  }
}

/** The text of a JSON string, number, boolean or null; numbers in their shortest form, as runme stores them. */
function decode(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : String(value);
  } catch {
    // The token looked like JSON but was not, for example "\q".
    return undefined;
  }
}

function groupEnd(text: string, start: number): number {
  const close = text.indexOf('}', start);
  return close === -1 ? text.length : close + 1;
}

function show(text: string, offset: number): string {
  return JSON.stringify(text.slice(offset, offset + 12).split(/[\s}]/)[0] || (text[offset] ?? ''));
}
