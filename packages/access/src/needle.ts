// What a secret looks like in text: its ways of being written, and how each is found, also where only its beginning is there.
// It knows nothing of streams and sinks.

/** Secrets shorter than this are refused: replacing them would garble text, and would tell more than it hides. (DESIGN §4.) */
export const shortestSecret = 8;

/**
 * One way in which a secret may stand in text: `as-is`; in `lines`, as base64 is broken into; with `backslashes` before its
 * signs, as shells and JSON write it; with `escapes` for its signs, as addresses and forms do. Which signs, differs by writer.
 */
interface Needle {
  readonly text: string;
  readonly written: 'as-is' | 'lines' | 'backslashes' | 'escapes';
}

/** A needle, or the rest of one whose first characters stand at the end of the line before. */
interface Entry {
  /** Its characters. */
  readonly chars: readonly string[];
  readonly written: Needle['written'];
  readonly onlyAtLineStart: boolean;
}

/** All needles, by the two characters they may begin with: a scan looks at two characters, and seldom at more. */
export interface NeedleIndex {
  readonly byHead: ReadonlyMap<number, readonly Entry[]>;
  /** One byte for each two characters, by the lower byte of each. */
  readonly heads: Uint8Array;
  /** How many characters the longest may take in a text. */
  readonly longest: number;
}

/** So much of base64 at the end of a line shows that it goes on in the next; less is not held back for it. */
const tellingPart = 8;

/** How many characters of a text one of a needle takes at most. */
const widths = { 'as-is': 1, lines: 3, backslashes: 12, escapes: 9 } as const;

/** The needles of secrets; a secret with several lines also counts line by line. */
export function needlesOf(secrets: readonly string[]): NeedleIndex {
  const needles = new Map(secrets.flatMap(formsOf).map((needle) => [`${needle.written} ${needle.text}`, needle]));
  const byHead = new Map<number, Entry[]>();
  const heads = new Uint8Array(65_536);
  let longest = 0;
  for (const needle of needles.values()) {
    longest = Math.max(longest, needle.text.length * widths[needle.written]);
    for (const entry of entriesOf(needle)) {
      for (const head of headsOf(entry)) {
        const key = headAt(head, 0);
        heads[key] = 1;
        byHead.set(key, [...(byHead.get(key) ?? []), entry]);
      }
    }
  }
  return { byHead, heads, longest };
}

/** The text with each needle replaced, the longest where several begin at one place. */
export function replaceNeedles(text: string, index: NeedleIndex, mask: string): string {
  if (index.longest === 0) return text;
  const { heads } = index;
  let out = '';
  let shown = 0;
  let low = text.charCodeAt(0) & 0xff;
  for (let at = 0; at + 1 < text.length; at += 1) {
    const high = low;
    low = text.charCodeAt(at + 1) & 0xff;
    if (heads[(high << 8) | low] === 0) continue;
    const end = longestEnd(text, at, index);
    if (end === -1) continue;
    out += text.slice(shown, at) + mask;
    shown = end;
    at = end - 1;
    low = text.charCodeAt(end) & 0xff;
  }
  return out + text.slice(shown);
}

/** Where the longest needle that is whole ends; -1 where none is. */
function longestEnd(text: string, at: number, { byHead }: NeedleIndex): number {
  let longest = -1;
  for (const entry of byHead.get(headAt(text, at)) ?? []) {
    const end = endOf(text, at, entry);
    if (end > longest && end <= text.length) longest = end;
  }
  return longest;
}

/**
 * Moves a cut back when the text around it is, or may become, a needle. What a line ends with is held back for base64 only
 * where enough of it is there; the rest of it is then known by standing at the beginning of the next line.
 */
export function findPartial(text: string, cut: number, index: NeedleIndex): number {
  for (let start = Math.max(0, cut - index.longest + 1); start < cut; start += 1) {
    const isLast = start + 1 === text.length;
    if (!isLast && index.heads[headAt(text, start)] === 0) continue;
    const entries = isLast ? [...index.byHead.values()].flat() : (index.byHead.get(headAt(text, start)) ?? []);
    if (entries.some((entry) => endOf(text, start, entry) > cut)) return start;
  }
  return cut;
}

