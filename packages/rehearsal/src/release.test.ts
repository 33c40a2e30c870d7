// A whole release with foreign eyes: git, plain HTTP, nothing of ours. Tag, build, pull request, review, merge, promotion; with a
// restart of the world in between; twice, with the same outcome to the byte.
import { afterAll, expect, test } from 'vitest';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

const defaultSeed = fileURLToPath(new URL('../seed', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const minutes = (world: World, count: number): Promise<number> => world.advance(world.now() + count * 60_000);

async function git(world: World, cwd: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('git', [...args], { cwd, env: { ...world.env } })).stdout.trim();
}

async function github<T>(world: World, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${world.url}/api.github.com${path}`, { method, headers: { authorization: `Bearer ${world.env['GITHUB_TOKEN'] ?? ''}`, accept: 'application/vnd.github+json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Reads from a registry as any client does: without a token first, then with the one the challenge leads to. */
async function registry(world: World, host: string, path: string): Promise<Response> {
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  const first = await fetch(`${world.url}/${host}/v2/${path}`, { headers: { accept } });
  if (first.status !== 401) return first;
  // After a redirect it is the other host that asks for a token, and that host gets it.
  const challenge = first.headers.get('www-authenticate') ?? '';
  const [realm, service, scope] = ['realm', 'service', 'scope'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '');
  const { token } = (await (await fetch(`${realm}?service=${service}&scope=${scope}`)).json()) as { token: string };
  return fetch(first.url, { headers: { accept, authorization: `Bearer ${token}` } });
}

interface Outcome {
  readonly tag: string;
  readonly digest: string;
  readonly merge: string;
  readonly regions: readonly string[];
}

async function release(dir: string): Promise<Outcome> {
  mkdirSync(dir);
  let world = await startWorld({ dir: join(dir, 'world'), defaultSeed });
  await git(world, dir, 'clone', '-q', 'https://github.com/kubernetes-sigs/apisnoop');
  const clone = join(dir, 'apisnoop');
  const described = await git(world, clone, 'describe', '--tags', '--always', 'HEAD');
  expect(described).toMatch(/^auditlogger-1\.2\.13-2-g[0-9a-f]{7}$/);
  await git(world, clone, 'tag', '-s', '-m', 'v0.3.0', 'v0.3.0');
  await git(world, clone, 'push', '-q', 'origin', 'v0.3.0');
  const commit = await git(world, clone, 'rev-parse', 'HEAD');
  await minutes(world, 2);
  expect(await github<{ state: string }>(world, 'GET', `/repos/kubernetes-sigs/apisnoop/commits/${commit}/status`)).toMatchObject({ state: 'pending' });

  // The world stops in the middle of the build and goes on where it was.
  await world.close();
  world = await startWorld({ dir: join(dir, 'world'), defaultSeed, resume: true });
  try {
    return await promote(world, { commit, described });
  } finally {
    await world.close();
  }
}

async function promote(world: World, { commit, described }: { readonly commit: string; readonly described: string }): Promise<Outcome> {
  await minutes(world, 10);
  const { statuses } = await github<{ statuses: { context: string; state: string; target_url: string }[] }>(world, 'GET', `/repos/kubernetes-sigs/apisnoop/commits/${commit}/status`);
  const run = statuses.find((status) => status.context === 'apisnoop-push-snoopdb-images');
  expect(run?.state).toBe('success');
  const path = run?.target_url.replace('https://prow.k8s.io/view/gs/', '') ?? '';
  const log = await (await fetch(`${world.url}/storage.googleapis.com/${path}/artifacts/build.log`)).text();
  const [, tag = '', digest = ''] = /pushing manifest for gcr\.io\/k8s-staging-apisnoop\/snoopdb:(\S+)@(sha256:[0-9a-f]{64})/.exec(log) ?? [];
  // main was being built before the release tag was pushed, and a job describes what it cloned
  expect(tag).toBe(`v20260824-${described}`);
  const staged = await registry(world, 'gcr.io', `k8s-staging-apisnoop/snoopdb/manifests/${tag}`);
  const bytes = Buffer.from(await staged.arrayBuffer());
  expect([staged.status, staged.headers.get('content-type'), `sha256:${createHash('sha256').update(bytes).digest('hex')}`]).toEqual([200, 'application/vnd.oci.image.index.v1+json', digest]);
  expect((JSON.parse(bytes.toString()) as { manifests: { platform: object }[] }).manifests.map((child) => child.platform)).toEqual([{ architecture: 'amd64', os: 'linux' }, { architecture: 'arm64', os: 'linux' }]);

  const number = await propose(world, digest);
  await minutes(world, 60);
  const pull = await github<{ merged: boolean; merged_by: { login: string }; merge_commit_sha: string }>(world, 'GET', `/repos/kubernetes/k8s.io/pulls/${number}`);
  expect(pull).toMatchObject({ merged: true, merged_by: { login: 'k8s-ci-robot' } });
  expect(await github<{ state: string }>(world, 'GET', `/repos/kubernetes/k8s.io/commits/${pull.merge_commit_sha}/status`)).toMatchObject({ state: 'success', statuses: [{ context: 'post-k8sio-image-promo' }] });

  const manifest = await (await fetch(`${world.url}/raw.githubusercontent.com/kubernetes/k8s.io/main/registry.k8s.io/manifests/k8s-staging-apisnoop/promoter-manifest.yaml`)).text();
  const regions = [...manifest.matchAll(/- name: ([\w-]+-docker\.pkg\.dev)\/(\S+)/g)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
  expect(regions).toHaveLength(22);
  const held: string[] = [];
  for (const [host, prefix] of regions) held.push(`${host} ${(await registry(world, host, `${prefix}/snoopdb/manifests/v0.3.0`)).headers.get('docker-content-digest')}`);
  expect(held).toEqual(regions.map(([host]) => `${host} ${digest}`));
  expect((await registry(world, 'us-central1-docker.pkg.dev', `k8s-artifacts-prod/images/apisnoop/snoopdb/manifests/${digest.replace(':', '-')}.sig`)).status).toBe(200);
  expect((await registry(world, 'registry.k8s.io', 'apisnoop/snoopdb/manifests/v0.1.0')).status).toBe(404);
  expect(world.ledger().filter((entry) => entry.status === 501)).toEqual([]);
  return { tag, digest, merge: pull.merge_commit_sha, regions: held };
}

/** Branch, file and pull request through the API, from the user's fork. */
async function propose(world: World, digest: string): Promise<number> {
  const file = '/contents/registry.k8s.io/images/k8s-staging-apisnoop/images.yaml';
  const base = await github<{ object: { sha: string } }>(world, 'GET', '/repos/robin/k8s.io/git/ref/heads/main');
  await github(world, 'POST', '/repos/robin/k8s.io/git/refs', { ref: 'refs/heads/promote', sha: base.object.sha });
  const old = await github<{ content: string; sha: string }>(world, 'GET', `/repos/robin/k8s.io${file}?ref=promote`);
  const text = Buffer.from(old.content, 'base64').toString('utf8').replace('- name: auditlogger', `    "${digest}": ["v0.3.0"]\n- name: auditlogger`);
  await github(world, 'PUT', `/repos/robin/k8s.io${file}`, { message: 'Promote snoopdb v0.3.0', content: Buffer.from(text).toString('base64'), sha: old.sha, branch: 'promote' });
  const pull = await github<{ number: number }>(world, 'POST', '/repos/kubernetes/k8s.io/pulls', { title: 'Promote snoopdb v0.3.0', head: 'robin:promote', base: 'main', body: 'Please.' });
  const files = await github<{ filename: string; additions: number; deletions: number }[]>(world, 'GET', `/repos/kubernetes/k8s.io/pulls/${pull.number}/files`);
  expect(files.map(({ filename, additions, deletions }) => [filename, additions, deletions])).toEqual([[file.replace('/contents/', ''), 1, 0]]);
  return pull.number;
}

test('a release goes from tag to every region, and a second world repeats it to the byte', async () => {
  const first = await release(join(root, 'one'));
  expect(await release(join(root, 'two'))).toEqual(first);
});
