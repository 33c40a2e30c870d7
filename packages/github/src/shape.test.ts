// What answers in GitHub's place is JSON too, at times. Whatever the client is asked, an answer without the fields that it reads is
// an `unexpected-answer`; after a write it says that the write may have happened.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { OutsideError, createHttp } from '@runbook/http';
import { afterEach, expect, test } from 'vitest';
import { createGithub } from './client.ts';
import type { Github } from './github.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function answering(body: string): Promise<Github> {
  const server = createServer((req, res) => {
    req.resume();
    // the guard of a release asks for its tag first
    const isTag = decodeURIComponent(req.url ?? '').endsWith('/git/ref/tags/v1');
    res.writeHead(200, { 'content-type': 'application/json' }).end(isTag ? JSON.stringify({ ref: 'refs/tags/v1', object: { type: 'commit', sha: 'a' } }) : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const env = { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${(server.address() as AddressInfo).port}/*` };
  return createGithub({ env, http: createHttp({ lock: createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined), env, sleep: () => Promise.resolve() }) });
}

const repo = 'a/b';
const change = { path: 'f', branch: 'c', text: 't', message: 'm' };
const reads: Readonly<Partial<Record<keyof Github, (github: Github) => Promise<unknown>>>> = {
  viewer: (github) => github.viewer(),
  getRepository: (github) => github.getRepository(repo),
  findRepository: (github) => github.findRepository(repo),
  findRef: (github) => github.findRef(repo, 'heads/main'),
  compare: (github) => github.compare(repo, 'a', 'b'),
  getFile: (github) => github.getFile(repo, 'f'),
  findFile: (github) => github.findFile(repo, 'f'),
  listFolder: (github) => github.listFolder(repo, 'f'),
  findPullRequest: (github) => github.findPullRequest(repo, { head: 'me:x', base: 'main' }),
  getPullRequest: (github) => github.getPullRequest(repo, 1),
  listPullRequestFiles: (github) => github.listPullRequestFiles(repo, 1),
  listComments: (github) => github.listComments(repo, 1),
  listStatuses: (github) => github.listStatuses(repo, 'a'),
  listCheckRuns: (github) => github.listCheckRuns(repo, 'a'),
  explainPullRequest: (github) => github.explainPullRequest(repo, 1),
  findRelease: (github) => github.findRelease(repo, 'v1'),
  listTags: (github) => github.listTags(repo),
  rateLimit: (github) => github.rateLimit(),
};
const writes: Readonly<Partial<Record<keyof Github, (github: Github) => Promise<unknown>>>> = {
  createFork: (github) => github.createFork(repo),
  createTag: (github) => github.createTag(repo, { tag: 'v1', commit: 'a', message: 'm' }),
  createBranch: (github) => github.createBranch(repo, 'b', 'a'),
  deleteBranch: (github) => github.deleteBranch(repo, 'b'),
  updateFork: (github) => github.updateFork(repo, 'main'),
  addLabels: (github) => github.addLabels(repo, 1, ['x']),
  removeLabel: (github) => github.removeLabel(repo, 1, 'x'),
  commitFiles: (github) => github.commitFiles(repo, { branch: 'c', message: 'm', files: [{ path: 'f', text: 't' }] }),
  putFile: (github) => github.putFile(repo, change),
  createPullRequest: (github) => github.createPullRequest(repo, { head: 'me:x', base: 'main', title: 't', body: '' }),
  closePullRequest: (github) => github.closePullRequest(repo, 1),
  updatePullRequest: (github) => github.updatePullRequest(repo, 1, { body: 'b' }),
  mergePullRequest: (github) => github.mergePullRequest(repo, 1, { headSha: 'a' }),
  comment: (github) => github.comment(repo, 1, 'x'),
  updateComment: (github) => github.updateComment(repo, 1, 'x'),
  createRelease: (github) => github.createRelease(repo, { tag: 'v1', title: 'v1', notes: '', prerelease: false }),
  generateNotes: (github) => github.generateNotes(repo, { tag: 'v1' }),
  uploadAsset: (github) => github.uploadAsset(repo, 1, { name: 'a', contentType: 'text/plain', text: 't' }),
};
/** An empty list is an answer. */
const lists = ['findPullRequest', 'listFolder', 'listPullRequestFiles', 'listComments', 'listTags', 'addLabels', 'removeLabel'];

test('every operation of the client is in the table', async () => {
  const client = await answering('{}');
  expect([...Object.keys(reads), ...Object.keys(writes)].sort()).toEqual(Object.keys(client).sort());
});

test.each([...Object.entries(reads), ...Object.entries(writes)])('%s', async (name, ask) => {
  for (const body of ['{}', '[]', '[{}]', '"text"', 'null', '{"message":"Welcome"}']) {
    const github = await answering(body);
    const found: unknown = await ask(github).then((value) => value, (error: unknown) => error);
    if (body === '[]' && lists.includes(name)) continue;
    expect(found, `${name} ${body} ${String(found)}`).toBeInstanceOf(OutsideError);
    expect(found, `${name} ${body}`).toMatchObject({ code: 'unexpected-answer', service: 'github' });
    // a read before the write was answered like that: then nothing was written
    const isWrite = /\((POST|PUT|PATCH|DELETE) /.test(String(found));
    expect(isWrite, `${name} ${body} ${String(found)}`).toBe(name in writes && !['commitFiles', 'generateNotes'].includes(name));
    if (isWrite) expect(found).toMatchObject({ maybeDone: true });
  }
});
