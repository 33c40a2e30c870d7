// A seed: the folder of files from which a world starts, `<owner>/<repo>/<path…>` plus `world.yaml`. Reads a seed and lays a
// second one over it, file by file. Planting it into a world is in seed/planting.ts.
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrors, indexLines, nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import type { ProblemCode } from './problem-code.ts';
import type { RepoName, Seed, SeedOptions, WorldConfig } from './services.ts';
import { completeWorld, overlayWorld, parseWorldYaml } from './seed/world-yaml.ts';
import type { PartialWorld } from './seed/world-yaml.ts';
import { multiArchTestFile, plantSeed } from './seed/planting.ts';
import { placePromoted } from './seed/promoted.ts';

/** A seed in memory: the files of every repository and what `world.yaml` says. */
export interface LoadedSeed extends Seed {
  readonly repos: Readonly<Record<RepoName, Readonly<Record<string, string>>>>;
}

interface Folder {
  readonly repos: Record<RepoName, Record<string, string>>;
  readonly world: PartialWorld;
  /** The text of `world.yaml`; empty where there is none. */
  readonly text: string;
  readonly problems: readonly Problem[];
}

/**
 * Reads the default seed and, over it, a second one: its files replace or add to those of the same path, its `world.yaml`
 * overrides key by key; `user` and `start` win over both. With an error among the problems there is no seed.
 */
export async function loadSeed(options: SeedOptions): Promise<{ readonly seed?: LoadedSeed; readonly problems: readonly Problem[] }> {
  const folders = [await readFolder(options.defaultSeed)];
  if (options.seed !== undefined) folders.push(await readFolder(options.seed));
  const problems = folders.flatMap((folder) => folder.problems);
  const repos: Record<RepoName, Record<string, string>> = {};
  for (const folder of folders) {
    for (const [repo, files] of Object.entries(folder.repos)) repos[repo] = { ...repos[repo], ...files };
  }
  let world: PartialWorld = {};
  for (const folder of folders) world = overlayWorld(world, folder.world);
  world = overlayWorld(world, { ...(options.user === undefined ? {} : { user: options.user }), ...(options.start === undefined ? {} : { start: options.start }) });
  if (hasErrors(problems)) return { problems };
  const file = join(options.seed ?? options.defaultSeed, 'world.yaml');
  const { config, missing } = completeWorld(world);
  if (config === undefined) {
    return { problems: [...problems, defect(file, 'seed-incomplete', `world.yaml does not say ${missing.join(', ')}`, 'Add the keys.')] };
  }
  if (config.singleArchAllowed.length > 0 && repos['kubernetes/k8s.io']?.[multiArchTestFile] !== undefined) {
    return { problems: [...problems, defect(file, 'seed-conflict', `singleArchAllowed is given, and the seed brings its own ${multiArchTestFile}`, 'Keep one of the two.')] };
  }
  const idle = idleBuilds(config, repos, file, folders.at(-1)?.text ?? '');
  if (idle.length > 0) return { problems: [...problems, ...idle] };
  const untrue = await untruePromotions(folders.at(-1), repos, file);
  if (untrue.length > 0) return { problems: [...problems, ...untrue] };
  const seed: LoadedSeed = { repos, config, plant: (services) => plantSeed(services, seed) };
  return { seed, problems };
}

/** A declared build of a file that no repository has would never take effect, and its author would wonder why. */
function idleBuilds(config: WorldConfig, repos: Folder['repos'], file: string, text: string): readonly Problem[] {
  return Object.entries(config.builds).flatMap(([repo, builds]) => Object.keys(builds).flatMap((path) => {
    if (repos[repo]?.[path] !== undefined) return [];
    const meant = nearest(path, Object.keys(repos[repo] ?? {}));
    const { line, column } = indexLines(text).at(Math.max(text.indexOf(path, Math.max(text.indexOf(repo), 0)), 0));
    return [{ ...defect(file, 'seed-idle-build', `builds declares ${repo} → ${path}, and the seed has no such file`, meant === undefined ? 'Add the file, or remove the declaration.' : `Did you mean ${meant}?`), line, column }];
  }));
}

