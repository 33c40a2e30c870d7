// Where a project's images come from and go to: what kubernetes/k8s.io says of it today.
import type { Github } from '@runbook/github';
import { destinations, parseImages, parseManifest, parseSingleArchAllowed, sourceRegistry, type ImagesFile, type PromoterManifest } from '@runbook/promoter';
import { formatProblem, hasErrors } from '@runbook/problem';

/** The repository that holds all promoter manifests. */
export const promotionRepo = 'kubernetes/k8s.io';

/** A project as its promoter manifest and images.yaml describe it. Data only, so it can be an output. */
export interface Project {
  readonly name: string;
  /** `gcr.io/k8s-staging-apisnoop`. */
  readonly staging: string;
  /** Every production repository prefix, in file order. */
  readonly destinations: readonly string[];
  /** `registry.k8s.io/apisnoop`. */
  readonly publicPrefix: string;
  readonly imagesPath: string;
  readonly manifestPath: string;
}

/** The project with the parsed files behind it. */
export interface ProjectFiles {
  readonly project: Project;
  readonly manifest: PromoterManifest;
  readonly images: ImagesFile;
  readonly imagesText: string;
  /** Public names that the multi-arch check lets through with a single platform. */
  readonly singleArchAllowed: readonly string[];
}

/**
 * Reads a project from kubernetes/k8s.io at a revision.
 * @param name the part behind `k8s-staging-` in the folder names.
 * @throws OutsideError when a file cannot be read, Error when it cannot be understood
 */
export async function readProject(github: Github, name: string, ref = 'main'): Promise<ProjectFiles> {
  const imagesPath = `registry.k8s.io/images/k8s-staging-${name}/images.yaml`;
  const manifestPath = `registry.k8s.io/manifests/k8s-staging-${name}/promoter-manifest.yaml`;
  const [manifestFile, imagesFile, allowed] = await Promise.all([
    github.getFile(promotionRepo, manifestPath, ref),
    github.getFile(promotionRepo, imagesPath, ref),
    github.findFile(promotionRepo, 'registry.k8s.io/manifests/multiarch_test.go', ref),
  ]);
  const { manifest, problems } = parseManifest(manifestFile.text, manifestPath);
  const parsed = parseImages(imagesFile.text, imagesPath);
  if (manifest === undefined || parsed.images === undefined) {
    throw new Error(`cannot read the promoter files of ${name}: ${[...problems, ...parsed.problems].filter((p) => hasErrors([p])).map(formatProblem).join('; ')}`);
  }
  const staging = sourceRegistry(manifest);
  if (staging === undefined) throw new Error(`${manifestPath} does not name exactly one registry with src: true`);
  const targets = destinations(manifest);
  const project: Project = { name, staging, destinations: targets, publicPrefix: publicPrefixOf(targets, name), imagesPath, manifestPath };
  return { project, manifest, images: parsed.images, imagesText: imagesFile.text, singleArchAllowed: allowed === undefined ? [] : parseSingleArchAllowed(allowed.text) };
}

/**
 * What the public sees: registry.k8s.io serves the production prefix away.
 * Source: registry.k8s.io:cmd/archeio (domain §6.2), destinations as in K's promoter manifests (§5.1).
 */
function publicPrefixOf(targets: readonly string[], name: string): string {
  for (const target of targets) {
    const path = /^[^/]+\/k8s-artifacts-prod(?:\/images)?(?:\/(.+))?$/.exec(target);
    if (path !== null) return path[1] === undefined ? 'registry.k8s.io' : `registry.k8s.io/${path[1]}`;
  }
  return `registry.k8s.io/${name}`;
}
