// Reads what bash prints with `declare -p`, so that variables can be compared, told apart and withheld one by one.
// Texts are bytes, one character each (latin1): what bash printed comes back to bash unchanged.

/** One variable as bash declares it. */
export interface Declaration {
  readonly name: string;
  /** Attribute letters without the dash: `x` exported, `r` readonly, `a` array, … */
  readonly flags: string;
  /** The whole declaration, to be evaluated again. */
  readonly text: string;
  /** The value without quotes; for an array everything in it; undefined when it is declared without a value. */
  readonly value: string | undefined;
}

/**
 * Parses the output of `declare -p`. Values in double quotes, in `$'…'` and in brackets may span lines and hold anything,
 * also lines that look like declarations. What is not understood is left out.
 * @param known declarations of an earlier text: those that stand in this one as they were are taken over, which is quicker.
 */
export function parseDeclarations(text: string, known: ReadonlyMap<string, Declaration> = new Map()): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  const before = [...known.values()];
  let next = 0;
  let at = 0;
  while (at < text.length) {
    // they come in the same order, mostly
    const same = before[next];
    if (same !== undefined && isAt(text, at, same.text)) {
      found.set(same.name, same);
      at += same.text.length + 1;
      next += 1;
      continue;
    }
    head.lastIndex = at;
    const match = head.exec(text);
    if (match === null) {
      at = lineEnd(text, at) + 1;
      continue;
    }
    const [whole, flags = '', name = ''] = match;
    const place = before[next]?.name === name ? next : before.findIndex((one) => one.name === name);
    if (place !== -1 && place !== next) {
      next = place;
      continue;
    }
    if (place !== -1) next += 1;
    const start = at + whole.length;
    const word = text[start - 1] === '=' ? readWord(text, start) : undefined;
    const end = word?.end ?? start;
    found.set(name, { name, flags: flags.replaceAll('-', ''), text: text.slice(at, end).trimEnd(), value: word?.value });
    at = lineEnd(text, end) + 1;
  }
  return found;
}

/** Whether a whole declaration stands at a place: the same characters up to the end of the line are read as the same. */
function isAt(text: string, at: number, declaration: string): boolean {
  const end = at + declaration.length;
  // not `startsWith`, which V8 does character by character
  return (end === text.length || text[end] === '\n') && text.slice(at, end) === declaration;
}

const head = /declare -(-|[A-Za-z]+) ([A-Za-z_][A-Za-z0-9_]*)(?:=|(?=\n|$))/y;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Reads a word that ends at a line end outside of quotes and brackets. */
function readWord(text: string, start: number): { readonly end: number; readonly value: string } {
  const parts: string[] = [];
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const c = text[at];
    if (c === '\n' && depth === 0) break;
    if (c === '"') at = readDouble(text, at + 1, parts);
    else if (c === '$' && text[at + 1] === "'") at = readAnsi(text, at + 2, parts);
    else if (c === "'") at = readSingle(text, at + 1, parts);
    else {
      if (c === '(') depth += 1;
      else if (c === ')') depth -= 1;
      if (c === '\\') at += 1;
      parts.push(text[at] ?? '');
      at += 1;
    }
  }
  return { end: at, value: parts.join('') };
}

function readSingle(text: string, start: number, parts: string[]): number {
  const end = text.indexOf("'", start);
  parts.push(text.slice(start, end === -1 ? undefined : end));
  return end === -1 ? text.length : end + 1;
}

/** The next quote or backslash, or the end. */
function nextOf(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote && text[at] !== '\\') at += 1;
  return at;
}

function readDouble(text: string, start: number, parts: string[]): number {
  let at = start;
  for (;;) {
    const stop = nextOf(text, at, '"');
    parts.push(text.slice(at, stop));
    if (text[stop] !== '\\') return stop + 1;
    const c = text[stop + 1] ?? '';
    parts.push('$`"\\'.includes(c) ? c : c === '\n' ? '' : `\\${c}`);
    at = stop + 2;
  }
}

function readAnsi(text: string, start: number, parts: string[]): number {
  let at = start;
  for (;;) {
    const stop = nextOf(text, at, "'");
    parts.push(text.slice(at, stop));
    if (text[stop] !== '\\') return stop + 1;
    escape.lastIndex = stop + 1;
    const [octal, digits] = escape.exec(text) ?? [];
    const c = text[stop + 1] ?? '';
    parts.push(digits === undefined ? (named[c] ?? c) : String.fromCharCode(Number.parseInt(digits, 8) & 255));
    at = stop + 1 + (octal?.length ?? 1);
  }
}

const escape = /([0-7]{1,3})/y;

const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v', e: '\u001b', E: '\u001b' };
