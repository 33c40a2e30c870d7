// The folders of production that a manifest promotes to, by region. A project has one, rarely two, and each in every region.
// Pure. Source: K:registry.k8s.io/manifests/manifest_test.go (domain facts §5.5).
import type { ManifestRegistry, PromoterManifest } from './manifest-file.ts';

/** A registry of production and where in it the images land. */
export interface Destination {
  readonly registry: ManifestRegistry;
  readonly region: string;
  /** Below `k8s-artifacts-prod/`: `images/apisnoop`. */
  readonly folder: string;
}

/** Destinations in the production regions, by folder; others are left out. */
export function destinationFolders(manifest: PromoterManifest): ReadonlyMap<string, readonly Destination[]> {
  const found = new Map<string, Destination[]>();
  for (const registry of manifest.registries) {
    const [, region, folder] = /^([a-z0-9-]+)-docker\.pkg\.dev\/k8s-artifacts-prod\/(images(?:\/.*)?)$/.exec(registry.name) ?? [];
    if (registry.src || region === undefined || folder === undefined) continue;
    found.set(folder, [...(found.get(folder) ?? []), { registry, region, folder }]);
  }
  return found;
}

/** Destinations in a folder that hardly any region has, beside one that most have: a slip of the pen that publishes elsewhere. */
export function strayDestinations(folders: ReadonlyMap<string, readonly Destination[]>): readonly (Destination & { readonly usual: string })[] {
  const [usual, most] = [...folders].toSorted((a, b) => b[1].length - a[1].length)[0] ?? ['', []];
  return [...folders.values()].filter((some) => some.length * 2 < most.length).flat().map((one) => ({ ...one, usual }));
}
