// The bytes of a blob as a stream from any place on. A line that breaks costs what was on it: the rest is asked for again.
import { OutsideError, type HttpAnswer } from '@runbook/http';
import type { Descriptor } from './manifest.ts';
import type { Reference } from './reference.ts';
import { patienceMs, registryUrl, type Transport } from './transport.ts';

/** Gives the bytes of a blob from an offset to its end. The signal says that nobody wants the rest. */
export type BlobSource = (start: number, signal?: AbortSignal) => AsyncIterable<Uint8Array>;

/** How often a broken line is taken up again … */
const mostTries = 4;
/** … each time that it did not bring at least so much. Bytes. */
const worthwhileBytes = 1024 * 1024;

/** The blob of a registry. */
export function blobSource(transport: Transport, { host, name }: Reference, blob: Descriptor): BlobSource {
  const url = registryUrl(host, `${name}/blobs/${blob.digest}`);
  const ask = async (start: number, signal: AbortSignal | undefined): Promise<HttpAnswer> => {
    const range = start === 0 ? {} : { headers: { range: `bytes=${start}-${blob.size - 1}` } };
    const answer = await transport({ method: 'GET', url, ...range, maxBytes: blob.size + 1, deadlineMs: patienceMs(blob.size), ...(signal === undefined ? {} : { signal }) });
    if (!answer.ok) throw await answer.error();
    const given = answer.headers.get('content-range');
    if (answer.status === 206 && given !== null && !given.startsWith(`bytes ${start}-`)) throw answer.unexpected(`the answer is another part of the blob (${given}), expected the bytes from ${start} on`);
    return answer;
  };
  return async function* (start, signal) {
    let at = start;
    for (let tries = 1; at < blob.size; tries += 1) {
      const begun = at;
      const answer = await ask(at, signal);
      let before = answer.status === 206 ? 0 : at; // a registry that knows no ranges gives the whole
      try {
        for await (const part of answer.body) {
          const wanted = before === 0 ? part : part.subarray(before);
          before -= part.byteLength - wanted.byteLength;
          at += wanted.byteLength;
          if (at > blob.size) throw wrongSize(answer, at, blob);
          if (wanted.byteLength > 0) yield wanted;
        }
        if (at < blob.size) throw wrongSize(answer, at, blob);
      } catch (error) {
        if (at - begun >= worthwhileBytes) tries = 0;
        if (!(error instanceof OutsideError) || error.code !== 'unreachable' || tries >= mostTries) throw error;
      }
    }
  };
}

function wrongSize(answer: HttpAnswer, size: number, blob: Descriptor): OutsideError {
  return answer.unexpected(`the blob has ${size > blob.size ? 'more than ' : ''}${Math.min(size, blob.size)} bytes, expected ${blob.size}`);
}
