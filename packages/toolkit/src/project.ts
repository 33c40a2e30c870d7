// Where a project's images come from and go to: what kubernetes/k8s.io says of it today.
import { checkTree, destinations, parseImages, parseManifest, parseSingleArchAllowed, sourceRegistry, type ImagesFile, type PromoterManifest } from '@runbook/promoter';
import { formatProblem, hasErrors, nearest, type Problem } from '@runbook/problem';
import { promotionRepo, type PromoterSource } from './promoter-source.ts';

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
  /** What is wrong with the two files, and with them beside others where those are at hand. */
  readonly problems: readonly Problem[];
  /** Public names that the multi-arch check lets through with a single platform. */
  readonly singleArchAllowed: readonly string[];
}

/** Thrown where the promoter files do not say where images come from and go to. */
export class ProjectError extends Error {
  readonly code = 'no-project';
  /** What to do. */
  readonly fix: string;
  constructor(message: string, fix: string) {
    super(message);
    this.name = 'ProjectError';
    this.fix = fix;
  }
}

/**
 * Reads a project.
 * @param name the part behind `k8s-staging-` in the folder names.
 * @throws OutsideError when a file cannot be read, ProjectError when there is none or it cannot be understood
 */
export async function readProject(source: PromoterSource, name: string): Promise<ProjectFiles> {
  const dir = `k8s-staging-${name}`;
  const imagesPath = `registry.k8s.io/images/${dir}/images.yaml`;
  const manifestPath = `registry.k8s.io/manifests/${dir}/promoter-manifest.yaml`;
  const [manifestText, imagesText, allowed] = await Promise.all([source.findFile(manifestPath), source.findFile(imagesPath), source.findFile('registry.k8s.io/manifests/multiarch_test.go')]);
  if (manifestText === undefined || imagesText === undefined) throw await absent(source, dir, manifestText === undefined ? manifestPath : imagesPath);
  const { manifest, problems } = parseManifest(manifestText, manifestPath);
  const parsed = parseImages(imagesText, imagesPath);
  if (manifest === undefined || parsed.images === undefined) {
    throw new ProjectError(`cannot read the promoter files of ${name}: ${[...problems, ...parsed.problems].filter((p) => hasErrors([p])).map(formatProblem).join('; ')}`, 'Repair the file; every promotion fails until then.');
  }
  const staging = sourceRegistry(manifest);
  if (staging === undefined) throw new ProjectError(`${manifestPath} does not name exactly one registry with src: true`, 'Mark the staging registry, and only it.');
  const targets = destinations(manifest);
  const project: Project = { name, staging, destinations: targets, publicPrefix: publicPrefixOf(targets, name), imagesPath, manifestPath };
  const tree = { ...(await source.surroundings(dir)), [manifestPath]: manifestText, [imagesPath]: imagesText };
  const own = new Set(Object.keys(tree).filter((path) => path.includes(`/${dir}/`)));
  return { project, manifest, images: parsed.images, imagesText, problems: checkTree(tree, own), singleArchAllowed: allowed === undefined ? [] : parseSingleArchAllowed(allowed) };
}

/** A folder with nearly that name is the usual mistake. */
async function absent(source: PromoterSource, dir: string, path: string): Promise<ProjectError> {
  const misspelt = checkTree(await source.surroundings(dir)).find(({ code, file }) => code === 'misspelt-file' && file.includes(`/${dir}/`));
  if (misspelt !== undefined) return new ProjectError(`${promotionRepo} has no ${path}, but ${misspelt.file}: ${misspelt.message}`, misspelt.hint);
  // The hint is a courtesy; what is missing is told without it too.
  const meant = nearest(dir, await source.listProjects().catch(() => []));
  return new ProjectError(`${promotionRepo} has no ${path}`, meant === undefined || meant === dir ? 'Set up the promotion of the project first, see registry.k8s.io/README.md there.' : `Did you mean the project ${meant.replace(/^k8s-staging-/, '')}?`);
}

/**
 * What the public sees of a project: registry.k8s.io serves the production prefix away.
 * Source: registry.k8s.io:cmd/archeio (domain §6.2), destinations as in K's promoter manifests (§5.1).
 */
export function publicPrefixOf(targets: readonly string[], name: string): string {
  for (const target of targets) {
    const path = /^[^/]+\/k8s-artifacts-prod(?:\/images)?(?:\/(.+))?$/.exec(target);
    if (path !== null) return path[1] === undefined ? 'registry.k8s.io' : `registry.k8s.io/${path[1]}`;
  }
  return `registry.k8s.io/${name}`;
}
