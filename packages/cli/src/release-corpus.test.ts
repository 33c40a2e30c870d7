// The release with the real files of two projects as the world's seed: it behaves as life does.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, inside, repositoryFolder, setUpBench, writeSeed } from './command-harness.ts';
import { expectReleased } from './released.ts';

const bench = setUpBench();

const corpus = join(repositoryFolder, '../shared/corpus');
const hasCorpus = existsSync(join(corpus, 'INDEX.tsv'));
if (!hasCorpus) console.warn('skipped: the corpus of real files is not at ../shared/corpus');

describe.skipIf(!hasCorpus)('with the real files of the corpus', () => {
  /** A seed of real files of a project, at their places. */
  function realSeed(project: string, worldYaml: string): string {
    const rows = readFileSync(join(corpus, 'INDEX.tsv'), 'utf8').split('\n').slice(1).map((line) => line.split('\t'));
    const wanted = rows.filter(([, repo, path = '']) => repo === `kubernetes-sigs/${project}` || (repo === 'kubernetes/test-infra' && path === `config/jobs/image-pushing/k8s-staging-${project}.yaml`) || (repo === 'kubernetes/k8s.io' && new RegExp(`^registry\\.k8s\\.io/(images|manifests)/k8s-staging-${project}/`).test(path)));
    expect(wanted.length).toBeGreaterThanOrEqual(4);
    const seed = writeSeed((copy, folder) => {
      for (const [file = '', repo = '', path = ''] of wanted) copy(join(corpus, file), join(repo, path));
      writeFileSync(join(folder, 'world.yaml'), worldYaml);
      for (const context of ['apps/snoopdb/postgres/Dockerfile', 'apps/auditlogger/Dockerfile']) {
        if (project !== 'apisnoop') continue;
        mkdirSync(dirname(join(folder, 'kubernetes-sigs/apisnoop', context)), { recursive: true });
        writeFileSync(join(folder, 'kubernetes-sigs/apisnoop', context), 'FROM scratch\n');
      }
    });
    bench.closeLater(seed.close);
    return seed.folder;
  }

  test('apisnoop: preflight says that its single platform turns pull-k8sio-verify red, and nothing is written', async () => {
    const opened = await bench.world({ seed: realSeed('apisnoop', '{}\n') });
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(1);
    expect(done.stderr).toMatch(/platforms of snoopdb.*linux\/amd64 only.*pull-k8sio-verify turns red/s);
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
  });

  test('apisnoop on the allow list ends merged and promoted', async () => {
    const opened = await bench.world({ seed: realSeed('apisnoop', 'singleArchAllowed: [registry.k8s.io/apisnoop/snoopdb]\n') });
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(0);
    await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
  });

  test('agent-sandbox: a regional staging registry, a job for tags too, an opaque step, an index of two platforms', async () => {
    const image = 'us-central1-docker.pkg.dev/k8s-staging-images/agent-sandbox/agent-sandbox-controller';
    const worldYaml = ['builds:', '  kubernetes-sigs/agent-sandbox:', '    cloudbuild.yaml:', "      '0':", '        pushes:', `          - image: ${image}:\${_GIT_TAG}-\${_CONFIG}`, '            platforms: [linux/amd64, linux/arm64]', ''].join('\n');
    const opened = await bench.world({ seed: realSeed('agent-sandbox', worldYaml) });
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes', '--input', 'project=agent-sandbox', '--input', 'images=agent-sandbox-controller', '--input', 'version=v0.2.0-rc.1'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(0);
    await expectReleased(opened, { project: 'agent-sandbox', images: ['agent-sandbox-controller'], version: 'v0.2.0-rc.1', fork: opened.env['GITHUB_USER'] ?? '', staging: 'us-central1-docker.pkg.dev/k8s-staging-images/agent-sandbox' });
  });

  test('an opaque step that nobody declared fails the build in words', async () => {
    const opened = await bench.world({ seed: realSeed('agent-sandbox', '{}\n') });
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes', '--input', 'project=agent-sandbox', '--input', 'images=agent-sandbox-controller', '--input', 'version=v0.2.0-rc.1'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(1);
    expect(done.stderr).toMatch(/world\.yaml/);
  });
});
