import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { createWriteLock, type Effect, type Mode, type WriteRecord } from '@runbook/access';
import { OutsideError, createHttp } from '@runbook/http';
import { afterEach, describe, expect, test } from 'vitest';
import { createGithub } from './client.ts';
import type { Github } from './github.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Ask {
  readonly method: string;
  /** Host, decoded path and query, as in `api.github.com/user`. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
/** A body, or a handler. */
type Answer = object | ((ask: Ask, res: ServerResponse) => void);

interface Stage {
  readonly github: Github;
  readonly seen: Ask[];
  readonly writes: WriteRecord[];
}

const token = 'ghp_abcdefghijklmnop1234';
const sha = (c: string): string => c.repeat(40);
const repo = 'kubernetes/k8s.io';
const api = 'api.github.com/repos/kubernetes/k8s.io';

/** A GitHub whose answers are a table from `METHOD target` to a body or a handler. */
async function stage(table: Record<string, Answer>, posture: { mode?: Mode; effect?: Effect } = {}): Promise<Stage> {
  const seen: Ask[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const ask: Ask = { method: req.method ?? '', target: decodeURIComponent((req.url ?? '').slice(1)), headers: req.headers, body: Buffer.concat(chunks).toString() };
      seen.push(ask);
      const answer = table[`${ask.method} ${ask.target}`] ?? table[`${ask.method} ${ask.target.split('?')[0]}`];
      if (typeof answer === 'function') return (answer as (ask: Ask, res: ServerResponse) => void)(ask, res);
      return answer === undefined ? json(res, 404, { message: 'Not Found' }) : json(res, 200, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const { port } = server.address() as AddressInfo;
  return { ...make(port, posture), seen };
}

function make(port: number, { mode = 'live', effect = 'write' }: { mode?: Mode; effect?: Effect } = {}): { readonly github: Github; readonly writes: WriteRecord[] } {
  const writes: WriteRecord[] = [];
  const lock = createWriteLock(() => ({ mode, effect }), (record) => writes.push(record));
  const env = { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${port}/*` };
  const http = createHttp({ lock, env, sleep: () => Promise.resolve() });
  return { github: createGithub({ http, env, token, lock }), writes };
}

function json(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
}

async function failure(work: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutsideError);
  return error as OutsideError;
}

const pull = (facts: object = {}): object => ({
  number: 7, html_url: 'https://github.com/kubernetes/k8s.io/pull/7', title: 'T', body: null, state: 'open', merged: false, merge_commit_sha: sha('e'),
  head: { sha: sha('a'), ref: 'promote', label: 'me:promote', repo: { full_name: 'me/k8s.io' } }, base: { ref: 'main' }, user: { login: 'me' }, labels: [{ name: 'lgtm' }], mergeable_state: 'clean', draft: false,
  ...facts,
});

describe('the write lock', () => {
  const writes: readonly (readonly [string, (github: Github) => Promise<unknown>])[] = [
    ['createBranch', (github) => github.createBranch(repo, 'b', sha('a'))],
    ['createTag', (github) => github.createTag(repo, { tag: 'v1', commit: sha('a'), message: 'm' })],
    ['deleteBranch', (github) => github.deleteBranch(repo, 'b')],
    ['putFile', (github) => github.putFile(repo, { path: 'a/b.yaml', branch: 'b', text: 'x: 1\n', message: 'm' })],
    ['updateFork', (github) => github.updateFork(repo, 'main')],
    ['createPullRequest', (github) => github.createPullRequest(repo, { head: 'me:b', base: 'main', title: 't', body: '' })],
    ['closePullRequest', (github) => github.closePullRequest(repo, 7)],
    ['updatePullRequest', (github) => github.updatePullRequest(repo, 7, { body: 'b' })],
    ['comment', (github) => github.comment(repo, 7, '/test all')],
    ['updateComment', (github) => github.updateComment(repo, 1, 'better')],
    ['addLabels', (github) => github.addLabels(repo, 7, ['x'])],
    ['createRelease', (github) => github.createRelease(repo, { tag: 'v1', title: 'v1', notes: '', prerelease: false })],
    ['createFork', (github) => github.createFork(repo)],
    ['mergePullRequest', (github) => github.mergePullRequest(repo, 7, { headSha: sha('a') })],
    ['removeLabel', (github) => github.removeLabel(repo, 7, 'x')],
    ['uploadAsset', (github) => github.uploadAsset(repo, 5, { name: 'a.md', contentType: 'text/markdown', text: 'x' })],
  ];

  test.each(writes)('%s in a dry run is withheld with its own code, and makes no call at all', async (_, write) => {
    const { github, seen, writes: told } = await stage({}, { mode: 'dry-run' });
    await expect(write(github)).rejects.toMatchObject({ code: 'withheld', name: 'WithheldError' });
    expect(seen).toEqual([]);
    expect(told).toMatchObject([{ service: 'github', withheld: true }]);
  });

  test.each(writes)('%s in a step that declared no write is refused without a call', async (_, write) => {
    const { github, seen } = await stage({}, { effect: 'read' });
    await expect(write(github)).rejects.toMatchObject({ code: 'undeclared-write' });
    expect(seen).toEqual([]);
  });

  test('a write is told once, with the text that people can read', async () => {
    const { github, seen, writes: told } = await stage({ [`PUT ${api}/contents/a/b.yaml`]: { commit: { sha: sha('c') } } });
    expect(await github.putFile(repo, { path: 'a/b.yaml', branch: 'b', text: 'x: 1\n', message: 'm', previous: sha('d') })).toEqual({ commit: sha('c') });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ method: 'PUT', withheld: false });
    expect(decodeURIComponent(told[0]?.target ?? '')).toBe(`https://${api}/contents/a/b.yaml`);
    expect(told[0]?.body).toBe(`{\n  "branch": "b",\n  "message": "m",\n  "sha": "${sha('d')}"\n}\nx: 1\n`);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ branch: 'b', message: 'm', sha: sha('d'), content: Buffer.from('x: 1\n').toString('base64') });
    expect(JSON.stringify(told)).not.toContain(token);
  });

  test('a failing write is sent once and told once', async () => {
    const { github, seen, writes: told } = await stage({ [`POST ${api}/issues/7/comments`]: (_ask: Ask, res: ServerResponse) => json(res, 502, { message: 'Bad' }) });
    expect(await failure(github.comment(repo, 7, 'hi'))).toMatchObject({ code: 'unreachable', status: 502, maybeDone: true });
    expect([seen.length, told.length]).toEqual([1, 1]);
  });
});

describe('failures', () => {
  test.each([
    [401, {}, { message: 'Bad credentials' }, 'unauthorized'],
    [403, {}, { message: 'Resource not accessible' }, 'forbidden'],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, { message: 'API rate limit exceeded' }, 'rate-limited'],
    [451, {}, { message: 'Unavailable' }, 'unexpected-answer'],
  ])('%i %o is never taken for absence', async (status, headers, body, code) => {
    const { github } = await stage({ [`GET ${api}/git/ref/tags/v1`]: (_ask: Ask, res: ServerResponse) => json(res, status, body, headers), [`GET ${api}`]: (_ask: Ask, res: ServerResponse) => json(res, status, body, headers) });
    const error = await failure(github.findRef(repo, 'tags/v1'));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain(token);
    expect(error.request.startsWith(`GET https://${api}/git/ref/`)).toBe(true);
    expect((await failure(github.findRepository(repo))).code).toBe(code);
  });

  test('a limit that names the hour of its end says how long to wait, by the clock of the answer', async () => {
    const headers = { date: 'Mon, 24 Aug 2026 09:00:00 GMT', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.parse('2026-08-24T09:30:00Z') / 1000) };
    const { github } = await stage({ [`GET ${api}`]: (_ask: Ask, res: ServerResponse) => json(res, 403, { message: 'API rate limit exceeded' }, headers) });
    const error = await failure(github.getRepository(repo));
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 1_800_000, message: expect.stringContaining('Wait and try again (1800 s).') });
  });

  test('find is undefined after a 404, get throws absent', async () => {
    const { github } = await stage({});
    expect(await github.findRepository(repo)).toBeUndefined();
    expect(await github.findRef(repo, 'tags/v1')).toBeUndefined();
    expect(await github.findFile(repo, 'a', 'main')).toBeUndefined();
    expect(await github.findRelease(repo, 'v1')).toBeUndefined();
    expect(await failure(github.getRepository(repo))).toMatchObject({ code: 'absent', service: 'github', status: 404, detail: 'Not Found' });
  });

  test('a read is repeated after a temporary failure', async () => {
    let count = 0;
    const { github } = await stage({ 'GET api.github.com/user': (_ask: Ask, res: ServerResponse) => (count++ < 2 ? json(res, 503, {}) : json(res, 200, { login: 'me' })) });
    expect((await github.viewer()).login).toBe('me');
    expect(count).toBe(3);
  });

  test('a read is repeated after a write as well, and a write never', async () => {
    let reads = 0;
    const { github, seen } = await stage({
      [`POST ${api}/issues/7/comments`]: { id: 1, created_at: 'now', html_url: 'https://c', user: null },
      [`GET ${api}/pulls/7`]: (_, res) => json(res, (reads += 1) % 2 === 1 ? 502 : 200, pull()),
      [`POST ${api}/git/refs`]: (_, res) => json(res, 502, {}),
    });
    await github.comment(repo, 7, 'x');
    expect((await github.getPullRequest(repo, 7)).number).toBe(7);
    await failure(github.createBranch(repo, 'b', sha('a')));
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST']);
  });

  test('a refused port is told at once, by its public name', async () => {
    const closed = createSocketServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise<void>((resolve) => closed.close(() => resolve()));
    const error = await failure(make(port).github.viewer());
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(/^unreachable: could not reach api\.github\.com: connection refused/);
  });

  test.each([
    ['<html>log in</html>', 'text/html', /HTML page/],
    ['{"login": "m', 'application/json', /not JSON/],
  ])('an answer %s is unexpected, never half read', async (body, type, words) => {
    const { github } = await stage({ 'GET api.github.com/user': (_ask: Ask, res: ServerResponse) => res.setHeader('content-type', type).end(body) });
    const error = await failure(github.viewer());
    expect(error.code).toBe('unexpected-answer');
    expect(error.message).toMatch(words);
  });

  test('something that is there already is a conflict', async () => {
    const { github } = await stage({ [`POST ${api}/git/refs`]: (_ask: Ask, res: ServerResponse) => json(res, 422, { message: 'Reference already exists' }) });
    expect((await failure(github.createBranch(repo, 'b', sha('a')))).code).toBe('conflict');
  });

  test('the token does not follow a redirect to another host', async () => {
    const { github, seen } = await stage({ 'GET api.github.com/user': (_ask: Ask, res: ServerResponse) => res.writeHead(302, { location: 'https://evil.test/user' }).end(), 'GET evil.test/user': { login: 'evil' } });
    await github.viewer();
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([`token ${token}`, undefined]);
  });

  test.each(['a', 'a/b/c', '../x', 'a/..', ''])('"%s" is no repository', async (name) => {
    const { github, seen } = await stage({});
    await expect(github.getRepository(name)).rejects.toMatchObject({ code: 'bad-address' });
    expect(seen).toEqual([]);
  });
});

describe('repositories', () => {
  test('viewer tells scopes only where GitHub does', async () => {
    const answer = (headers: Record<string, string>) => (_ask: Ask, res: ServerResponse): void => json(res, 200, { login: 'me' }, headers);
    expect(await (await stage({ 'GET api.github.com/user': answer({ 'x-oauth-scopes': 'repo, workflow' }) })).github.viewer()).toEqual({ login: 'me', scopes: ['repo', 'workflow'] });
    expect(await (await stage({ 'GET api.github.com/user': answer({ 'x-oauth-scopes': '' }) })).github.viewer()).toEqual({ login: 'me', scopes: [] });
    expect(await (await stage({ 'GET api.github.com/user': answer({}) })).github.viewer()).toEqual({ login: 'me', scopes: undefined });
  });

  test('a fork names its parent and whether one may push', async () => {
    const data = { full_name: 'me/k8s.io', fork: true, parent: { full_name: repo }, permissions: { push: true }, default_branch: 'main', html_url: 'https://github.com/me/k8s.io' };
    const { github } = await stage({ 'GET api.github.com/repos/me/k8s.io': data });
    expect(await github.getRepository('me/k8s.io')).toEqual({ fullName: 'me/k8s.io', fork: true, parent: repo, push: true, defaultBranch: 'main', url: 'https://github.com/me/k8s.io' });
  });

  test('an annotated tag is peeled, a branch is what it is, a mere prefix is nothing', async () => {
    const { github } = await stage({
      [`GET ${api}/git/ref/tags/v1`]: { ref: 'refs/tags/v1', object: { type: 'tag', sha: sha('1') } },
      [`GET ${api}/git/tags/${sha('1')}`]: { object: { type: 'commit', sha: sha('2') }, verification: { verified: true } },
      [`GET ${api}/git/ref/heads/main`]: { ref: 'refs/heads/main', object: { type: 'commit', sha: sha('3') } },
      [`GET ${api}/git/ref/tags/v`]: [{ ref: 'refs/tags/v1', object: { type: 'commit', sha: sha('1') } }],
    });
    expect(await github.findRef(repo, 'tags/v1')).toEqual({ ref: 'refs/tags/v1', sha: sha('1'), kind: 'tag', commit: sha('2'), tagObject: sha('1'), verified: true });
    expect(await github.findRef(repo, 'heads/main')).toEqual({ ref: 'refs/heads/main', sha: sha('3'), kind: 'commit', commit: sha('3') });
    expect((await failure(github.findRef(repo, 'tags/v'))).code).toBe('unexpected-answer');
  });

  test('compare gives every commit over all pages', async () => {
    const commit = (n: number): object => ({ sha: String(n), author: n === 0 ? { login: 'me' } : null, commit: { message: `title ${n}\n\nbody`, author: { name: 'N' } } });
    const { github } = await stage({
      [`GET ${api}/compare/main...me:b`]: (ask: Ask, res: ServerResponse) => {
        const second = ask.target.includes('page=2');
        json(res, 200, { status: 'ahead', ahead_by: 101, behind_by: 0, commits: second ? [commit(100)] : Array.from({ length: 100 }, (_, n) => commit(n)) });
      },
    });
    const found = await github.compare(repo, 'main', 'me:b');
    expect([found.status, found.aheadBy, found.commits.length]).toEqual(['ahead', 101, 101]);
    expect(found.commits[0]).toEqual({ sha: '0', title: 'title 0', author: 'me' });
    expect(found.commits[100]).toEqual({ sha: '100', title: 'title 100', author: 'N' });
  });

  test('files are text, large ones come from their blob, binary ones and folders are told', async () => {
    const file = (text: string | Buffer, more: object = {}): object => ({ type: 'file', path: 'f', sha: sha('f'), html_url: 'https://h', encoding: 'base64', content: Buffer.from(text).toString('base64').replace(/(.{8})/g, '$1\n'), ...more });
    const { github, seen } = await stage({
      [`GET ${api}/contents/a/f.yaml?ref=main`]: file('ä: 1\r\n'),
      [`GET ${api}/contents/big`]: file('', { encoding: 'none', content: '', sha: sha('b') }),
      [`GET ${api}/git/blobs/${sha('b')}`]: { content: Buffer.from('big').toString('base64'), encoding: 'base64' },
      [`GET ${api}/contents/bin`]: file(Buffer.from([0xff, 0xfe])),
      [`GET ${api}/contents/dir`]: [{ name: 'x', path: 'dir/x', type: 'dir' }, { name: 'y', path: 'dir/y', type: 'file' }],
    });
    expect(await github.getFile(repo, 'a/f.yaml', 'main')).toEqual({ path: 'f', text: 'ä: 1\r\n', sha: sha('f'), url: 'https://h' });
    expect((await github.getFile(repo, 'big')).text).toBe('big');
    expect((await failure(github.findFile(repo, 'bin'))).detail).toBe('bin is not text in UTF-8');
    expect((await failure(github.findFile(repo, 'dir'))).detail).toBe('dir is a folder, expected a file');
    expect(await github.listFolder(repo, 'dir')).toEqual([{ name: 'x', path: 'dir/x', kind: 'folder' }, { name: 'y', path: 'dir/y', kind: 'file' }]);
    expect(seen[0]?.headers['x-forwarded-host']).toBe('api.github.com');
  });

  test('branches are made and removed', async () => {
    const { github, seen } = await stage({ [`POST ${api}/git/refs`]: { ref: 'refs/heads/a/b' }, [`DELETE ${api}/git/refs/heads/a/b`]: (_ask: Ask, res: ServerResponse) => res.writeHead(204).end(), [`POST ${api}/merge-upstream`]: { merge_type: 'fast-forward' } });
    await github.createBranch(repo, 'a/b', sha('a'));
    await github.deleteBranch(repo, 'a/b');
    await github.updateFork(repo, 'main');
    expect(seen.map(({ method, body }) => [method, body])).toEqual([['POST', `{"ref":"refs/heads/a/b","sha":"${sha('a')}"}`], ['DELETE', ''], ['POST', '{"branch":"main"}']]);
  });
});

describe('labels', () => {
  test('one that was not there is told from a pull request that is not', async () => {
    const gone = (message: string) => (_ask: Ask, res: ServerResponse): void => json(res, 404, { message });
    const { github } = await stage({ [`DELETE ${api}/issues/7/labels/a`]: [{ name: 'b' }], [`DELETE ${api}/issues/7/labels/c`]: gone('Label does not exist'), [`DELETE ${api}/issues/8/labels/c`]: gone('Not Found') });
    expect(await github.removeLabel(repo, 7, 'a')).toBe(true);
    expect(await github.removeLabel(repo, 7, 'c')).toBe(false);
    expect((await failure(github.removeLabel(repo, 8, 'c'))).code).toBe('absent');
  });
});

describe('pull requests', () => {
  test('are read; the merge commit only once merged', async () => {
    const { github } = await stage({ [`GET ${api}/pulls/7`]: pull(), [`GET ${api}/pulls/8`]: pull({ number: 8, state: 'closed', merged: true, head: { sha: sha('a'), ref: 'x', label: null, repo: null }, user: null }) });
    expect(await github.getPullRequest(repo, 7)).toEqual({
      number: 7, url: 'https://github.com/kubernetes/k8s.io/pull/7', title: 'T', body: '', state: 'open', merged: false, headSha: sha('a'), headRef: 'promote', headRepo: 'me/k8s.io',
      baseRef: 'main', author: 'me', labels: ['lgtm'], mergeableState: 'clean', draft: false,
    });
    expect(await github.getPullRequest(repo, 8)).toMatchObject({ merged: true, mergeCommit: sha('e'), author: '' });
  });

  test('are found by exactly their head, the newest first, however much GitHub lists', async () => {
    const listed = [pull({ number: 9, head: { sha: sha('9'), ref: 'promote', label: 'other:promote', repo: null } }), pull({ number: 5 }), pull({ number: 7, head: { sha: sha('a'), ref: 'promote', label: 'Me:promote', repo: null } })];
    const { github, seen } = await stage({ [`GET ${api}/pulls`]: listed, [`GET ${api}/pulls/7`]: pull() });
    expect((await github.findPullRequest(repo, { head: 'me:promote', base: 'main', state: 'all' }))?.number).toBe(7);
    expect(seen[0]?.target).toContain('head=me:promote&base=main&state=all');
    expect(await github.findPullRequest(repo, { head: 'me:absent', base: 'main' })).toBeUndefined();
    expect(await github.findPullRequest(repo, { head: 'me:promote', base: 'release' })).toBeUndefined();
  });

  test('are made, closed, commented, labelled and listed', async () => {
    const comment = { id: 1, user: { login: 'bot' }, body: 'hi', created_at: '2026-08-22T07:00:00Z', html_url: 'https://c' };
    const { github, seen } = await stage({
      [`POST ${api}/pulls`]: (_ask: Ask, res: ServerResponse) => json(res, 201, pull()),
      [`PATCH ${api}/pulls/7`]: pull({ state: 'closed' }),
      [`POST ${api}/issues/7/comments`]: comment,
      [`GET ${api}/issues/7/comments`]: [comment],
      [`PATCH ${api}/issues/comments/1`]: { ...comment, body: 'better' },
      [`POST ${api}/issues/7/labels`]: [],
      [`GET ${api}/pulls/7/files`]: [{ filename: 'a', status: 'modified', additions: 1, deletions: 0, patch: '@@' }],
    });
    expect((await github.createPullRequest(repo, { head: 'me:b', base: 'main', title: 't', body: 'b' })).number).toBe(7);
    expect((await github.closePullRequest(repo, 7)).state).toBe('closed');
    expect(await github.comment(repo, 7, 'hi')).toEqual({ id: 1, author: 'bot', body: 'hi', createdAt: '2026-08-22T07:00:00Z', url: 'https://c' });
    expect((await github.updateComment(repo, 1, 'better')).body).toBe('better');
    await github.addLabels(repo, 7, ['x']);
    expect(await github.listComments(repo, 7)).toHaveLength(1);
    expect(await github.listPullRequestFiles(repo, 7)).toEqual([{ path: 'a', status: 'modified', additions: 1, deletions: 0, patch: '@@' }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ head: 'me:b', base: 'main', title: 't', body: 'b', maintainer_can_modify: true });
  });

  test("statuses come without Prow's padding, and explain a pull request together with check runs", async () => {
    const padded = `Not mergeable. Needs lgtm label.${'\u2001'.repeat(20)} BaseSHA:${sha('b')}`;
    const { github } = await stage({
      [`GET ${api}/pulls/7`]: pull({ labels: [{ name: 'approved' }, { name: 'cncf-cla: yes' }] }),
      [`GET ${api}/commits/${sha('a')}/status`]: { state: 'pending', total_count: 2, statuses: [{ context: 'tide', state: 'pending', description: padded, target_url: 'https://prow.k8s.io/pr' }, { context: 'pull-k8sio-cip', state: 'success', description: null, target_url: null }] },
      [`GET ${api}/commits/${sha('a')}/check-runs`]: { total_count: 1, check_runs: [{ name: 'EasyCLA', status: 'in_progress', conclusion: null, html_url: null }] },
    });
    expect(await github.listStatuses(repo, sha('a'))).toEqual([
      { context: 'tide', state: 'pending', description: 'Not mergeable. Needs lgtm label.', url: 'https://prow.k8s.io/pr' },
      { context: 'pull-k8sio-cip', state: 'success', description: '' },
    ]);
    expect(await github.explainPullRequest(repo, 7)).toEqual([
      'The label lgtm is missing: a reviewer other than the author comments /lgtm or approves the review.',
      'Tide says: Not mergeable. Needs lgtm label.',
      'EasyCLA has not finished.',
    ]);
  });
});

describe('releases', () => {
  const release = { id: 5, html_url: 'https://r', tag_name: 'v1', name: 'v1', body: 'notes', draft: false, prerelease: false, assets: [{ id: 6, name: 'a.md', browser_download_url: 'https://d' }] };
  const read = { id: 5, url: 'https://r', tag: 'v1', name: 'v1', body: 'notes', draft: false, prerelease: false, assets: [{ id: 6, name: 'a.md', url: 'https://d' }] };

  test('are made only for a tag that is there', async () => {
    const tag = { ref: 'refs/tags/v1', object: { type: 'commit', sha: sha('1') } };
    const made = await stage({ [`GET ${api}/git/ref/tags/v1`]: tag, [`POST ${api}/releases`]: release, [`GET ${api}/releases/tags/v1`]: release });
    expect(await made.github.createRelease(repo, { tag: 'v1', title: 'v1', notes: 'notes', prerelease: false })).toEqual(read);
    expect(await made.github.findRelease(repo, 'v1')).toEqual(read);
    const missing = await stage({});
    expect((await failure(missing.github.createRelease(repo, { tag: 'v1', title: 'v1', notes: '', prerelease: false }))).detail).toContain('push the tag first');
    expect(missing.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test('assets go to the upload host with the token, and are told as text', async () => {
    const { github, seen, writes } = await stage({ 'POST uploads.github.com/repos/kubernetes/k8s.io/releases/5/assets': { id: 6, name: 'a.md', browser_download_url: 'https://d' } });
    expect(await github.uploadAsset(repo, 5, { name: 'a.md', contentType: 'text/markdown', text: '# Report\n' })).toEqual({ id: 6, name: 'a.md', url: 'https://d' });
    expect(seen[0]?.target).toMatch(/^uploads\.github\.com\/repos\/kubernetes\/k8s\.io\/releases\/5\/assets\?name=a\.md&?$/);
    expect(seen[0]?.body).toBe('# Report\n');
    expect(seen[0]?.headers).toMatchObject({ 'content-type': 'text/markdown', authorization: `token ${token}` });
    expect(writes[0]?.body).toBe('# Report\n');
  });
});

test('a list whose pages do not end is told', async () => {
  let page = 0;
  const fetch = (): Promise<Response> => {
    page += 1;
    return Promise.resolve(new Response(JSON.stringify(Array.from({ length: 100 }, (_, n) => ({ name: `v${page}.${n}`, commit: { sha: 'a' } }))), { headers: { 'content-type': 'application/json' } }));
  };
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined);
  const env = { RUNBOOK_ROUTES: 'https://*=http://127.0.0.1:1/*' };
  expect((await failure(createGithub({ http: createHttp({ lock, env, fetch }), env }).listTags(repo))).detail).toBe('the list has more than 1000 pages');
  expect(page).toBe(1000);
});

test('a conflict is no fault that passes: a read is not repeated after it', async () => {
  const { github, seen } = await stage({ [`GET ${api}/git/ref/heads/main`]: (_ask: Ask, res: ServerResponse) => json(res, 409, { message: 'Git Repository is empty.' }) });
  expect((await failure(github.findRef(repo, 'heads/main'))).code).toBe('conflict');
  expect(seen).toHaveLength(1);
});

test('a wait after a fault that may pass is told before', async () => {
  let asked = 0;
  const fetch = (): Promise<Response> => {
    asked += 1;
    return Promise.resolve(new Response(asked === 1 ? '{}' : '{"login":"me"}', { status: asked === 1 ? 502 : 200, headers: { 'content-type': 'application/json' } }));
  };
  const told: string[] = [];
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined);
  await createGithub({ http: createHttp({ lock, env: {}, fetch }), env: {}, progress: (text) => told.push(text) }).viewer();
  expect(told).toEqual(['api.github.com: answered 502; trying again in 1 s']);
});

test('a wait for the rate limit is told before', async () => {
  let asked = 0;
  const answer = (body: object, status: number, headers: Record<string, string> = {}): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
  const fetch = (): Promise<Response> => {
    asked += 1;
    return Promise.resolve(asked === 1 ? answer({ message: 'API rate limit exceeded' }, 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }) : answer({ login: 'me' }, 200));
  };
  const told: string[] = [];
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined);
  const github = createGithub({ http: createHttp({ lock, env: {}, fetch }), env: {}, progress: (text) => told.push(text) });
  expect(await github.viewer()).toEqual({ login: 'me', scopes: undefined });
  expect(told).toEqual(['api.github.com: the rate limit is reached; trying again in 0 s']);
});

test('the rate limit is read', async () => {
  const { github } = await stage({ 'GET api.github.com/rate_limit': { resources: { core: { limit: 5000, remaining: 4999, reset: 1755900000 } } } });
  expect(await github.rateLimit()).toEqual({ limit: 5000, remaining: 4999, resetsAt: '2025-08-22T22:00:00.000Z' });
});
