// Commits, compares, statuses: what happened on a branch and what the robots say of it.
import type { Context, Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { changedFiles } from './diff.ts';
import { getPushable, getRepo, getText, invalid, isoTime, nodeId, pageOf, placesOf, readBody, refusal, textOf } from './hub.ts';
import type { Hub } from './hub.ts';
import { compare } from './compare.ts';
import { findCommit, readCommits } from './object.ts';
import type { StatusRecord } from './record.ts';
import { repoShape } from './repo-shape.ts';
import { commitShape, userShape } from './user-shape.ts';

/** `/repos/:owner/:repo/{commits,compare,statuses}`. Refs may hold slashes, so longer routes come first. */
export function addCommitRoutes(app: Hono, hub: Hub): void {
  app.get('/repos/:owner/:repo/commits', (c) => list(hub, c));
  app.get('/repos/:owner/:repo/commits/:ref{.+}/status', (c) => combined(hub, c));
  app.get('/repos/:owner/:repo/commits/:ref{.+}/statuses', (c) => history(hub, c));
  app.get('/repos/:owner/:repo/commits/:ref{.+}/check-runs', async (c) => {
    await getCommit(hub, c, getRepo(hub, c));
    return c.json({ total_count: 0, check_runs: [] });
  });
  app.get('/repos/:owner/:repo/commits/:ref{.+}/check-suites', async (c) => {
    await getCommit(hub, c, getRepo(hub, c));
    return c.json({ total_count: 0, check_suites: [] });
  });
  app.get('/repos/:owner/:repo/statuses/:ref{.+}', (c) => history(hub, c));
  app.post('/repos/:owner/:repo/statuses/:sha', (c) => create(hub, c));
  app.get('/repos/:owner/:repo/compare/:basehead{.+}', (c) => compare(hub, c));
  app.get('/repos/:owner/:repo/commits/:ref{.+}', (c) => single(hub, c));
}

async function getCommit(hub: Hub, c: Context, repo: RepoName): Promise<string> {
  const ref = (c.req.param('ref') ?? '').replace(/^(refs\/)?(heads|tags)\//, '');
  const sha = await findCommit(hub.github.git, repo, ref);
  if (sha === undefined) throw refusal(422, `No commit found for SHA: ${ref}`);
  return sha;
}

async function list(hub: Hub, c: Context): Promise<Response> {
  const { git } = hub.github;
  const repo = getRepo(hub, c);
  const from = c.req.query('sha') ?? git.defaultBranch(repo);
  const start = await findCommit(git, repo, from);
  if (start === undefined) throw refusal(404, `No commit found for SHA: ${from}`);
  const [path, author, since, until] = ['path', 'author', 'since', 'until'].map((name) => c.req.query(name));
  const text = await git.run(repo, ['rev-list', ...(since === undefined ? [] : [`--since=${since}`]), ...(until === undefined ? [] : [`--until=${until}`]), ...(author === undefined ? [] : [`--author=${hub.github.person(author).email}`, '--fixed-strings']), start, '--', ...(path === undefined ? [] : [path])], { env: { GIT_LITERAL_PATHSPECS: '1' } });
  const shas = pageOf(hub, c, text.split('\n').filter((line) => line !== ''));
  const places = placesOf(hub, c);
  return c.json((await readCommits(git, repo, shas)).map((commit) => commitShape({ hub, places, repo }, commit)));
}

async function single(hub: Hub, c: Context): Promise<Response> {
  const { git } = hub.github;
  const repo = getRepo(hub, c);
  const sha = await getCommit(hub, c, repo);
  const accept = c.req.header('accept') ?? '';
  if (/\.sha\b/.test(accept)) return c.body(sha, 200, { 'content-type': 'application/vnd.github.sha; charset=utf-8' });
  if (/\.diff\b/.test(accept)) return c.text(await git.run(repo, ['diff-tree', '-p', '--root', '--no-commit-id', '--diff-merges=first-parent', sha]));
  if (/\.patch\b/.test(accept)) return c.text(await git.run(repo, ['format-patch', '--stdout', '-1', sha]));
  const [commit] = await readCommits(git, repo, [sha]);
  if (commit === undefined) throw refusal(404, 'Not Found');
  const at = { hub, places: placesOf(hub, c), repo };
  const files = await changedFiles(at, commit.parents[0], sha);
  const sum = (field: string): number => files.reduce((total, file) => total + Number(file[field]), 0);
  return c.json({ ...commitShape(at, commit), stats: { total: sum('changes'), additions: sum('additions'), deletions: sum('deletions') }, files: pageOf(hub, c, files) });
}

async function combined(hub: Hub, c: Context): Promise<Response> {
  const repo = getRepo(hub, c);
  const sha = await getCommit(hub, c, repo);
  const newest = [...new Map(hub.github.statusRecords(repo, sha).map((record) => [record.context, record])).values()];
  const state = newest.some((one) => one.state === 'failure' || one.state === 'error') ? 'failure' : newest.length === 0 || newest.some((one) => one.state === 'pending') ? 'pending' : 'success';
  const places = placesOf(hub, c);
  const url = places.api(`/repos/${repo}/commits/${sha}`);
  const statuses = pageOf(hub, c, newest).map((record) => statusShape(hub, c, { repo, sha, record }));
  return c.json({ state, statuses, sha, total_count: newest.length, repository: repoShape({ hub, places, repo }, undefined), commit_url: url, url: `${url}/status` });
}

async function history(hub: Hub, c: Context): Promise<Response> {
  const repo = getRepo(hub, c);
  const sha = await getCommit(hub, c, repo);
  const records = [...hub.github.statusRecords(repo, sha)].reverse();
  const places = placesOf(hub, c);
  return c.json(pageOf(hub, c, records).map((record) => ({ ...statusShape(hub, c, { repo, sha, record }), creator: userShape(hub, places, record.creator) })));
}

async function create(hub: Hub, c: Context): Promise<Response> {
  const { repo, login } = getPushable(hub, c);
  const sha = c.req.param('sha') ?? '';
  if ((await findCommit(hub.github.git, repo, sha)) !== sha) throw refusal(422, `No commit found for SHA: ${sha}`);
  const body = await readBody(c);
  const state = getText(body, 'state');
  if (state !== 'pending' && state !== 'success' && state !== 'failure' && state !== 'error') throw invalid({ resource: 'Status', field: 'state', code: 'invalid' });
  const given = { context: textOf(body, 'context') ?? 'default', state, description: textOf(body, 'description') ?? '', targetUrl: textOf(body, 'target_url') ?? '' } as const;
  if ([...given.description].length > 140) throw invalid({ resource: 'Status', field: 'description', code: 'custom', message: 'description is too long (maximum is 140 characters)' });
  const record = await hub.github.status(repo, sha, { ...given, creator: login });
  return c.json({ ...statusShape(hub, c, { repo, sha, record }), creator: userShape(hub, placesOf(hub, c), login) }, 201);
}

function statusShape(hub: Hub, c: Context, at: { readonly repo: RepoName; readonly sha: string; readonly record: StatusRecord }): Record<string, unknown> {
  const { record } = at;
  const places = placesOf(hub, c);
  const time = isoTime(record.createdAt);
  return { url: places.api(`/repos/${at.repo}/statuses/${at.sha}`), avatar_url: places.web(`/${record.creator}.png`), id: record.id, node_id: nodeId('StatusContext', record.id), state: record.state, description: record.description, target_url: record.targetUrl === '' ? null : record.targetUrl, context: record.context, created_at: time, updated_at: time };
}
