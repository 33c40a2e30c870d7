// The registry client: what runbooks ask of a registry, over the transport. It must never take "may not look" for "not there",
// nor a header's word for a digest when the bytes are at hand.
import { OutsideError, type HttpAnswer } from '@runbook/http';
import { createAuth } from './auth.ts';
import { digestOf, imageEntries, manifestTypes, parseManifest, platformOfConfig, type Descriptor, type Manifest } from './manifest.ts';
import { copyImage } from './copy.ts';
import { deleteManifest } from './push.ts';
import { listReferrers } from './referrers.ts';
import { parseReference, type Reference } from './reference.ts';
import { readGoogleListing, readTags } from './listing.ts';
import { createTransport, registryUrl, type Transport } from './transport.ts';
import type { Attachment, BlobRange, GoogleListing, Registry, RegistryOptions } from './registry.ts';

const accept = manifestTypes.join(', ');
/** Registries should take manifests up to 4 MiB (distribution spec); some go beyond. */
const manifestBytes = 16 * 1024 * 1024;
/** Of a thousand tags each; a registry that never ends is not listened to for ever. */
const mostPages = 1000;
/** The widely deployed fallback when a registry does not say what it stores. */
const unknownType = 'application/octet-stream';

/** Thrown where a reference is not one; nothing was asked. */
export class BadReferenceError extends Error {
  readonly code = 'bad-reference';
  constructor(problem: string) {
    super(`bad-reference: ${problem}.`);
    this.name = 'BadReferenceError';
  }
}

/** Makes the client. Nothing is sent before the first call. */
export function createRegistry(options: RegistryOptions): Registry {
  const auth = createAuth(options.http, options.credentials ?? (() => undefined), options.now ?? Date.now);
  const transport = createTransport(options.http, auth);
  const find = async (reference: string | Reference): Promise<Descriptor | undefined> => findDescriptor(transport, read(reference));
  const get = async (reference: string | Reference): Promise<Descriptor> => {
    const parsed = read(reference);
    return (await findDescriptor(transport, parsed)) ?? (await getManifest(transport, parsed));
  };
  const manifest = async (reference: string | Reference): Promise<Manifest> => getManifest(transport, read(reference));
  return {
    find,
    get,
    manifest,
    platforms: async (reference) => platformsOf(transport, read(reference), await manifest(reference)),
    async isMultiArch(reference) {
      const found = await manifest(reference);
      return found.kind === 'index' && imageEntries(found.entries).length >= 2;
    },
    listTags: async (repository) => listTags(transport, read(repository)),
    listGoogle: async (repository) => listGoogle(transport, read(repository)),
    findSignature: async (repository, digest) => findDescriptor(transport, beside(repository, digest, 'sig')),
    async listAttachments(repository, digest) {
      const found = await Promise.all(
        attachmentKinds.map(async ([kind, end]): Promise<readonly Attachment[]> => {
          const reference = beside(repository, digest, end);
          const held = await findDescriptor(transport, reference);
          return held === undefined ? [] : [{ kind, tag: reference.tag, ...held }];
        }),
      );
      return found.flat();
    },
    listReferrers: async (repository, digest, artifactType) => listReferrers(transport, read(`${repository}@${digest}`), artifactType),
    blob: async (repository, digest, range) => readBlob(transport, read(`${repository}@${digest}`), { digest, range }),
    copy: async (from, to, copyOptions) => copyImage(transport, read(from), read(to), { ...copyOptions, manifest: (reference) => getManifest(transport, reference) }),
    async delete(reference) {
      const parsed = read(reference);
      manifestUrl(parsed);
      return deleteManifest(transport, parsed);
    },
  };
}

function read(reference: string | Reference): Reference {
  if (typeof reference !== 'string') return reference;
  const { reference: parsed, problem } = parseReference(reference);
  if (parsed === undefined) throw new BadReferenceError(problem ?? `"${reference}" is no reference`);
  return parsed;
}

