// Pull requests: open, list, change, look into, review, merge.
import type { Context, Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { findFork, findMergeBase, revisions } from './compare.ts';
import { changedFiles } from './diff.ts';
import { findLogin, getLogin, getNumber, getPushable, getRepo, getText, invalid, pageOf, placesOf, readBody, refusal, textOf } from './hub.ts';
import type { Body, Hub } from './hub.ts';
import { readCommits } from './object.ts';
import { mergeBaseOf } from './pull-range.ts';
import type { PullRecord, ThreadRecord } from './record.ts';
import { fullPullShape, pullShape, reviewShape } from './thread-shape.ts';
import { commitShape } from './user-shape.ts';
import type { ShapeAt } from './user-shape.ts';

/** A thread that is a pull request, and where it was asked for. */
interface Found {
  readonly at: ShapeAt;
  readonly thread: ThreadRecord;
  readonly pull: PullRecord;
}

/** `/repos/:owner/:repo/pulls…`. */
export function addPullRoutes(app: Hono, hub: Hub): void {
  app.get('/repos/:owner/:repo/pulls', (c) => list(hub, c));
  app.post('/repos/:owner/:repo/pulls', (c) => create(hub, c));
  app.get('/repos/:owner/:repo/pulls/:number', async (c) => {
    const { at, thread, pull } = find(hub, c);
    const accept = c.req.header('accept') ?? '';
    const base = await mergeBaseOf(hub, at.repo, pull);
    if (/\.diff\b/.test(accept)) return c.text(await hub.github.git.run(at.repo, ['diff', '--no-color', '--no-ext-diff', base ?? pull.baseSha, pull.headSha]));
    if (/\.patch\b/.test(accept)) return c.text(await hub.github.git.run(at.repo, ['format-patch', '--stdout', `${base ?? pull.baseSha}..${pull.headSha}`]));
    return c.json(await fullPullShape(at, thread, pull));
  });
  app.patch('/repos/:owner/:repo/pulls/:number', (c) => update(hub, c));
  app.get('/repos/:owner/:repo/pulls/:number/files', async (c) => {
    const { at, pull } = find(hub, c);
    const base = await mergeBaseOf(hub, at.repo, pull);
    return c.json(base === undefined ? [] : pageOf(hub, c, await changedFiles(at, base, pull.headSha)));
  });
  app.get('/repos/:owner/:repo/pulls/:number/commits', async (c) => {
    const { at, pull } = find(hub, c);
    const base = await mergeBaseOf(hub, at.repo, pull);
    const shas = base === undefined ? [] : pageOf(hub, c, await revisions(hub, at.repo, `${base}..${pull.headSha}`));
    return c.json((await readCommits(hub.github.git, at.repo, shas)).map((commit) => commitShape(at, commit)));
  });
  app.get('/repos/:owner/:repo/pulls/:number/comments', (c) => {
    find(hub, c);
    return c.json([]); // comments on lines: nobody in the world makes them
  });
  addReviewRoutes(app, hub);
  addMergeRoutes(app, hub);
}

function find(hub: Hub, c: Context): Found {
  const repo = getRepo(hub, c);
  const thread = hub.github.thread(repo, getNumber(c, 'number'));
  if (thread?.pull === undefined) throw refusal(404, 'Not Found');
  return { at: { hub, places: placesOf(hub, c), repo }, thread, pull: thread.pull };
}

function list(hub: Hub, c: Context): Response {
  const repo = getRepo(hub, c);
  const [state, head, base] = [c.req.query('state') ?? 'open', c.req.query('head'), c.req.query('base')];
  const at = { hub, places: placesOf(hub, c), repo };
  const label = (pull: PullRecord): string => `${pull.headRepo.split('/')[0]}:${pull.headRef}`;
  const wanted = Object.values(hub.github.repo(repo).threads).flatMap((thread) => {
    const { pull } = thread;
    if (pull === undefined || (state !== 'all' && thread.state !== state)) return [];
    // GitHub ignores a head without `user:`.
    if ((head?.includes(':') === true && label(pull) !== head) || (base !== undefined && pull.baseRef !== base)) return [];
    return [{ thread, pull }];
  });
  const by = c.req.query('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  wanted.sort((a, b) => a.thread[by] - b.thread[by] || a.thread.number - b.thread.number);
  if ((c.req.query('direction') ?? (c.req.query('sort') === undefined || by === 'createdAt' ? 'desc' : 'asc')) === 'desc') wanted.reverse();
  return c.json(pageOf(hub, c, wanted).map(({ thread, pull }) => pullShape(at, thread, pull)));
}

async function create(hub: Hub, c: Context): Promise<Response> {
  const repo = getRepo(hub, c);
  const login = getLogin(hub, c);
  const body = await readBody(c);
  const title = textOf(body, 'title') ?? '';
  if (title === '') throw invalid({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  const pull = await readSides(hub, repo, { body, login });
  const thread = await hub.github.open(repo, { title, body: textOf(body, 'body') ?? '', author: login, pull });
  return c.json(await fullPullShape({ hub, places: placesOf(hub, c), repo }, thread, pull), 201);
}

/** Checks head and base as GitHub does, in its words. */
async function readSides(hub: Hub, repo: RepoName, ask: { readonly body: Body; readonly login: string }): Promise<PullRecord> {
  const { body, login } = ask;
  const { git } = hub.github;
  const [head, baseRef] = [getText(body, 'head'), getText(body, 'base')];
  const [owner, headRef] = head.includes(':') ? [head.slice(0, head.indexOf(':')), head.slice(head.indexOf(':') + 1)] : [repo.split('/')[0] ?? '', head];
  const headRepo = findFork(hub, repo, owner);
  const headSha = headRepo === undefined ? undefined : await git.resolve(headRepo, `refs/heads/${headRef}`);
  if (headRepo === undefined || headSha === undefined) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  const baseSha = await git.resolve(repo, `refs/heads/${baseRef}`);
  if (baseSha === undefined) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  if (headRepo === repo && !hub.github.mayPush(login, repo)) throw refusal(403, 'Resource not accessible by personal access token');
  const open = hub.github.pulls(repo).some((pull) => pull.state === 'open' && pull.headRepo === headRepo && pull.headRef === headRef && pull.baseRef === baseRef);
  if (open) throw invalid({ resource: 'PullRequest', code: 'custom', message: `A pull request already exists for ${owner}:${headRef}.` });
  const common = await findMergeBase(hub, headRepo, { base: baseSha, head: headSha });
  if (common === undefined) throw invalid({ resource: 'PullRequest', code: 'custom', message: `The ${headRef} branch has no history in common with ${repo}` });
  if (common === headSha) throw invalid({ resource: 'PullRequest', code: 'custom', message: `No commits between ${headRepo === repo ? '' : `${repo.split('/')[0]}:`}${baseRef} and ${headRepo === repo ? '' : `${owner}:`}${headRef}` });
  return { headRepo, headRef, headSha, baseRef, baseSha, draft: body['draft'] === true, maintainerCanModify: headRepo !== repo && body['maintainer_can_modify'] !== false };
}

async function update(hub: Hub, c: Context): Promise<Response> {
  const { at, thread, pull } = find(hub, c);
  const login = getLogin(hub, c);
  if (thread.author !== login && !hub.github.mayPush(login, at.repo)) throw refusal(403, 'Resource not accessible by personal access token');
  const body = await readBody(c);
  const [state, base] = [textOf(body, 'state'), textOf(body, 'base')];
  if (state !== undefined && state !== 'open' && state !== 'closed') throw invalid({ resource: 'PullRequest', field: 'state', code: 'invalid' });
  if (state === 'open' && pull.merge !== undefined) throw invalid({ resource: 'PullRequest', field: 'state', code: 'custom', message: 'state cannot be changed. The pull request was merged.' });
  if (base !== undefined) {
    const sha = await hub.github.git.resolve(at.repo, `refs/heads/${base}`);
    if (sha === undefined) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    pull.baseRef = base;
    pull.baseSha = sha;
  }
  thread.title = textOf(body, 'title') ?? thread.title;
  thread.body = textOf(body, 'body') ?? thread.body;
  thread.updatedAt = hub.github.core.now();
  if (state === 'closed') await hub.github.close(at.repo, thread.number);
  if (state === 'open') await hub.github.reopen(at.repo, thread.number);
  return c.json(await fullPullShape(at, thread, pull));
}

function addReviewRoutes(app: Hono, hub: Hub): void {
  const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;
  app.get('/repos/:owner/:repo/pulls/:number/reviews', (c) => {
    const { at, thread } = find(hub, c);
    return c.json(pageOf(hub, c, thread.reviews).map((review) => reviewShape(at, thread, review)));
  });
  app.post('/repos/:owner/:repo/pulls/:number/reviews', async (c) => {
    const { at, thread } = find(hub, c);
    const login = getLogin(hub, c);
    const body = await readBody(c);
    const event = textOf(body, 'event');
    if (event !== 'APPROVE' && event !== 'REQUEST_CHANGES' && event !== 'COMMENT') throw refusal(422, 'Unprocessable Entity: event must be APPROVE, REQUEST_CHANGES or COMMENT');
    if (event !== 'COMMENT' && login === thread.author) throw refusal(422, `Unprocessable Entity: Can not ${event === 'APPROVE' ? 'approve' : 'request changes on'} your own pull request`);
    const review = await hub.github.judge(at.repo, thread.number, { author: login, state: states[event], body: textOf(body, 'body') ?? '' });
    return c.json(reviewShape(at, thread, review));
  });
}

function addMergeRoutes(app: Hono, hub: Hub): void {
  app.get('/repos/:owner/:repo/pulls/:number/merge', (c) => {
    if (find(hub, c).pull.merge === undefined) throw refusal(404, 'Not Found');
    findLogin(hub, c);
    return c.body(null, 204);
  });
  app.put('/repos/:owner/:repo/pulls/:number/merge', async (c) => {
    const { at, thread, pull } = find(hub, c);
    const { login } = getPushable(hub, c);
    const body = await readBody(c);
    const sha = textOf(body, 'sha');
    if (sha !== undefined && sha !== pull.headSha) throw refusal(409, 'Head branch was modified. Review and try the merge again.');
    if ((textOf(body, 'merge_method') ?? 'merge') !== 'merge') throw refusal(405, 'Only merge commits are made in this world.');
    if (thread.state !== 'open' || pull.draft || !(await hub.github.mergeable(at.repo, thread.number))) throw refusal(405, 'Pull Request is not mergeable');
    const merged = await hub.github.merge(at.repo, thread.number, login);
    return c.json({ sha: merged, merged: true, message: 'Pull Request successfully merged' });
  });
}
