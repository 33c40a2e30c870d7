// Uploads of blobs: small ones in one piece, others as a stream that is taken up where the line broke. (domain §6.5)
// Nothing is believed to be there before the registry said so, and no bytes are left under a digest that is not theirs.
import { OutsideError } from '@runbook/http';
import type { BlobSource } from './blob-source.ts';
import { digestOf, type Descriptor } from './manifest.ts';
import { hasBlob } from './push.ts';
import type { Reference } from './reference.ts';
import { createRunningDigest, type RunningDigest } from './running-digest.ts';
import { patienceMs, registryUrl, type Transport } from './transport.ts';
import { locationOf } from './upload-place.ts';

/** Up to this size a blob is held, looked at and sent in one piece. Bytes. */
const pieceBytes = 1024 * 1024;
/** How often an upload that broke off is taken up again without getting any further. */
const mostTries = 4;
const bytesType = { 'content-type': 'application/octet-stream' };

/** Uploads a blob. @throws OutsideError when its bytes are not of its digest, or the registry does not take it */
export async function pushBlob(transport: Transport, to: Reference, blob: Descriptor, source: BlobSource): Promise<void> {
  if (blob.size <= pieceBytes) return pushWhole(transport, to, blob, await collect(source(0)));
  for (let tries = 1; ; tries += 1) {
    try {
      return await pushStream(transport, to, blob, source);
    } catch (error) {
      // Some registries (docker's too) forget an upload whose line broke; then it begins anew.
      if (!(error instanceof LostUploadError) || tries >= mostTries) throw error instanceof LostUploadError ? error.cause : error;
    }
  }
}

/** An upload that the registry does not know any more. */
class LostUploadError extends Error {
  override readonly cause: OutsideError;
  constructor(cause: OutsideError) {
    super(cause.message);
    this.cause = cause;
  }
}

async function pushWhole(transport: Transport, to: Reference, blob: Descriptor, bytes: Uint8Array): Promise<void> {
  const digest = digestOf(bytes, blob.digest);
  if (digest !== blob.digest) throw wrongBytes(`PUT ${registryUrl(to.host, `${to.name}/blobs/`)}`, blob.digest, digest);
  await finish(transport, to, { location: await begin(transport, to), blob, bytes });
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Uint8Array(Buffer.concat(all));
}

async function pushStream(transport: Transport, to: Reference, blob: Descriptor, source: BlobSource): Promise<void> {
  const digest = createRunningDigest(blob.digest);
  const location = await sendAll(transport, { location: await begin(transport, to), blob, source, digest });
  if (digest.text() !== blob.digest) {
    await (await transport({ method: 'DELETE', url: location })).body.cancel();
    throw wrongBytes(`PUT ${location.replace(/\?.*$/, '')}`, blob.digest, digest.text());
  }
  await finish(transport, to, { location, blob });
}

async function begin(transport: Transport, { host, name }: Reference): Promise<string> {
  const answer = await transport({ method: 'POST', url: registryUrl(host, `${name}/blobs/uploads/`), retry: 2 });
  if (answer.status !== 202) throw await answer.error();
  await answer.body.cancel();
  return locationOf(answer);
}

interface Upload {
  readonly location: string;
  readonly blob: Descriptor;
  readonly source: BlobSource;
  readonly digest: RunningDigest;
}

/** Sends all bytes; after a broken line it asks how much has arrived, and sends the rest. Gives where the upload ends. */
async function sendAll(transport: Transport, upload: Upload): Promise<string> {
  const { blob, digest } = upload;
  let { location } = upload;
  let from = 0;
  for (let tries = 1; ; tries += 1) {
    const outcome = await sendFrom(transport, upload, { location, from });
    if ('next' in outcome) return outcome.next;
    if (tries >= mostTries) throw outcome.broken;
    const status = await arrived(transport, location);
    location = status.location;
    if (status.bytes > from) tries = 0;
    from = Math.min(status.bytes, digest.seen());
    if (from === blob.size) return location;
  }
}

/** Sends the bytes from an offset on, in one request. Gives where the upload goes on, or why the line broke. */
async function sendFrom(transport: Transport, { blob, source, digest }: Upload, { location, from }: { readonly location: string; readonly from: number }): Promise<{ readonly next: string } | { readonly broken: OutsideError }> {
  const size = blob.size - from;
  // the usual stream of docker and skopeo says no range: some registries know one only for uploads that go on
  const headers = from === 0 ? bytesType : { ...bytesType, 'content-range': `${from}-${blob.size - 1}` };
  const failed: { error?: unknown } = {};
  const open = (signal: AbortSignal): AsyncGenerator<Uint8Array> => digested(source, digest, { from, signal, failed });
  try {
    const answer = await transport({ method: 'PATCH', url: location, headers, body: { size, open }, shownBody: shownBytes(size, blob), deadlineMs: patienceMs(size) });
    if (answer.status === 202) {
      await answer.body.cancel();
      return { next: locationOf(answer) };
    }
    const refused = await answer.error();
    if (refused.temporary || answer.status === 416) return { broken: refused };
    throw refused;
  } catch (error) {
    if (error === failed.error || !(error instanceof OutsideError) || error.code !== 'unreachable') throw error;
    return { broken: error };
  }
}

/** The bytes from an offset on, each of them seen by the digest before it goes. It says what failed where they come from. */
async function* digested(source: BlobSource, digest: RunningDigest, { from, signal, failed }: { readonly from: number; readonly signal: AbortSignal; readonly failed: { error?: unknown } }): AsyncGenerator<Uint8Array> {
  const start = digest.rewind(from);
  let before = from - start;
  try {
    for await (const part of source(start, signal)) {
      digest.update(part);
      const rest = before === 0 ? part : part.subarray(before);
      before -= part.byteLength - rest.byteLength;
      if (rest.byteLength > 0) yield rest;
    }
  } catch (error) {
    failed.error = error;
    throw error;
  }
}

/** How many bytes of an upload have arrived. */
async function arrived(transport: Transport, location: string): Promise<{ readonly location: string; readonly bytes: number }> {
  const answer = await transport({ method: 'GET', url: location });
  if (answer.status === 404) throw new LostUploadError(await answer.error());
  if (answer.status !== 204) throw await answer.error();
  await answer.body.cancel();
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1];
  return { location: answer.headers.has('location') ? locationOf(answer) : location, bytes: last === undefined ? 0 : Number(last) + 1 };
}

async function finish(transport: Transport, to: Reference, { location, blob, bytes }: { readonly location: string; readonly blob: Descriptor; readonly bytes?: Uint8Array }): Promise<void> {
  const url = `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(blob.digest)}`;
  try {
    const answer = await transport({ method: 'PUT', url, headers: bytesType, body: bytes ?? new Uint8Array(), shownBody: shownBytes(bytes?.length ?? 0, blob), deadlineMs: patienceMs(blob.size) });
    if (answer.status !== 201) throw await answer.error();
    await answer.body.cancel();
  } catch (error) {
    // The answer may be lost although the upload is complete; the registry knows.
    if (!(error instanceof OutsideError) || error.maybeDone !== true || !(await hasBlob(transport, to, blob.digest))) throw error;
  }
}

function wrongBytes(request: string, expected: string, found: string): OutsideError {
  return new OutsideError({ code: 'unexpected-answer', service: 'registry', request, detail: `wrong digest: expected ${expected}, the bytes to upload are ${found}` });
}

function shownBytes(count: number, blob: Descriptor): string {
  return `(${count} bytes of ${blob.digest})`;
}
