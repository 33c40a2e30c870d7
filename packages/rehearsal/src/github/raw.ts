// raw.githubusercontent.com: files at a ref, byte for byte. A ref may hold slashes, so the longest one that
// names a commit wins, as the path `/owner/repo/refs/heads/a/b/file` needs.
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { HostedApp } from '../services.ts';
import type { Hub } from './hub.ts';
import { findCommit } from './object.ts';

/** Makes the app of raw.githubusercontent.com. */
export function createRawApp(hub: Hub): HostedApp {
  const { git } = hub.github;
  const app = new Hono();
  app.get('/:owner/:repo/:rest{.+}', async (c) => {
    const repo = `${c.req.param('owner')}/${c.req.param('repo')}`;
    const found = git.has(repo) ? await findFile(hub, repo, c.req.param('rest')) : undefined;
    if (found === undefined) return c.text('404: Not Found', 404);
    const etag = `"${createHash('sha256').update(found).digest('hex')}"`;
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, { etag });
    return c.body(new Uint8Array(found), 200, { 'content-type': found.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8', etag, 'cache-control': 'max-age=300' });
  });
  return { service: 'raw', app, serves: (host) => host === 'raw.githubusercontent.com', writes: () => false };
}

async function findFile(hub: Hub, repo: string, rest: string): Promise<Buffer | undefined> {
  const parts = rest.replace(/^refs\/(heads|tags)\//, '').split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const commit = await findCommit(hub.github.git, repo, parts.slice(0, length).join('/'));
    const file = commit === undefined ? undefined : await hub.github.git.readBytes(repo, commit, parts.slice(length).join('/'));
    if (file !== undefined) return file;
  }
  return undefined;
}
