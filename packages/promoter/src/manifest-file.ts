import type { Problem } from '@runbook/problem';
/** A registry of a promoter-manifest.yaml. */
export interface ManifestRegistry {
  /** Host and path without a tag: `us-east1-docker.pkg.dev/k8s-artifacts-prod/images/kueue`. */
  readonly name: string;
  /** True for the staging registry images come from. */
  readonly src: boolean;
  readonly serviceAccount?: string;
  readonly line: number;
  readonly column: number;
}
/** A parsed promoter-manifest.yaml. */
export interface PromoterManifest {
  readonly file: string;
  readonly registries: readonly ManifestRegistry[];
  readonly imagesPath?: string;
  /** The document as it was written, all fields kept. */
  readonly raw: Readonly<Record<string, unknown>>;
}
export function parseManifest(text: string, file: string): { readonly manifest?: PromoterManifest; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${text.length} ${file}`);
}
/** The staging registry's name, or undefined when the manifest does not name exactly one. */
export function sourceRegistry(manifest: PromoterManifest): string | undefined {
  const sources = manifest.registries.filter((registry) => registry.src);
  return sources.length === 1 ? sources[0]?.name : undefined;
}
/** Names of the production registries, in file order. */
export function destinations(manifest: PromoterManifest): readonly string[] {
  return manifest.registries.filter((registry) => !registry.src).map((registry) => registry.name);
}
