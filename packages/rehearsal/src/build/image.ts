// Container images made from build contexts: real manifests with real layers, the same digest for the same commit and command.
// Layers are plain tar, never compressed, so that no compressor's version changes a digest.
import { createHash } from 'node:crypto';
import type { Registry } from '../services.ts';
import { tarOf } from './tar.ts';
import type { ContextFile } from './tar.ts';

/** What an image is made of. */
export interface ImageRecipe {
  readonly context: readonly ContextFile[];
  /** `linux/amd64`, `linux/arm/v7`, …; more than one makes an index. */
  readonly platforms: readonly string[];
  /** The command that made it, kept in the image's history. */
  readonly createdBy: string;
  /** Time of the commit, seconds since 1970: of the layer's files and of the image. */
  readonly seconds: number;
  /** `docker` writes Docker's media types and never an index, `oci` those of the OCI image spec. */
  readonly format: 'docker' | 'oci';
}

/** An image under one name: `repository` is `host/path`. */
export interface ImageName {
  readonly repository: string;
  readonly tag: string;
}

/** Takes `host/path:tag` apart; undefined when a part is missing or ill-formed. */
export function parseImageName(reference: string): ImageName | undefined {
  const match = /^([a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)+)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?$/.exec(reference);
  return match?.[1] === undefined ? undefined : { repository: match[1], tag: match[2] ?? 'latest' };
}

const types = {
  docker: { manifest: 'application/vnd.docker.distribution.manifest.v2+json', config: 'application/vnd.docker.container.image.v1+json', layer: 'application/vnd.docker.image.rootfs.diff.tar' },
  oci: { manifest: 'application/vnd.oci.image.manifest.v1+json', config: 'application/vnd.oci.image.config.v1+json', layer: 'application/vnd.oci.image.layer.v1.tar' },
};
const indexType = 'application/vnd.oci.image.index.v1+json';

/** What was pushed. */
export interface PushedManifest {
  readonly digest: string;
  readonly size: number;
  readonly index: boolean;
}

/** Where images are pushed to. */
type Target = Pick<Registry, 'putBlob' | 'putManifest'>;

/** Pushes an image into one repository under its tags. */
export async function pushImage(registry: Target, repository: string, tags: readonly string[], recipe: ImageRecipe): Promise<PushedManifest> {
  const layer = tarOf(recipe.context, recipe.seconds);
  const several = recipe.platforms.length > 1;
  const children = [];
  for (const platform of recipe.platforms) children.push(await pushPlatform(registry, { repository, tags: several ? [] : tags, recipe, platform, layer }));
  const [only] = children;
  if (!several && only !== undefined) return { digest: only.digest, size: only.size, index: false };
  const bytes = json({ schemaVersion: 2, mediaType: indexType, manifests: children });
  const digest = await registry.putManifest(repository, bytes, indexType, tags);
  return { digest, size: bytes.length, index: true };
}

interface PlatformJob {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly recipe: ImageRecipe;
  readonly platform: string;
  readonly layer: Uint8Array;
}

async function pushPlatform(registry: Target, job: PlatformJob): Promise<{ mediaType: string; digest: string; size: number; platform: Record<string, string> }> {
  const { repository, tags, recipe, platform, layer } = job;
  const type = types[recipe.format];
  const [os = 'linux', architecture = 'amd64', variant] = platform.split('/');
  const described = { architecture, os, ...(variant === undefined ? {} : { variant }) };
  const created = new Date(recipe.seconds * 1000).toISOString();
  const config = json({
    created, ...described, config: { WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    history: [{ created, created_by: recipe.createdBy }],
  });
  const manifest = json({
    schemaVersion: 2, mediaType: type.manifest,
    config: { mediaType: type.config, digest: await registry.putBlob(repository, config), size: config.length },
    layers: [{ mediaType: type.layer, digest: await registry.putBlob(repository, layer), size: layer.length }],
  });
  const digest = await registry.putManifest(repository, manifest, type.manifest, tags);
  return { mediaType: type.manifest, digest, size: manifest.length, platform: described };
}

function json(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(JSON.stringify(value)));
}

/** `sha256:<hex>` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
