// Merging in bare repositories: whether it would work, and the merge commit as the site makes it.
import type { Person, RepoName } from '../services.ts';
import { forge } from '../git/command.ts';
import type { WorldGit } from '../git/git.ts';

/** Two commits of one repository. */
export interface MergePair {
  readonly repo: RepoName;
  readonly base: string;
  readonly head: string;
}

/** The tree of the merged pair, or undefined when they conflict. */
export async function mergedTree(git: WorldGit, pair: MergePair): Promise<string | undefined> {
  const args = ['merge-tree', '--write-tree', '--no-messages', '-z', pair.base, pair.head];
  const result = await git.attempt(pair.repo, args);
  if (result.exitCode === 0) return result.stdout.toString('utf8').split('\0')[0];
  if (result.exitCode === 1) return undefined;
  throw new Error(`git merge-tree failed in ${pair.repo}: ${result.stderr.trim()}`);
}

/** Whether the first commit is an ancestor of (or the same as) the second. */
export async function isAncestor(git: WorldGit, repo: RepoName, commits: { readonly old: string; readonly young: string }): Promise<boolean> {
  const result = await git.attempt(repo, ['merge-base', '--is-ancestor', commits.old, commits.young]);
  return result.exitCode === 0;
}

/** The merge commit of a pair: first parent the base, committed by the site. Undefined when they conflict. Moves no ref. */
export async function mergeCommit(git: WorldGit, pair: MergePair, by: { readonly author: Person; readonly message: string }): Promise<string | undefined> {
  const tree = await mergedTree(git, pair);
  if (tree === undefined) return undefined;
  const input = by.message.endsWith('\n') ? by.message : `${by.message}\n`;
  return (await git.run(pair.repo, ['commit-tree', tree, '-p', pair.base, '-p', pair.head], { input, env: git.environment(by.author, forge) })).trim();
}
