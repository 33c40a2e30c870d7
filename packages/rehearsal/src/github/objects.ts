// The git database through the API: blobs, trees, commits, annotated tags. Reading gives what git holds,
// writing makes real objects; no ref moves here.
import type { Context, Hono } from 'hono';
import { makeTree } from '../git/tree.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { Person, RepoName } from '../services.ts';
import { getPushable, getRepo, getText, nodeId, placesOf, readBody, refusal, textOf } from './hub.ts';
import type { Body, Hub } from './hub.ts';
import { findCommit, findObject, findTag, readCommits, typeOf } from './object.ts';
import { gitCommitShape, stampShape, verificationShape } from './user-shape.ts';

/** `/repos/:owner/:repo/git/{blobs,trees,commits,tags}`. */
export function addObjectRoutes(app: Hono, hub: Hub): void {
  addBlobRoutes(app, hub);
  addTreeRoutes(app, hub);
  addCommitRoutes(app, hub);
  addTagRoutes(app, hub);
}

function addBlobRoutes(app: Hono, hub: Hub): void {
  const { git } = hub.github;
  app.get('/repos/:owner/:repo/git/blobs/:sha', async (c) => {
    const [repo, sha] = [getRepo(hub, c), c.req.param('sha')];
    const blob = await findObject(git, repo, sha);
    if (blob?.type !== 'blob') throw refusal(404, 'Not Found');
    const { bytes } = blob;
    if (/\.raw\b/.test(c.req.header('accept') ?? '')) return c.body(new Uint8Array(bytes), 200, { 'content-type': 'application/vnd.github.raw; charset=utf-8' });
    return c.json({ sha, node_id: nodeId('Blob', sha), size: bytes.length, url: placesOf(hub, c).api(`/repos/${repo}/git/blobs/${sha}`), content: base64Lines(bytes), encoding: 'base64' });
  });
  app.post('/repos/:owner/:repo/git/blobs', async (c) => {
    const { repo } = getPushable(hub, c);
    const body = await readBody(c);
    const encoding = textOf(body, 'encoding') === 'base64' ? 'base64' : 'utf8';
    const sha = (await git.run(repo, ['hash-object', '-w', '--stdin'], { input: Buffer.from(textOf(body, 'content') ?? '', encoding) })).trim();
    return c.json({ sha, url: placesOf(hub, c).api(`/repos/${repo}/git/blobs/${sha}`) }, 201);
  });
}

function addTreeRoutes(app: Hono, hub: Hub): void {
  const { git } = hub.github;
  app.get('/repos/:owner/:repo/git/trees/:sha{.+}', async (c) => {
    const repo = getRepo(hub, c);
    const name = c.req.param('sha');
    const sha = (await typeOf(git, repo, name)) === 'tree' ? name : await treeOf(hub, repo, name);
    if (sha === undefined) throw refusal(404, 'Not Found');
    return c.json(await treeShape(hub, c, { repo, sha, recursive: c.req.query('recursive') !== undefined }));
  });
  app.post('/repos/:owner/:repo/git/trees', async (c) => {
    const { repo } = getPushable(hub, c);
    const body = await readBody(c);
    const base = textOf(body, 'base_tree');
    if (base !== undefined && (await git.resolve(repo, `${base}^{tree}`)) === undefined) throw refusal(404, 'Not Found');
    if (!Array.isArray(body['tree']) || body['tree'].length === 0) throw refusal(422, 'Invalid tree info');
    const entries: TreeEntry[] = [];
    for (const entry of body['tree'] as unknown[]) entries.push(await entryOf(hub, repo, entry));
    const sha = await makeTree({ git, repo }, base, entries);
    return c.json(await treeShape(hub, c, { repo, sha, recursive: false }), 201);
  });
}

