// Where the promoter files of kubernetes/k8s.io are read: from GitHub, or from a checkout on this machine.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Github } from '@runbook/github';
import { readPromoterFiles } from './promoter-files.ts';

/** The repository that holds all promoter manifests. */
export const promotionRepo = 'kubernetes/k8s.io';

/** A place that promoter files are read from. Paths begin at `registry.k8s.io/`. */
export interface PromoterSource {
  /** Text of a file, or undefined where there is none. */
  findFile(path: string): Promise<string | undefined>;
  /** Names below `images/`, where they can be listed cheaply. */
  listProjects(): Promise<readonly string[]>;
  /** The files that a project is checked together with, by path. */
  surroundings(folder: string): Promise<Readonly<Record<string, string>>>;
}

/** The files as they are on GitHub at a revision. */
export function githubPromoter(github: Github, ref = 'main'): PromoterSource {
  return {
    findFile: async (path) => (await github.findFile(promotionRepo, path, ref))?.text,
    listProjects: async () => (await github.listFolder(promotionRepo, 'registry.k8s.io/images', ref)).filter(({ kind }) => kind === 'folder').map(({ path }) => path.split('/').at(-1) ?? path),
    // All projects together are some hundred files: that is what a checkout is for.
    surroundings: () => Promise.resolve({}),
  };
}

/**
 * The files of a checkout.
 * @param folder of kubernetes/k8s.io, or its folder `registry.k8s.io`
 */
export function folderPromoter(folder: string): PromoterSource {
  const root = async (): Promise<string> => (await isFolder(join(folder, 'registry.k8s.io')) ? join(folder, 'registry.k8s.io') : folder);
  const place = async (path: string): Promise<string> => join(await root(), path.replace(/^registry\.k8s\.io\//, ''));
  return {
    async findFile(path) {
      const file = await place(path);
      return (await stat(file).then((found) => found.isFile(), () => false)) ? readFile(file, 'utf8') : undefined;
    },
    listProjects: async () => readdir(join(await root(), 'images')).catch(() => []),
    async surroundings(name) {
      const own = join(await root(), 'images', name);
      if (!(await isFolder(own))) return {};
      const before = `${await root()}/`;
      const { texts } = await readPromoterFiles([own]);
      return Object.fromEntries(Object.entries(texts).map(([path, text]) => [`registry.k8s.io/${path.startsWith(before) ? path.slice(before.length) : path}`, text]));
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
