import type { ImagesFile } from './images-file.ts';
import type { PromoterManifest } from './manifest-file.ts';
/** What one repository of a registry holds. */
export interface Inventory {
  readonly digests: ReadonlySet<string>;
  /** Tag → digest. */
  readonly tags: ReadonlyMap<string, string>;
}
/** A thin manifest with the images it promotes. */
export interface ManifestPair {
  /** Directory name: `k8s-staging-apisnoop`. */
  readonly dir: string;
  readonly manifest: PromoterManifest;
  readonly images: ImagesFile;
}
export interface PromotionInput {
  readonly manifests: readonly ManifestPair[];
  /** Only these digests, as `--use-prow-manifest-diff` does. */
  readonly onlyDigests?: readonly string[];
  /** What a repository (`registry/name`) holds; asked for sources and destinations. */
  readonly inventory: (repository: string) => Inventory;
}
/** What will be done with one copy: §5.3. */
export type PromotionVerdict = 'promote' | 'skip' | 'lost' | 'move' | 'move-detected';
/** One copy of one image from staging to one production registry. */
export interface PromotionEdge {
  /** Staging registry, without the image name. */
  readonly source: string;
  /** Production registry, without the image name. */
  readonly destination: string;
  readonly image: string;
  readonly digest: string;
  /** Absent for a digest without tags. */
  readonly tag?: string;
  readonly verdict: PromotionVerdict;
  /** The log line, in the words of kpromo. */
  readonly line: string;
}
export interface Promotion {
  readonly edges: readonly PromotionEdge[];
  /** False when a tag would have to move or edges overlap: the whole run fails and nothing is promoted. */
  readonly clean: boolean;
  readonly overlaps: readonly string[];
}
export function planPromotion(input: PromotionInput): Promotion {
  throw new Error(`being written: ${input.manifests.length}`);
}
