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
 * @param onStart told where each begins.
 */
export function parseDeclarations(text: string, onStart: (name: string, at: number) => void = () => undefined): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  let at = 0;
  while (at < text.length) {
    head.lastIndex = at;
    const match = head.exec(text);
    if (match === null) {
      at = lineEnd(text, at) + 1;
      continue;
    }
    const [whole, flags = '', name = ''] = match;
    onStart(name, at);
    const start = at + whole.length;
    const word = text[start - 1] === '=' ? readWord(text, start) : undefined;
    const end = word?.end ?? start;
    found.set(name, { name, flags: flags.replaceAll('-', ''), text: text.slice(at, end).trimEnd(), value: word?.value });
    at = lineEnd(text, end) + 1;
  }
  return found;
}

/** A declaration of a number, on one line. */
const numberLine = /^declare -\S+ [A-Z_]+="?[\d.]*"?$/;

/**
 * Reads one output after another. Where only numbers that bash counts by itself (`RANDOM`, `SECONDS`, …) differ from the output
 * before, that one's declarations are given again: parsing would cost more than most blocks take.
 * @param counted names whose values nobody asks for.
 */
export function createDeclarationReader(counted: ReadonlySet<string>): (text: string) => ReadonlyMap<string, Declaration> {
  let lines: readonly string[] = [];
  let countedLines: ReadonlySet<number> = new Set();
  let known: ReadonlyMap<string, Declaration> | undefined;
  return (text) => {
    const now = text.split('\n');
    // the same lines around a line on which such a declaration begins: then it begins there again
    const isSame = known !== undefined && now.length === lines.length && now.every((line, index) => line === lines[index] || (countedLines.has(index) && numberLine.test(line)));
    lines = now;
    if (isSame && known !== undefined) return known;
    const starts = new Set<number>();
    known = parseDeclarations(text, (name, at) => void (counted.has(name) && starts.add(at)));
    countedLines = linesAt(now, starts);
    return known;
  };
}

/** The indexes of lines that begin at one of these places and hold a number. */
function linesAt(lines: readonly string[], starts: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  let at = 0;
  for (const [index, line] of lines.entries()) {
    if (starts.has(at) && numberLine.test(line)) found.add(index);
    at += line.length + 1;
  }
  return found;
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
