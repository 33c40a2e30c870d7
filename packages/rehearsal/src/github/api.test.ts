// The GitHub of a world with foreign eyes: plain HTTP, and git beside it to see that both tell the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, createWorlds, sh } from '../served.test.world.ts';
import type { Answer } from '../served.test.world.ts';
import type { World } from '../world.ts';

const worlds = createWorlds();
let world: World;
beforeAll(async () => {
  world = await worlds.start();
});
afterAll(() => worlds.close());

const call = (request: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> => {
  const [method, path] = request.split(' ');
  return ask(world, `${method} api.github.com${path}`, body, headers);
};
const snoop = '/repos/kubernetes-sigs/apisnoop';
const k8sio = '/repos/kubernetes/k8s.io';
const fork = '/repos/robin/k8s.io';
interface Sha { readonly sha: string }
interface RefAnswer { readonly object: Sha }
const shaOf = (answer: Answer): string => (answer.json as RefAnswer).object.sha;
const image = 'registry.k8s.io/images/k8s-staging-apisnoop/images.yaml';

describe('who asks', () => {
  test('the user, with the scopes of the token', async () => {
    const answer = await call('GET /user');
    expect(answer.json).toMatchObject({ login: 'robin', type: 'User', name: 'Robin Rehearsal', url: 'https://api.github.com/users/robin' });
    expect(answer.headers.get('x-oauth-scopes')).toContain('public_repo');
  });

  test.each([
    ['GET /user', {}, 401, 'Requires authentication'],
    ['GET /user', { authorization: 'Bearer wrong' }, 401, 'Bad credentials'],
    ['POST /repos/kubernetes/k8s.io/pulls', {}, 401, 'Requires authentication'],
    ['GET /repos/kubernetes/absent', {}, 404, 'Not Found'],
  ])('%s with %j: %i', async (request, headers, status, message) => {
    const [method = '', path = ''] = request.split(' ');
    const response = await fetch(`${world.url}/api.github.com${path}`, { method, headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ message, status: String(status), documentation_url: expect.stringContaining('https://docs.github.com/') });
  });

  test('addresses are public for who knows the routes, and can be followed by who does not', async () => {
    const foreign = (await (await fetch(`${world.url}/api.github.com/repos/robin/k8s.io`)).json()) as { readonly url: string; readonly clone_url: string };
    expect(foreign.url).toBe(`${world.url}/api.github.com/repos/robin/k8s.io`);
    expect((await fetch(foreign.url)).status).toBe(200);
    expect((await call(`GET ${fork}`)).json).toMatchObject({ clone_url: 'https://github.com/robin/k8s.io.git', fork: true, parent: { full_name: 'kubernetes/k8s.io' } });
  });

  test('rights: the fork and kubernetes-sigs, not kubernetes', async () => {
    for (const [repo, push] of [[fork, true], [snoop, true], [k8sio, false]] as const) {
      expect((await call(`GET ${repo}`)).json).toMatchObject({ permissions: { push, pull: true } });
    }
    const denied = await call(`POST ${k8sio}/git/refs`, { ref: 'refs/heads/x', sha: '0'.repeat(40) });
    expect([denied.status, (await call(`GET ${k8sio}/collaborators/robin/permission`)).json]).toMatchObject([403, { permission: 'read' }]);
  });

  test('an answer that the caller has already is a 304 without a body', async () => {
    const first = await call(`GET ${snoop}/branches`);
    const second = await call(`GET ${snoop}/branches`, undefined, { 'if-none-match': first.headers.get('etag') ?? '' });
    expect([second.status, second.text]).toEqual([304, '']);
  });

  test('the rate limit is told and counts', async () => {
    const first = await call('GET /user');
    const second = await call('GET /user');
    expect(Number(second.headers.get('x-ratelimit-remaining'))).toBe(Number(first.headers.get('x-ratelimit-remaining')) - 1);
    expect((await call('GET /rate_limit')).json).toMatchObject({ rate: { limit: 5000 } });
  });
});

describe('refs and objects', () => {
  test('made through the API, seen by git, and the other way round', async () => {
    const tip = shaOf(await call(`GET ${snoop}/git/ref/heads/main`));
    const made = await call(`POST ${snoop}/git/refs`, { ref: 'refs/heads/by-api', sha: tip });
    expect([made.status, made.json]).toMatchObject([201, { ref: 'refs/heads/by-api', object: { sha: tip, type: 'commit' } }]);
    const done = await sh(world, 'git clone -q https://github.com/kubernetes-sigs/apisnoop refs && cd refs && git rev-parse origin/by-api && git tag -s v7.0.0 -m "seven" && git push -q origin v7.0.0 && git rev-parse v7.0.0');
    const [seen, tag] = done.out.trim().split('\n');
    expect(seen).toBe(tip);
    expect((await call(`GET ${snoop}/git/ref/tags/v7.0.0`)).json).toMatchObject({ object: { sha: tag, type: 'tag' } });
    expect((await call(`GET ${snoop}/git/tags/${tag}`)).json).toMatchObject({ tag: 'v7.0.0', message: 'seven', object: { sha: tip, type: 'commit' }, tagger: { name: 'Robin Rehearsal' }, verification: { verified: true, reason: 'valid' } });
    expect((await call(`GET ${snoop}/git/matching-refs/tags/v7`)).json).toHaveLength(1);
    expect((await call(`GET ${snoop}/commits/${tag}/status`)).status).toBe(422);
  });

  test.each([
    ['POST', '/git/refs', { ref: 'refs/heads/main', sha: '0'.repeat(40) }, 422, 'Reference already exists'],
    ['POST', '/git/refs', { ref: 'refs/heads/new', sha: '1'.repeat(40) }, 422, 'Object does not exist'],
    ['POST', '/git/refs', { ref: 'heads/new', sha: '1'.repeat(40) }, 422, 'heads/new is not a valid ref name.'],
    ['POST', '/git/refs', { ref: 'refs/heads/new' }, 422, 'Invalid request.\n\n"sha" wasn\'t supplied.'],
    ['POST', '/git/refs', { ref: 7 }, 422, "Invalid request.\n\nFor 'properties/ref', 7 is not a string."],
    ['POST', '/git/refs', '{', 400, 'Problems parsing JSON'],
    ['PATCH', '/git/refs/heads/absent', { sha: '1'.repeat(40) }, 422, 'Reference does not exist'],
    ['DELETE', '/git/refs/heads/absent', undefined, 422, 'Reference does not exist'],
    ['GET', '/git/ref/heads/absent', undefined, 404, 'Not Found'],
    ['GET', '/git/ref/heads/main~1', undefined, 404, 'Not Found'],
  ])('%s %s %j: %i %s', async (method, path, body, status, message) => {
    const answer = await call(`${method} ${snoop}${path}`, body);
    expect([answer.status, answer.json]).toMatchObject([status, { message }]);
  });

  test('a commit from blob, tree, commit and ref, forward only unless forced', async () => {
    const main = shaOf(await call(`GET ${snoop}/git/ref/heads/main`));
    const blob = (await call(`POST ${snoop}/git/blobs`, { content: Buffer.from('made\n').toString('base64'), encoding: 'base64' })).json as Sha;
    const tree = (await call(`POST ${snoop}/git/trees`, { base_tree: main, tree: [{ path: 'docs/new.md', mode: '100644', type: 'blob', sha: blob.sha }, { path: 'OWNERS', sha: null, mode: '100644', type: 'blob' }, { path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' }] })).json as Sha;
    const commit = (await call(`POST ${snoop}/git/commits`, { message: 'Made by hand', tree: tree.sha, parents: [main], author: { name: 'A', email: 'a@b.c', date: '2026-01-01T00:00:00Z' } })).json as Sha;
    expect(commit).toMatchObject({ message: 'Made by hand', author: { name: 'A', date: '2026-01-01T00:00:00Z' }, parents: [{ sha: main }] });
    expect((await call(`POST ${snoop}/git/refs`, { ref: 'refs/heads/by/hand', sha: commit.sha })).status).toBe(201);
    expect((await call(`PATCH ${snoop}/git/refs/heads/by/hand`, { sha: main })).json).toMatchObject({ message: 'Update is not a fast forward' });
    expect((await call(`PATCH ${snoop}/git/refs/heads/by/hand`, { sha: main, force: true })).status).toBe(200);
    const listed = (await call(`GET ${snoop}/git/trees/${commit.sha}?recursive=1`)).json as { readonly tree: readonly { readonly path: string; readonly mode: string }[] };
    expect(listed.tree.find((entry) => entry.path === 'run.sh')).toMatchObject({ mode: '100755', type: 'blob' });
    expect(listed.tree.map((entry) => entry.path)).not.toContain('OWNERS');
    expect((await call(`GET ${snoop}/commits/${commit.sha}`)).json).toMatchObject({ files: [{ filename: 'OWNERS', status: 'removed' }, { filename: 'docs/new.md', status: 'added', additions: 1, patch: '@@ -0,0 +1 @@\n+made' }, { filename: 'run.sh' }] });
    expect((await call(`DELETE ${snoop}/git/refs/heads/by/hand`)).status).toBe(204);
  });
});

describe('contents', () => {
  test('reads files and folders, plain or raw, and the raw host agrees', async () => {
    const file = (await call(`GET ${snoop}/contents/apps/snoopdb/cloudbuild.yaml`)).json as { readonly content: string; readonly download_url: string };
    const raw = await call(`GET ${snoop}/contents/apps/snoopdb/cloudbuild.yaml?ref=main`, undefined, { accept: 'application/vnd.github.raw+json' });
    const host = await ask(world, 'GET raw.githubusercontent.com/kubernetes-sigs/apisnoop/refs/heads/main/apps/snoopdb/cloudbuild.yaml');
    expect(Buffer.from(file.content, 'base64').toString()).toBe(raw.text);
    expect([host.status, host.text, file.download_url]).toEqual([200, raw.text, 'https://raw.githubusercontent.com/kubernetes-sigs/apisnoop/main/apps/snoopdb/cloudbuild.yaml']);
    expect((await call(`GET ${snoop}/contents/apps`)).json).toMatchObject([{ name: 'auditlogger', type: 'dir' }, { name: 'snoopdb', type: 'dir' }]);
    expect((await ask(world, 'GET raw.githubusercontent.com/kubernetes-sigs/apisnoop/main/absent')).status).toBe(404);
    expect((await call(`GET ${snoop}/contents/absent`)).status).toBe(404);
  });

  test('writes one commit, and only over the file that the caller knows', async () => {
    const put = (body: Readonly<Record<string, unknown>>): Promise<Answer> => call(`PUT ${fork}/contents/notes.md`, { message: 'Note', branch: 'main', ...body });
    const content = Buffer.from('one\n').toString('base64');
    const made = await put({ content });
    expect([made.status, made.json]).toMatchObject([201, { content: { path: 'notes.md' }, commit: { message: 'Note', author: { name: 'Robin Rehearsal', email: 'robin@rehearsal.example' } } }]);
    const { sha } = (made.json as { readonly content: Sha }).content;
    expect((await put({ content })).json).toMatchObject({ message: 'Invalid request.\n\n"sha" wasn\'t supplied.' });
    expect((await put({ content, sha: '1'.repeat(40) })).status).toBe(409);
    expect((await put({ content, branch: 'absent' })).json).toMatchObject({ message: 'Branch absent not found' });
    expect((await put({ content: Buffer.from('two\n').toString('base64'), sha })).status).toBe(200);
    const two = ((await call(`GET ${fork}/contents/notes.md`)).json as Sha).sha;
    expect((await call(`DELETE ${fork}/contents/notes.md`, { message: 'Drop', sha: two })).json).toMatchObject({ content: null });
    const back = await call(`GET ${fork}/commits?per_page=3`);
    expect(back.json).toMatchObject([{ commit: { message: 'Drop' } }, { commit: { message: 'Note' } }, { commit: { message: 'Note' } }]);
    expect(back.headers.get('link')).toContain('rel="next"');
  });
});

describe('a pull request from a fork', () => {
  test('from fork to merge, as a release does it', async () => {
    const upstream = shaOf(await call(`GET ${k8sio}/git/ref/heads/main`));
    expect((await call(`POST ${fork.replace('robin', 'kubernetes')}/forks`)).status).toBe(202);
    expect((await call(`POST ${fork}/git/refs`, { ref: 'refs/heads/promote', sha: upstream })).status).toBe(201);
    expect((await call(`POST ${k8sio}/pulls`, { title: 'Nothing', head: 'robin:promote', base: 'main' })).json).toMatchObject({ errors: [{ message: 'No commits between kubernetes:main and robin:promote' }] });
    const old = (await call(`GET ${fork}/contents/${image}?ref=promote`)).json as Sha & { readonly content: string };
    const text = Buffer.from(old.content, 'base64').toString();
    const more = `${text.trimEnd()}\n    "sha256:${'a'.repeat(64)}": ["v9.9.9"]\n`;
    expect((await call(`PUT ${fork}/contents/${image}`, { message: 'Promote', branch: 'promote', sha: old.sha, content: Buffer.from(more).toString('base64') })).status).toBe(200);
    const opened = await call(`POST ${k8sio}/pulls`, { title: 'Promote apisnoop', head: 'robin:promote', base: 'main', body: 'Please', maintainer_can_modify: true });
    const { number } = opened.json as { readonly number: number };
    expect([opened.status, opened.json]).toMatchObject([201, { state: 'open', mergeable: true, changed_files: 1, commits: 1, additions: 1, head: { label: 'robin:promote', repo: { full_name: 'robin/k8s.io' } }, base: { ref: 'main' } }]);
    expect((await call(`POST ${k8sio}/pulls`, { title: 'Again', head: 'robin:promote', base: 'main' })).json).toMatchObject({ message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for robin:promote.' }] });
    expect((await call(`GET ${k8sio}/pulls?head=robin:promote&state=all`)).json).toHaveLength(1);
    expect((await call(`GET ${k8sio}/pulls?head=alice:promote&state=all`)).json).toEqual([]);
    expect((await call(`GET ${k8sio}/pulls/${number}/files`)).json).toMatchObject([{ filename: image, status: 'modified', additions: 1, deletions: 0 }]);
    expect((await call(`GET ${k8sio}/compare/main...robin%3Apromote`)).json).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, commits: [{ commit: { message: 'Promote' } }], files: [{ filename: image }] });
    expect((await call(`GET /search/issues?q=${encodeURIComponent('repo:kubernetes/k8s.io is:pr "Promote apisnoop"')}`)).json).toMatchObject({ total_count: 1, items: [{ number }] });
    expect((await call(`PUT ${k8sio}/pulls/${number}/merge`)).status).toBe(403);
    expect((await call(`POST ${k8sio}/issues/${number}/labels`, { labels: ['lgtm'] })).status).toBe(403);
    const said = await call(`POST ${k8sio}/issues/${number}/comments`, { body: '/cc @alice' });
    expect([said.status, said.json]).toMatchObject([201, { user: { login: 'robin' } }]);
  });

  test('closing one by its author, and what the world keeps of it', async () => {
    const [one] = (await call(`GET ${k8sio}/pulls?head=robin:promote`)).json as readonly { readonly number: number }[];
    expect((await call(`PATCH ${k8sio}/pulls/${one?.number}`, { state: 'closed' })).json).toMatchObject({ state: 'closed', merged: false });
    expect((await call(`GET ${k8sio}/pulls`)).json).toEqual([]);
    expect((await call(`GET ${k8sio}/pulls/${one?.number}/merge`)).status).toBe(404);
  });

  test('the own fork merges: a merge commit with the old base first, told to git at once', async () => {
    const tip = shaOf(await call(`GET ${snoop}/git/ref/heads/main`));
    await call(`POST ${snoop}/git/refs`, { ref: 'refs/heads/topic', sha: tip });
    await call(`PUT ${snoop}/contents/topic.md`, { message: 'Topic', branch: 'topic', content: 'eA==' });
    const { number } = (await call(`POST ${snoop}/pulls`, { title: 'A topic', head: 'topic', base: 'main' })).json as { readonly number: number };
    expect((await call(`POST ${snoop}/pulls/${number}/reviews`, { event: 'APPROVE' })).status).toBe(422);
    const merged = (await call(`PUT ${snoop}/pulls/${number}/merge`)).json as Sha;
    const commit = (await call(`GET ${snoop}/commits/${merged.sha}`)).json as { readonly parents: readonly Sha[] };
    expect(commit).toMatchObject({ commit: { message: `Merge pull request #${number} from kubernetes-sigs/topic\n\nA topic`, committer: { name: 'GitHub' } }, parents: [{ sha: tip }, {}] });
    expect((await call(`GET ${snoop}/pulls/${number}`)).json).toMatchObject({ merged: true, state: 'closed', merge_commit_sha: merged.sha, changed_files: 1, commits: 1, mergeable: null });
    expect((await sh(world, 'git ls-remote https://github.com/kubernetes-sigs/apisnoop refs/heads/main')).out).toContain(merged.sha);
  });

  test('conflicts are seen', async () => {
    const tip = shaOf(await call(`GET ${snoop}/git/ref/heads/main`));
    await call(`POST ${snoop}/git/refs`, { ref: 'refs/heads/left', sha: tip });
    await call(`PUT ${snoop}/contents/same.md`, { message: 'Left', branch: 'left', content: Buffer.from('left').toString('base64') });
    await call(`PUT ${snoop}/contents/same.md`, { message: 'Right', branch: 'main', content: Buffer.from('right').toString('base64') });
    const opened = await call(`POST ${snoop}/pulls`, { title: 'Left', head: 'left', base: 'main' });
    const { number } = opened.json as { readonly number: number };
    expect(opened.json).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    expect((await call(`PUT ${snoop}/pulls/${number}/merge`)).status).toBe(405);
  });

  test('a fork behind its parent is brought up to date', async () => {
    expect((await call('POST /repos/kubernetes-sigs/apisnoop/forks', { name: 'snoop-fork' })).json).toMatchObject({ full_name: 'robin/snoop-fork' });
    await call(`PUT ${snoop}/contents/later.md`, { message: 'Later', content: 'eA==' });
    const path = '/repos/robin/snoop-fork/merge-upstream';
    expect((await call(`POST ${path}`, { branch: 'main' })).json).toMatchObject({ merge_type: 'fast-forward', base_branch: 'kubernetes-sigs:main' });
    expect((await call(`POST ${path}`, { branch: 'main' })).json).toMatchObject({ merge_type: 'none' });
    expect((await call(`POST ${path}`, { branch: 'absent' })).status).toBe(422);
    expect((await sh(world, 'git clone -q https://github.com/robin/snoop-fork && test -f snoop-fork/later.md')).code).toBe(0);
  });
});

describe('statuses', () => {
  test('are append-only; the combined one has the newest of each context', async () => {
    const sha = shaOf(await call(`GET ${fork}/git/ref/heads/main`));
    const post = (context: string, state: string): Promise<Answer> => call(`POST ${fork}/statuses/${sha}`, { context, state, description: `${context} ${state}`, target_url: 'https://prow.k8s.io/view/gs/x' });
    expect((await post('a', 'pending')).status).toBe(201);
    expect((await call(`GET ${fork}/commits/main/status`)).json).toMatchObject({ state: 'pending', total_count: 1 });
    await post('a', 'success');
    await post('b', 'success');
    expect((await call(`GET ${fork}/commits/${sha}/status`)).json).toMatchObject({ state: 'success', total_count: 2, statuses: [{ context: 'a', state: 'success' }, { context: 'b', target_url: 'https://prow.k8s.io/view/gs/x' }] });
    expect((await call(`GET ${fork}/commits/${sha}/statuses`)).json).toMatchObject([{ context: 'b' }, { context: 'a', state: 'success' }, { context: 'a', state: 'pending' }]);
    expect((await post('c', 'great')).status).toBe(422);
    const page = await call(`GET ${fork}/commits/${sha}/statuses?per_page=2`);
    expect(page.headers.get('link')).toBe(`<https://api.github.com${fork}/commits/${sha}/statuses?per_page=2&page=2>; rel="next", <https://api.github.com${fork}/commits/${sha}/statuses?per_page=2&page=2>; rel="last"`);
  });
});

describe('releases', () => {
  test('with notes, an asset that comes back byte for byte, and no second one for a tag', async () => {
    const made = await call(`POST ${snoop}/releases`, { tag_name: 'v8.0.0', name: 'Eight', body: 'sha256:abc', target_commitish: 'main' });
    const { id, upload_url } = made.json as { readonly id: number; readonly upload_url: string };
    expect([made.status, made.json]).toMatchObject([201, { tag_name: 'v8.0.0', html_url: 'https://github.com/kubernetes-sigs/apisnoop/releases/tag/v8.0.0' }]);
    expect((await call(`POST ${snoop}/releases`, { tag_name: 'v8.0.0' })).json).toMatchObject({ errors: [{ resource: 'Release', code: 'already_exists', field: 'tag_name' }] });
    expect((await sh(world, 'git ls-remote https://github.com/kubernetes-sigs/apisnoop refs/tags/v8.0.0')).out).toContain('v8.0.0');
    expect(upload_url).toBe(`https://uploads.github.com${snoop}/releases/${id}/assets{?name,label}`);
    const upload = (): Promise<Answer> => ask(world, `POST uploads.github.com${snoop}/releases/${id}/assets?name=report.md`, '# Report\n', { 'content-type': 'text/markdown' });
    const asset = (await upload()).json as { readonly id: number; readonly browser_download_url: string };
    expect(asset).toMatchObject({ name: 'report.md', size: 9, state: 'uploaded' });
    expect((await upload()).status).toBe(422);
    expect((await call(`GET ${snoop}/releases/assets/${asset.id}`, undefined, { accept: 'application/octet-stream' })).text).toBe('# Report\n');
    expect((await ask(world, `GET ${asset.browser_download_url.replace('https://', '')}`)).text).toBe('# Report\n');
    expect((await call(`GET ${snoop}/releases/tags/v8.0.0`)).json).toMatchObject({ id, assets: [{ name: 'report.md' }] });
    expect((await call(`PATCH ${snoop}/releases/${id}`, { body: 'other' })).json).toMatchObject({ body: 'other', name: 'Eight' });
  });

  test('a draft is seen by its makers only and makes no tag', async () => {
    const { id } = (await call(`POST ${snoop}/releases`, { tag_name: 'v8.1.0', draft: true })).json as { readonly id: number };
    expect((await fetch(`${world.url}/api.github.com${snoop}/releases/${id}`)).status).toBe(404);
    expect((await call(`GET ${snoop}/git/ref/tags/v8.1.0`)).status).toBe(404);
    expect((await call(`DELETE ${snoop}/releases/${id}`)).status).toBe(204);
  });

  test('generated notes name the merged pull requests since the last tag', async () => {
    const { body } = (await call(`POST ${snoop}/releases/generate-notes`, { tag_name: 'v9.0.0', previous_tag_name: 'v0.2.0' })).json as { readonly body: string };
    expect(body).toContain('* A topic by @robin in https://github.com/kubernetes-sigs/apisnoop/pull/');
    expect(body).toContain('**Full Changelog**: https://github.com/kubernetes-sigs/apisnoop/compare/v0.2.0...v9.0.0');
  });
});

describe('issues', () => {
  test('opened, labelled, talked about, closed', async () => {
    const { number } = (await call(`POST ${snoop}/issues`, { title: 'A question', labels: ['help'] })).json as { readonly number: number };
    expect((await call(`POST ${snoop}/issues/${number}/labels`, ['kind/bug'])).json).toMatchObject([{ name: 'help' }, { name: 'kind/bug' }]);
    expect((await call(`DELETE ${snoop}/issues/${number}/labels/kind%2Fbug`)).json).toMatchObject([{ name: 'help' }]);
    expect((await call(`DELETE ${snoop}/issues/${number}/labels/absent`)).status).toBe(404);
    const { id } = (await call(`POST ${snoop}/issues/${number}/comments`, { body: 'first' })).json as { readonly id: number };
    expect((await call(`PATCH ${snoop}/issues/comments/${id}`, { body: 'better' })).json).toMatchObject({ body: 'better' });
    expect((await call(`GET ${snoop}/issues/${number}`)).json).toMatchObject({ comments: 1, state: 'open' });
    expect((await call(`DELETE ${snoop}/issues/comments/${id}`)).status).toBe(204);
    expect((await call(`PATCH ${snoop}/issues/${number}`, { state: 'closed' })).json).toMatchObject({ state: 'closed' });
  });
});
