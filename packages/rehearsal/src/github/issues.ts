// Issues and the talk of issues and pull requests: comments, labels.
import type { Context, Hono } from 'hono';
import { getLogin, getNumber, getPushable, getRepo, getText, invalid, pageOf, placesOf, readBody, readJson, refusal, textOf } from './hub.ts';
import type { Hub } from './hub.ts';
import type { CommentRecord, ThreadRecord } from './record.ts';
import { commentShape, issueShape, labelShape } from './thread-shape.ts';
import type { ShapeAt } from './user-shape.ts';

interface Found {
  readonly at: ShapeAt;
  readonly thread: ThreadRecord;
}

/** `/repos/:owner/:repo/issues…` and `/repos/:owner/:repo/labels`. */
export function addIssueRoutes(app: Hono, hub: Hub): void {
  addCommentRoutes(app, hub);
  addLabelRoutes(app, hub);
  app.get('/repos/:owner/:repo/issues', (c) => {
    const repo = getRepo(hub, c);
    const at = { hub, places: placesOf(hub, c), repo };
    const state = c.req.query('state') ?? 'open';
    const labels = (c.req.query('labels') ?? '').split(',').filter((label) => label !== '');
    const creator = c.req.query('creator');
    const wanted = Object.values(hub.github.repo(repo).threads)
      .filter((thread) => (state === 'all' || thread.state === state) && labels.every((label) => thread.labels.includes(label)) && (creator === undefined || thread.author === creator))
      .reverse();
    return c.json(pageOf(hub, c, wanted).map((thread) => issueShape(at, thread)));
  });
  app.post('/repos/:owner/:repo/issues', async (c) => {
    const repo = getRepo(hub, c);
    const login = getLogin(hub, c);
    const body = await readBody(c);
    const title = textOf(body, 'title') ?? '';
    if (title === '') throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' });
    const thread = await hub.github.open(repo, { title, body: textOf(body, 'body') ?? '', author: login });
    if (hub.github.mayPush(login, repo)) await hub.github.addLabels(repo, thread.number, namesOf(body['labels']));
    return c.json(issueShape({ hub, places: placesOf(hub, c), repo }, thread), 201);
  });
  app.get('/repos/:owner/:repo/issues/:number{[0-9]+}', (c) => {
    const { at, thread } = find(hub, c);
    return c.json(issueShape(at, thread));
  });
  app.patch('/repos/:owner/:repo/issues/:number{[0-9]+}', (c) => update(hub, c));
}

function find(hub: Hub, c: Context): Found {
  const repo = getRepo(hub, c);
  const thread = hub.github.thread(repo, getNumber(c, 'number'));
  if (thread === undefined) throw refusal(404, 'Not Found');
  return { at: { hub, places: placesOf(hub, c), repo }, thread };
}

async function update(hub: Hub, c: Context): Promise<Response> {
  const { at, thread } = find(hub, c);
  const login = getLogin(hub, c);
  const mayPush = hub.github.mayPush(login, at.repo);
  if (thread.author !== login && !mayPush) throw refusal(403, 'Resource not accessible by personal access token');
  const body = await readBody(c);
  const state = textOf(body, 'state');
  if (state !== undefined && state !== 'open' && state !== 'closed') throw invalid({ resource: 'Issue', field: 'state', code: 'invalid' });
  if (state === 'open' && thread.pull?.merge !== undefined) throw invalid({ resource: 'Issue', field: 'state', code: 'custom', message: 'state cannot be changed. The pull request was merged.' });
  thread.title = textOf(body, 'title') ?? thread.title;
  thread.body = textOf(body, 'body') ?? thread.body;
  thread.updatedAt = hub.github.core.now();
  if (mayPush && body['labels'] !== undefined) await setLabels(hub, { at, thread }, namesOf(body['labels']));
  if (state === 'closed') await hub.github.close(at.repo, thread.number);
  if (state === 'open') await hub.github.reopen(at.repo, thread.number);
  return c.json(issueShape(at, thread));
}

async function setLabels(hub: Hub, { at, thread }: Found, labels: readonly string[]): Promise<void> {
  for (const label of thread.labels.filter((old) => !labels.includes(old))) await hub.github.removeLabel(at.repo, thread.number, label);
  await hub.github.addLabels(at.repo, thread.number, labels);
}

