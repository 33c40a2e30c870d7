// One redaction for every sink: terminal, journal, logs, report, errors. Values are replaced, never half of one.
import { findPartial, needlesOf, replaceNeedles, type NeedleIndex } from './needle.ts';

/** Replaces secrets in text that is whole, or in text that arrives in pieces. */
export interface Redactor {
  /** The text with every secret replaced by `***`. */
  redact(text: string): string;
  /** A redactor for one stream: it holds back just enough text that a secret split over two chunks is still found. */
  stream(): RedactedStream;
}

/** One stream under redaction. `push` gives what may be shown by now, `flush` the rest. */
export interface RedactedStream {
  push(chunk: string): string;
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

/** The length of the longest of them. */
const longestStart = 11;

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
  const redact = (text: string): string => {
    let out = replaceNeedles(text, needles, mask);
    for (const shape of shapes) out = out.replace(shape, mask);
    return out;
  };
  return { redact, stream: () => createStream(redact, needles) };
}

function createStream(redact: (text: string) => string, needles: NeedleIndex): RedactedStream {
  const longest = Math.max(shapeWindow, needles.longest);
  let held = '';
  return {
    push(chunk) {
      held += chunk;
      const cut = safeCut(held, needles, longest);
      const out = redact(held.slice(0, cut));
      held = held.slice(cut);
      return out;
    },
    flush() {
      const out = redact(held);
      held = '';
      return out;
    },
  };
}

/**
 * How much of the text may be shown now: its whole lines or, in a line without an end, all but the last `longest`
 * characters. Never the first part of something that is, or may yet become, a secret.
 */
function safeCut(text: string, needles: NeedleIndex, longest: number): number {
  const lineEnd = text.lastIndexOf('\n') + 1;
  let cut = lineEnd > 0 ? lineEnd : Math.max(0, text.length - longest);
  // One step back may land inside another secret, so all of them are asked again until the cut stands.
  for (let last = -1; cut !== last; ) {
    last = cut;
    cut = findPartial(text, beforeOpenKey(text, beforeToken(text, cut)), needles);
  }
  return cut;
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
