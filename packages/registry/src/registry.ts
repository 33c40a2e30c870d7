// A client for OCI registries. A 403 is never "absent", and no digest is believed before its bytes were hashed.
import type { Http } from '@runbook/http';
import type { Credentials } from './auth.ts';
import type { Copied, CopyOptions } from './copy.ts';
import type { Descriptor, IndexEntry, Manifest } from './manifest.ts';
import type { Reference } from './reference.ts';

/** What `createRegistry` is made of. */
export interface RegistryOptions {
  readonly http: Http;
  /** Asked per host; anonymous everywhere unless given. */
  readonly credentials?: Credentials;
  /** The clock that tokens run out by; the real one unless given. */
  readonly now?: () => number;
}

/** One manifest in Google's extended listing. Times are ISO 8601 in UTC. (domain §6.3) */
export interface GoogleManifest {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of the whole image; 0 for an index, as Google gives it. */
  readonly size: number;
  readonly tags: readonly string[];
  readonly createdAt?: string;
  readonly uploadedAt?: string;
}

/** Google's extended listing of a repository. */
export interface GoogleListing {
  readonly tags: readonly string[];
  /** Names of repositories below this one. */
  readonly children: readonly string[];
  readonly manifests: readonly GoogleManifest[];
}

/** The client. References and repositories are text (`host/name:tag`) or parsed. All errors of the outside are `OutsideError`. */
export interface Registry {
  /** What stands under a tag or digest, or undefined after a 404. */
  find(reference: string | Reference): Promise<Descriptor | undefined>;
  get(reference: string | Reference): Promise<Descriptor>;
  /** The manifest itself, its digest verified against the bytes. */
  manifest(reference: string | Reference): Promise<Manifest>;
  /** Platforms of an image (`linux/amd64`), attestations left out, in the index's order. */
  platforms(reference: string | Reference): Promise<readonly string[]>;
  /** True for an index of at least two images. */
  isMultiArch(reference: string | Reference): Promise<boolean>;
  /** Every tag, all pages, sorted as the registry gives them. */
  listTags(repository: string): Promise<readonly string[]>;
  /** Google's extended listing. @throws OutsideError `unexpected-answer` where the registry has no such extension */
  listGoogle(repository: string): Promise<GoogleListing>;
  /** Cosign's signature of a digest, by its tag `sha256-<hex>.sig`. (domain §6.6) */
  findSignature(repository: string, digest: string): Promise<Descriptor | undefined>;
  /**
   * What refers to a digest: signatures, attestations, SBOMs. Where the registry has no such question, the tag `sha256-<hex>` is
   * read that clients keep instead.
   */
  listReferrers(repository: string, digest: string, artifactType?: string): Promise<readonly Referrer[]>;
  /** What cosign keeps beside a digest under tags of its own: `sha256-<hex>.sig`, `.att`, `.sbom`. (domain §6.6) */
  listAttachments(repository: string, digest: string): Promise<readonly Attachment[]>;
  /** The bytes of a blob, verified. With a range only those from `start` to before `end`, which no digest can vouch for. */
  blob(repository: string, digest: string, range?: BlobRange): Promise<Uint8Array>;
  /** Copies an image or index with everything in it, and sets the tag last. What is there already is left. A write. */
  copy(from: string | Reference, to: string | Reference, options?: CopyOptions): Promise<Copied>;
  /** Deletes a manifest, or a tag where the registry can. False when there was nothing. A write. */
  delete(reference: string | Reference): Promise<boolean>;
}

/** A manifest that refers to another one. */
export interface Referrer extends IndexEntry {
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A part of a blob, in bytes; the end is left out. */
export interface BlobRange {
  readonly start: number;
  readonly end: number;
}

/** Something that cosign keeps beside an image. */
export interface Attachment extends Descriptor {
  readonly kind: 'signature' | 'attestation' | 'sbom';
  readonly tag: string;
}
