// The main job, seen by a stranger: the release runbook in a rehearsal world, judged by git, plain HTTP and the ledger.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, inside, repositoryFolder, setUpBench, writeSeed } from './command-harness.ts';
import { gitIn, hashOfWorld, tagsAt } from './foreign-eyes.ts';
import { expectReleased, productionOf } from './released.ts';

const bench = setUpBench();

describe('the release runbook in a rehearsal', () => {
  test('releases an image end to end, and its end state holds for foreign eyes', async () => {
    const opened = await bench.world();
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes', '--json'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(0);
    const report = JSON.parse(done.stdout) as { state: string; world: string; steps: { id: string; state: string; link?: string }[] };
    expect(report.state).toBe('rehearsed');
    expect(report.world).toMatch(/rehearsal/);
    await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
    // staging holds exactly what cloudbuild.yaml expands to with image-builder's _GIT_TAG
    const described = gitIn(opened, 'kubernetes-sigs/apisnoop', 'describe', '--tags', '--always', '--exclude', 'v0.3.0', 'main');
    for (const image of ['snoopdb', 'auditlogger']) expect(await tagsAt(opened, `gcr.io/k8s-staging-apisnoop/${image}`), image).toEqual([expect.stringMatching(new RegExp(`^v\\d{8}-${described.replaceAll('.', '\\.')}$`))]);
    // a planted unknown route does appear
    await fetch(`${opened.url}/api.github.com/not/a/route`);
    expect(opened.ledger().at(-1)).toMatchObject({ status: 501 });
  });

  test('releases with version, images, fork and regions drawn at random', async () => {
    const draw = randomBytes(8);
    const at = (index: number, below: number): number => (draw[index] ?? 0) % below;
    const version = `v${at(0, 9) + 1}.${at(1, 20)}.${at(2, 20)}${at(3, 2) === 0 ? '' : `-rc.${at(4, 5)}`}`;
    const fork = `person-${draw.toString('hex')}`;
    const images = at(5, 2) === 0 ? ['snoopdb', 'auditlogger'] : ['auditlogger'];
    const manifest = 'kubernetes/k8s.io/registry.k8s.io/manifests/k8s-staging-apisnoop/promoter-manifest.yaml';
    const seed = writeSeed((_copy, folder) => {
      const text = readFileSync(join(repositoryFolder, 'packages/rehearsal/seed', manifest), 'utf8');
      let kept = 0;
      const subset = text.replaceAll(/^\s*- name: \S*k8s-artifacts-prod\S*\n(\s+service-account: .*\n)?/gm, (entry, _account, offset: number) => ((offset + (draw[6] ?? 0)) % 3 === 0 || kept === 0 ? ((kept += 1), entry) : ''));
      mkdirSync(dirname(join(folder, manifest)), { recursive: true });
      writeFileSync(join(folder, manifest), subset);
    });
    bench.closeLater(seed.close);
    const opened = await bench.world({ seed: seed.folder, user: { login: fork } });
    const label = JSON.stringify({ version, fork, images });
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes', '--input', `version=${version}`, '--input', `fork=${fork}`, '--input', `images=${images.join(',')}`], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, `${label}\n${done.stderr}`).toBe(0);
    expect(productionOf(opened, 'apisnoop').length, label).toBeLessThan(22);
    await expectReleased(opened, { project: 'apisnoop', images, version, fork, staging: 'gcr.io/k8s-staging-apisnoop' });
  });

  test('in a world of its own it needs no variable, prints the table, and leaves a report but no world', async () => {
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes', '--input', 'fork=somebody', '--report', 'out.md', '--report', 'out.json'], { cwd: bench.desk.folder });
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toMatch(/step .*state .*duration .*link/i);
    expect(done.stderr).toContain('Report: ');
    expect(readFileSync(join(bench.desk.folder, 'out.md'), 'utf8').split('\n').slice(0, 6).join('\n')).toMatch(/rehearsal/);
    expect(JSON.parse(readFileSync(join(bench.desk.folder, 'out.json'), 'utf8'))).toMatchObject({ state: 'rehearsed' });
    const [run = ''] = readdirSync(join(bench.desk.folder, '.runbook/runs'));
    expect(readdirSync(join(bench.desk.folder, '.runbook/runs', run))).toEqual(expect.arrayContaining(['journal.jsonl', 'ledger.jsonl', 'logs', 'report.md']));
    expect(existsSync(join(bench.desk.folder, '.runbook/runs', run, 'world'))).toBe(false);
  });
});

