// The main job, seen by a stranger: the release runbook in a rehearsal world, judged by git, plain HTTP and the ledger.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { World } from '@runbook/rehearsal';
import { callRunbook, openDesk, openWorld, repositoryFolder, writeSeed, type Desk } from './command-harness.ts';
import { digestAt, gitIn, githubJson, hashOfWorld, tagsAt } from './foreign-eyes.ts';

let desk: Desk;
const toClose: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  desk = openDesk();
});
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
  desk.close();
});

async function world(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const opened = await openWorld(options);
  toClose.push(() => opened.close());
  return opened;
}

const inside = (opened: World): Record<string, string> => ({ RUNBOOK_WORLD: opened.url });

interface Release {
  readonly project: string;
  readonly images: readonly string[];
  readonly version: string;
  readonly fork: string;
  readonly staging: string;
}

/** Destinations of the manifest as it stands on main, read with a line pattern and not with our parser. */
function productionOf(opened: World, project: string): string[] {
  const text = gitIn(opened, 'kubernetes/k8s.io', 'show', `main:registry.k8s.io/manifests/k8s-staging-${project}/promoter-manifest.yaml`);
  return [...text.matchAll(/^\s*- name: (\S*k8s-artifacts-prod\S*)$/gm)].map((found) => found[1] ?? '');
}

async function expectReleased(opened: World, release: Release): Promise<void> {
  const repo = `kubernetes-sigs/${release.project}`;
  // the tag, annotated, at main
  expect(gitIn(opened, repo, 'cat-file', '-t', `refs/tags/${release.version}`)).toBe('tag');
  expect(gitIn(opened, repo, 'rev-parse', `refs/tags/${release.version}^{commit}`)).toBe(gitIn(opened, repo, 'rev-parse', 'refs/heads/main'));
  // exactly one pull request, merged, whose diff is exactly the added lines
  const pulls = (await githubJson(opened, '/repos/kubernetes/k8s.io/pulls?state=all&per_page=100')) as { number: number; merged_at: string | null; merge_commit_sha: string; user: { login: string }; head: { label: string } }[];
  expect(pulls).toHaveLength(1);
  expect(pulls[0]).toMatchObject({ merged_at: expect.any(String), head: { label: expect.stringMatching(`^${release.fork}:`) } });
  const numstat = gitIn(opened, 'kubernetes/k8s.io', 'diff', '--numstat', `${pulls[0]?.merge_commit_sha}^1`, String(pulls[0]?.merge_commit_sha));
  expect(numstat).toBe(`${release.images.length}\t0\tregistry.k8s.io/images/k8s-staging-${release.project}/images.yaml`);
  const added = gitIn(opened, 'kubernetes/k8s.io', 'diff', '--unified=0', `${pulls[0]?.merge_commit_sha}^1`, String(pulls[0]?.merge_commit_sha)).split('\n').filter((line) => /^\+[^+]/.test(line));
  // the same digest in staging, in every production registry, at the front, and in the diff
  const destinations = productionOf(opened, release.project);
  expect(destinations.length).toBeGreaterThan(0);
  for (const image of release.images) {
    const digest = await digestAt(opened, `registry.k8s.io/${release.project}/${image}`, release.version);
    expect(digest, image).toMatch(/^sha256:/);
    for (const destination of destinations) expect(await digestAt(opened, `${destination}/${image}`, release.version), destination).toBe(digest);
    expect(await digestAt(opened, `${release.staging}/${image}`, String(digest)), 'staging').toBe(digest);
    expect(added.filter((line) => line.includes(String(digest)) && line.includes(`"${release.version}"`)), image).toHaveLength(1);
  }
  // the GitHub release with notes and the report
  const published = (await githubJson(opened, `/repos/${repo}/releases/tags/${release.version}`)) as { body: string; prerelease: boolean; assets: { name: string }[] };
  expect(published.body).toContain('sha256:');
  expect(published.prerelease).toBe(release.version.includes('-'));
  expect(published.assets.map((asset) => asset.name)).toEqual([`release-report-${release.version}.md`]);
  // nothing was asked that the world does not know, and each write came once
  expect(opened.ledger().filter((entry) => entry.status === 501)).toEqual([]);
  expect(writesOf(opened)).toEqual(expectedWrites(release));
}

