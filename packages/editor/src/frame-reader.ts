// Messages from a stream: a header with Content-Length, an empty line, JSON. Whoever speaks something else is told so at once;
// nothing waits for the end of a header that never comes, and no message may be larger than the limit.
import { AbstractMessageReader, Disposable } from 'vscode-languageserver-protocol/node';
import type { DataCallback, Message, MessageReader } from 'vscode-languageserver-protocol/node';

/** The input is not the protocol; nothing behind it can be read. */
class FrameError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FrameError';
  }
}

const longestHeader = 4096;
/** Bytes. No document that a person edits comes near to it. */
const longestMessage = 64 * 1024 * 1024;

/** Reads messages from a stream until it ends, or is found not to be the protocol. */
export class FrameReader extends AbstractMessageReader implements MessageReader {
  readonly #input: NodeJS.ReadableStream;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes of the message that is awaited; undefined in a header. */
  #awaited: number | undefined;
  #broken = false;

  constructor(input: NodeJS.ReadableStream) {
    super();
    this.#input = input;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer | string): void => {
      if (this.#broken) return;
      try {
        this.#take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk, callback);
      } catch (error) {
        this.#broken = true;
        this.#chunks = [];
        this.fireError(error);
      }
    };
    const onEnd = (): void => {
      if (!this.#broken && (this.#size > 0 || this.#awaited !== undefined)) this.fireError(new FrameError('the input ends in the middle of a message'));
      this.fireClose();
    };
    const onError = (error: unknown): void => {
      this.fireError(error);
      this.fireClose();
    };
    this.#input.on('data', onData).once('end', onEnd).once('error', onError);
    return Disposable.create(() => {
      this.#input.off('data', onData).off('end', onEnd).off('error', onError);
    });
  }

  #take(chunk: Buffer, callback: DataCallback): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      if (this.#awaited === undefined && !this.#readHeader()) return;
      const length = this.#awaited ?? 0;
      if (this.#size < length) return;
      const all = this.#joined();
      this.#rest(all.subarray(length));
      this.#awaited = undefined;
      callback(parseMessage(all.toString('utf8', 0, length)));
    }
  }

  /** Reads a header when it is whole. */
  #readHeader(): boolean {
    const all = this.#joined();
    const end = all.subarray(0, longestHeader).indexOf('\r\n\r\n');
    const text = all.toString('latin1', 0, end === -1 ? Math.min(all.length, longestHeader) : end);
    // What cannot become a header any more is refused at once.
    if (!/^[A-Za-z-]*(?::|$)/.test(text) || (end === -1 && text.length >= longestHeader)) throw new FrameError(`the input is not the language server protocol: it begins with ${JSON.stringify(text.slice(0, 40))}, expected Content-Length`);
    if (end === -1) return false;
    const length = /^content-length:[ \t]*(\d{1,15})[ \t]*$/im.exec(text)?.[1];
    if (length === undefined) throw new FrameError(`a message has no usable Content-Length: ${JSON.stringify(text.slice(0, 80))}`);
    if (Number(length) > longestMessage) throw new FrameError(`a message of ${length} bytes is announced; the limit is ${longestMessage}`);
    this.#awaited = Number(length);
    this.#rest(all.subarray(end + 4));
    return true;
  }

  #joined(): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #rest(rest: Buffer): void {
    this.#chunks = [rest];
    this.#size = rest.length;
  }
}

function parseMessage(text: string): Message {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (cause) {
    throw new FrameError(`a message is not JSON: ${JSON.stringify(text.slice(0, 40))}`, { cause });
  }
  if (typeof message !== 'object' || message === null || !('jsonrpc' in message)) throw new FrameError(`a message is not JSON-RPC: ${JSON.stringify(text.slice(0, 40))}`);
  return message as Message;
}
