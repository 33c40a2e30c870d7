// Files of releases: uploaded to one host, listed by another, downloaded from a third. Bytes lie in
// `dir/github/assets/<id>`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { getNumber, getPushable, getRepo, invalid, isoTime, nodeId, pageOf, placesOf, refusal } from './hub.ts';
import type { Hub } from './hub.ts';
import type { AssetRecord, ReleaseRecord } from './record.ts';
import { userShape } from './user-shape.ts';

interface Found {
  readonly repo: RepoName;
  readonly release: ReleaseRecord;
  readonly asset: AssetRecord;
}

/** Asset routes of api.github.com. */
export function addAssetRoutes(app: Hono, hub: Hub): void {
  const path = '/repos/:owner/:repo/releases/assets/:id{[0-9]+}';
  app.get('/repos/:owner/:repo/releases/:id{[0-9]+}/assets', (c) => {
    const { repo, release } = findRelease(hub, c);
    return c.json(pageOf(hub, c, release.assets).map((asset) => assetShape(hub, c, { repo, release, asset })));
  });
  app.get(path, (c) => {
    const found = findAsset(hub, c);
    return (c.req.header('accept') ?? '').includes('application/octet-stream') ? download(hub, found.asset) : c.json(assetShape(hub, c, found));
  });
  app.delete(path, (c) => {
    getPushable(hub, c);
    const { release, asset } = findAsset(hub, c);
    release.assets = release.assets.filter((one) => one !== asset);
    rmSync(fileOf(hub, asset.id), { force: true });
    return c.body(null, 204);
  });
}

/** The upload route of uploads.github.com. */
export function addUploadRoutes(app: Hono, hub: Hub): void {
  app.post('/repos/:owner/:repo/releases/:id{[0-9]+}/assets', async (c) => {
    const { login } = getPushable(hub, c);
    const { repo, release } = findRelease(hub, c);
    const name = c.req.query('name') ?? '';
    if (name === '') throw invalid({ resource: 'ReleaseAsset', code: 'missing_field', field: 'name' });
    if (release.assets.some((asset) => asset.name === name)) throw invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
    const bytes = Buffer.from(await c.req.arrayBuffer());
    const { core } = hub.github;
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const asset: AssetRecord = { id: core.id('asset'), name, label: c.req.query('label') ?? '', contentType: c.req.header('content-type') ?? 'application/octet-stream', size: bytes.length, digest, createdAt: core.now() };
    mkdirSync(join(core.dir, 'github', 'assets'), { recursive: true });
    writeFileSync(fileOf(hub, asset.id), bytes);
    release.assets.push(asset);
    return c.json({ ...assetShape(hub, c, { repo, release, asset }), uploader: userShape(hub, placesOf(hub, c), login) }, 201);
  });
}

/** The download route of github.com. */
export function addDownloadRoutes(app: Hono, hub: Hub): void {
  app.get('/:owner/:repo/releases/download/:tag/:name', (c) => {
    const repo = getRepo(hub, c);
    const release = hub.github.repo(repo).releases.find((one) => !one.draft && one.tag === c.req.param('tag'));
    const asset = release?.assets.find((one) => one.name === c.req.param('name'));
    if (asset === undefined) throw refusal(404, 'Not Found');
    return download(hub, asset);
  });
}

/** A file of a release as GitHub's JSON shows it. */
export function assetShape(hub: Hub, c: Context, { repo, release, asset }: Found): Record<string, unknown> {
  const places = placesOf(hub, c);
  const time = isoTime(asset.createdAt);
  return {
    url: places.api(`/repos/${repo}/releases/assets/${asset.id}`),
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    name: asset.name,
    label: asset.label,
    uploader: userShape(hub, places, release.author),
    content_type: asset.contentType,
    state: 'uploaded',
    size: asset.size,
    digest: asset.digest,
    download_count: 0,
    created_at: time,
    updated_at: time,
    browser_download_url: places.web(`/${repo}/releases/download/${encodeURIComponent(release.tag)}/${encodeURIComponent(asset.name)}`),
  };
}

function findRelease(hub: Hub, c: Context): Pick<Found, 'repo' | 'release'> {
  const repo = getRepo(hub, c);
  const release = hub.github.repo(repo).releases.find((one) => one.id === getNumber(c, 'id'));
  if (release === undefined) throw refusal(404, 'Not Found');
  return { repo, release };
}

function findAsset(hub: Hub, c: Context): Found {
  const repo = getRepo(hub, c);
  const id = getNumber(c, 'id');
  for (const release of hub.github.repo(repo).releases) {
    const asset = release.assets.find((one) => one.id === id);
    if (asset !== undefined) return { repo, release, asset };
  }
  throw refusal(404, 'Not Found');
}

function download(hub: Hub, asset: AssetRecord): Response {
  const bytes = new Uint8Array(readFileSync(fileOf(hub, asset.id)));
  return new Response(bytes, { headers: { 'content-type': asset.contentType, 'content-length': String(bytes.length), 'content-disposition': `attachment; filename=${encodeURIComponent(asset.name)}` } });
}

function fileOf(hub: Hub, id: number): string {
  return join(hub.github.core.dir, 'github', 'assets', String(id));
}