/** Writes of the ledger that change something people see, without ids. */
function writesOf(opened: World): string[] {
  return opened
    .ledger()
    .filter((entry) => entry.write && entry.status < 400)
    .map((entry) => `${entry.method} ${entry.path.split('?')[0]?.replace(/\/\d+(?=\/|$)/g, '/N') ?? ''}`)
    .filter((line) => !/git-receive-pack|\/token$/.test(line) || line.startsWith('POST'));
}

function expectedWrites({ project, fork }: Release): unknown {
  return [
    expect.stringMatching(`^POST .*kubernetes-sigs/${project}.*git-receive-pack$`),
    `POST /repos/${fork}/k8s.io/git/refs`,
    expect.stringMatching(`^PUT /repos/${fork}/k8s.io/contents/`),
    'POST /repos/kubernetes/k8s.io/pulls',
    `POST /repos/kubernetes-sigs/${project}/releases`,
    expect.stringMatching(`^POST .*releases/N/assets$`),
  ];
}

describe('the release runbook in a rehearsal', () => {
  test('releases an image end to end, and its end state holds for foreign eyes', async () => {
    const opened = await world();
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes', '--json'], { cwd: desk.folder, env: inside(opened) });
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
    toClose.push(seed.close);
    const opened = await world({ seed: seed.folder, user: { login: fork } });
    const label = JSON.stringify({ version, fork, images });
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes', '--input', `version=${version}`, '--input', `fork=${fork}`, '--input', `images=${images.join(',')}`], { cwd: desk.folder, env: inside(opened) });
    expect(done.code, `${label}\n${done.stderr}`).toBe(0);
    expect(productionOf(opened, 'apisnoop').length, label).toBeLessThan(22);
    await expectReleased(opened, { project: 'apisnoop', images, version, fork, staging: 'gcr.io/k8s-staging-apisnoop' });
  });

  test('in a world of its own it needs no variable, prints the table, and leaves a report but no world', async () => {
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes', '--input', 'fork=somebody', '--report', 'out.md', '--report', 'out.json'], { cwd: desk.folder });
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toMatch(/step .*state .*duration .*link/i);
    expect(done.stderr).toContain('Report: ');
    expect(readFileSync(join(desk.folder, 'out.md'), 'utf8').split('\n').slice(0, 6).join('\n')).toMatch(/rehearsal/);
    expect(JSON.parse(readFileSync(join(desk.folder, 'out.json'), 'utf8'))).toMatchObject({ state: 'rehearsed' });
    const [run = ''] = readdirSync(join(desk.folder, '.runbook/runs'));
    expect(readdirSync(join(desk.folder, '.runbook/runs', run))).toEqual(expect.arrayContaining(['journal.jsonl', 'ledger.jsonl', 'logs', 'report.md']));
    expect(existsSync(join(desk.folder, '.runbook/runs', run, 'world'))).toBe(false);
  });
});

describe('the dry run', () => {
  test('reads, withholds and shows every write, and changes nothing', async () => {
    const opened = await world();
    const before = hashOfWorld(opened);
    const done = await callRunbook(['run', desk.release, '--dry-run', '--json'], { cwd: desk.folder, env: inside(opened) });
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
    const done = await callRunbook(['run', desk.release, '--dry-run'], { cwd: desk.folder, env: { GITHUB_API_URL: 'https://api.github.invalid' } });
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/could not reach api\.github\.invalid/);
    expect(done.stderr).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(done.stderr).toContain('credentials');
  });
});

describe('plan', () => {
  test('is offline and gives the same bytes for the same input', async () => {
    const first = await callRunbook(['plan', desk.release, '--json', '--input', 'version=v1.2.3'], { cwd: desk.folder });
    const second = await callRunbook(['plan', desk.release, '--json', '--input', 'version=v1.2.3'], { cwd: desk.folder, env: { GITHUB_USER: 'somebody', https_proxy: 'http://127.0.0.1:1', TZ: 'Asia/Tokyo' } });
    expect(first.code, first.stderr).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect(first.stdout).toContain('v1.2.3');
  });

  test.each([
    ['an ill-typed input', ['run', '--rehearse', '--input', 'version=1.2'], /version.*1\.2/s, /v\\d|The tag to release/],
    ['a missing input of a live run', ['run', '--yes'], /version/, /The tag to release/],
    ['an unknown input', ['plan', '--input', 'verison=v1.0.0'], /verison/, /version/],
  ])('%s ends with 2, naming it and what was expected', async (_name, [command = '', ...flags], name, expected) => {
    const done = await callRunbook([command, desk.release, ...flags], { cwd: desk.folder });
    expect(done.code, done.stderr).toBe(2);
    expect(done.stderr).toMatch(name);
    expect(done.stderr).toMatch(expected);
    expect(done.stdout).toBe('');
  });
});

