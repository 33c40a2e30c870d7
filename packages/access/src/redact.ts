// One redaction for every sink: terminal, journal, logs, report, errors. Values are replaced, never half of one.
import { createByteStream, type RedactedBytes } from './byte-stream.ts';
import { findPartial, needlesOf, replaceNeedles, type NeedleIndex } from './needle.ts';

/** Replaces secrets in text that is whole, or in text that arrives in pieces. */
export interface Redactor {
  /** The text with every secret replaced by `***`. */
  redact(text: string): string;
  /** A redactor for one stream: it holds back just enough text that a secret split over two chunks is still found. */
  stream(): RedactedStream;
  /** The same for bytes. Much quicker where no secret can begin in them, as in most output. */
  byteStream(): RedactedBytes;
}

/** One stream under redaction. */
export interface RedactedStream {
  /** Gives what may be shown by now: whole lines, and of a long line all but its end. */
  push(chunk: string): string;
  /**
   * Gives what may be shown because nothing more comes for now: also a line without an end, such as a question. Of what begins
   * like a secret it gives the first three characters at most, so that typed text is echoed; it still counts as its beginning.
   */
  pause(): string;
  /** Gives the rest. */
  flush(): string;
}

/** Token shapes that are secrets wherever they appear (GitHub, Google, AWS, JWT, PEM private keys, basic-auth URLs). */
const shapes: readonly RegExp[] = [
  /gh[pousr]_[A-Za-z0-9]{16,255}/g,
  /github_pat_[A-Za-z0-9_]{22,255}/g,
  /\bya29\.[A-Za-z0-9_-]{20,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /(?<=:\/\/[^\s/:@]{1,128}:)[^\s/@]{3,256}(?=@)/g,
];

const mask = '***';

/** How much text a stream holds back at most beyond the longest secret, so that a token shape cut in two is still seen. */
const shapeWindow = 256;

/** How a token shape of one line begins. None of them has a space in it. */
const shapeStart = /gh[pousr]_|github_pat_|ya29\.|AKIA|eyJ|:\/\//;

const nextStart = new RegExp(shapeStart, 'g');

/** The same, each by itself, and how a private key begins. */
const starts = ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'ya29.', 'AKIA', 'eyJ', '://', '-----BEGIN '];

/** The length of the longest of them. */
const longestStart = 11;

/** Of each of these beginnings the bytes that are seldom in other text. They are looked for in chunks as a whole. */
const seldom = ['_', '29.', 'KIA', 'J', '://', 'BEGIN '].map((part) => Buffer.from(part));

/** Any of the beginnings, in bytes that were read as one character each. */
const anyStart = new RegExp(`${shapeStart.source}|-----BEGIN `);

/** Whether no token shape begins in these bytes. */
function hasNoStart(bytes: Buffer): boolean {
  return seldom.every((part) => bytes.indexOf(part) === -1) || !anyStart.test(bytes.toString('latin1'));
}

/** So much of the beginning of a secret may be shown while nobody knows how it goes on. Characters. */
const mostBeginning = 3;

/** A token is waited for so long, in characters; what is longer is shown in pieces, so that a stream does not grow in memory. */
const longestToken = 16_384;

/** A private key is waited for so long, in characters. */
const longestKey = 65_536;

/**
 * Makes a redactor for the given secret values; each also as base64, URLs, JSON and shells write it,
 * and, where it has several lines, line by line.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const needles = needlesOf(secrets);
  const redact = (text: string): string => redactShapes(replaceNeedles(text, needles, mask));
  const isPlain = needles.longest === 0 ? hasNoStart : (): boolean => false;
  return {
    redact,
    stream: () => createStream(redact, needles),
    byteStream: () => createByteStream({ text: createStream(redact, needles), isPlain, window: Math.max(shapeWindow, needles.longest) }),
  };
}

/** Replaces token shapes. None but a private key has a line end in it, so only lines with a beginning are searched. */
function redactShapes(text: string): string {
  if (text.includes('-----BEGIN ')) return inEvery(text);
  let out = '';
  let done = 0;
  for (let start = indexOfStart(text, 0); start !== -1; start = indexOfStart(text, done)) {
    const lineStart = Math.max(done, text.lastIndexOf('\n', start) + 1);
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    out += text.slice(done, lineStart) + inEvery(text.slice(lineStart, end));
    done = end;
  }
  return out + text.slice(done);
}

