// Blobs over HTTP: pull, whole or in ranges, and delete. end-2 and end-10 of the distribution specification.
import { apiVersion, empty, failure } from './call.ts';
import type { Call } from './call.ts';

/** Answers `/v2/<name>/blobs/<digest>`. */
export function blobs(call: Call, digest: string): Response {
  const found = call.store.blob(call.repository, digest);
  if (found === undefined) return failure(404, 'BLOB_UNKNOWN', `no blob ${digest} in ${call.name}`);
  if (call.method === 'DELETE') {
    call.store.deleteBlob(call.repository, digest);
    return empty(202);
  }
  if (call.method !== 'GET' && call.method !== 'HEAD') return failure(405, 'UNSUPPORTED', `${call.method} is not for blobs`);
  const headers = { ...apiVersion, 'content-type': 'application/octet-stream', 'docker-content-digest': digest, 'accept-ranges': 'bytes', etag: `"${digest}"` };
  const asked = call.request.headers.get('range');
  if (asked === null || call.method === 'HEAD') {
    return new Response(call.method === 'HEAD' ? null : new Uint8Array(found), { headers: { ...headers, 'content-length': String(found.length) } });
  }
  const range = parseRange(asked, found.length);
  if (range === undefined) return failure(416, 'RANGE_INVALID', `the blob has ${found.length} bytes`, { 'content-range': `bytes */${found.length}` });
  const part = new Uint8Array(found.subarray(range.from, range.to + 1));
  return new Response(part, { status: 206, headers: { ...headers, 'content-length': String(part.length), 'content-range': `bytes ${range.from}-${range.to}/${found.length}` } });
}

/** One range of RFC 9110, both ends included; undefined when it lies outside or is no single range. */
function parseRange(header: string, size: number): { readonly from: number; readonly to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from > to || from >= size ? undefined : { from, to };
}