/** Labels come as names or as objects with a name. */
function namesOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' ? [one.name] : [];
  });
}

function addCommentRoutes(app: Hono, hub: Hub): void {
  const path = '/repos/:owner/:repo/issues/comments/:id{[0-9]+}';
  app.get('/repos/:owner/:repo/issues/:number{[0-9]+}/comments', (c) => {
    const { at, thread } = find(hub, c);
    const since = Date.parse(c.req.query('since') ?? '');
    const comments = thread.comments.filter((comment) => Number.isNaN(since) || comment.updatedAt >= since);
    return c.json(pageOf(hub, c, comments).map((comment) => commentShape(at, thread, comment)));
  });
  app.post('/repos/:owner/:repo/issues/:number{[0-9]+}/comments', async (c) => {
    const { at, thread } = find(hub, c);
    const author = getLogin(hub, c);
    const body = getText(await readBody(c), 'body');
    if (body.trim() === '') throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
    const comment = await hub.github.say(at.repo, thread.number, { author, body });
    return c.json(commentShape(at, thread, comment), 201);
  });
  app.get(path, (c) => {
    const { at, thread, comment } = findComment(hub, c);
    return c.json(commentShape(at, thread, comment));
  });
  app.patch(path, async (c) => {
    const { at, thread, comment } = findOwnComment(hub, c);
    comment.body = getText(await readBody(c), 'body');
    comment.updatedAt = hub.github.core.now();
    return c.json(commentShape(at, thread, comment));
  });
  app.delete(path, (c) => {
    const { thread, comment } = findOwnComment(hub, c);
    thread.comments.splice(thread.comments.indexOf(comment), 1);
    return c.body(null, 204);
  });
}

function findComment(hub: Hub, c: Context): Found & { readonly comment: CommentRecord } {
  const repo = getRepo(hub, c);
  const id = getNumber(c, 'id');
  for (const thread of Object.values(hub.github.repo(repo).threads)) {
    const comment = thread.comments.find((one) => one.id === id);
    if (comment !== undefined) return { at: { hub, places: placesOf(hub, c), repo }, thread, comment };
  }
  throw refusal(404, 'Not Found');
}

function findOwnComment(hub: Hub, c: Context): Found & { readonly comment: CommentRecord } {
  const found = findComment(hub, c);
  const login = getLogin(hub, c);
  if (found.comment.author !== login && !hub.github.mayPush(login, found.at.repo)) throw refusal(403, 'Resource not accessible by personal access token');
  return found;
}

function addLabelRoutes(app: Hono, hub: Hub): void {
  const path = '/repos/:owner/:repo/issues/:number{[0-9]+}/labels';
  const answer = (c: Context, { at, thread }: Found): Response => c.json(thread.labels.map((label) => labelShape(at, label)));
  app.get('/repos/:owner/:repo/labels', (c) => {
    const repo = getRepo(hub, c);
    const at = { hub, places: placesOf(hub, c), repo };
    const names = new Set(Object.values(hub.github.repo(repo).threads).flatMap((thread) => thread.labels));
    return c.json(pageOf(hub, c, [...names].sort()).map((label) => labelShape(at, label)));
  });
  app.get(path, (c) => {
    const { at, thread } = find(hub, c);
    return c.json(pageOf(hub, c, thread.labels).map((label) => labelShape(at, label)));
  });
  app.post(path, async (c) => {
    const found = find(hub, c);
    getPushable(hub, c);
    const value = await readJson(c);
    const labels = typeof value === 'object' && value !== null && 'labels' in value ? value.labels : value;
    await hub.github.addLabels(found.at.repo, found.thread.number, namesOf(labels));
    return answer(c, found);
  });
  app.put(path, async (c) => {
    const found = find(hub, c);
    getPushable(hub, c);
    await setLabels(hub, found, namesOf((await readBody(c))['labels']));
    return answer(c, found);
  });
  app.delete(`${path}/:name{.+}`, async (c) => {
    const found = find(hub, c);
    getPushable(hub, c);
    const name = c.req.param('name') ?? '';
    if (!found.thread.labels.includes(name)) throw refusal(404, 'Label does not exist');
    await hub.github.removeLabel(found.at.repo, found.thread.number, name);
    return answer(c, found);
  });
}
