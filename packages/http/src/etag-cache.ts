// Answers to reads, kept in memory by their ETag: the same question asked again costs the service nothing, and GitHub does not
// count it. (RFC 9110 §13.1.2; https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api)
// An answer is only ever given again for the same credentials.
import { createHash } from 'node:crypto';
import { bodyOf, bodyOfBytes } from './body.ts';
import type { AnswerBody } from './http.ts';
import type { Hop } from './redirect.ts';
import type { WireAnswer } from './wire.ts';

/** How much is kept; the least lately used goes first. */
const mostEntries = 256;
const mostBytes = 16 * 1024 * 1024;
/** A larger body is not kept. Bytes. */
const largestBody = 1024 * 1024;

interface Kept {
  readonly etag: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The cache of one door. */
export interface EtagCache {
  /** The header that asks whether a kept answer still holds; none where nothing is kept. */
  condition(hop: Hop): Readonly<Record<string, string>>;
  /** The answer to go on with: the kept one behind a 304, else the given one, which may be kept. */
  settle(hop: Hop, response: WireAnswer): Promise<WireAnswer>;
}

/** Makes an empty cache. */
export function createEtagCache(): EtagCache {
  const kept = new Map<string, Kept>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= kept.get(key)?.body.byteLength ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, entry: Kept): void => {
    drop(key);
    kept.set(key, entry);
    bytes += entry.body.byteLength;
    for (const oldest of kept.keys()) {
      if (kept.size <= mostEntries && bytes <= mostBytes) break;
      drop(oldest);
    }
  };
  return {
    condition(hop) {
      const entry = isAsked(hop) ? kept.get(keyOf(hop)) : undefined;
      return entry === undefined ? {} : { 'if-none-match': entry.etag };
    },
    async settle(hop, response) {
      if (!isAsked(hop)) return response;
      const key = keyOf(hop);
      const entry = kept.get(key);
      if (response.status === 304 && entry !== undefined) {
        await response.body?.cancel();
        keep(key, entry);
        // the answer is as fresh as its headers: a 304 carries those that count, such as the rate limit
        const headers = new Headers(entry.headers);
        for (const [name, value] of response.headers) if (name !== 'content-length' && name !== 'content-encoding') headers.set(name, value);
        return { status: 200, headers, body: bodyOfBytes(entry.body) };
      }
      const etag = response.headers.get('etag');
      const length = Number(response.headers.get('content-length') ?? Number.NaN);
      if (response.status !== 200 || etag === null || response.body === undefined || !(length <= largestBody || isUntold(response)) || /no-store/i.test(response.headers.get('cache-control') ?? '')) return response;
      return withCopy(response, response.body, (body) => keep(key, { etag, headers: new Headers(response.headers), body }));
    },
  };
}

/** Questions whose answers may be kept: whole reads that do not ask for a condition of their own. */
function isAsked({ method, write, headers, body }: Hop): boolean {
  if (method !== 'GET' || write || body !== undefined) return false;
  return !Object.keys(headers).some((name) => /^(?:range|if-.*|cache-control)$/i.test(name));
}

/** A compressed answer tells the length of something else, and a chunked one none. */
function isUntold({ headers }: WireAnswer): boolean {
  return headers.get('content-length') === null || headers.get('content-encoding') !== null;
}

/** Address, and whatever else changes the answer; credentials as a hash only. */
function keyOf({ url, headers }: Hop): string {
  const rest = Object.entries(headers).map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort().join('\n');
  return createHash('sha256').update(`${url}\n${rest}`).digest('hex');
}

/** The response with a body that is handed over once it has been read to its end. A broken or too large one is not. */
function withCopy(response: WireAnswer, body: AnswerBody, whole: (body: Uint8Array) => void): WireAnswer {
  const parts: Uint8Array[] = [];
  let size = 0;
  return {
    ...response,
    body: bodyOf({
      cancel: () => body.cancel(),
      async read() {
        const part = await body.read();
        size += part?.byteLength ?? 0;
        if (size > largestBody) parts.length = 0;
        else if (part === undefined) whole(new Uint8Array(Buffer.concat(parts)));
        else parts.push(part);
        return part;
      },
    }),
  };
}
