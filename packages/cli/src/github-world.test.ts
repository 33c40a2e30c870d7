// The GitHub client against the world's GitHub, whose answers come from real git: what no list of recorded answers can show.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createWriteLock, WithheldError, type Mode } from '@runbook/access';
import { createGithub, type Github } from '@runbook/github';
import { createHttp } from '@runbook/http';
import type { World } from '@runbook/rehearsal';
import { expect, test } from 'vitest';
import { setUpBench } from './command-harness.ts';

const bench = setUpBench();
const upstream = 'kubernetes-sigs/apisnoop';

function client(world: World, mode: Mode = 'live'): Github {
  const http = createHttp({ lock: createWriteLock(() => ({ mode, effect: 'write' }), () => undefined), env: world.env, sleep: () => Promise.resolve() });
  return createGithub({ http, env: world.env, token: world.env['GITHUB_TOKEN'] ?? '' });
}

test('a pull request without a clone: fork, branch, one commit of several files, review, merge of exactly that commit', async () => {
  const world = await bench.world();
  const github = client(world);
  const { login } = await github.viewer();
  const fork = await github.createFork(upstream);
  expect(fork).toMatchObject({ fullName: `${login}/apisnoop`, fork: true, parent: upstream, push: true });
  expect(await github.createFork(upstream), 'a fork that is there is found').toEqual(fork);
  const main = await github.findRef(upstream, 'heads/main');
  await github.createBranch(fork.fullName, 'docs', main?.commit ?? '');
  const readme = await github.findFile(upstream, 'README.md');
  const files = [{ path: 'docs/a.md', text: '# A\n' }, { path: 'docs/ü b.md', text: '# B\n' }, ...(readme === undefined ? [] : [{ path: 'README.md' }])];
  const { commit } = await github.commitFiles(fork.fullName, { branch: 'docs', message: 'Say more', files });
  expect((await github.compare(upstream, 'main', `${login}:docs`)).commits.map(({ sha, title }) => [sha, title])).toEqual([[commit, 'Say more']]);
  const { stdout } = await promisify(execFile)('git', ['ls-remote', `https://github.com/${fork.fullName}`, 'refs/heads/docs'], { env: { ...world.env } });
  expect(stdout.split('\t')[0], 'git sees what the API made').toBe(commit);
  const pull = await github.createPullRequest(upstream, { head: `${login}:docs`, base: 'main', title: 'Say more', body: '' });
  expect((await github.listPullRequestFiles(upstream, pull.number)).map(({ path }) => path).filter((path) => path.startsWith('docs/'))).toEqual(['docs/a.md', 'docs/ü b.md']);
  await expect(github.mergePullRequest(upstream, pull.number, { headSha: 'f'.repeat(40) })).rejects.toMatchObject({ status: 409, code: 'conflict' });
  await expect(github.commitFiles(fork.fullName, { branch: 'nowhere', message: 'x', files: [] })).rejects.toMatchObject({ code: 'absent' });
});

test('tags are listed with their commits; an annotated one is made as git makes them, and never moved', async () => {
  const world = await bench.world();
  const github = client(world);
  const { fullName } = await github.createFork(upstream);
  const commit = (await github.findRef(fullName, 'heads/main'))?.commit ?? '';
  const made = await github.createTag(fullName, { tag: 'v9.9.9', commit, message: 'v9.9.9' });
  expect(await github.findRef(fullName, 'tags/v9.9.9')).toEqual(made);
  expect((await github.listTags(fullName)).find(({ name }) => name === 'v9.9.9')).toEqual({ name: 'v9.9.9', commit });
  const { stdout } = await promisify(execFile)('git', ['ls-remote', `https://github.com/${fullName}`, 'refs/tags/v9.9.9*'], { env: { ...world.env } });
  expect(stdout).toBe(`${made.sha}\trefs/tags/v9.9.9\n${commit}\trefs/tags/v9.9.9^{}\n`);
  await expect(github.createTag(fullName, { tag: 'v9.9.9', commit, message: 'again' })).rejects.toMatchObject({ code: 'conflict' });
});

test('a dry run withholds each of them before anything leaves', async () => {
  const world = await bench.world();
  const github = client(world, 'dry-run');
  const writes = [
    () => github.createFork(upstream), () => github.commitFiles(upstream, { branch: 'main', message: 'x', files: [{ path: 'a', text: 'b' }] }),
    () => github.mergePullRequest(upstream, 1, { headSha: 'a' }), () => github.removeLabel(upstream, 1, 'x'),
  ];
  for (const write of writes) await expect(write()).rejects.toBeInstanceOf(WithheldError);
  expect(world.ledger().filter((entry) => entry.write)).toEqual([]);
});

test('the notes of a release are asked for, in a dry run too, and nothing is written', async () => {
  const world = await bench.world();
  const { fullName } = await client(world).createFork(upstream);
  const before = world.ledger().filter((entry) => entry.write).length;
  const notes = await client(world, 'dry-run').generateNotes(fullName, { tag: 'v9.9.9', target: 'main' });
  expect(notes).toEqual({ title: 'v9.9.9', notes: expect.stringContaining(`https://github.com/${fullName}/`) });
  expect(world.ledger().filter((entry) => entry.write)).toHaveLength(before);
});
