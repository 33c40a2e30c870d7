// `promoter check --online` against the registries of a world: what staging has, has lost, and holds for one platform only.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inside, setUpBench } from './command-harness.ts';
import { digestOf, openField, setUpFields, type Field } from './field-bench.ts';

setUpFields();
const bench = setUpBench();

const images = 'r/images/k8s-staging-apisnoop/images.yaml';
const promoted = 'registry.k8s.io/apisnoop/snoopdb:v0.2.0';
const entry = (name: string, ...lines: readonly (readonly [digest: string, tag: string])[]): string => `- name: ${name}\n  dmap:\n${lines.map(([digest, tag]) => `    "${digest}": ["${tag}"]\n`).join('')}`;
const manifest = 'registries:\n- name: gcr.io/k8s-staging-apisnoop\n  src: true\n- name: us-central1-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop\n';
const told = (answer: unknown): readonly string[] => (answer as { problems: readonly { code: string; severity: string; line: number }[] }).problems.filter(({ code }) => code !== 'missing-region').map(({ code, severity, line }) => `${line} ${severity} ${code}`);

interface Stage {
  readonly field: Field;
  readonly env: Record<string, string>;
  /** Held by production only, by staging as an index, by staging for one platform. */
  readonly digests: { readonly promoted: string; readonly index: string; readonly single: string };
}

async function stage(): Promise<Stage> {
  const world = await bench.world();
  const auth = Buffer.from(`oauth2accesstoken:${world.env['GITHUB_TOKEN'] ?? ''}`).toString('base64');
  const field = openField({ 'docker/config.json': JSON.stringify({ auths: { 'gcr.io': { auth } } }), 'r/manifests/k8s-staging-apisnoop/promoter-manifest.yaml': manifest, [images]: '[]\n' });
  const env = { ...inside(world), DOCKER_CONFIG: join(field.folder, 'docker') };
  const { digest } = (await field.json(['registry', 'digest', promoted], 0, env)) as { digest: string };
  const { stdout } = await field.call(['registry', 'manifest', promoted, '--raw'], { env });
  const single = (JSON.parse(stdout) as { manifests: readonly { digest: string }[] }).manifests[0]?.digest ?? '';
  const [source] = promoted.split(':');
  for (const [from, tag] of [[promoted, 'index'], [`${source ?? ''}@${single}`, 'single']] as const) {
    const copied = await field.call(['registry', 'copy', from, `gcr.io/k8s-staging-apisnoop/app:${tag}`], { env });
    expect(copied.code, copied.stderr).toBe(0);
  }
  return { field, env, digests: { promoted: digest, index: digest, single } };
}

describe('promoter check --online', () => {
  test('tells what staging has lost, and lets be what production has', async () => {
    const { field, env, digests } = await stage();
    field.write({ [images]: `${entry('app', [digests.index, 'v1'], [digestOf('a'), 'v2'])}${entry('snoopdb', [digests.promoted, 'v0.2.0'])}` });
    expect(told(await field.json(['promoter', 'check', 'r', '--online'], 2, env))).toEqual(['4 error lost-digest', '7 warning digest-under-two-names']);
    expect(told(await field.json(['promoter', 'check', 'r'], 0, env))).toEqual(['7 warning digest-under-two-names']);
    const { stdout } = await field.call(['promoter', 'check', 'r', '--online'], { env });
    expect(stdout).toContain(`${images}:4:5  lost-digest: staging does not hold gcr.io/k8s-staging-apisnoop/app@sha256:aaaaaaaaaaaa…, and production neither`);
    expect(stdout).toContain('runbook registry ls gcr.io/k8s-staging-apisnoop/app');
  });

  test('with a base asks about what is new, and then for its platforms', async () => {
    const { field, env, digests } = await stage();
    field.write({ [images]: entry('app', [digestOf('b'), 'v0']) });
    field.git('init', '-q');
    field.git('add', '.');
    field.git('commit', '-q', '-m', 'one');
    field.write({ [images]: entry('app', [digestOf('b'), 'v0'], [digests.single, 'v1'], [digests.index, 'v2']) });
    expect(told(await field.json(['promoter', 'check', 'r', '--online', '--base', 'HEAD'], 2, env))).toEqual(['4 error single-platform-image']);
    field.write({ 'r/manifests/multiarch_test.go': 'package m\nvar allowedImages = []string{"registry.k8s.io/apisnoop/app"}\n' });
    expect(told(await field.json(['promoter', 'check', 'r', '--online', '--base', 'HEAD'], 0, env))).toEqual([]);
  });

  test('what a registry does not say is not known, and is told', async () => {
    const field = openField({ 'r/manifests/k8s-staging-apisnoop/promoter-manifest.yaml': manifest, [images]: entry('app', [digestOf('a'), 'v1']) });
    const answer = await field.json(['promoter', 'check', 'r', '--online'], 0, { RUNBOOK_ROUTES: 'https://*=http://127.0.0.1:1/*' });
    expect(told(answer)).toEqual(['3 warning unknown-digest']);
  });
});
