// One stream of bytes under redaction. Most output holds nothing that looks like a secret, and much of it comes at once: bytes
// in which none can begin are passed on as they are, and only the others become text that is searched.
import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';

/** A stream of bytes under redaction: UTF-8 comes out of it, whatever goes in. */
export interface RedactedBytes {
  /** Gives what may be passed on by now: whole lines, and of a long line all but its end. */
  push(chunk: Uint8Array): readonly Buffer[];
  /** Gives the rest. */
  flush(): readonly Buffer[];
}

/** What a stream of bytes is made from. */
interface ByteStreamParts {
  /** The stream for what has to be searched, as text. */
  readonly text: { push(chunk: string): string; flush(): string; readonly isHolding: boolean };
  /** Whether no secret can begin in these bytes, nor in what follows them but for the last `window`. */
  readonly isPlain: (bytes: Buffer) => boolean;
  /** How much of a line without an end is kept back, in bytes. */
  readonly window: number;
}

const newline = 10;

/** Starts a stream. Bytes wait in `rest` until their line ends; text that may be a secret waits in the stream of text. */
export function createByteStream({ text, isPlain, window }: ByteStreamParts): RedactedBytes {
  const decoder = new StringDecoder('utf8');
  let rest: Buffer = Buffer.alloc(0);
  let isDecoding = false;
  const asText = (bytes: Buffer): Buffer[] => {
    // a line end is no part of a character, so behind one the decoder has nothing left
    isDecoding = bytes.at(-1) !== newline;
    const shown = text.push(decoder.write(bytes));
    isDecoding ||= text.isHolding;
    return shown === '' ? [] : [Buffer.from(shown)];
  };
  const take = (bytes: Buffer): Buffer[] => {
    const lineEnd = bytes.lastIndexOf(newline) + 1;
    const isLong = lineEnd === 0 && bytes.length > window;
    const cut = lineEnd > 0 ? lineEnd : isLong ? characterStart(bytes, bytes.length - window) : 0;
    const [now, later] = [bytes.subarray(0, cut), bytes.subarray(cut)];
    if (isDecoding || !isPlain(bytes) || !isUtf8(now)) {
      // of a long line nothing is kept here: the stream of text knows how much of it may be shown
      rest = isLong ? Buffer.alloc(0) : Buffer.from(later);
      return isLong || cut > 0 ? asText(isLong ? bytes : now) : [];
    }
    // a copy: whoever gave the bytes may use their memory again
    rest = Buffer.from(later);
    return cut === 0 ? [] : [now];
  };
  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      if (rest.length === 0) return take(bytes);
      // the line that was begun ends in these bytes; the others need not be copied to stand behind it
      const lineEnd = bytes.indexOf(newline) + 1;
      const ended = take(Buffer.concat([rest, lineEnd === 0 ? bytes : bytes.subarray(0, lineEnd)]));
      return lineEnd === 0 || lineEnd === bytes.length ? ended : [...ended, ...take(bytes.subarray(lineEnd))];
    },
    flush() {
      const shown = text.push(decoder.write(rest) + decoder.end()) + text.flush();
      rest = Buffer.alloc(0);
      isDecoding = false;
      return shown === '' ? [] : [Buffer.from(shown)];
    },
  };
}

/** The last place, not behind `at`, at which a character of UTF-8 begins. */
function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && start > at - 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
