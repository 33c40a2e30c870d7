// The files of a folder at a commit, in bytes: what a build step sees as its context.
import type { Git, RepoName } from '../services.ts';
import type { ContextFile } from './tar.ts';

/** Joins and normalises a path inside a repository; undefined when it leaves it. `''` is the root. */
export function insidePath(...parts: readonly string[]): string | undefined {
  const stack: string[] = [];
  for (const part of parts.join('/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') stack.push(part);
    else if (stack.pop() === undefined) return undefined;
  }
  return stack.join('/');
}

/** All files below a folder at a commit, paths relative to that folder; undefined when there is no such folder. Submodules are left out, as in a shallow clone. */
export async function contextFiles(git: Git, repo: RepoName, commit: string, folder: string): Promise<readonly ContextFile[] | undefined> {
  const tree = folder === '' ? await git.resolve(repo, `${commit}^{tree}`) : await treeAt(git, repo, commit, folder);
  if (tree === undefined) return undefined;
  const listed = (await git.run(repo, ['ls-tree', '-r', '-z', '--full-tree', tree])).split('\0').filter((line) => line !== '');
  const entries = listed.flatMap((line) => {
    const match = /^(\d+) (\w+) ([0-9a-f]+)\t([^]*)$/.exec(line);
    return match !== null && match[2] === 'blob' ? [{ mode: match[1] ?? '', sha: match[3] ?? '', path: match[4] ?? '' }] : [];
  });
  const blobs = await Promise.all(entries.map((entry) => git.object(repo, entry.sha)));
  return entries.map((entry, index) => {
    const bytes = blobs[index]?.bytes ?? new Uint8Array();
    return entry.mode === '120000'
      ? { path: entry.path, executable: false, link: Buffer.from(bytes).toString('utf8'), bytes: new Uint8Array() }
      : { path: entry.path, executable: entry.mode === '100755', bytes };
  });
}

/** The tree of a folder, from the list of its parent: a path may hold signs that a revision may not. */
async function treeAt(git: Git, repo: RepoName, commit: string, folder: string): Promise<string | undefined> {
  const line = await git.run(repo, ['ls-tree', '-z', '--full-tree', commit, '--', folder]);
  return /^\d+ tree ([0-9a-f]+)\t/.exec(line)?.[1];
}
