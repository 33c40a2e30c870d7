// What a pull request brings: the range from where it left its base to its head. After a merge the base branch
// holds the head, so the range then starts at the merge's first parent.
import type { RepoName } from '../services.ts';
import { findMergeBase } from './compare.ts';
import type { Hub } from './hub.ts';
import type { PullRecord } from './record.ts';

/** The commit that a pull request's changes are counted from; undefined when base and head share no history. */
export async function mergeBaseOf(hub: Hub, repo: RepoName, pull: PullRecord): Promise<string | undefined> {
  const merged = pull.merge === undefined ? undefined : await hub.github.git.resolve(repo, `${pull.merge.sha}^1`);
  const base = merged ?? (await hub.github.git.resolve(repo, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
  return findMergeBase(hub, repo, { base, head: pull.headSha });
}
