// The promoter files that paths name, with the rest of their tree to compare them with, and what a change of them means to the
// promotion job. Reading only.
import { readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { changedDigests } from '@runbook/promoter';
import { openGit } from './local-git.ts';
import { listYamlFiles } from './yaml-files.ts';

/** Files by name, and which of them were asked for. */
export interface PromoterFiles {
  readonly texts: Readonly<Record<string, string>>;
  /** Names of the files that were asked for; the others of `texts` are their surroundings. */
  readonly asked: ReadonlySet<string>;
  /** Those that were asked for by their own path, not by that of a folder. */
  readonly single: ReadonlySet<string>;
}

/** A file or folder inside a tree, and what is before `images/` or `manifests/` in its path. */
const inside = /^(.*\/)?(?:images|manifests)(?:\/[^/]+){0,2}\/?$/;
const below = /(?:^|\/)(?:images|manifests)\//;
const abreast = 64;

/**
 * Reads promoter files and folders of them. Of a file or folder inside a tree, the tree is read too: a manifest is right or
 * wrong only beside its images, and a promotion only beside all others.
 * @throws Error of the file system when a path cannot be read
 */
export async function readPromoterFiles(paths: readonly string[]): Promise<PromoterFiles> {
  const asked = new Set<string>();
  const single = new Set<string>();
  const around = new Set<string>();
  for (const given of paths) {
    const isFolder = (await stat(given)).isDirectory();
    const isTree = isFolder && ((await isFolderAt(join(given, 'images'))) || (await isFolderAt(join(given, 'manifests'))));
    // From within a tree, only the whole path tells where a file stands in it.
    const path = isTree || inside.test(given) || !inside.test(resolve(given)) ? given : resolve(given);
    if (isFolder) {
      for (const { name } of await listYamlFiles(path)) if (below.test(join(path, name))) asked.add(join(path, name));
    } else {
      asked.add(path);
      single.add(path);
    }
    const root = isTree ? null : inside.exec(path);
    if (root !== null) for (const name of await listTree(root[1] ?? '')) around.add(name);
  }
  const names = [...new Set([...asked, ...around])];
  const texts: Record<string, string> = {};
  for (let at = 0; at < names.length; at += abreast) {
    const part = names.slice(at, at + abreast);
    const read = await Promise.all(part.map((name) => readFile(name, 'utf8')));
    part.forEach((name, index) => (texts[name] = read[index] ?? ''));
  }
  return { texts, asked, single };
}

/** The files that a promotion reads of a tree. */
async function listTree(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [kind, file] of [['images', 'images.yaml'], ['manifests', 'promoter-manifest.yaml']] as const) {
    const folder = `${root}${kind}`;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = `${folder}/${entry.name}/${file}`;
      if (entry.isDirectory() && (await isFile(name))) found.push(name);
    }
  }
  return found;
}

async function isFolderAt(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false);
}

/** What files were at a base, and which digests the promotion job reads from the difference. */
export interface PromoterChange {
  /** By name, the text at the base; undefined for a new file. Files that did not change are left out. */
  readonly before: ReadonlyMap<string, string | undefined>;
  readonly diffDigests: readonly string[];
}

/**
 * Compares files of a working copy with a revision of its repository.
 * @throws Error with git's own words when there is no repository or no such revision
 */
export async function changeOf(names: readonly string[], base: string): Promise<PromoterChange> {
  const before = new Map<string, string | undefined>();
  const digests = new Set<string>();
  const roots = new Map<string, { readonly revision: string; readonly tracked: Set<string>; readonly changed: Set<string> }>();
  for (const name of names) {
    const git = openGit(dirname(name));
    const root = await git.read(['rev-parse', '--show-toplevel']);
    const inside = openGit(root);
    let facts = roots.get(root);
    if (facts === undefined) {
      // A word that looks like an option is never taken for one.
      const revision = await inside.read(['rev-parse', '--verify', '--end-of-options', `${base}^{commit}`]);
      const list = async (args: readonly string[]): Promise<Set<string>> => new Set((await inside.read(args)).split('\0').filter((path) => path !== ''));
      facts = { revision, tracked: await list(['ls-files', '-z']), changed: await list(['diff', '--name-only', '--no-renames', '-z', revision]) };
      roots.set(root, facts);
    }
    const path = `${await git.read(['rev-parse', '--show-prefix'])}${name.split('/').at(-1) ?? name}`;
    const isNew = !facts.tracked.has(path);
    if (!isNew && !facts.changed.has(path)) continue;
    before.set(name, await inside.findFile(facts.revision, path));
    const diff = isNew ? await readFile(name, 'utf8') : await inside.read(['diff', '--unified=0', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', facts.revision, '--', path]);
    for (const digest of changedDigests(diff)) digests.add(digest);
  }
  return { before, diffDigests: [...digests] };
}