describe('a failing block', () => {
  test('ends with 1, its place, its last lines, its log and what was compensated', async () => {
    const opened = await world();
    const text = readFileSync(desk.release, 'utf8');
    const marker = '### The pull request\n';
    writeFileSync(desk.release, text.replace(marker, `${marker}\n\`\`\`bash {name=breaks effect=read}\necho about to break\nexit 7\n\`\`\`\n`));
    const line = readFileSync(desk.release, 'utf8').split('\n').indexOf('```bash {name=breaks effect=read}') + 1;
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes'], { cwd: desk.folder, env: inside(opened) });
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

describe('after SIGKILL in the middle of a write', () => {
  test('resume finishes the same release and writes nothing twice', async () => {
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined;
    const killed: string[] = [];
    const opened = await world({
      onEntry: (entry) => {
        const what = `${entry.method} ${entry.path}`;
        if (!entry.write || entry.status >= 400 || killed.includes(what)) return;
        killed.push(what);
        child?.kill('SIGKILL');
      },
    });
    const env = inside(opened);
    const start = await callRunbook(['run', desk.release, '--rehearse', '--yes'], { cwd: desk.folder, env, onChild: (started) => (child = started) });
    let last = start;
    let resumes = 0;
    while (last.signal === 'SIGKILL' && resumes < 20) {
      resumes += 1;
      last = await callRunbook(['resume', '--yes', '--json'], { cwd: desk.folder, env, onChild: (started) => (child = started) });
    }
    expect(last.code, last.stderr).toBe(0);
    expect(resumes).toBe(6);
    await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
  });
});

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
    toClose.push(seed.close);
    return seed.folder;
  }

  test('apisnoop: preflight says that its single platform turns pull-k8sio-verify red, and nothing is written', async () => {
    const opened = await world({ seed: realSeed('apisnoop', '{}\n') });
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes'], { cwd: desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(1);
    expect(done.stderr).toMatch(/platforms of snoopdb.*linux\/amd64 only.*pull-k8sio-verify turns red/s);
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
  });

  test('apisnoop on the allow list ends merged and promoted', async () => {
    const opened = await world({ seed: realSeed('apisnoop', 'singleArchAllowed: [registry.k8s.io/apisnoop/snoopdb]\n') });
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes'], { cwd: desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(0);
    await expectReleased(opened, { project: 'apisnoop', images: ['snoopdb'], version: 'v0.3.0', fork: opened.env['GITHUB_USER'] ?? '', staging: 'gcr.io/k8s-staging-apisnoop' });
  });

  test('agent-sandbox: a regional staging registry, a job for tags too, an opaque step, an index of two platforms', async () => {
    const image = 'us-central1-docker.pkg.dev/k8s-staging-images/agent-sandbox/agent-sandbox-controller';
    const worldYaml = ['builds:', '  kubernetes-sigs/agent-sandbox:', '    cloudbuild.yaml:', "      '0':", '        pushes:', `          - image: ${image}:\${_GIT_TAG}-\${_CONFIG}`, '            platforms: [linux/amd64, linux/arm64]', ''].join('\n');
    const opened = await world({ seed: realSeed('agent-sandbox', worldYaml) });
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes', '--input', 'project=agent-sandbox', '--input', 'images=agent-sandbox-controller', '--input', 'version=v0.2.0-rc.1'], { cwd: desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(0);
    await expectReleased(opened, { project: 'agent-sandbox', images: ['agent-sandbox-controller'], version: 'v0.2.0-rc.1', fork: opened.env['GITHUB_USER'] ?? '', staging: 'us-central1-docker.pkg.dev/k8s-staging-images/agent-sandbox' });
  });

  test('an opaque step that nobody declared fails the build in words', async () => {
    const opened = await world({ seed: realSeed('agent-sandbox', '{}\n') });
    const done = await callRunbook(['run', desk.release, '--rehearse', '--yes', '--input', 'project=agent-sandbox', '--input', 'images=agent-sandbox-controller', '--input', 'version=v0.2.0-rc.1'], { cwd: desk.folder, env: inside(opened) });
    expect(done.code, done.stderr).toBe(1);
    expect(done.stderr).toMatch(/world\.yaml/);
  });
});

