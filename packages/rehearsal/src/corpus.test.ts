// Worlds of real files: the corpus beside the project, where it is there. Single-platform images are refused as in life; with
// the allow-list, and with a declared build of several platforms, they reach production.
import { afterAll, describe, expect, test } from 'vitest';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createPractices } from './practice.test.world.ts';
import type { Practice } from './practice.test.world.ts';

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const isThere = existsSync(`${corpus}INDEX.tsv`);
if (!isThere) process.stderr.write(`skipped: there is no corpus at ${corpus}\n`);

const practices = createPractices();
afterAll(practices.close);

/** Files of the corpus as files of a seed, by their origin. */
function seedOf(...origins: readonly string[]): Record<string, string> {
  const rows = readFileSync(`${corpus}INDEX.tsv`, 'utf8').split('\n').map((line) => line.split('\t'));
  return Object.fromEntries(origins.map((origin) => {
    const row = rows.find(([, repo, path]) => `${repo}/${path}` === origin);
    if (row === undefined) throw new Error(`the corpus has no ${origin}`);
    return [origin, readFileSync(`${corpus}${row[0]}`, 'utf8')];
  }));
}

const k8sio = 'kubernetes/k8s.io';
const jobs = (project: string): readonly string[] => [
  `kubernetes/test-infra/config/jobs/image-pushing/k8s-staging-${project}.yaml`,
  'kubernetes/test-infra/config/jobs/kubernetes/sig-k8s-infra/releng/artifact-promotion-presubmits.yaml',
  'kubernetes/test-infra/config/jobs/kubernetes/sig-k8s-infra/trusted/releng/releng-trusted.yaml',
];
const promoter = (project: string): readonly string[] => [
  `${k8sio}/registry.k8s.io/images/k8s-staging-${project}/images.yaml`,
  `${k8sio}/registry.k8s.io/manifests/k8s-staging-${project}/promoter-manifest.yaml`,
];

/** Adds a line below the first image of images.yaml in a pull request, and lets an hour and a half pass. */
async function promote(world: Practice, project: string, line: string): Promise<{ readonly merged: boolean; readonly checks: readonly string[] }> {
  const path = `registry.k8s.io/images/k8s-staging-${project}/images.yaml`;
  const fork = 'robin/k8s.io';
  const text = (await world.git.readFile(fork, 'refs/heads/main', path)) ?? '';
  const baseSha = (await world.git.resolve(fork, 'refs/heads/main')) ?? '';
  await world.git.run(fork, ['update-ref', 'refs/heads/promote', baseSha]);
  const headSha = await world.git.commit(fork, 'promote', { message: 'Promote', files: { [path]: text.replace('  dmap:\n', `  dmap:\n${line}\n`) } });
  const { number } = await world.github.open(k8sio, { title: 'Promote', body: '', author: 'robin', pull: { headRepo: fork, headRef: 'promote', headSha, baseRef: 'main', baseSha, draft: false, maintainerCanModify: true } });
  await world.wait(90);
  const checks = world.github.statuses(k8sio, headSha).filter((status) => status.context !== 'tide').map((status) => `${status.context} ${status.state}`).sort();
  return { merged: world.github.pull(k8sio, number)?.merged === true, checks };
}

describe.runIf(isThere)('apisnoop as it is', () => {
  const files = (): Record<string, string> => seedOf(...jobs('apisnoop'), ...promoter('apisnoop'), 'kubernetes-sigs/apisnoop/apps/snoopdb/cloudbuild.yaml', 'kubernetes-sigs/apisnoop/apps/auditlogger/cloudbuild.yaml');
  const build = async (world: Practice): Promise<string> => {
    await world.wait(10);
    const [tag = ''] = await world.registry.tags('gcr.io/k8s-staging-apisnoop/snoopdb');
    expect(tag).toMatch(/^v20260824-auditlogger-1\.2\.13-2-g[0-9a-f]{7}$/);
    return (await world.registry.manifest('gcr.io/k8s-staging-apisnoop/snoopdb', tag))?.digest ?? '';
  };

  test('its image has one platform, so the check is red and nobody merges', async () => {
    const world = await practices.start(files());
    const digest = await build(world);
    expect(await promote(world, 'apisnoop', `    "${digest}": ["v0.3.0"]`)).toEqual({ merged: false, checks: ['pull-k8sio-cip success', 'pull-k8sio-verify failure'] });
  });

  test('allowed, it is promoted to every registry of its manifest', async () => {
    const world = await practices.start({ ...files(), 'world.yaml': 'singleArchAllowed: [registry.k8s.io/apisnoop/snoopdb]\n' });
    const digest = await build(world);
    expect(await promote(world, 'apisnoop', `    "${digest}": ["v0.3.0"]`)).toMatchObject({ merged: true });
    const names = [...(files()[`${k8sio}/registry.k8s.io/manifests/k8s-staging-apisnoop/promoter-manifest.yaml`] ?? '').matchAll(/- name: (\S*k8s-artifacts-prod\S*)/g)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect((await world.registry.manifest(`${name}/snoopdb`, 'v0.3.0'))?.digest).toBe(digest);
  });
});

describe.runIf(isThere)('agent-sandbox: a regional staging registry, a job for branches and tags, an opaque step', () => {
  const repo = 'kubernetes-sigs/agent-sandbox';
  const staging = 'us-central1-docker.pkg.dev/k8s-staging-images/agent-sandbox/agent-sandbox-controller';
  const declared = { 'world.yaml': `builds:\n  ${repo}:\n    cloudbuild.yaml:\n      '0':\n        pushes:\n          - { image: '\${_IMAGE_PREFIX}/agent-sandbox-controller:\${_GIT_TAG}-\${_CONFIG}', platforms: [linux/amd64, linux/arm64] }\n` };

  test('undeclared, its build fails in words', async () => {
    const world = await practices.start(seedOf(...jobs('agent-sandbox'), ...promoter('agent-sandbox'), `${repo}/cloudbuild.yaml`));
    await world.wait(10);
    const [run] = world.runs('post-agent-sandbox-push-images');
    expect(run?.state).toBe('failure');
    expect(await world.log(run)).toContain('the rehearsal cannot know what it pushes');
  });

  test('declared, a tag is built and promoted', async () => {
    const world = await practices.start({ ...seedOf(...jobs('agent-sandbox'), ...promoter('agent-sandbox'), `${repo}/cloudbuild.yaml`), ...declared });
    await world.wait(10);
    await world.git.tag(repo, 'v0.2.0', 'refs/heads/main', 'v0.2.0');
    await world.git.settle(repo);
    await world.wait(10);
    expect(world.runs('post-agent-sandbox-push-images').map((run) => [run.baseRef, run.state])).toEqual([['main', 'success'], ['v0.2.0', 'success']]);
    expect(await world.registry.tags(staging)).toContain('v20260824-v0.2.0-main');
    const manifest = await world.registry.manifest(staging, 'v20260824-v0.2.0-main');
    expect(await promote(world, 'agent-sandbox', `    "${manifest?.digest}": ["v0.2.0"]`)).toEqual({ merged: true, checks: ['pull-k8sio-cip success', 'pull-k8sio-verify success'] });
    expect((await world.registry.manifest('europe-west10-docker.pkg.dev/k8s-artifacts-prod/images/agent-sandbox/agent-sandbox-controller', 'v0.2.0'))?.digest).toBe(manifest?.digest);
  });
});
