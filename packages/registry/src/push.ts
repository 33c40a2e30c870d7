// Writing to a registry: blobs in one piece or in parts that are taken up again, manifests, deletion. (domain §6.5)
// Nothing is believed to be there before the registry said so, and no bytes are left under a digest that is not theirs.
import { OutsideError, isLoopback, isPrivateAddress, type HttpAnswer } from '@runbook/http';
import { createHash } from 'node:crypto';
import type { Descriptor } from './manifest.ts';
import type { Reference } from './reference.ts';
import { registryUrl, type Transport } from './transport.ts';

/** Gives the bytes of a blob from one offset to another, the end left out. */
export type BlobSource = (start: number, end: number) => Promise<Uint8Array>;

/** Up to this size a blob goes in one piece; above, in parts of this size. Bytes. */
const pieceBytes = 16 * 1024 * 1024;
/** How often a part that broke off is taken up again. */
const mostTries = 4;
/** A slow line needs this long for one part. */
const partDeadlineMs = 15 * 60_000;

/** Whether a repository holds a blob. */
export async function hasBlob(transport: Transport, { host, name }: Reference, digest: string): Promise<boolean> {
  const answer = await transport({ method: 'HEAD', url: registryUrl(host, `${name}/blobs/${digest}`) });
  if (answer.status === 404) return false;
  if (!answer.ok) throw await answer.error();
  return true;
}

/** Takes a blob over from another repository of the same registry. False where the registry wants its bytes. */
export async function mountBlob(transport: Transport, to: Reference, from: string, digest: string): Promise<boolean> {
  const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  const answer = await transport({ method: 'POST', url: registryUrl(to.host, `${to.name}/blobs/uploads/?${query}`), retry: 2 });
  if (answer.status === 201) return true;
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    // Not every registry mounts, and not every login reads the other repository. Its bytes may still be taken; that answer counts.
    await answer.body.cancel();
    return false;
  }
  if (answer.status !== 202) throw await answer.error();
  // The registry opened an upload instead; an upload of our own follows, so this one is given up.
  await answer.body.cancel();
  const location = locationOf(answer);
  await (await transport({ method: 'DELETE', url: location })).body.cancel();
  return false;
}

