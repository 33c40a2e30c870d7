// The promoter's files of kubernetes/k8s.io at a commit: every manifest with the images it promotes, and what the registries hold
// of them. Judges nothing.
import { destinations, parseImages, parseManifest, sourceRegistry } from '@runbook/promoter';
import type { Inventory, ManifestPair } from '@runbook/promoter';
import type { Git, Registry, RepoName } from '../services.ts';

/**
 * What kpromo refuses in a thin directory: YAML it cannot decode strictly, and a manifest without one source. Everything else that
 * the promoter's rules call an error goes through here, as it does in life, and shows itself later or never (domain facts §5.2).
 */
const refused = new Set(['yaml-syntax', 'duplicate-key', 'unknown-field', 'wrong-type', 'no-registries', 'one-source']);

/** The manifests of a tree, and in words what could not be read. */
export interface ManifestTree {
  readonly pairs: readonly ManifestPair[];
  readonly errors: readonly string[];
}

/** Reads `<root>/manifests/<d>/promoter-manifest.yaml` with `<root>/images/<d>/images.yaml`. */
export async function readManifestTree(git: Git, repo: RepoName, commit: string, root: string): Promise<ManifestTree> {
  const pairs: ManifestPair[] = [];
  const errors: string[] = [];
  const paths = await git.listFiles(repo, commit, `${root}/manifests`);
  const dirs = paths.flatMap((path) => /\/manifests\/([^/]+)\/promoter-manifest\.yaml$/.exec(path)?.[1] ?? []);
  for (const dir of [...dirs].sort()) {
    const manifestPath = `${root}/manifests/${dir}/promoter-manifest.yaml`;
    const imagesPath = `${root}/images/${dir}/images.yaml`;
    const imagesText = await git.readFile(repo, commit, imagesPath);
    if (imagesText === undefined) {
      errors.push(`${imagesPath}: no such file or directory`);
      continue;
    }
    const manifest = parseManifest((await git.readFile(repo, commit, manifestPath)) ?? '', manifestPath);
    const images = parseImages(imagesText, imagesPath);
    const wrong = [...manifest.problems, ...images.problems].filter((problem) => problem.severity === 'error' && refused.has(problem.code));
    errors.push(...wrong.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`));
    if (manifest.manifest === undefined || images.images === undefined || wrong.length > 0) continue;
    pairs.push({ dir, manifest: manifest.manifest, images: images.images });
  }
  return { pairs, errors };
}

/** What the registries hold of everything the manifests name, limited to some digests when given: read once, so that a plan can be made without waiting. */
export async function readInventories(registry: Registry, pairs: readonly ManifestPair[], only?: readonly string[]): Promise<ReadonlyMap<string, Inventory>> {
  const wanted = only === undefined ? undefined : new Set(only);
  const asked = new Map<string, Set<string>>();
  for (const pair of pairs) {
    const source = sourceRegistry(pair.manifest);
    const registries = [...(source === undefined ? [] : [source]), ...destinations(pair.manifest)];
    for (const image of pair.images.images) {
      const digests = image.digests.map((entry) => entry.digest).filter((digest) => wanted?.has(digest) ?? true);
      if (digests.length === 0) continue;
      for (const name of registries) {
        const repository = `${name}/${image.name}`;
        asked.set(repository, new Set([...(asked.get(repository) ?? []), ...digests]));
      }
    }
  }
  const inventories = new Map<string, Inventory>();
  for (const [repository, digests] of asked) inventories.set(repository, await readInventory(registry, repository, digests));
  return inventories;
}

async function readInventory(registry: Registry, repository: string, digests: ReadonlySet<string>): Promise<Inventory> {
  const tags = new Map<string, string>();
  const held = new Set<string>();
  for (const tag of await registry.tags(repository)) {
    const digest = (await registry.manifest(repository, tag))?.digest;
    if (digest !== undefined) {
      tags.set(tag, digest);
      held.add(digest);
    }
  }
  for (const digest of digests) if (!held.has(digest) && (await registry.manifest(repository, digest)) !== undefined) held.add(digest);
  return { digests: held, tags };
}
