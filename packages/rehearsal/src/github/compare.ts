// Two commits compared, within a repository or across a fork: `base...head`, each `ref`, `user:ref` or `user:repo:ref`.
import type { Context } from 'hono';
import type { RepoName } from '../services.ts';
import { changedFiles } from './diff.ts';
import { getRepo, pageOf, placesOf, refusal } from './hub.ts';
import type { Hub } from './hub.ts';
import { findCommit, readCommits } from './object.ts';
import { commitShape } from './user-shape.ts';

/** A named commit of the same family of forks. */
export interface Named {
  readonly repo: RepoName;
  readonly sha: string;
}

/** Answers `/repos/:owner/:repo/compare/:basehead`. */
export async function compare(hub: Hub, c: Context): Promise<Response> {
  const { git } = hub.github;
  const repo = getRepo(hub, c);
  const [baseName = '', headName = ''] = (c.req.param('basehead') ?? '').split('...');
  const [base, head] = [await findNamed(hub, repo, baseName), await findNamed(hub, repo, headName)];
  if (base === undefined || head === undefined) throw refusal(404, 'Not Found');
  // The younger fork borrows its parent's objects: there both sides are known.
  const inside = git.parent(head.repo) === base.repo ? head.repo : base.repo;
  const mergeBase = await findMergeBase(hub, inside, { base: base.sha, head: head.sha });
  if (mergeBase === undefined) throw refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ahead = await revisions(hub, inside, `${base.sha}..${head.sha}`);
  const behind = await revisions(hub, inside, `${head.sha}..${base.sha}`);
  const accept = c.req.header('accept') ?? '';
  if (/\.diff\b/.test(accept)) return c.text(await git.run(inside, ['diff', '--no-color', '--no-ext-diff', mergeBase, head.sha]));
  const places = placesOf(hub, c);
  const at = { hub, places, repo: inside };
  const [baseCommit, mergeCommit, ...commits] = await readCommits(git, inside, [base.sha, mergeBase, ...pageOf(hub, c, ahead)]);
  if (baseCommit === undefined || mergeCommit === undefined) throw refusal(404, 'Not Found');
  const name = `${baseName}...${headName}`;
  const web = places.web(`/${repo}/compare/${name}`);
  return c.json({
    url: places.api(`/repos/${repo}/compare/${name}`),
    html_url: web,
    permalink_url: places.web(`/${repo}/compare/${base.sha}...${head.sha}`),
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: commitShape({ ...at, repo }, baseCommit),
    merge_base_commit: commitShape({ ...at, repo }, mergeCommit),
    status: ahead.length > 0 ? (behind.length > 0 ? 'diverged' : 'ahead') : behind.length > 0 ? 'behind' : 'identical',
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: commits.map((commit) => commitShape({ ...at, repo }, commit)),
    files: await changedFiles(at, mergeBase, head.sha),
  });
}

/** The best common ancestor, or undefined. Both commits must be known in the repository. */
export async function findMergeBase(hub: Hub, repo: RepoName, pair: { readonly base: string; readonly head: string }): Promise<string | undefined> {
  const text = await hub.github.git.run(repo, ['merge-base', pair.base, pair.head]).catch(() => ''); // exit 1: none
  return text.trim() === '' ? undefined : text.trim();
}

/** Commits of a range, oldest first. */
export async function revisions(hub: Hub, repo: RepoName, range: string): Promise<readonly string[]> {
  const text = await hub.github.git.run(repo, ['rev-list', '--reverse', '--topo-order', range, '--']);
  return text.split('\n').filter((line) => line !== '');
}

async function findNamed(hub: Hub, repo: RepoName, name: string): Promise<Named | undefined> {
  const parts = name.split(':');
  const ref = (parts.at(-1) ?? '').replace(/^refs\/(heads|tags)\//, '');
  const home = parts.length === 3 ? `${parts[0]}/${parts[1]}` : parts.length === 2 ? findFork(hub, repo, parts[0] ?? '') : repo;
  const sha = home === undefined ? undefined : await findCommit(hub.github.git, home, ref);
  return home === undefined || sha === undefined ? undefined : { repo: home, sha };
}

/** The repository of the same family that belongs to an owner. */
export function findFork(hub: Hub, repo: RepoName, owner: string): RepoName | undefined {
  const { git } = hub.github;
  if (repo.startsWith(`${owner}/`)) return repo;
  const family = git.parent(repo) ?? repo;
  return git.repos().find((other) => other.startsWith(`${owner}/`) && (git.parent(other) === family || other === family || git.parent(other) === repo));
}
