// The body of one attempt. A streamed one is opened anew for each, and its own failure is not taken for the far side's.
import type { HttpBody, StreamedBody } from './http.ts';

/** A body that is about to be sent. */
export interface Sending {
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly size?: number;
  /** Why it could not be read, once that happened. */
  readonly failure: () => { readonly error: unknown } | undefined;
  /** Says that nothing more of it is wanted. */
  readonly end: () => void;
}

/** True for a body that is read while it is sent. */
export function isStreamed(body: HttpBody | undefined): body is StreamedBody {
  return typeof body === 'object' && 'open' in body;
}

/** Bytes of a body. */
export function sizeOf(body: HttpBody | undefined): number {
  if (body === undefined) return 0;
  return isStreamed(body) ? body.size : Buffer.byteLength(body);
}

const nothing: Pick<Sending, 'failure' | 'end'> = { failure: () => undefined, end: () => undefined };

/** Opens a body for one attempt. */
export function openBody(body: HttpBody | undefined): Sending {
  if (body === undefined) return nothing;
  if (!isStreamed(body)) return { body, ...nothing };
  const controller = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    let size = 0;
    try {
      for await (const part of body.open(controller.signal)) {
        size += part.byteLength;
        if (size > body.size) throw new RangeError(`the body to send has more than ${body.size} bytes`);
        yield part;
      }
      if (size < body.size) throw new RangeError(`the body to send has ${size} bytes, expected ${body.size}`);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  return { body: watched(), size: body.size, failure: () => failure, end: () => controller.abort() };
}