/** Promotions that the last folder names itself and its world cannot hold. One that is only inherited is left out: the last folder may have replaced the manifest. */
async function untruePromotions(folder: Folder | undefined, repos: Folder['repos'], file: string): Promise<readonly Problem[]> {
  const named = Array.isArray(folder?.world.promoted) ? folder.world.promoted.map(String) : [];
  const problems: Problem[] = [];
  for (const reference of named) {
    const place = await placePromoted(repos['kubernetes/k8s.io'] ?? {}, reference);
    const { line, column } = indexLines(folder?.text ?? '').at(Math.max(folder?.text.indexOf(reference) ?? 0, 0));
    if ('why' in place) problems.push({ ...defect(file, 'seed-conflict', `promoted names ${reference}, and ${place.why}`, 'Add it to the file, or take the image out of promoted.'), line, column });
  }
  return problems;
}

function defect(file: string, code: ProblemCode, message: string, hint: string, severity: 'error' | 'warning' = 'error'): Problem {
  return { file, line: 1, column: 1, code, severity, message, hint };
}

async function readFolder(folder: string): Promise<Folder> {
  const repos: Folder['repos'] = {};
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return { repos, world: {}, text: '', problems: [defect(folder, 'seed-not-found', 'there is no such seed folder', 'Give a folder that holds <owner>/<repository>/<path> and world.yaml.')] };
  const problems: Problem[] = [];
  let world: PartialWorld = {};
  let text = '';
  for (const owner of await entries(folder)) {
    const path = join(folder, owner.name);
    if (owner.name === 'world.yaml') {
      text = await readFile(path, 'utf8');
      const read = parseWorldYaml(path, text);
      world = read.world;
      problems.push(...read.problems);
    } else if (owner.name === 'package.json') {
      continue; // our own build puts one beside the seed that it ships: it says to Node that no module begins here
    } else if (!owner.isDirectory()) {
      problems.push(defect(path, 'seed-stray-file', 'this file belongs to no repository', 'Files lie at <owner>/<repository>/<path>; only world.yaml lies beside them.', 'warning'));
    } else {
      await readOwner(path, owner.name, repos, problems);
    }
  }
  return { repos, world, text, problems };
}

async function readOwner(folder: string, owner: string, repos: Folder['repos'], problems: Problem[]): Promise<void> {
  for (const repo of await entries(folder)) {
    const path = join(folder, repo.name);
    if (!repo.isDirectory()) {
      problems.push(defect(path, 'seed-stray-file', 'a file lies where the folder of a repository is expected', 'Files lie at <owner>/<repository>/<path>.'));
      continue;
    }
    const files: Record<string, string> = {};
    await readTree(path, '', files, problems);
    repos[`${owner}/${repo.name}`] = files;
  }
}

async function readTree(root: string, below: string, files: Record<string, string>, problems: Problem[]): Promise<void> {
  for (const entry of await entries(join(root, below), below !== '')) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const place = join(root, path);
    if (entry.isDirectory()) await readTree(root, path, files, problems);
    else if (!entry.isFile()) problems.push(defect(place, 'seed-not-text', 'this is neither a file nor a folder', 'Seeds hold plain text files only; links are not followed.'));
    else {
      const bytes = await readFile(place);
      const text = bytes.toString('utf8');
      if (text.includes('\0') || !Buffer.from(text, 'utf8').equals(bytes)) problems.push(defect(place, 'seed-not-text', 'this file is not UTF-8 text', 'Seeds hold text files only.'));
      else files[path] = text;
    }
  }
}

/** Sorted by name, so that a seed is read in the same order everywhere. A repository's `.git` and the seed's hidden entries are not part of it. */
async function entries(folder: string, hidden = false): Promise<{ name: string; isDirectory(): boolean; isFile(): boolean }[]> {
  const all = await readdir(folder, { withFileTypes: true });
  return all.filter((entry) => entry.name !== '.git' && (hidden || entry.name !== '.DS_Store')).sort((a, b) => (a.name < b.name ? -1 : 1));
}
