// Copies images and indexes between repositories, byte for byte: what is there already is left, blobs of the same registry are
// mounted, everything else is uploaded, and a tag is set last. A copy that was cut off is simply made again.
import { OutsideError } from '@runbook/http';
import { blobSource } from './blob-source.ts';
import type { Descriptor, Manifest } from './manifest.ts';
import { hasBlob, mountBlob, pushManifest } from './push.ts';
import type { Reference } from './reference.ts';
import { registryUrl, type Transport } from './transport.ts';
import { pushBlob } from './upload.ts';

/** How a copy is made, and who is told. */
export interface CopyOptions {
  /** Blobs that are on their way at once; 4 unless given. */
  readonly concurrency?: number;
  /** Called after each blob and manifest. */
  readonly progress?: (step: CopyStep) => void;
}

/** One thing that a copy has seen to. */
export interface CopyStep {
  readonly kind: 'blob' | 'manifest';
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly how: 'there' | 'mounted' | 'uploaded';
}

/** What a copy did. */
export interface Copied {
  readonly digest: string;
  readonly mediaType: string;
  readonly steps: readonly CopyStep[];
}

interface Job {
  readonly transport: Transport;
  readonly from: Reference;
  readonly to: Reference;
  readonly manifest: (reference: Reference) => Promise<Manifest>;
  readonly steps: CopyStep[];
  readonly tell: (step: CopyStep) => void;
  readonly concurrency: number;
}

/** Copies what a reference names, with everything below it, and sets the tag. */
export async function copyImage(transport: Transport, from: Reference, to: Reference, options: CopyOptions & { readonly manifest: Job['manifest'] }): Promise<Copied> {
  const steps: CopyStep[] = [];
  const tell = (step: CopyStep): void => {
    steps.push(step);
    options.progress?.(step);
  };
  const job: Job = { transport, from, to, manifest: options.manifest, steps, concurrency: Math.max(1, options.concurrency ?? 4), tell };
  const top = await options.manifest(from);
  if (to.digest !== undefined && to.digest !== top.digest) {
    throw new OutsideError({ code: 'conflict', service: 'registry', request: `PUT ${registryUrl(to.host, `${to.name}/manifests/${to.digest}`)}`, detail: `a copy keeps its digest, and ${from.repository} holds ${top.digest} there` });
  }
  await copyManifest(job, top, to.tag);
  return { digest: top.digest, mediaType: top.mediaType, steps };
}

async function copyManifest(job: Job, manifest: Manifest, tag: string | undefined): Promise<void> {
  if (manifest.kind === 'other') throw new OutsideError({ code: 'unexpected-answer', service: 'registry', request: `GET ${registryUrl(job.from.host, `${job.from.name}/manifests/${manifest.digest}`)}`, detail: `a manifest of the kind ${manifest.mediaType} cannot be copied` });
  if (manifest.kind === 'index') for (const entry of manifest.entries) await copyManifest(job, await job.manifest({ ...repositoryOf(job.from), digest: entry.digest }), undefined);
  else await inParallel(job.concurrency, distinct([manifest.config, ...manifest.layers]), (blob) => copyBlob(job, blob));
  const { host, name, repository } = job.to;
  await pushManifest(job.transport, { host, name, repository, ...(tag === undefined ? {} : { tag }) }, manifest);
  job.tell({ kind: 'manifest', digest: manifest.digest, size: manifest.size, how: 'uploaded' });
}

function repositoryOf({ host, name, repository }: Reference): Reference {
  return { host, name, repository };
}

/** Some layers stand twice in an image. */
function distinct(blobs: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

async function copyBlob(job: Job, blob: Descriptor): Promise<void> {
  const { transport, from, to } = job;
  if (await hasBlob(transport, to, blob.digest)) return job.tell({ kind: 'blob', digest: blob.digest, size: blob.size, how: 'there' });
  if (from.host === to.host && (await mountBlob(transport, to, from.name, blob.digest))) return job.tell({ kind: 'blob', digest: blob.digest, size: blob.size, how: 'mounted' });
  await pushBlob(transport, to, blob, blobSource(transport, from, blob));
  job.tell({ kind: 'blob', digest: blob.digest, size: blob.size, how: 'uploaded' });
}

/** Works through a list with so many hands. The first failure ends it, once those at work are done. */
async function inParallel<T>(hands: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const hand = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && failures.length === 0; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(hands, items.length) }, hand));
  if (failures.length > 0) throw failures[0];
}