async function treeOf(hub: Hub, repo: RepoName, revision: string): Promise<string | undefined> {
  const commit = await findCommit(hub.github.git, repo, revision.replace(/^refs\/(heads|tags)\//, ''));
  return commit === undefined ? undefined : hub.github.git.resolve(repo, `${commit}^{tree}`);
}

async function entryOf(hub: Hub, repo: RepoName, value: unknown): Promise<TreeEntry> {
  const entry: Body = typeof value === 'object' && value !== null ? { ...value } : {};
  const [path, mode] = [getText(entry, 'path'), textOf(entry, 'mode') ?? '100644'];
  if (!/^(100644|100755|040000|160000|120000)$/.test(mode)) throw refusal(422, `tree.mode ${mode} is not valid`);
  if (/(^|\/)(\.git|\.\.?)?(\/|$)|\0/.test(path)) throw refusal(422, `tree.path contains a malformed path component`);
  const content = textOf(entry, 'content');
  if (content !== undefined) return { path, mode, sha: (await hub.github.git.run(repo, ['hash-object', '-w', '--stdin'], { input: content })).trim() };
  const sha = textOf(entry, 'sha');
  if (sha !== undefined && mode !== '160000' && (await typeOf(hub.github.git, repo, sha)) === undefined) throw refusal(422, `tree.sha ${sha} is not a valid ${mode === '040000' ? 'tree' : 'blob'}`);
  return { path, mode, sha };
}

async function treeShape(hub: Hub, c: Context, want: { readonly repo: RepoName; readonly sha: string; readonly recursive: boolean }): Promise<Record<string, unknown>> {
  const { repo, sha, recursive } = want;
  const { api } = placesOf(hub, c);
  const text = await hub.github.git.run(repo, ['ls-tree', '-z', '--long', '--full-tree', ...(recursive ? ['-r', '-t'] : []), sha]);
  const tree = text.split('\0').flatMap((line) => {
    const [, mode = '', type = '', id = '', size = '', path = ''] = /^(\d{6}) (\w+) ([0-9a-f]+) +(\S+)\t(.*)$/s.exec(line) ?? [];
    return path === '' ? [] : [{ path, mode, type, sha: id, ...(type === 'blob' ? { size: Number(size) } : {}), url: api(`/repos/${repo}/git/${type}s/${id}`) }];
  });
  return { sha, url: api(`/repos/${repo}/git/trees/${sha}`), tree, truncated: false };
}

function addCommitRoutes(app: Hono, hub: Hub): void {
  const { git } = hub.github;
  const shape = async (c: Context, repo: RepoName, sha: string): Promise<Record<string, unknown>> => {
    const [commit] = await readCommits(git, repo, [sha]);
    if (commit === undefined) throw refusal(404, 'Not Found');
    return gitCommitShape({ hub, places: placesOf(hub, c), repo }, commit);
  };
  app.get('/repos/:owner/:repo/git/commits/:sha', async (c) => {
    const [repo, sha] = [getRepo(hub, c), c.req.param('sha')];
    if ((await typeOf(git, repo, sha)) !== 'commit') throw refusal(404, 'Not Found');
    return c.json(await shape(c, repo, sha));
  });
  app.post('/repos/:owner/:repo/git/commits', async (c) => {
    const { repo, login } = getPushable(hub, c);
    const body = await readBody(c);
    const [message, tree] = [getText(body, 'message'), getText(body, 'tree')];
    if ((await typeOf(git, repo, tree)) !== 'tree') throw refusal(422, 'Tree SHA does not exist');
    const parents = Array.isArray(body['parents']) ? body['parents'].map(String) : [];
    for (const parent of parents) if ((await typeOf(git, repo, parent)) !== 'commit') throw refusal(422, 'Parent SHA does not exist or is not a commit object');
    const author = personOf(body['author']) ?? hub.github.person(login);
    const env = { ...git.environment(author, personOf(body['committer']) ?? author), ...dateOf('AUTHOR', body['author']), ...dateOf('COMMITTER', body['committer'] ?? body['author']) };
    const sha = (await git.run(repo, ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], { input: message, env })).trim();
    return c.json(await shape(c, repo, sha), 201);
  });
}

function addTagRoutes(app: Hono, hub: Hub): void {
  const { git } = hub.github;
  const answer = async (c: Context, repo: RepoName, sha: string): Promise<Record<string, unknown>> => {
    const tag = await findTag(git, repo, sha);
    if (tag === undefined) throw refusal(404, 'Not Found');
    const { api } = placesOf(hub, c);
    const object = { sha: tag.object, type: tag.type, url: api(`/repos/${repo}/git/${tag.type}s/${tag.object}`) };
    return { node_id: nodeId('Tag', sha), sha, url: api(`/repos/${repo}/git/tags/${sha}`), tagger: stampShape(tag.tagger), object, tag: tag.tag, message: tag.message, verification: verificationShape(tag.verification, tag.tagger.at) };
  };
  app.get('/repos/:owner/:repo/git/tags/:sha', async (c) => c.json(await answer(c, getRepo(hub, c), c.req.param('sha'))));
  app.post('/repos/:owner/:repo/git/tags', async (c) => {
    const { repo, login } = getPushable(hub, c);
    const body = await readBody(c);
    const [tag, message, object] = [getText(body, 'tag'), getText(body, 'message'), getText(body, 'object')];
    const type = await typeOf(git, repo, object);
    if (type === undefined || type !== (textOf(body, 'type') ?? 'commit')) throw refusal(422, 'Object SHA does not exist or is of another type');
    if (/[\s~^:?*[\\]/.test(tag)) throw refusal(422, `${tag} is not a valid tag name`);
    const env = { ...git.environment(personOf(body['tagger']) ?? hub.github.person(login)), ...dateOf('COMMITTER', body['tagger']) };
    const ident = (await git.run(repo, ['var', 'GIT_COMMITTER_IDENT'], { env })).trim();
    const sha = (await git.run(repo, ['mktag'], { input: `object ${object}\ntype ${type}\ntag ${tag}\ntagger ${ident}\n\n${message}\n` })).trim();
    return c.json(await answer(c, repo, sha), 201);
  });
}

/** `{name, email}` of a body. */
export function personOf(value: unknown): Person | undefined {
  const body: Body = typeof value === 'object' && value !== null ? { ...value } : {};
  const [name, email] = [textOf(body, 'name'), textOf(body, 'email')];
  return name === undefined || email === undefined ? undefined : { name, email };
}

function dateOf(who: 'AUTHOR' | 'COMMITTER', value: unknown): Record<string, string> {
  const body: Body = typeof value === 'object' && value !== null ? { ...value } : {};
  const time = Date.parse(textOf(body, 'date') ?? '');
  return Number.isNaN(time) ? {} : { [`GIT_${who}_DATE`]: `${Math.floor(time / 1000)} +0000` };
}

/** Base64 as GitHub breaks it: 60 characters a line. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,60}/g, '$&\n');
}
