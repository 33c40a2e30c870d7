// Seeds: what they say together, what is wrong with a wrong one, and that planting gives the same commits every time.
import { afterAll, describe, expect, test } from 'vitest';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSeed } from './seed.ts';
import { placePromoted } from './seed/promoted.ts';

const defaultSeed = fileURLToPath(new URL('../seed', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'seed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  count += 1;
  const dir = join(root, String(count));
  mkdirSync(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

describe('the default seed', () => {
  test('holds the three repositories and everything a world needs', async () => {
    const { seed, problems } = await loadSeed({ defaultSeed });
    expect(problems).toEqual([]);
    expect(Object.keys(seed?.repos ?? {})).toEqual(['kubernetes/k8s.io', 'kubernetes/test-infra', 'kubernetes-sigs/apisnoop']);
    expect(seed?.config).toMatchObject({ start: '2026-08-24T09:00:00Z', user: { login: 'robin' }, branches: { 'kubernetes/test-infra': 'master' }, singleArchAllowed: [] });
    expect(seed?.config.people.map((person) => person.role)).toEqual(['reviewer', 'approver']);
  });
});

describe('a seed over the default', () => {
  test('that brings its own images.yaml or manifest leaves out what the default promoted', async () => {
    const home = 'kubernetes/k8s.io/registry.k8s.io';
    for (const files of [
      { [`${home}/images/k8s-staging-apisnoop/images.yaml`]: `- name: snoopdb\n  dmap:\n    "sha256:${'a'.repeat(64)}": ["v0.2.0"]\n` },
      { [`${home}/manifests/k8s-staging-apisnoop/promoter-manifest.yaml`]: 'registries: none\n' },
    ]) {
      const { seed, problems } = await loadSeed({ defaultSeed, seed: folder(files) });
      expect(problems).toEqual([]);
      expect(await placePromoted(seed?.repos['kubernetes/k8s.io'] ?? {}, 'registry.k8s.io/apisnoop/snoopdb:v0.2.0')).toMatchObject({ why: expect.any(String) as string });
    }
  });

  test('replaces and adds files one by one, and overrides world.yaml key by key', async () => {
    const seed = folder({
      'kubernetes-sigs/apisnoop/README.md': 'mine\n',
      'kubernetes-sigs/other/x/y.txt': 'new\n',
      'world.yaml': 'user: { login: sam }\npace: { build: 7 }\nsingleArchAllowed: [registry.k8s.io/apisnoop/snoopdb]\npeople: []\n',
    });
    const loaded = await loadSeed({ defaultSeed, seed });
    expect(loaded.problems).toEqual([]);
    expect(loaded.seed?.repos['kubernetes-sigs/apisnoop']?.['README.md']).toBe('mine\n');
    expect(loaded.seed?.repos['kubernetes-sigs/apisnoop']?.['apps/snoopdb/cloudbuild.yaml']).toContain('snoopdb');
    expect(loaded.seed?.repos['kubernetes-sigs/other']).toEqual({ 'x/y.txt': 'new\n' });
    expect(loaded.seed?.config).toMatchObject({ user: { login: 'sam', name: 'Robin Rehearsal' }, pace: { build: 7, trigger: 5 }, people: [], singleArchAllowed: ['registry.k8s.io/apisnoop/snoopdb'] });
  });

  test('user and start of the call win over both', async () => {
    const { seed } = await loadSeed({ defaultSeed, seed: folder({ 'world.yaml': 'user: { login: sam }\n' }), user: { login: 'kim' }, start: '2027-01-01T00:00:00Z' });
    expect(seed?.config).toMatchObject({ user: { login: 'kim' }, start: '2027-01-01T00:00:00Z' });
  });
});

describe('a wrong seed says what and where', () => {
  const cases: readonly (readonly [string, string, { code: string; line: number; column: number; says: RegExp; hint?: RegExp }])[] = [
    ['an unknown key', 'start: "2026-08-24T09:00:00Z"\npeopel: []\n', { code: 'seed-unknown-key', line: 2, column: 1, says: /"peopel" is no key of world\.yaml/, hint: /people/ }],
    ['an unknown key further down', 'pace:\n  trigger: 1\n  biuld: 2\n', { code: 'seed-unknown-key', line: 3, column: 3, says: /"biuld" is no key of pace/, hint: /build/ }],
    ['a date that is none', 'start: tomorrow\n', { code: 'seed-bad-value', line: 1, column: 8, says: /start is "tomorrow", expected a date/ }],
    ['a tag that YAML reads as a number', 'history:\n  a/b:\n    - { message: m, tags: [1.10] }\n', { code: 'seed-bad-value', line: 3, column: 28, says: /history\.a\/b\.0\.tags\.0 is 1\.1, expected a git tag name/, hint: /quotes/ }],
    ['a role that is none', 'people:\n  - { login: a, name: A, role: boss, paceMinutes: 1 }\n', { code: 'seed-bad-value', line: 2, column: 32, says: /reviewer or approver/ }],
    ['a person without a pace', 'people:\n  - { login: a, name: A, role: reviewer }\n', { code: 'seed-bad-value', line: 2, column: 5, says: /has no paceMinutes/ }],
    ['a push without platforms', "builds:\n  a/b:\n    cloudbuild.yaml:\n      '0': { pushes: [{ image: 'gcr.io/x/y:z' }] }\n", { code: 'seed-bad-value', line: 4, column: 23, says: /has no platforms/ }],
    ['a step that is no index', 'builds:\n  a/b:\n    cloudbuild.yaml:\n      first: { pushes: [] }\n', { code: 'seed-bad-value', line: 4, column: 7, says: /"first" is not the index of a step/ }],
    ['a repository without an owner', 'history: { apisnoop: [] }\n', { code: 'seed-bad-value', line: 1, column: 12, says: /a repository as owner\/name/ }],
    ['an image without a tag', 'promoted: [registry.k8s.io/apisnoop/snoopdb]\n', { code: 'seed-bad-value', line: 1, column: 12, says: /expected an image as registry\.k8s\.io\/PROJECT\/IMAGE:TAG/ }],
    ['broken YAML', 'people: [\n', { code: 'seed-yaml', line: 2, column: 1, says: /./ }],
  ];
  test.each(cases)('%s', async (_name, text, expected) => {
    const seed = folder({ 'world.yaml': text });
    const loaded = await loadSeed({ defaultSeed, seed });
    expect(loaded.seed).toBeUndefined();
    const { says, hint, ...place } = expected;
    expect(loaded.problems[0]).toMatchObject({ ...place, severity: 'error', file: join(seed, 'world.yaml') });
    expect(loaded.problems[0]?.message).toMatch(says);
    if (hint !== undefined) expect(loaded.problems[0]?.hint).toMatch(hint);
  });

  test('a folder that is not there, a file in the wrong place, a link, a file that is no text', async () => {
    expect((await loadSeed({ defaultSeed, seed: join(root, 'nowhere') })).problems).toMatchObject([{ code: 'seed-not-found', file: join(root, 'nowhere') }]);
    const dir = folder({ 'kubernetes/README.md': 'x', 'a/b/picture.png': new Uint8Array([0x89, 0x50, 0xff, 0]), 'notes.txt': 'x', 'package.json': '{ "type": "commonjs" }' });
    symlinkSync('/etc/hostname', join(dir, 'a/b/link'));
    const { seed, problems } = await loadSeed({ defaultSeed, seed: dir });
    expect(seed).toBeUndefined();
    expect(problems.map((problem) => `${problem.severity} ${problem.code} ${problem.file.slice(dir.length + 1)}`)).toEqual([
      'error seed-not-text a/b/link', 'error seed-not-text a/b/picture.png', 'error seed-stray-file kubernetes/README.md', 'warning seed-stray-file notes.txt',
    ]);
  });

  test('a build declared for a file that is not there', async () => {
    const seed = folder({ 'a/b/cloudbuild.yaml': 'steps: []\n', 'world.yaml': "builds:\n  a/b:\n    cloudbuld.yaml:\n      '0': { pushes: [] }\n" });
    expect((await loadSeed({ defaultSeed, seed })).problems).toMatchObject([{ code: 'seed-idle-build', line: 3, column: 5, hint: 'Did you mean cloudbuild.yaml?' }]);
  });

  test('an image promoted to nowhere, and one that images.yaml does not name', async () => {
    const seed = folder({ 'world.yaml': 'promoted:\n  - registry.k8s.io/apisnop/snoopdb:v1\n  - registry.k8s.io/apisnoop/auditlogger:v0.2.0\n' });
    const { problems } = await loadSeed({ defaultSeed, seed });
    expect(problems).toMatchObject([{ code: 'seed-conflict', file: join(seed, 'world.yaml'), line: 2, column: 5 }, { code: 'seed-conflict', line: 3, column: 5 }]);
    expect(problems[0]?.message).toBe('promoted names registry.k8s.io/apisnop/snoopdb:v1, and no promoter-manifest.yaml of the seed promotes to it');
    expect(problems[1]?.message).toMatch(/^promoted names \S+, and registry\.k8s\.io\/images\/k8s-staging-apisnoop\/images\.yaml does not name "sha256:[0-9a-f]{64}": \["v0\.2\.0"\] for auditlogger$/);
  });

  test('both an allow-list and a Go file of its own', async () => {
    const seed = folder({ 'kubernetes/k8s.io/registry.k8s.io/manifests/multiarch_test.go': 'package manifests\n', 'world.yaml': 'singleArchAllowed: [registry.k8s.io/a/b]\n' });
    expect((await loadSeed({ defaultSeed, seed })).problems).toMatchObject([{ code: 'seed-conflict' }]);
  });
});