function inEvery(text: string): string {
  let out = text;
  for (const shape of shapes) out = out.replace(shape, mask);
  return out;
}

function indexOfStart(text: string, from: number): number {
  nextStart.lastIndex = from;
  return nextStart.exec(text)?.index ?? -1;
}

function createStream(redact: (text: string) => string, needles: NeedleIndex): RedactedStream & { readonly isHolding: boolean } {
  const longest = Math.max(shapeWindow, needles.longest);
  let held = '';
  /** How many of the first characters held were given already, as the possible beginning of a secret. */
  let given = 0;
  const release = (cut: number): string => {
    const text = redact(held.slice(0, cut));
    const before = held.slice(0, Math.min(given, cut));
    held = held.slice(cut);
    given = Math.max(0, given - cut);
    return text.startsWith(before) ? text.slice(before.length) : text;
  };
  return {
    push(chunk) {
      held += chunk;
      return release(safeCut(held, needles, longest));
    },
    pause() {
      const text = release(steady(held, beforeStart(held), needles));
      if (held.length > mostBeginning || held.length <= given) return text;
      const beginning = held.slice(given);
      given = held.length;
      return text + beginning;
    },
    flush: () => release(held.length),
    get isHolding() {
      return held.length > 0;
    },
  };
}

/**
 * How much of the text may be shown now: its whole lines or, in a line without an end, all but the last `longest`
 * characters. Never the first part of something that is, or may yet become, a secret.
 */
function safeCut(text: string, needles: NeedleIndex, longest: number): number {
  const lineEnd = text.lastIndexOf('\n') + 1;
  return steady(text, lineEnd > 0 ? lineEnd : Math.max(0, text.length - longest), needles);
}

/** Moves a cut back until it stands before everything around it that is, or may yet become, a secret. */
function steady(text: string, wanted: number, needles: NeedleIndex): number {
  let cut = wanted;
  // one step back may land inside another secret, so all of them are asked again
  for (let last = -1; cut !== last; ) {
    last = cut;
    cut = findPartial(text, beforeOpenKey(text, beforeToken(text, cut)), needles);
  }
  return cut;
}

/** Where the beginning of a token shape or of a private key may have begun at the end of a text. */
function beforeStart(text: string): number {
  for (let start = Math.max(0, text.length - longestStart + 1); start < text.length; start += 1) {
    if (starts.some((each) => each.startsWith(text.slice(start)))) return start;
  }
  return text.length;
}

/** Moves the cut before a token shape that may begin in the word it stands in. */
function beforeToken(text: string, cut: number): number {
  const lowest = Math.max(0, cut - longestToken);
  const space = text.slice(lowest, cut).search(/\s\S*$/);
  const word = lowest + space + 1;
  const start = shapeStart.exec(text.slice(word, cut + longestStart));
  return start === null ? cut : Math.min(cut, word + start.index);
}

/** Moves the cut before a private key that stands around it, or whose end has not arrived yet. */
function beforeOpenKey(text: string, cut: number): number {
  const open = text.lastIndexOf('-----BEGIN ', cut);
  if (open === -1 || text.length - open > longestKey) return cut;
  const rest = text.slice(open);
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(rest)) return cut;
  const end = /-----END [A-Z ]*PRIVATE KEY-----/.exec(rest);
  const isClosed = end !== null && open + end.index + end[0].length <= cut;
  return isClosed ? cut : Math.min(cut, open);
}
