// Commits and trees made in a bare repository without a work tree: a commit of some files by `git fast-import`,
// a tree of given entries by a throw-away index. Neither reads anything outside the repository.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Git, Person, RepoName } from '../services.ts';
import type { WorldGit } from './git.ts';
import { zero } from './push.ts';

type Change = Parameters<Git['commit']>[2];

/** The repository at hand. */
export interface Place {
  readonly git: Pick<WorldGit, 'bytes' | 'resolve' | 'path'>;
  readonly repo: RepoName;
}

/** Who wrote it and who brought it in, at one time (milliseconds). */
export interface Signature {
  readonly author: Person;
  readonly committer: Person;
  readonly now: number;
}

/**
 * Makes the commit and moves the branch; gives the commit's id. Files that exist keep their mode.
 *
 * @throws GitError when the branch moved meanwhile.
 */
export async function commitFiles(place: Place, branch: string, change: Change, by: Signature): Promise<string> {
  const parent = await place.git.resolve(place.repo, `refs/heads/${branch}`);
  const modes = parent === undefined ? new Map<string, string>() : await modesOf(place, parent, Object.keys(change.files));
  const chunks: (string | Uint8Array)[] = [
    `commit refs/heads/${branch}\nmark :1\n`,
    `author ${stamp(by.author, by.now)}\ncommitter ${stamp(by.committer, by.now)}\n`,
    ...dataOf(ended(change.message)),
    parent === undefined ? '' : `from ${parent}\n`,
  ];
  for (const [path, content] of Object.entries(change.files)) {
    if (content === undefined) chunks.push(`D ${quote(path)}\n`);
    else chunks.push(`M ${modes.get(path) ?? '100644'} inline ${quote(path)}\n`, ...dataOf(content));
  }
  chunks.push('\nget-mark :1\ndone\n');
  const input = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  return text(await place.git.bytes(place.repo, ['fast-import', '--quiet', '--done'], { input }));
}

/** One entry of a tree to make; without a `sha` the path is removed. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | undefined;
}

/** The tree of a base tree (or none) with some entries put over it. */
export async function makeTree(place: Place, base: string | undefined, entries: readonly TreeEntry[]): Promise<string> {
  const index = join(place.git.path(place.repo), 'index.rehearsal');
  const git = (args: readonly string[], input = ''): Promise<Buffer> => place.git.bytes(place.repo, args, { env: { GIT_INDEX_FILE: index }, input });
  try {
    await git(base === undefined ? ['read-tree', '--empty'] : ['read-tree', base]);
    const folders = entries.filter((entry) => entry.mode === '040000' && entry.sha !== undefined);
    const files = entries.filter((entry) => entry.mode !== '040000');
    const records = files.map((entry) => (entry.sha === undefined ? `0 ${zero}\t${entry.path}\0` : `${entry.mode} ${entry.sha}\t${entry.path}\0`));
    await git(['update-index', '--replace', '-z', '--index-info'], records.join(''));
    for (const folder of folders) {
      await git(['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', '--', folder.path]);
      await git(['read-tree', `--prefix=${folder.path}/`, folder.sha ?? '']);
    }
    return text(await git(['write-tree']));
  } finally {
    rmSync(index, { force: true });
  }
}

async function modesOf(place: Place, commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const listed = await place.git.bytes(place.repo, ['ls-tree', '-z', '--full-tree', commit, '--', ...paths], { env: { GIT_LITERAL_PATHSPECS: '1' } });
  return new Map(
    listed.toString('utf8').split('\0').flatMap((line) => {
      const [, mode, path] = /^(\d{6}) blob [0-9a-f]+\t(.*)$/s.exec(line) ?? [];
      return mode === undefined || path === undefined ? [] : [[path, mode] as const];
    }),
  );
}

function stamp(person: Person, now: number): string {
  const clean = (value: string): string => value.replace(/[<>\n\0]/g, '');
  return `${clean(person.name)} <${clean(person.email)}> ${Math.floor(now / 1000)} +0000`;
}

function dataOf(content: string | Uint8Array): readonly (string | Uint8Array)[] {
  const bytes = Buffer.from(content as Uint8Array);
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

function ended(message: string): string {
  return message.endsWith('\n') ? message : `${message}\n`;
}

/** Paths as fast-import wants them. */
function quote(path: string): string {
  if (!/["\n\\]/.test(path)) return path;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8').trim();
}