function manifestUrl(reference: Reference): string {
  const target = reference.digest ?? reference.tag;
  if (target === undefined) throw new BadReferenceError(`"${reference.repository}" has neither tag nor digest, expected one of them; no tag is assumed`);
  return registryUrl(reference.host, `${reference.name}/manifests/${target}`);
}

const attachmentKinds = [['signature', 'sig'], ['attestation', 'att'], ['sbom', 'sbom']] as const;

/** Where cosign keeps what belongs to a digest. */
function beside(repository: string, digest: string, end: string): Reference & { readonly tag: string } {
  const { host, name } = read(`${repository}@${digest}`);
  return { host, name, repository, tag: `${digest.replace(':', '-')}.${end}` };
}

async function readBlob(transport: Transport, { host, name }: Reference, { digest, range }: { readonly digest: string; readonly range: BlobRange | undefined }): Promise<Uint8Array> {
  if (range !== undefined && !(Number.isSafeInteger(range.start) && range.start >= 0 && Number.isSafeInteger(range.end) && range.end > range.start)) throw new BadReferenceError(`${range.start} to ${range.end} is no part of a blob, expected 0 ≤ start < end`);
  const headers = range === undefined ? {} : { headers: { range: `bytes=${range.start}-${range.end - 1}` } };
  const answer = await transport({ method: 'GET', url: registryUrl(host, `${name}/blobs/${digest}`), ...headers });
  if (!answer.ok) throw await answer.error();
  const bytes = await answer.bytes();
  if (range !== undefined && answer.status === 206) {
    const isWanted = new RegExp(`^bytes ${range.start}-`).test(answer.headers.get('content-range') ?? '') && bytes.length <= range.end - range.start;
    if (!isWanted) throw answer.unexpected(`the answer is another part of the blob (${answer.headers.get('content-range') ?? 'without a range'})`);
    return bytes;
  }
  if (digestOf(bytes, digest) !== digest) throw wrongDigest(answer, digest, digestOf(bytes, digest));
  // a registry that knows no ranges gives the whole
  return range === undefined ? bytes : bytes.subarray(range.start, range.end);
}

/** A 404 in HTML is some web server's, not a registry's: it proves nothing. */
function isHtml(answer: HttpAnswer): boolean {
  return /text\/html/i.test(answer.headers.get('content-type') ?? '');
}

async function findDescriptor(transport: Transport, reference: Reference): Promise<Descriptor | undefined> {
  const answer = await transport({ method: 'HEAD', url: manifestUrl(reference), accept });
  if (answer.status === 404 && !isHtml(answer)) return undefined;
  const digest = answer.headers.get('docker-content-digest') ?? undefined;
  const size = Number(answer.headers.get('content-length') ?? Number.NaN);
  const complete = answer.ok && digest !== undefined && isDigest(digest) && Number.isSafeInteger(size);
  // No HEAD (405), no digest or no reason in its empty body: the bytes themselves tell.
  if (!complete) return findByBytes(transport, reference);
  if (reference.digest !== undefined && reference.digest !== digest) throw wrongDigest(answer, reference.digest, digest);
  return { digest, mediaType: mediaTypeOf(answer), size };
}

async function findByBytes(transport: Transport, reference: Reference): Promise<Descriptor | undefined> {
  try {
    const { digest, mediaType, size } = await getManifest(transport, reference);
    return { digest, mediaType, size };
  } catch (error) {
    if (error instanceof OutsideError && error.code === 'absent') return undefined;
    throw error;
  }
}

