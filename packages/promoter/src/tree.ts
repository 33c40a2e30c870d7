// Checks a whole tree of promoter manifests: each file, the pairs of images/ and manifests/, and what no single file
// shows: two files that promote to the same place.
// Source: domain facts §5.2, §5.5, §7 (rows 8 and 15).
import { nearest, type Problem } from '@runbook/problem';
import { destinationFolders, strayDestinations, type Destination } from './destination-folder.ts';
import { parseImages } from './images-file.ts';
import { destinations, parseManifest, sourceRegistry, type PromoterManifest } from './manifest-file.ts';
import type { ProblemCode } from './problem-code.ts';
import type { ManifestPair } from './promotion.ts';
import { productionRegions } from './regions.ts';

/** Where a file of the tree stands. */
interface TreePath {
  readonly path: string;
  /** What is before `images/` or `manifests/`, with its slash. */
  readonly root: string;
  readonly kind: 'images' | 'manifests';
  /** `k8s-staging-apisnoop`, `charts`; may hold slashes when the file is too deep. */
  readonly dir: string;
  readonly name: string;
}

/**
 * Checks the files of a tree (path → text). Paths end in `images/DIR/images.yaml` and `manifests/DIR/promoter-manifest.yaml`,
 * with anything in front; other files are looked at by name only.
 * @param focus only problems of these files are given; the others are there to be compared with. All of them unless given.
 */
export function checkTree(files: Readonly<Record<string, string>>, focus?: ReadonlySet<string>): readonly Problem[] {
  const places = Object.keys(files).sort().map(readPath).filter((place) => place !== undefined);
  const problems: Problem[] = [...places.flatMap(checkName), ...checkFrozen(places)];
  const pairs: ManifestPair[] = [];
  const manifests = new Map<string, PromoterManifest>();
  for (const place of places.filter((one) => one.kind === 'manifests' && one.name === 'promoter-manifest.yaml')) {
    const parsed = parseManifest(files[place.path] ?? '', place.path);
    problems.push(...parsed.problems);
    if (parsed.manifest === undefined) continue;
    manifests.set(`${place.root} ${place.dir}`, parsed.manifest);
    problems.push(...checkRegions(parsed.manifest));
  }
  for (const place of places.filter((one) => one.kind === 'images' && one.name === 'images.yaml')) {
    const { images, problems: found } = parseImages(files[place.path] ?? '', place.path);
    problems.push(...found);
    const manifest = manifests.get(`${place.root} ${place.dir}`);
    if (images !== undefined && manifest !== undefined) pairs.push({ dir: place.dir, manifest, images });
  }
  // Of two files that overlap, the second is told: that is one of those asked for.
  const isWanted = (file: string): boolean => focus === undefined || focus.has(file);
  problems.push(...checkPairs(places), ...checkOverlaps(pairs.toSorted((a, b) => Number(isWanted(a.images.file)) - Number(isWanted(b.images.file)))));
  return problems.filter(({ file }) => isWanted(file)).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column);
}

function readPath(path: string): TreePath | undefined {
  // Folders further up may be called images too; the last that fits is the tree's.
  const match = /^(.*\/)?(images|manifests)\/([^/]+)\/([^/]+)$/.exec(path) ?? /^(.*?\/)?(images|manifests)\/(?:(.*)\/)?([^/]+)$/.exec(path);
  if (match === null) return undefined;
  return { path, root: match[1] ?? '', kind: match[2] === 'images' ? 'images' : 'manifests', dir: match[3] ?? '', name: match[4] ?? '' };
}

function checkName(place: TreePath): readonly Problem[] {
  const wanted = place.kind === 'images' ? 'images.yaml' : 'promoter-manifest.yaml';
  const other = place.kind === 'images' ? 'promoter-manifest.yaml' : 'images.yaml';
  if (place.name === other) return [whole(place.path, 'wrong-directory', 'error', `${other} stands under ${place.kind}/`, `Move it to ${place.kind === 'images' ? 'manifests' : 'images'}/${place.dir}/.`)];
  if (place.name === wanted) {
    if (place.dir !== '' && !place.dir.includes('/')) return [];
    return [whole(place.path, 'wrong-directory', 'error', `${wanted} is expected at ${place.kind}/DIR/${wanted}, exactly one directory deep`, 'Move it; the promoter does not look elsewhere.')];
  }
  const meant = /\.ya?ml$/.test(place.name) ? (nearest(place.name.replace(/\.yml$/, '.yaml'), [wanted]) ?? (place.name.replace(/\.yml$/, '.yaml') === wanted ? wanted : undefined)) : undefined;
  return meant === undefined ? [] : [whole(place.path, 'misspelt-file', 'error', `the promoter does not read a file named ${place.name}`, `Rename it to ${meant}.`)];
}

/** The tree of 2021: a plugin of Prow blocks every pull request that touches it (domain facts §1.3). */
function checkFrozen(places: readonly TreePath[]): readonly Problem[] {
  return places.filter(({ root }) => /(?:^|\/)k8s\.gcr\.io\/$/.test(root)).map(({ path, kind, dir }) => whole(path, 'frozen-tree', 'warning', 'k8s.gcr.io is frozen since April 2023: pull requests that touch it are blocked, and nothing in it is promoted', `Promote by registry.k8s.io/${kind}/${dir}/.`));
}