/** Where a needle that begins at `start` ends: behind the text where it may go on there, and -1 where it is none. */
function endOf(text: string, start: number, { chars, written, onlyAtLineStart }: Entry): number {
  if (onlyAtLineStart && start > 0 && text[start - 1] !== '\n') return -1;
  let at = start;
  for (const [i, char] of chars.entries()) {
    const skipped = written === 'lines' && i > 0 ? breakAt(text, at) : 0;
    // a line that ends with little of it is not held back: its rest is known by the next line's beginning
    if (skipped > 0 && at + skipped >= text.length) return i >= tellingPart ? Number.POSITIVE_INFINITY : -1;
    at = behindChar(text, at + skipped, char, written);
    if (at === -1 || at > text.length) return at;
  }
  return at;
}

/** How long the end of a line at a place is; 0 where there is none. */
function breakAt(text: string, at: number): number {
  return text[at] === '\r' ? 2 : text[at] === '\n' ? 1 : 0;
}

/** Where one character of a needle ends, as `endOf` tells it. */
function behindChar(text: string, at: number, char: string, written: Needle['written']): number {
  const ways = waysOf(char, written);
  for (const way of ways) {
    const piece = text.slice(at, at + way.length);
    if (piece === way) return at + way.length;
    if (at + piece.length >= text.length && way.startsWith(piece)) return Number.POSITIVE_INFINITY;
  }
  return -1;
}

/** The ways in which a character may be written, the longest first. */
function waysOf(char: string, written: Needle['written']): readonly string[] {
  if (!isSign(char) || written === 'as-is' || written === 'lines') return [char];
  if (written === 'backslashes') return [...unicodeEscapes(char), `\\${char}`, char];
  const escaped = [...Buffer.from(char, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
  return [escaped, escaped.toLowerCase(), ...(char === ' ' ? ['+'] : []), char];
}

/** As JSON may write a character: Go does so with `&`, `<` and `>`, Python with all that is not ASCII. (RFC 8259 §7) */
function unicodeEscapes(char: string): string[] {
  const units = Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
  const upper = units.toUpperCase().replaceAll('\\U', '\\u');
  return upper === units ? [units] : [units, upper];
}

function isSign(char: string): boolean {
  return !/\w/.test(char);
}

function entriesOf({ text, written }: Needle): Entry[] {
  const chars = [...text];
  // so many of the first characters may stand at the end of the line before, and enough is left to know the rest by
  const lead = written === 'lines' ? Math.max(0, Math.min(tellingPart, chars.length - tellingPart)) : 0;
  return Array.from({ length: lead + 1 }, (_, skipped) => ({ chars: chars.slice(skipped), written, onlyAtLineStart: skipped > 0 }));
}

/** The two characters that an entry may begin with in a text. */
function headsOf({ chars: [first = '', second = ''], written }: Entry): string[] {
  const ends = written === 'lines' ? ['\n', '\r'] : [];
  return waysOf(first, written).flatMap((one) => [...waysOf(second, written), ...ends].map((two) => (one + two).slice(0, 2)));
}

function headAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);
}

function formsOf(secret: string): Needle[] {
  if (secret.length < shortestSecret) return [];
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= shortestSecret);
  return [secret, ...lines].flatMap((value) => [
    ...[value, ...quotedForms(value)].map((text) => ({ text, written: 'as-is' }) as const),
    ...([...value].some(isSign) ? (['backslashes', 'escapes'] as const).map((written) => ({ text: value, written })) : []),
    ...base64Forms(value).map((text) => ({ text, written: 'lines' }) as const),
  ]);
}

/** As JSON, HTML and a shell write it, where a backslash before signs is not all that they do. */
function quotedForms(value: string): string[] {
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  return [
    JSON.stringify(value).slice(1, -1),
    html,
    html.replaceAll("'", '&#39;'),
    value.replaceAll("'", "'\\''"),
    value.replace(/['\\]/g, (sign) => `\\${sign}`).replaceAll('\n', String.raw`\n`),
  ];
}

/** Base64 of a value differs by its place in the encoded text: three alignments, without the characters that its neighbours decide. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const shifted = [1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    return text.slice(shift + 1, -1);
  });
  const all = [whole.slice(0, -1), ...shifted].filter((text) => text.length > shortestSecret);
  return all.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}
