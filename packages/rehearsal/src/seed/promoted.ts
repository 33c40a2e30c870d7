// Images that were promoted before a world began (`promoted` of world.yaml). Each is made by rule from its name alone, so that a
// seed's images.yaml can hold its digest. Puts them where a promotion would have: every registry of the manifest, signed.
import { destinations, parseImages, parseManifest } from '@runbook/promoter';
import { digestOf, pushImage } from '../build/image.ts';
import type { ImageRecipe } from '../build/image.ts';
import { isSigningRegion, publicName, signImage } from '../promotion/signature.ts';
import type { Registry } from '../services.ts';

/** Where an image of `promoted` belongs. */
export interface PromotedImage {
  /** As world.yaml names it: `registry.k8s.io/<project>/<image>:<tag>`. */
  readonly reference: string;
  /** The name below the project. */
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  /** Registries of the project's manifest, as `host/path`. */
  readonly registries: readonly string[];
}

const root = 'registry.k8s.io';
/** 2026-01-01: the images are older than any rehearsal, and the same whatever `start` says. */
const seconds = 1_767_225_600;

/**
 * Finds the manifest of kubernetes/k8s.io that promotes to the reference's project. `files` are that repository's.
 *
 * @returns the image's place; or why it has none: no manifest promotes there, or images.yaml does not name this digest for the tag.
 */
export async function placePromoted(files: Readonly<Record<string, string>>, reference: string): Promise<PromotedImage | { readonly why: string }> {
  const at = reference.lastIndexOf(':');
  const [name, tag] = [reference.slice(0, at), reference.slice(at + 1)];
  for (const path of Object.keys(files).sort()) {
    const dir = /^registry\.k8s\.io\/manifests\/([^/]+)\/promoter-manifest\.yaml$/.exec(path)?.[1];
    const { manifest } = dir === undefined ? {} : parseManifest(files[path] ?? '', path);
    const registries = manifest === undefined ? [] : destinations(manifest).filter((registry) => name.startsWith(`${publicName(`${registry}/`)}`));
    const [first] = registries;
    if (dir === undefined || first === undefined) continue;
    const image = name.slice(publicName(`${first}/`).length);
    const digest = await digestOfPromoted(reference);
    const imagesPath = `${root}/images/${dir}/images.yaml`;
    const entry = parseImages(files[imagesPath] ?? '', imagesPath).images?.images.find((one) => one.name === image);
    if (entry?.digests.some((one) => one.digest === digest && one.tags.includes(tag)) !== true) return { why: `${imagesPath} does not name "${digest}": ["${tag}"] for ${image}` };
    return { reference, image, tag, digest, registries };
  }
  return { why: `no promoter-manifest.yaml of the seed promotes to it` };
}

/** Puts the image into every registry of its manifest under its tag, and its signature where the promoter signs. */
export async function plantPromoted(registry: Registry, promoted: PromotedImage): Promise<void> {
  const [first, ...others] = promoted.registries.map((name) => `${name}/${promoted.image}`);
  if (first === undefined) return;
  const { digest } = await pushImage(registry, first, [promoted.tag], recipeOf(promoted.reference));
  for (const other of others) await registry.copy(first, digest, other, [promoted.tag]);
  for (const name of promoted.registries) if (isSigningRegion(name)) await signImage(registry, `${name}/${promoted.image}`, digest);
}

/** The digest that the image of a reference has in every world. */
async function digestOfPromoted(reference: string): Promise<string> {
  const nowhere: Pick<Registry, 'putBlob' | 'putManifest'> = {
    putBlob: async (_repository, bytes) => digestOf(bytes),
    putManifest: async (_repository, bytes) => digestOf(bytes),
  };
  return (await pushImage(nowhere, reference, [], recipeOf(reference))).digest;
}

function recipeOf(reference: string): ImageRecipe {
  const bytes = new Uint8Array(Buffer.from(`${reference}\n`));
  return { context: [{ path: 'promoted-before', executable: false, bytes }], platforms: ['linux/amd64', 'linux/arm64'], createdBy: `rehearsal: ${reference}`, seconds, format: 'oci' };
}
