// The body of an answer: read part by part when it is asked for, once, and never held beyond that.
import type { Readable } from 'node:stream';
import type { AnswerBody } from './http.ts';

/** A body by its two deeds. Leaving a loop over it cancels it. */
export function bodyOf(deeds: Pick<AnswerBody, 'read' | 'cancel'>): AnswerBody {
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const value = await deeds.read();
    return value === undefined ? { done: true, value } : { done: false, value };
  };
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    await deeds.cancel();
    return { done: true, value: undefined };
  };
  return { ...deeds, [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}

/** A body that is here already. */
export function bodyOfBytes(bytes: Uint8Array): AnswerBody {
  let rest: Uint8Array | undefined = bytes;
  return bodyOf({
    read() {
      const part = rest;
      rest = undefined;
      return Promise.resolve(part);
    },
    cancel: () => Promise.resolve(),
  });
}

/** The body of a `Response` of fetch. */
export function bodyOfWeb(stream: ReadableStream<Uint8Array>): AnswerBody {
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.getReader();
  return bodyOf({ read: async () => (await reader.read()).value, cancel: () => reader.cancel() });
}

/** The body that Node reads; it flows only while somebody waits for a part. `broken` says why one ended before its end, if it did. */
export function bodyOfNode(source: Readable, { broken, cancel }: { readonly broken: (cause?: Error) => Error | undefined; readonly cancel: () => void }): AnswerBody {
  const parts: Uint8Array[] = [];
  let end: { readonly error: Error | undefined } | undefined;
  let waiting: { resolve(part: Uint8Array | undefined): void; reject(error: Error): void } | undefined;
  const finish = (error: Error | undefined): void => {
    if (end !== undefined) return;
    end = { error };
    if (error === undefined) waiting?.resolve(undefined);
    else waiting?.reject(error);
    waiting = undefined;
  };
  source.on('data', (part: Buffer) => {
    if (waiting === undefined) return void parts.push(part);
    source.pause();
    waiting.resolve(part);
    waiting = undefined;
  });
  source.once('end', () => finish(undefined));
  source.on('error', (error) => finish(broken(error)));
  source.once('close', () => finish(broken()));
  source.pause();
  return bodyOf({
    read: () =>
      new Promise((resolve, reject) => {
        const part = parts.shift();
        if (part !== undefined) return resolve(part);
        if (end !== undefined) return end.error === undefined ? resolve(undefined) : reject(end.error);
        waiting = { resolve, reject };
        source.resume();
      }),
    cancel: () => Promise.resolve(cancel()),
  });
}