function checkPairs(places: readonly TreePath[]): readonly Problem[] {
  const images = places.filter((place) => place.kind === 'images' && place.name === 'images.yaml');
  const manifests = places.filter((place) => place.kind === 'manifests' && place.name === 'promoter-manifest.yaml');
  const key = (place: TreePath): string => `${place.root} ${place.dir}`;
  const imageKeys = new Set(images.map(key));
  const manifestKeys = new Set(manifests.map(key));
  const near = (dir: string, candidates: readonly TreePath[]): string => {
    const meant = nearest(dir, candidates.map((place) => place.dir));
    return meant === undefined ? '' : ` There is one for "${meant}"; did you mean that?`;
  };
  return [
    ...manifests.filter((place) => !imageKeys.has(key(place))).map((place) => whole(place.path, 'no-images', 'error', `images/${place.dir}/images.yaml is missing, so the whole promotion fails`, `Add it; "[]" will do.${near(place.dir, images)}`)),
    ...images.filter((place) => !manifestKeys.has(key(place))).map((place) => whole(place.path, 'no-manifest', 'warning', `manifests/${place.dir}/promoter-manifest.yaml is missing, so these images go nowhere`, `Add it, or move the images.${near(place.dir, manifests)}`)),
  ];
}

/** Regions of production that a manifest leaves out or that do not exist, and such as get the images elsewhere; nothing is said of manifests for other places. */
function checkRegions(manifest: PromoterManifest): readonly Problem[] {
  const folders = destinationFolders(manifest);
  const stray = strayDestinations(folders);
  const at = ({ registry }: Destination): Pick<Problem, 'line' | 'column'> => ({ line: registry.line, column: registry.column });
  const kept = [...folders].filter(([folder]) => !stray.some((one) => one.folder === folder));
  const missing = kept.flatMap(([folder, some]) => {
    const regions = productionRegions.filter((region) => !some.some((one) => one.region === region));
    return regions.length === 0 ? [] : [{ regions, of: kept.length === 1 ? '' : ` of ${folder}` }];
  });
  const unknown = [...new Map([...folders.values()].flat().filter(({ region }) => !productionRegions.includes(region)).map((one) => [one.region, one])).values()];
  return [
    ...missing.map(({ regions, of }) => whole(manifest.file, 'missing-region', 'warning', `${regions.length} of the ${productionRegions.length} production regions${of} are missing: ${regions.join(', ')}`, 'Add them with runbook promoter regions; users near them get the image from far away, and the check of the repository fails.')),
    ...unknown.map((one): Problem => ({ ...whole(manifest.file, 'unknown-region', 'warning', `"${one.region}" is not a production region`, hintFor(one.region)), ...at(one) })),
    ...stray.map((one): Problem => ({ ...whole(manifest.file, 'stray-destination', 'error', `${one.region} gets the images in ${one.folder}, most regions in ${one.usual}`, `Write ${one.usual}; else they are published where another project is, and not where users look for them.`), ...at(one) })),
  ];
}

function hintFor(region: string): string {
  const meant = nearest(region, productionRegions);
  return meant === undefined ? 'Remove it.' : `Did you mean "${meant}"?`;
}

/** Production tags that two files want to fill with different digests. Overlaps within a file are the file's own problem. */
function checkOverlaps(pairs: readonly ManifestPair[]): readonly Problem[] {
  const complete = pairs.filter((pair) => sourceRegistry(pair.manifest) !== undefined);
  const filesOf = new Map<string, Set<string>>();
  for (const { manifest, images } of complete) {
    for (const repository of images.images.flatMap(({ name }) => destinations(manifest).map((target) => `${target}/${name}`))) {
      filesOf.set(repository, (filesOf.get(repository) ?? new Set()).add(images.file));
    }
  }
  const taken = new Map<string, { file: string; digest: string }>();
  const found = new Map<string, Problem>();
  for (const { manifest, images } of complete) {
    for (const { name, digests } of images.images) {
      const shared = destinations(manifest).map((target) => `${target}/${name}`).filter((repository) => (filesOf.get(repository)?.size ?? 0) > 1);
      for (const [one, tag, repository] of shared.flatMap((each) => digests.flatMap((one) => one.tags.map((tag) => [one, tag, each] as const)))) {
        const target = `${repository}:${tag}`;
        const other = taken.get(target) ?? { file: images.file, digest: one.digest };
        taken.set(target, other);
        // One overlap shows in every region; the first says it.
        const topic = `${images.file} ${one.digest} ${name}:${tag}`;
        if (other.file === images.file || other.digest === one.digest || found.has(topic)) continue;
        const message = `${target} is meant for ${one.digest} here and for ${other.digest} in ${other.file}; every promotion then fails with "overlapping edges detected"`;
        found.set(topic, { code: 'overlap', severity: 'error', message, hint: 'Give one of them another tag or name.', file: images.file, line: one.line, column: one.column });
      }
    }
  }
  return [...found.values()];
}

function whole(file: string, code: ProblemCode, severity: Problem['severity'], message: string, hint: string): Problem {
  return { code, severity, message, hint, file, line: 1, column: 1 };
}