async function getManifest(transport: Transport, reference: Reference): Promise<Manifest> {
  const answer = await transport({ method: 'GET', url: manifestUrl(reference), accept, maxBytes: manifestBytes });
  if (answer.status === 404 && isHtml(answer)) throw answer.unexpected('a web page says that there is nothing, not the registry');
  if (!answer.ok) throw await answer.error();
  const bytes = await answer.bytes();
  const said = answer.headers.get('docker-content-digest') ?? undefined;
  const digest = digestOf(bytes, reference.digest ?? said);
  if (reference.digest !== undefined && reference.digest !== digest) throw wrongDigest(answer, reference.digest, digest);
  if (said !== undefined && said !== digest && digestOf(bytes, said) !== said) throw wrongDigest(answer, said, digest);
  const { manifest, problem } = parseManifest(bytes, { digest, mediaType: mediaTypeOf(answer) });
  if (manifest === undefined) throw answer.unexpected(problem ?? 'the answer is no manifest');
  return manifest;
}

async function platformsOf(transport: Transport, reference: Reference, manifest: Manifest): Promise<readonly string[]> {
  if (manifest.kind === 'index') {
    const entries = imageEntries(manifest.entries);
    return [...new Set(entries.flatMap((entry) => (entry.platform === undefined ? [] : [entry.platform])))];
  }
  if (manifest.kind === 'other') return [];
  const url = registryUrl(reference.host, `${reference.name}/blobs/${manifest.config.digest}`);
  const answer = await transport({ method: 'GET', url, maxBytes: manifestBytes });
  if (!answer.ok) throw await answer.error();
  const bytes = await answer.bytes();
  const digest = digestOf(bytes, manifest.config.digest);
  if (digest !== manifest.config.digest) throw wrongDigest(answer, manifest.config.digest, digest);
  const platform = platformOfConfig(bytes);
  return platform === undefined ? [] : [platform];
}

function wrongDigest(answer: HttpAnswer, expected: string, found: string): OutsideError {
  return answer.unexpected(`wrong digest: expected ${expected}, the bytes are ${found}`);
}

async function listTags(transport: Transport, reference: Reference): Promise<readonly string[]> {
  const tags: string[] = [];
  const visited = new Set<string>();
  let url: string | undefined = registryUrl(reference.host, `${reference.name}/tags/list?n=1000`);
  while (url !== undefined) {
    visited.add(url);
    if (visited.size > mostPages) throw new OutsideError({ code: 'unexpected-answer', service: 'registry', request: `GET ${registryUrl(reference.host, `${reference.name}/tags/list`)}`, detail: `there are more than ${mostPages} pages of tags` });
    const answer: HttpAnswer = await transport({ method: 'GET', url });
    if (!answer.ok) throw await answer.error();
    const page = readTags(await answer.json());
    if (page === undefined) throw answer.unexpected('the answer is no list of tags');
    tags.push(...page);
    url = nextPage(answer, visited);
  }
  return [...new Set(tags)];
}

/** The next page's address. It must be on the host that answered: a token goes with it. (domain §6.3) */
function nextPage(answer: HttpAnswer, visited: ReadonlySet<string>): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(answer.headers.get('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  if (!URL.canParse(target, answer.url)) throw answer.unexpected('the link to the next page is no address');
  const next = new URL(target, answer.url);
  if (next.origin !== new URL(answer.url).origin) throw answer.unexpected(`the link to the next page leads to another host (${next.host})`);
  if (visited.has(next.href)) throw answer.unexpected('the pages go round in a circle');
  return next.href;
}

async function listGoogle(transport: Transport, reference: Reference): Promise<GoogleListing> {
  const answer = await transport({ method: 'GET', url: registryUrl(reference.host, `${reference.name}/tags/list`) });
  if (!answer.ok) throw await answer.error();
  const listing = readGoogleListing(await answer.json());
  if (listing === undefined) throw answer.unexpected('the answer lacks the listing of manifests that gcr.io and pkg.dev give; use listTags here');
  if (answer.headers.has('link')) throw answer.unexpected('the listing is only one page of several');
  return listing;
}

function mediaTypeOf(answer: HttpAnswer): string {
  return (answer.headers.get('content-type') ?? unknownType).split(';')[0]?.trim() ?? unknownType;
}

function isDigest(text: string): boolean {
  return /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/.test(text);
}
