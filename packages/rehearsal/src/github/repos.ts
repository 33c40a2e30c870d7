// Repositories: what they are, their branches, tags and forks, and bringing a fork up to date.
import type { Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { findLogin, getLogin, getPushable, getRepo, getText, pageOf, placesOf, readBody, refusal, textOf } from './hub.ts';
import type { Hub } from './hub.ts';
import { isAncestor, mergeCommit } from './merge.ts';
import { readCommits } from './object.ts';
import { fullRepoShape, repoShape } from './repo-shape.ts';
import { commitShape, isKnownLogin, userShape } from './user-shape.ts';

/** `/repos/:owner/:repo` and what hangs on it directly. */
export function addRepoRoutes(app: Hono, hub: Hub): void {
  const { github } = hub;
  app.get('/repos/:owner/:repo', (c) => c.json(fullRepoShape({ hub, places: placesOf(hub, c), repo: getRepo(hub, c) }, findLogin(hub, c))));
  app.get('/repos/:owner/:repo/collaborators/:login/permission', (c) => {
    getLogin(hub, c);
    const repo = getRepo(hub, c);
    const login = c.req.param('login');
    if (!isKnownLogin(hub, login)) throw refusal(404, `${login} is not a user`);
    const permission = repo.startsWith(`${login}/`) ? 'admin' : github.mayPush(login, repo) ? 'write' : 'read';
    return c.json({ permission, role_name: permission, user: { ...userShape(hub, placesOf(hub, c), login), role_name: permission } });
  });
  app.get('/repos/:owner/:repo/forks', (c) => {
    const repo = getRepo(hub, c);
    const places = placesOf(hub, c);
    const forks = github.git.repos().filter((other) => github.git.parent(other) === repo);
    return c.json(pageOf(hub, c, forks).map((fork) => repoShape({ hub, places, repo: fork }, findLogin(hub, c))));
  });
  app.post('/repos/:owner/:repo/forks', async (c) => {
    const repo = getRepo(hub, c);
    const login = getLogin(hub, c);
    const body = await readBody(c);
    const owner = textOf(body, 'organization') ?? login;
    if (owner !== login && !github.mayPush(login, `${owner}/any`)) throw refusal(403, `You cannot fork into ${owner}`);
    const fork = `${owner}/${textOf(body, 'name') ?? repo.split('/')[1]}`;
    if (fork === repo) throw refusal(403, 'You cannot fork your own repository into the same account');
    const existing = github.git.repos().find((other) => other.startsWith(`${owner}/`) && github.git.parent(other) === repo);
    if (existing === undefined && github.git.has(fork)) throw refusal(422, 'Repository creation failed.', [{ resource: 'Repository', code: 'custom', field: 'name', message: 'name already exists on this account' }]);
    if (existing === undefined) await github.git.create(fork, { parent: repo });
    return c.json(fullRepoShape({ hub, places: placesOf(hub, c), repo: existing ?? fork }, login), 202);
  });
  app.post('/repos/:owner/:repo/merge-upstream', async (c) => {
    const { repo } = getPushable(hub, c);
    return c.json(await mergeUpstream(hub, repo, getText(await readBody(c), 'branch')));
  });
  addBranchRoutes(app, hub);
}

function addBranchRoutes(app: Hono, hub: Hub): void {
  const { git } = hub.github;
  app.get('/repos/:owner/:repo/branches', async (c) => {
    const repo = getRepo(hub, c);
    const { api } = placesOf(hub, c);
    const refs = await namedRefs(hub, repo, 'refs/heads');
    return c.json(pageOf(hub, c, refs).map(({ name, sha }) => ({ name, commit: { sha, url: api(`/repos/${repo}/commits/${sha}`) }, protected: false })));
  });
  app.get('/repos/:owner/:repo/branches/:branch{.+}', async (c) => {
    const repo = getRepo(hub, c);
    const places = placesOf(hub, c);
    const name = c.req.param('branch');
    const found = (await namedRefs(hub, repo, 'refs/heads')).find((ref) => ref.name === name);
    if (found === undefined) throw refusal(404, 'Branch not found');
    const [commit] = await readCommits(git, repo, [found.sha]);
    if (commit === undefined) throw refusal(404, 'Branch not found');
    const self = places.api(`/repos/${repo}/branches/${name}`);
    const protection = { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } };
    return c.json({ name, commit: commitShape({ hub, places, repo }, commit), _links: { self, html: places.web(`/${repo}/tree/${name}`) }, protected: false, protection, protection_url: `${self}/protection` });
  });
  app.get('/repos/:owner/:repo/tags', async (c) => {
    const repo = getRepo(hub, c);
    const { api } = placesOf(hub, c);
    const refs = (await namedRefs(hub, repo, 'refs/tags')).reverse();
    const link = (kind: string, name: string): string => api(`/repos/${repo}/${kind}/refs/tags/${name}`);
    return c.json(pageOf(hub, c, refs).map(({ name, sha }) => ({ name, zipball_url: link('zipball', name), tarball_url: link('tarball', name), commit: { sha, url: api(`/repos/${repo}/commits/${sha}`) }, node_id: Buffer.from(`Ref:${name}`).toString('base64url') })));
  });
}

/** Branches or tags with the commits that they mean, sorted by version. */
async function namedRefs(hub: Hub, repo: RepoName, below: 'refs/heads' | 'refs/tags'): Promise<{ readonly name: string; readonly sha: string }[]> {
  const sort = below === 'refs/tags' ? '--sort=version:refname' : '--sort=refname';
  const text = await hub.github.git.run(repo, ['for-each-ref', sort, '--format=%(refname) %(objectname) %(*objectname)', below]);
  return text.split('\n').flatMap((line) => {
    const [ref = '', sha = '', peeled = ''] = line.split(' ');
    return ref === '' ? [] : [{ name: ref.slice(below.length + 1), sha: peeled === '' ? sha : peeled }];
  });
}

async function mergeUpstream(hub: Hub, repo: RepoName, branch: string): Promise<Record<string, string>> {
  const { git } = hub.github;
  const parent = git.parent(repo);
  if (parent === undefined) throw refusal(422, 'This repository is not a fork');
  const ref = `refs/heads/${branch}`;
  const [ours, theirs] = [await git.resolve(repo, ref), await git.resolve(parent, ref)];
  if (ours === undefined || theirs === undefined) throw refusal(422, `The branch ${branch} is not in both repositories`);
  const base_branch = `${parent.split('/')[0]}:${branch}`;
  if (await isAncestor(git, repo, { old: theirs, young: ours })) return { message: `This branch is not behind the upstream ${base_branch}.`, merge_type: 'none', base_branch };
  const forward = await isAncestor(git, repo, { old: ours, young: theirs });
  const merged = forward ? theirs : await mergeCommit(git, { repo, base: ours, head: theirs }, { author: hub.github.person(repo.split('/')[0] ?? ''), message: `Merge branch '${parent}:${branch}' into ${branch}` });
  if (merged === undefined) throw refusal(409, 'There are merge conflicts');
  await git.run(repo, ['update-ref', ref, merged, ours]);
  await git.settle(repo);
  return { message: `Successfully fetched and ${forward ? 'fast-forwarded' : 'merged'} from upstream ${base_branch}.`, merge_type: forward ? 'fast-forward' : 'merge', base_branch };
}
