// Files and folders through the API: read at any ref, written as one commit on a branch.
import type { Context, Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { getPushable, getRepo, getText, placesOf, readBody, refusal, textOf } from './hub.ts';
import type { Body, Hub } from './hub.ts';
import { findCommit, readCommits } from './object.ts';
import { base64Lines, personOf } from './objects.ts';
import { gitCommitShape } from './user-shape.ts';

/** Where a file or folder is looked up. */
interface Spot {
  readonly repo: RepoName;
  readonly commit: string;
  /** As the caller named it, for links. */
  readonly ref: string;
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size: number;
}

/** `/repos/:owner/:repo/contents/…`. */
export function addContentRoutes(app: Hono, hub: Hub): void {
  const get = async (c: Context): Promise<Response> => {
    const repo = getRepo(hub, c);
    const ref = c.req.query('ref') ?? hub.github.git.defaultBranch(repo);
    const commit = await findCommit(hub.github.git, repo, ref.replace(/^refs\/(heads|tags)\//, ''));
    if (commit === undefined) throw refusal(404, `No commit found for the ref ${ref}`);
    return read(hub, c, { repo, commit, ref }, pathOf(c));
  };
  app.get('/repos/:owner/:repo/contents', get);
  app.get('/repos/:owner/:repo/contents/:path{.*}', get);
  app.put('/repos/:owner/:repo/contents/:path{.+}', (c) => write(hub, c, 'put'));
  app.delete('/repos/:owner/:repo/contents/:path{.+}', (c) => write(hub, c, 'delete'));
}

function pathOf(c: Context): string {
  const path = (c.req.param('path') ?? '').replace(/\/+$/, '');
  if (path !== '' && /(^|\/)(\.git|\.\.?)?(\/|$)|\0/.test(path)) throw refusal(422, 'path contains a malformed path component');
  return path;
}

async function read(hub: Hub, c: Context, spot: Spot, path: string): Promise<Response> {
  const { git } = hub.github;
  const entry = path === '' ? undefined : (await entries(hub, spot, path))[0];
  if (path !== '' && entry === undefined) throw refusal(404, 'Not Found');
  if (entry === undefined || entry.type === 'tree') {
    const listed = await entries(hub, spot, path === '' ? '' : `${path}/`);
    return c.json(listed.map((one) => shape(hub, c, spot, one)));
  }
  if (entry.type === 'commit') return c.json(shape(hub, c, spot, entry));
  const { bytes = Buffer.alloc(0) } = (await git.object(spot.repo, entry.sha)) ?? {};
  if (/\.raw\b/.test(c.req.header('accept') ?? '')) return c.body(new Uint8Array(bytes), 200, { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' });
  return c.json(fileShape(hub, c, spot, { entry, bytes }));
}

/** What lies at a path, or below it when the path ends in a slash. */
async function entries(hub: Hub, spot: Spot, path: string): Promise<readonly Entry[]> {
  const text = await hub.github.git.run(spot.repo, ['ls-tree', '-z', '--long', '--full-tree', spot.commit, ...(path === '' ? [] : ['--', path])], { env: { GIT_LITERAL_PATHSPECS: '1' } });
  return text.split('\0').flatMap((line) => {
    const [, mode = '', type = '', sha = '', size = '', found = ''] = /^(\d{6}) (\w+) ([0-9a-f]+) +(\S+)\t(.*)$/s.exec(line) ?? [];
    return found === '' ? [] : [{ path: found, mode, type, sha, size: type === 'blob' ? Number(size) : 0 }];
  });
}

function shape(hub: Hub, c: Context, spot: Spot, entry: Entry): Record<string, unknown> {
  const places = placesOf(hub, c);
  const { repo, ref } = spot;
  const file = entry.type === 'blob';
  const type = entry.type === 'tree' ? 'dir' : entry.type === 'commit' ? 'submodule' : entry.mode === '120000' ? 'symlink' : 'file';
  const escaped = entry.path.split('/').map(encodeURIComponent).join('/');
  const self = `${places.api(`/repos/${repo}/contents/${escaped}`)}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = places.api(`/repos/${repo}/git/${file ? 'blobs' : 'trees'}/${entry.sha}`);
  const html = places.web(`/${repo}/${file ? 'blob' : 'tree'}/${ref}/${escaped}`);
  const download = file ? places.raw(`/${repo}/${ref}/${escaped}`) : null;
  return { name: entry.path.split('/').at(-1), path: entry.path, sha: entry.sha, size: entry.size, url: self, html_url: html, git_url: gitUrl, download_url: download, type, _links: { self, git: gitUrl, html } };
}

function fileShape(hub: Hub, c: Context, spot: Spot, file: { readonly entry: Entry; readonly bytes: Buffer }): Record<string, unknown> {
  const base = shape(hub, c, spot, file.entry);
  if (file.entry.mode === '120000') return { ...base, target: file.bytes.toString('utf8') };
  return { ...base, content: base64Lines(file.bytes), encoding: 'base64' };
}

async function write(hub: Hub, c: Context, verb: 'put' | 'delete'): Promise<Response> {
  const { github } = hub;
  const { repo, login } = getPushable(hub, c);
  const [path, body] = [pathOf(c), await readBody(c)];
  const message = getText(body, 'message');
  const branch = textOf(body, 'branch') ?? github.git.defaultBranch(repo);
  const content = verb === 'put' ? Buffer.from(getText(body, 'content').replace(/\s/g, ''), 'base64') : undefined;
  const before = await github.git.resolve(repo, `refs/heads/${branch}`);
  if (before === undefined) throw refusal(404, `Branch ${branch} not found`);
  const old = (await entries(hub, { repo, commit: before, ref: branch }, path))[0];
  checkOld(old, { path, body, verb });
  const author = personOf(body['author']) ?? personOf(body['committer']) ?? github.person(login);
  const commit = await github.git.commit(repo, branch, { message, files: { [path]: content }, author });
  await github.git.settle(repo);
  return answer(hub, c, { repo, commit, ref: branch, path: verb === 'put' ? path : undefined, status: verb === 'put' && old === undefined ? 201 : 200 });
}

/** The caller must know the file that it replaces. */
function checkOld(old: Entry | undefined, want: { readonly path: string; readonly body: Body; readonly verb: 'put' | 'delete' }): void {
  const sha = textOf(want.body, 'sha');
  if (old?.type === 'tree') throw refusal(422, `${want.path} is a directory`);
  if (old === undefined && want.verb === 'delete') throw refusal(404, 'Not Found');
  if (old !== undefined && sha === undefined) throw refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== undefined && sha !== old?.sha) throw refusal(409, `${want.path} does not match ${sha}`);
}

async function answer(hub: Hub, c: Context, made: Spot & { readonly path: string | undefined; readonly status: 200 | 201 }): Promise<Response> {
  const { repo, path } = made;
  const [commit] = await readCommits(hub.github.git, repo, [made.commit]);
  if (commit === undefined) throw new Error(`the commit ${made.commit} just made in ${repo} is not there`);
  const entry = path === undefined ? undefined : (await entries(hub, made, path))[0];
  return c.json({ content: entry === undefined ? null : shape(hub, c, made, entry), commit: gitCommitShape({ hub, places: placesOf(hub, c), repo }, commit) }, made.status);
}
