// The official client with its plugins, as people write scripts with it: pages, retries, limits. It knows nothing of this world.
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorlds, sh } from '../served.test.world.ts';
import type { World } from '../world.ts';

const worlds = createWorlds();
let world: World;
let octokit: Octokit;
const limits: string[] = [];
beforeAll(async () => {
  world = await worlds.start();
  const Whole = Octokit.plugin(retry, throttling);
  const told = (kind: string) => (): boolean => {
    limits.push(kind);
    return false;
  };
  octokit = new Whole({ baseUrl: `${world.url}/api.github.com`, auth: world.env['GITHUB_TOKEN'], throttle: { onRateLimit: told('primary'), onSecondaryRateLimit: told('secondary') } });
});
afterAll(() => worlds.close());

const repo = { owner: 'kubernetes-sigs', repo: 'apisnoop' };

test('pages are followed to the last, by link', async () => {
  const made = await sh(world, 'git clone -q https://github.com/kubernetes-sigs/apisnoop many && cd many && for i in $(seq 130); do git commit -q --allow-empty -m "c$i"; done && git push -q origin HEAD:refs/heads/many');
  expect(made.code, made.err).toBe(0);
  const commits = await octokit.paginate(octokit.rest.repos.listCommits, { ...repo, sha: 'many', per_page: 100 });
  expect(commits.slice(0, 130).map(({ commit }) => commit.message)).toEqual(Array.from({ length: 130 }, (_, i) => `c${130 - i}`));
  let pages = 0;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.repos.listCommits, { ...repo, sha: 'many', per_page: 50 })) pages += data.length > 0 ? 1 : 0;
  expect(pages).toBeGreaterThanOrEqual(3);
});

test('a pull request from branch to merge, and what is refused has the client\'s own error', async () => {
  const { data: head } = await octokit.rest.git.getRef({ ...repo, ref: 'heads/main' });
  await octokit.rest.git.createRef({ ...repo, ref: 'refs/heads/topic', sha: head.object.sha });
  await octokit.rest.repos.createOrUpdateFileContents({ ...repo, path: 'notes.md', branch: 'topic', message: 'm', content: Buffer.from('x').toString('base64') });
  const { data: pull } = await octokit.rest.pulls.create({ ...repo, title: 't', head: 'topic', base: 'main' });
  await octokit.rest.issues.createComment({ ...repo, issue_number: pull.number, body: 'hello' });
  await octokit.rest.issues.addLabels({ ...repo, issue_number: pull.number, labels: ['lgtm'] });
  expect((await octokit.rest.pulls.listFiles({ ...repo, pull_number: pull.number })).data.map(({ filename }) => filename)).toEqual(['notes.md']);
  expect((await octokit.rest.pulls.merge({ ...repo, pull_number: pull.number, sha: pull.head.sha })).data.merged).toBe(true);
  await expect(octokit.rest.repos.get({ owner: 'kubernetes', repo: 'nothing' })).rejects.toMatchObject({ status: 404 });
  await expect(octokit.request('POST /graphql', { query: '{ viewer { login } }', request: { retries: 0 } })).rejects.toMatchObject({ status: 501 });
  expect(limits).toEqual([]);
});
