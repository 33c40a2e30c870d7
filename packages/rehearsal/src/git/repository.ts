// Where bare repositories lie, and what a new one looks like. A fork borrows its parent's objects through
// `objects/info/alternates`; nothing here ever prunes, so what one borrows the other keeps.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoName } from '../services.ts';

const part = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/** Whether a text is `owner/name` and nothing that leaves its folder. */
function isRepoName(text: string): boolean {
  const parts = text.split('/');
  return parts.length === 2 && parts.every((one) => part.test(one) && !one.endsWith('.git'));
}

/** Folder of a repository. @throws when the name is not `owner/name`. */
export function repositoryPath(root: string, repo: RepoName): string {
  if (!isRepoName(repo)) throw new Error(`not a repository name: ${repo}`);
  return join(root, `${repo}.git`);
}

/** All repositories below a root, sorted. */
function listRepositories(root: string): readonly RepoName[] {
  if (!existsSync(root)) return [];
  const owners = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return owners
    .flatMap((owner) => readdirSync(join(root, owner.name)).map((name) => `${owner.name}/${name.replace(/\.git$/, '')}`))
    .sort();
}

/** What a new repository looks like. */
export interface RepositoryOptions {
  readonly defaultBranch: string;
  readonly parent?: RepoName | undefined;
}

/** The repositories below a root. Only `make` adds one and nothing moves a HEAD, so both are read once. */
export interface Repositories {
  /** Sorted. */
  names(): readonly RepoName[];
  has(repo: RepoName): boolean;
  /** The branch of a repository's HEAD. @throws when there is no such repository. */
  head(repo: RepoName): string;
  make(repo: RepoName, options: RepositoryOptions): void;
}

/** Opens the repositories of a root. */
export function openRepositories(root: string): Repositories {
  let names = listRepositories(root);
  const heads = new Map<RepoName, string>();
  return {
    names: () => names,
    has: (repo) => names.includes(repo),
    head: (repo) => {
      const head = heads.get(repo) ?? readHead(repositoryPath(root, repo));
      heads.set(repo, head);
      return head;
    },
    make: (repo, options) => {
      makeRepository(root, repo, options);
      names = listRepositories(root);
    },
  };
}

function readHead(path: string): string {
  const head = readFileSync(join(path, 'HEAD'), 'utf8').trim();
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
  if (branch === undefined) throw new Error(`HEAD of ${path} names no branch`);
  return branch;
}

/** Writes the few files that make an empty bare repository; git itself needs no more. */
export function makeRepository(root: string, repo: RepoName, options: RepositoryOptions): void {
  const path = repositoryPath(root, repo);
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) mkdirSync(join(path, folder), { recursive: true });
  writeFileSync(join(path, 'config'), '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n');
  if (options.parent !== undefined) writeFileSync(join(path, 'objects/info/alternates'), `../../../${options.parent}.git/objects\n`);
  writeFileSync(join(path, 'HEAD'), `ref: refs/heads/${options.defaultBranch}\n`);
}

/**
 * Settings of every server-side git command, in one file instead of in every repository.
 * Pull request heads are the site's own (`hideRefs`), as on GitHub: "deny updating a hidden ref".
 */
export function writeServerConfig(root: string): string {
  mkdirSync(root, { recursive: true });
  const file = join(root, '.server-config');
  writeFileSync(
    file,
    ['[http]', 'receivepack = true', '[uploadpack]', 'allowFilter = true', 'allowAnySHA1InWant = true', '[receive]', 'autogc = false', 'hideRefs = refs/pull', '[gc]', 'auto = 0', '[maintenance]', 'auto = false', '[core]', 'quotePath = false', '[safe]', 'directory = *', '[advice]', 'detachedHead = false', ''].join('\n'),
  );
  return file;
}