/** Uploads a blob. @throws OutsideError when its bytes are not of its digest, or the registry does not take it */
export async function pushBlob(transport: Transport, to: Reference, blob: Descriptor, source: BlobSource): Promise<void> {
  if (blob.size <= pieceBytes) return pushWhole(transport, to, blob, await source(0, blob.size));
  for (let tries = 1; ; tries += 1) {
    try {
      return await pushParts(transport, to, blob, source);
    } catch (error) {
      // Some registries (docker's too) forget an upload whose line broke inside a part; then it begins anew.
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

async function pushParts(transport: Transport, to: Reference, blob: Descriptor, source: BlobSource): Promise<void> {
  const hash = createHash(blob.digest.startsWith('sha512:') ? 'sha512' : 'sha256');
  let location = await begin(transport, to);
  const fetchPart = (start: number): Promise<Uint8Array> => {
    const part = source(start, Math.min(start + pieceBytes, blob.size));
    // awaited in its turn; until then its failure is nobody's
    part.catch(() => undefined);
    return part;
  };
  let next = fetchPart(0);
  for (let start = 0; start < blob.size; start += pieceBytes) {
    const part = await next;
    // the part behind this one comes while this one goes
    if (start + pieceBytes < blob.size) next = fetchPart(start + pieceBytes);
    hash.update(part);
    location = await pushPart(transport, { location, start, part, blob });
  }
  const digest = `${blob.digest.split(':')[0] ?? 'sha256'}:${hash.digest('hex')}`;
  if (digest !== blob.digest) throw await giveUp(transport, location, blob.digest, digest);
  await finish(transport, to, { location, blob });
}

async function pushWhole(transport: Transport, to: Reference, blob: Descriptor, bytes: Uint8Array): Promise<void> {
  const algorithm = blob.digest.startsWith('sha512:') ? 'sha512' : 'sha256';
  const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (digest !== blob.digest) throw wrongBytes(`PUT ${registryUrl(to.host, `${to.name}/blobs/`)}`, blob.digest, digest);
  await finish(transport, to, { location: await begin(transport, to), blob, bytes });
}

async function begin(transport: Transport, { host, name }: Reference): Promise<string> {
  const answer = await transport({ method: 'POST', url: registryUrl(host, `${name}/blobs/uploads/`), retry: 2 });
  if (answer.status !== 202) throw await answer.error();
  await answer.body.cancel();
  return locationOf(answer);
}

interface Part {
  readonly location: string;
  readonly start: number;
  readonly part: Uint8Array;
  readonly blob: Descriptor;
}

/** Sends one part; after a broken line it asks how much has arrived, and sends the rest. Gives where the next part goes. */
async function pushPart(transport: Transport, { location: first, start, part, blob }: Part): Promise<string> {
  let location = first;
  let sent = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      const rest = part.subarray(sent);
      if (rest.length === 0) return location;
      const from = start + sent;
      const answer = await transport({ method: 'PATCH', url: location, headers: { 'content-type': 'application/octet-stream', 'content-range': `${from}-${from + rest.length - 1}` }, body: rest, shownBody: shownBytes(rest.length, blob), deadlineMs: partDeadlineMs });
      if (answer.status === 202) {
        await answer.body.cancel();
        return locationOf(answer);
      }
      const refused = await answer.error();
      if (tries >= mostTries || !(refused.temporary || answer.status === 416)) throw refused;
    } catch (error) {
      if (!(error instanceof OutsideError) || error.code !== 'unreachable' || tries >= mostTries) throw error;
    }
    const status = await arrived(transport, location);
    location = status.location;
    sent = Math.min(Math.max(status.bytes - start, 0), part.length);
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
    const answer = await transport({ method: 'PUT', url, headers: { 'content-type': 'application/octet-stream' }, body: bytes ?? new Uint8Array(), shownBody: shownBytes(bytes?.length ?? 0, blob), deadlineMs: partDeadlineMs });
    if (answer.status !== 201) throw await answer.error();
    await answer.body.cancel();
  } catch (error) {
    // The answer may be lost although the upload is complete; the registry knows.
    if (!(error instanceof OutsideError) || error.maybeDone !== true || !(await hasBlob(transport, to, blob.digest))) throw error;
  }
}

async function giveUp(transport: Transport, location: string, expected: string, found: string): Promise<OutsideError> {
  await (await transport({ method: 'DELETE', url: location })).body.cancel();
  return wrongBytes(`PUT ${location.replace(/\?.*$/, '')}`, expected, found);
}

function wrongBytes(request: string, expected: string, found: string): OutsideError {
  return new OutsideError({ code: 'unexpected-answer', service: 'registry', request, detail: `wrong digest: expected ${expected}, the bytes to upload are ${found}` });
}

function shownBytes(count: number, blob: Descriptor): string {
  return `(${count} bytes of ${blob.digest})`;
}

/** Where an upload goes on: relative or absolute, on any host; a token goes only to the host that it is for. */
function locationOf(answer: HttpAnswer): string {
  const location = answer.headers.get('location') ?? '';
  if (location === '' || !URL.canParse(location, answer.url)) throw answer.unexpected('it does not say where the upload goes on');
  const there = new URL(location, answer.url);
  const here = new URL(answer.url);
  const isInside = (url: URL): boolean => isLoopback(url.host) || isPrivateAddress(url.hostname);
  if (isInside(there) && !isInside(here)) throw answer.unexpected(`it sends the upload into a private network (${there.host})`);
  return there.href;
}

/** Puts a manifest under a tag or its digest. The registry must call it by the same digest. */
export async function pushManifest(transport: Transport, to: Reference, manifest: Descriptor & { readonly bytes: Uint8Array }): Promise<void> {
  const target = to.tag ?? manifest.digest;
  const answer = await transport({ method: 'PUT', url: registryUrl(to.host, `${to.name}/manifests/${target}`), headers: { 'content-type': manifest.mediaType }, body: manifest.bytes, shownBody: new TextDecoder().decode(manifest.bytes), retry: 3 });
  if (answer.status !== 201) throw await answer.error();
  await answer.body.cancel();
  const said = answer.headers.get('docker-content-digest');
  if (said !== null && said !== manifest.digest) throw answer.unexpected(`wrong digest: ${manifest.digest} was put, and the registry calls it ${said}`);
}

/** Deletes a manifest by digest, or a tag where the registry can. False when there was nothing. */
export async function deleteManifest(transport: Transport, reference: Reference): Promise<boolean> {
  const target = reference.digest ?? reference.tag ?? '';
  const answer = await transport({ method: 'DELETE', url: registryUrl(reference.host, `${reference.name}/manifests/${target}`) });
  if (answer.status === 404) return false;
  if (answer.status !== 202 && answer.status !== 200 && answer.status !== 204) throw await answer.error();
  await answer.body.cancel();
  return true;
}
