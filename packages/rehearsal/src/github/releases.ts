// Releases with their notes, and the tag that publishing one makes when it is not there yet.
import type { Context, Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { addAssetRoutes, assetShape } from './assets.ts';
import { findLogin, flagOf, getNumber, getPushable, getRepo, getText, invalid, isoTime, nodeId, pageOf, placesOf, readBody, refusal, textOf } from './hub.ts';
import type { Body, Hub } from './hub.ts';
import { findCommit } from './object.ts';
import type { ReleaseRecord } from './record.ts';
import { userShape } from './user-shape.ts';

/** `/repos/:owner/:repo/releases…`. */
export function addReleaseRoutes(app: Hono, hub: Hub): void {
  addAssetRoutes(app, hub);
  app.get('/repos/:owner/:repo/releases', (c) => {
    const repo = getRepo(hub, c);
    return c.json(pageOf(hub, c, visible(hub, c, repo)).map((release) => releaseShape(hub, c, repo, release)));
  });
  app.get('/repos/:owner/:repo/releases/latest', (c) => {
    const repo = getRepo(hub, c);
    return answer(hub, c, repo, visible(hub, c, repo).find((release) => !release.draft && !release.prerelease));
  });
  app.get('/repos/:owner/:repo/releases/tags/:tag{.+}', (c) => {
    const repo = getRepo(hub, c);
    return answer(hub, c, repo, visible(hub, c, repo).find((release) => !release.draft && release.tag === c.req.param('tag')));
  });
  app.get('/repos/:owner/:repo/releases/:id{[0-9]+}', (c) => {
    const repo = getRepo(hub, c);
    const id = getNumber(c, 'id');
    return answer(hub, c, repo, visible(hub, c, repo).find((release) => release.id === id));
  });
  app.post('/repos/:owner/:repo/releases/generate-notes', async (c) => {
    const { repo } = getPushable(hub, c);
    const body = await readBody(c);
    return c.json(await generateNotes(hub, c, repo, { tag: getText(body, 'tag_name'), target: textOf(body, 'target_commitish'), previous: textOf(body, 'previous_tag_name') }));
  });
  app.post('/repos/:owner/:repo/releases', (c) => create(hub, c));
  app.patch('/repos/:owner/:repo/releases/:id{[0-9]+}', (c) => update(hub, c));
  app.delete('/repos/:owner/:repo/releases/:id{[0-9]+}', (c) => {
    const { repo } = getPushable(hub, c);
    const { releases } = hub.github.repo(repo);
    const at = releases.findIndex((release) => release.id === getNumber(c, 'id'));
    if (at === -1) throw refusal(404, 'Not Found');
    releases.splice(at, 1);
    return c.body(null, 204);
  });
}

/** Newest first; drafts only for those who may push. */
function visible(hub: Hub, c: Context, repo: RepoName): readonly ReleaseRecord[] {
  const login = findLogin(hub, c);
  const all = login !== undefined && hub.github.mayPush(login, repo);
  return hub.github.repo(repo).releases.filter((release) => all || !release.draft).reverse();
}

function answer(hub: Hub, c: Context, repo: RepoName, release: ReleaseRecord | undefined): Response {
  if (release === undefined) throw refusal(404, 'Not Found');
  return c.json(releaseShape(hub, c, repo, release));
}

async function create(hub: Hub, c: Context): Promise<Response> {
  const { repo, login } = getPushable(hub, c);
  const body = await readBody(c);
  const tag = textOf(body, 'tag_name') ?? '';
  if (tag === '') throw invalid({ resource: 'Release', code: 'missing_field', field: 'tag_name' });
  if (/[\s~^:?*[\\]|\.\./.test(tag)) throw invalid({ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name is not well-formed' });
  const { core } = hub.github;
  const records = hub.github.repo(repo).releases;
  const draft = flagOf(body, 'draft');
  if (!draft && records.some((release) => !release.draft && release.tag === tag)) throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
  const target = textOf(body, 'target_commitish') ?? hub.github.git.defaultBranch(repo);
  if (!draft) await makeTag(hub, repo, { tag, target });
  const notes = flagOf(body, 'generate_release_notes') ? await generateNotes(hub, c, repo, { tag, target, previous: undefined }) : undefined;
  const text = [textOf(body, 'body') ?? '', notes?.body ?? ''].filter((part) => part !== '').join('\n\n');
  const release: ReleaseRecord = { id: core.id('release'), tag, target, name: textOf(body, 'name') ?? notes?.name ?? tag, body: text, draft, prerelease: flagOf(body, 'prerelease'), author: login, createdAt: core.now(), publishedAt: draft ? undefined : core.now(), assets: [] };
  records.push(release);
  return c.json(releaseShape(hub, c, repo, release), 201);
}

async function update(hub: Hub, c: Context): Promise<Response> {
  const { repo } = getPushable(hub, c);
  const release = hub.github.repo(repo).releases.find((one) => one.id === getNumber(c, 'id'));
  if (release === undefined) throw refusal(404, 'Not Found');
  const body: Body = await readBody(c);
  release.tag = textOf(body, 'tag_name') ?? release.tag;
  release.target = textOf(body, 'target_commitish') ?? release.target;
  release.name = textOf(body, 'name') ?? release.name;
  release.body = textOf(body, 'body') ?? release.body;
  if (typeof body['prerelease'] === 'boolean') release.prerelease = body['prerelease'];
  if (typeof body['draft'] === 'boolean') release.draft = body['draft'];
  if (!release.draft && release.publishedAt === undefined) {
    await makeTag(hub, repo, release);
    release.publishedAt = hub.github.core.now();
  }
  return c.json(releaseShape(hub, c, repo, release));
}

/** Publishing makes a lightweight tag where there is none. */
async function makeTag(hub: Hub, repo: RepoName, want: { readonly tag: string; readonly target: string }): Promise<void> {
  const { git } = hub.github;
  if ((await git.resolve(repo, `refs/tags/${want.tag}`)) !== undefined) return;
  const commit = await findCommit(git, repo, want.target);
  if (commit === undefined) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  await git.run(repo, ['update-ref', `refs/tags/${want.tag}`, commit, '0'.repeat(40)]);
  await git.settle(repo);
}

async function generateNotes(hub: Hub, c: Context, repo: RepoName, want: { readonly tag: string; readonly target: string | undefined; readonly previous: string | undefined }): Promise<{ readonly name: string; readonly body: string }> {
  const { git } = hub.github;
  const head = (await findCommit(git, repo, want.tag)) ?? (await findCommit(git, repo, want.target ?? git.defaultBranch(repo)));
  if (head === undefined) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  const before = want.previous ?? (await git.run(repo, ['describe', '--tags', '--abbrev=0', `--exclude=${want.tag}`, head]).catch(() => '')).trim(); // fails where no tag is reachable
  const range = before === '' ? head : `${before}..${head}`;
  if (before !== '' && (await findCommit(git, repo, before)) === undefined) throw invalid({ resource: 'Release', code: 'invalid', field: 'previous_tag_name' });
  const merged = new Set((await git.run(repo, ['rev-list', range, '--'])).split('\n'));
  const { web } = placesOf(hub, c);
  const pulls = hub.github.pulls(repo).filter((pull) => pull.mergeCommitSha !== undefined && merged.has(pull.mergeCommitSha));
  const lines = pulls.map((pull) => `* ${pull.title} by @${pull.author} in ${web(`/${repo}/pull/${pull.number}`)}`);
  const full = before === '' ? web(`/${repo}/commits/${want.tag}`) : web(`/${repo}/compare/${before}...${want.tag}`);
  const changed = lines.length === 0 ? '' : `## What's Changed\n${lines.join('\n')}\n\n\n`;
  return { name: want.tag, body: `${changed}**Full Changelog**: ${full}` };
}

/** A release as GitHub's JSON shows it. */
function releaseShape(hub: Hub, c: Context, repo: RepoName, release: ReleaseRecord): Record<string, unknown> {
  const places = placesOf(hub, c);
  const url = places.api(`/repos/${repo}/releases/${release.id}`);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${places.uploads(`/repos/${repo}/releases/${release.id}/assets`)}{?name,label}`,
    html_url: places.web(`/${repo}/releases/tag/${release.tag}`),
    id: release.id,
    author: userShape(hub, places, release.author),
    node_id: nodeId('Release', release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: isoTime(release.createdAt),
    published_at: release.publishedAt === undefined ? null : isoTime(release.publishedAt),
    assets: release.assets.map((asset) => assetShape(hub, c, { repo, release, asset })),
    tarball_url: places.api(`/repos/${repo}/tarball/${release.tag}`),
    zipball_url: places.api(`/repos/${repo}/zipball/${release.tag}`),
    body: release.body,
  };
}
