// Manifests and indexes as data, and the platforms they stand for. Pure: bytes in, data out.
import { createHash } from 'node:crypto';

/** What a registry says of a stored thing. */
export interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

/** An entry of an index. */
export interface IndexEntry extends Descriptor {
  /** `linux/arm64` or `linux/arm/v7`; absent where the entry names none. */
  readonly platform?: string;
  /** True for build attestations, which are no images. (domain §6.4) */
  readonly attestation: boolean;
}

/** A manifest whose bytes hash to its digest. */
export type Manifest = Descriptor & { readonly bytes: Uint8Array } & (
    | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[]; readonly annotations: Readonly<Record<string, string>> }
    | { readonly kind: 'index'; readonly entries: readonly IndexEntry[]; readonly annotations: Readonly<Record<string, string>> }
    /** Something older or stranger, such as a schema 1 manifest. */
    | { readonly kind: 'other' }
  );

/** The media types a client should accept, so that a registry does not convert what it stores. (domain §6.4) */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** The digest of bytes, by the algorithm of another digest; sha256 unless that one says sha512. */
export function digestOf(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** True for a digest of any algorithm. (OCI image spec, descriptor.md "Digests") What is none would be foreign text in an address. */
export function isDigestText(text: string): boolean {
  return /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]{1,256}$/.test(text);
}

/** Decodes a manifest. `problem` says why it is none. The caller has verified the digest. */
export function parseManifest(bytes: Uint8Array, about: { readonly digest: string; readonly mediaType: string }): { readonly manifest?: Manifest; readonly problem?: string } {
  const parsed = parseJson(bytes);
  if (!isRecord(parsed)) return { problem: 'the manifest is not a JSON object' };
  // The body's own word is covered by the digest, the header is not.
  const mediaType = typeof parsed['mediaType'] === 'string' ? parsed['mediaType'] : about.mediaType;
  const base = { digest: about.digest, mediaType, size: bytes.byteLength, bytes };
  const annotations = readStrings(parsed['annotations']);
  if (isIndexType(mediaType) || (!isImageType(mediaType) && Array.isArray(parsed['manifests']))) {
    const entries = readList(parsed['manifests'], readEntry);
    return entries === undefined ? { problem: 'the index has entries without digest, size or media type' } : { manifest: { ...base, kind: 'index', entries, annotations } };
  }
  if (isImageType(mediaType) || isRecord(parsed['config'])) {
    const config = readDescriptor(parsed['config']);
    const layers = readList(parsed['layers'], readDescriptor);
    if (config === undefined || layers === undefined) return { problem: 'the manifest lacks its config or layers' };
    return { manifest: { ...base, kind: 'image', config, layers, annotations } };
  }
  return { manifest: { ...base, kind: 'other' } };
}

/** The entries of an index that are images. */
export function imageEntries(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  return entries.filter((entry) => !entry.attestation);
}

/** The platform an image config declares, such as `linux/arm/v7`. */
export function platformOfConfig(bytes: Uint8Array): string | undefined {
  return readPlatform(parseJson(bytes));
}

function isIndexType(mediaType: string): boolean {
  return mediaType === 'application/vnd.oci.image.index.v1+json' || mediaType === 'application/vnd.docker.distribution.manifest.list.v2+json';
}

function isImageType(mediaType: string): boolean {
  return mediaType === 'application/vnd.oci.image.manifest.v1+json' || mediaType === 'application/vnd.docker.distribution.manifest.v2+json';
}

function readEntry(value: unknown): IndexEntry | undefined {
  const descriptor = readDescriptor(value);
  if (descriptor === undefined || !isRecord(value)) return undefined;
  const platform = readPlatform(value['platform']);
  const kind = readStrings(value['annotations'])['vnd.docker.reference.type'];
  const attestation = kind === 'attestation-manifest' || (isRecord(value['platform']) && value['platform']['os'] === 'unknown');
  return { ...descriptor, attestation, ...(platform === undefined || attestation ? {} : { platform }) };
}

function readDescriptor(value: unknown): Descriptor | undefined {
  if (!isRecord(value)) return undefined;
  const { digest, mediaType, size } = value;
  if (typeof digest !== 'string' || !isDigestText(digest) || typeof mediaType !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  return { digest, mediaType, size };
}

function readPlatform(value: unknown): string | undefined {
  if (!isRecord(value) || typeof value['os'] !== 'string' || typeof value['architecture'] !== 'string') return undefined;
  if (value['os'] === '' || value['architecture'] === '') return undefined;
  const variant = typeof value['variant'] === 'string' && value['variant'] !== '' ? `/${value['variant']}` : '';
  return `${value['os']}/${value['architecture']}${variant}`;
}

function readStrings(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function readList<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(read);
  return items.every((item): item is NonNullable<typeof item> => item !== undefined) ? items : undefined;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
