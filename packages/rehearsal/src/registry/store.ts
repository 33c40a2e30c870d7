// The content-addressed store of all registries: bytes on disk by digest, and per repository (`host/path`)
// which blobs and manifests it holds and what its tags point at. No HTTP, no rights.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Core, Registry, StoredManifest } from '../services.ts';
import { parseManifest } from './manifest.ts';

/** What is known of a manifest beside its bytes. Times are milliseconds. */
export interface ManifestRecord {
  readonly mediaType: string;
  readonly size: number;
  readonly uploadedAt: number;
}

/** One repository. */
export interface RepositoryRecord {
  readonly manifests: Record<string, ManifestRecord>;
  /** Digest to size. */
  readonly blobs: Record<string, number>;
  readonly tags: Record<string, string>;
}

/** Algorithms of digests, with the length of their hex form. */
const algorithms: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** The store with what only the registry's own routes need. */
export interface RegistryStore extends Registry {
  repositories(): readonly string[];
  repository(name: string): RepositoryRecord | undefined;
  /** The bytes of a blob that the repository holds. */
  blob(name: string, digest: string): Buffer | undefined;
  hasBlob(name: string, digest: string): boolean;
  /** The bytes under a digest, whoever holds them. @throws when they are not in the store. */
  read(digest: string): Buffer;
  /** Stores a blob under a digest that was verified already. */
  addBlob(name: string, bytes: Uint8Array, digest: string): void;
  /** Makes a blob of one repository one of another, without moving bytes. */
  mount(name: string, digest: string, from: string | undefined): boolean;
  addManifest(name: string, bytes: Uint8Array, given: { readonly mediaType: string; readonly tags: readonly string[]; readonly digest: string }): void;
  deleteTag(name: string, tag: string): boolean;
  deleteManifest(name: string, digest: string): boolean;
  deleteBlob(name: string, digest: string): boolean;
}

/** Whether a text is a digest that the store can hold. */
export function isDigest(text: string): boolean {
  const [algorithm = '', hex = ''] = text.split(':');
  return algorithms[algorithm] === hex.length && /^[0-9a-f]+$/.test(hex);
}

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** Opens the store of a world; bytes lie in `dir/registry/blobs/<algorithm>/<hex>`. */
export function createRegistry(core: Core): RegistryStore {
  const root = join(core.dir, 'registry', 'blobs');
  const repositories = core.state<Record<string, RepositoryRecord>>('registry', () => ({}));
  const place = (digest: string): string => join(root, ...digest.split(':'));
  const get = (name: string): RepositoryRecord => (repositories[name] ??= { manifests: {}, blobs: {}, tags: {} });
  const read = (digest: string): Buffer => {
    if (!isDigest(digest) || !existsSync(place(digest))) throw new Error(`the bytes of ${digest} are missing from the world's folder`);
    return readFileSync(place(digest));
  };

  function write(bytes: Uint8Array, digest: string): void {
    const file = place(digest);
    if (existsSync(file)) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, bytes);
    renameSync(`${file}.tmp`, file);
  }

  const store: RegistryStore = {
    repositories: () => Object.keys(repositories).sort(),
    repository: (name) => repositories[name],
    blob: (name, digest) => (repositories[name]?.blobs[digest] === undefined ? undefined : read(digest)),
    hasBlob: (name, digest) => repositories[name]?.blobs[digest] !== undefined,
    read,
    addBlob: (name, bytes, digest) => {
      write(bytes, digest);
      get(name).blobs[digest] = bytes.length;
    },
    putBlob: async (name, bytes) => {
      const digest = digestOf(bytes);
      store.addBlob(name, bytes, digest);
      return digest;
    },
    mount: (name, digest, from) => {
      const source = from === undefined ? store.repositories().find((other) => repositories[other]?.blobs[digest] !== undefined) : from;
      const size = source === undefined ? undefined : repositories[source]?.blobs[digest];
      if (size === undefined) return false;
      get(name).blobs[digest] = size;
      return true;
    },
    addManifest: (name, bytes, given) => {
      write(bytes, given.digest);
      const repository = get(name);
      repository.manifests[given.digest] ??= { mediaType: given.mediaType, size: bytes.length, uploadedAt: core.now() };
      for (const tag of given.tags) repository.tags[tag] = given.digest;
    },
    putManifest: async (name, bytes, mediaType, tags = []) => {
      const digest = digestOf(bytes);
      store.addManifest(name, bytes, { mediaType, tags, digest });
      return digest;
    },
    manifest: async (name, reference) => findManifest(repositories[name], reference, read),
    tags: async (name) => Object.keys(repositories[name]?.tags ?? {}).sort(),
    copy: async (from, digest, to, tags) => copy(store, { from, to, digest, tags }),
    deleteTag: (name, tag) => remove(repositories[name]?.tags, tag),
    deleteManifest: (name, digest) => {
      const repository = repositories[name];
      for (const [tag, target] of Object.entries(repository?.tags ?? {})) if (target === digest) remove(repository?.tags, tag);
      return remove(repository?.manifests, digest);
    },
    deleteBlob: (name, digest) => remove(repositories[name]?.blobs, digest),
  };
  return store;
}

function findManifest(repository: RepositoryRecord | undefined, reference: string, read: (digest: string) => Buffer): StoredManifest | undefined {
  const digest = reference.includes(':') ? reference : repository?.tags[reference];
  const record = digest === undefined ? undefined : repository?.manifests[digest];
  if (digest === undefined || record === undefined) return undefined;
  return { digest, mediaType: record.mediaType, bytes: read(digest) };
}

async function copy(store: RegistryStore, job: { readonly from: string; readonly to: string; readonly digest: string; readonly tags: readonly string[] }): Promise<void> {
  const manifest = await store.manifest(job.from, job.digest);
  if (manifest === undefined) throw new Error(`${job.from} has no manifest ${job.digest}`);
  const { children, blobs } = parseManifest(manifest.bytes) ?? { children: [], blobs: [] };
  for (const digest of blobs) store.mount(job.to, digest, job.from);
  for (const digest of children) {
    // An index may name platforms that were never pushed (a sparse index): what is not there cannot be copied.
    if ((await store.manifest(job.from, digest)) !== undefined) await copy(store, { ...job, digest, tags: [] });
  }
  store.addManifest(job.to, manifest.bytes, { mediaType: manifest.mediaType, tags: job.tags, digest: manifest.digest });
}

function remove(record: Record<string, unknown> | undefined, key: string): boolean {
  if (record === undefined || !Object.hasOwn(record, key)) return false;
  delete record[key];
  return true;
}