describe('the dry run', () => {
  test('reads, withholds and shows every write, and changes nothing', async () => {
    const opened = await bench.world();
    const before = hashOfWorld(opened);
    const done = await callRunbook(['run', bench.desk.release, '--dry-run', '--json'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(0);
    expect(hashOfWorld(opened)).toBe(before);
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
    const report = JSON.parse(done.stdout) as { state: string; steps: { id: string; state: string }[]; writes: { step: string; withheld: boolean; target: string }[]; counts: Record<string, number> };
    expect(report.state).toBe('dry');
    const states = Object.fromEntries(report.steps.map((step) => [step.id, step.state]));
    expect(states).toMatchObject({ credentials: 'passed', preflight: 'passed', 'go-ahead': 'withheld', 'push-tag': 'withheld', build: 'unreachable', staging: 'unreachable', 'open-pull-request': 'unreachable' });
    expect(report.writes).toEqual([expect.objectContaining({ step: 'push-tag', withheld: true, target: expect.stringContaining('git -C source push --quiet origin "refs/tags/$version"') })]);
    expect(Object.values(report.counts).reduce((sum, count) => sum + count, 0)).toBe(report.steps.length);
    expect(done.stderr).toMatch(/withheld/);
    expect(done.stderr).toMatch(/unreachable/);
  });

  test('without a world and without a network it ends at the first read with one clear sentence', async () => {
    const done = await callRunbook(['run', bench.desk.release, '--dry-run'], { cwd: bench.desk.folder, env: { GITHUB_API_URL: 'https://api.github.invalid' } });
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/could not reach api\.github\.invalid/);
    expect(done.stderr).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(done.stderr).toContain('credentials');
  });
});

describe('plan', () => {
  test('is offline and gives the same bytes for the same input', async () => {
    const first = await callRunbook(['plan', bench.desk.release, '--json', '--input', 'version=v1.2.3'], { cwd: bench.desk.folder });
    const second = await callRunbook(['plan', bench.desk.release, '--json', '--input', 'version=v1.2.3'], { cwd: bench.desk.folder, env: { GITHUB_USER: 'somebody', https_proxy: 'http://127.0.0.1:1', TZ: 'Asia/Tokyo' } });
    expect(first.code, first.stderr).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect(first.stdout).toContain('v1.2.3');
  });

  test.each([
    ['an ill-typed input', ['run', '--rehearse', '--input', 'version=1.2'], /version.*1\.2/s, /v\\d|The tag to release/],
    ['a missing input of a live run', ['run', '--yes'], /version/, /The tag to release/],
    ['an unknown input', ['plan', '--input', 'verison=v1.0.0'], /verison/, /version/],
  ])('%s ends with 2, naming it and what was expected', async (_name, [command = '', ...flags], name, expected) => {
    const done = await callRunbook([command, bench.desk.release, ...flags], { cwd: bench.desk.folder });
    expect(done.code, done.stderr).toBe(2);
    expect(done.stderr).toMatch(name);
    expect(done.stderr).toMatch(expected);
    expect(done.stdout).toBe('');
  });
});

describe('a failing block', () => {
  test('ends with 1, its place, its last lines, its log and what was compensated', async () => {
    const opened = await bench.world();
    const text = readFileSync(bench.desk.release, 'utf8');
    const marker = '### The pull request\n';
    writeFileSync(bench.desk.release, text.replace(marker, `${marker}\n\`\`\`bash {name=breaks effect=read}\necho about to break\nexit 7\n\`\`\`\n`));
    const line = readFileSync(bench.desk.release, 'utf8').split('\n').indexOf('```bash {name=breaks effect=read}') + 1;
    const done = await callRunbook(['run', bench.desk.release, '--rehearse', '--yes'], { cwd: bench.desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(1);
    expect(done.stderr).toMatch(new RegExp(`release\\.md:${line}\\b`));
    expect(done.stderr).toContain('about to break');
    expect(done.stderr).toContain('exit code 7');
    expect(done.stderr).toMatch(/logs\/breaks\.log/);
    expect(done.stderr).toMatch(/withdraw-tag/);
    expect(gitIn(opened, 'kubernetes-sigs/apisnoop', 'for-each-ref', 'refs/tags/v0.3.0')).toBe('');
    expect(done.stderr).toMatch(/where-it-stands/);
  });
});
