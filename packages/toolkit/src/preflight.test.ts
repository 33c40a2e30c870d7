// The pains of the field (domain facts §7) that can be seen offline, each caught before anything is written, in words that a
// maintainer understands. Real git, real files; nobody is asked.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { productionRegions } from '@runbook/promoter';
import type { Finding } from './finding.ts';
import { checklist, type ChecklistRequest, type Looked } from './preflight.ts';
import { folderPromoter } from './promoter-source.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const offline: Looked<never> = { kind: 'not', why: 'nobody is asked here', fix: 'Ask.' };

const job = (name: string, rules: string, args = '[--project=k8s-staging-app, --env-passthrough=PULL_BASE_REF, app]'): string =>
  `  - name: ${name}\n${rules}    spec: {containers: [{image: 'gcr.io/k8s-staging-test-infra/image-builder:v1', args: ${args}}]}\n`;
const onTags = job('push-app', "    branches: ['^v\\d']\n");
const build = (project = '$PROJECT_ID', platforms = 'linux/amd64,linux/arm64', extra = ''): string =>
  `timeout: 3600s\nsteps:\n- name: gcr.io/cloud-builders/docker\n  args: [buildx, build, --push, '--platform=${platforms}', '--tag=gcr.io/${project}/app:$_GIT_TAG', .]\n${extra}substitutions: {_GIT_TAG: '0'}\noptions: {substitution_option: ALLOW_LOOSE}\n`;
const manifest = (project: string, staging = `gcr.io/k8s-staging-${project}`, regions = productionRegions): string => `registries:\n- name: ${staging}\n  src: true\n${regions.map((region) => `- name: ${region}-docker.pkg.dev/k8s-artifacts-prod/images/${project}\n`).join('')}`;

const good = {
  'jobs/app.yaml': `postsubmits:\n  org/app:\n${onTags}`,
  'source/app/cloudbuild.yaml': build(),
  'k8s.io/registry.k8s.io/images/k8s-staging-app/images.yaml': `- name: app\n  dmap:\n    "${digest('a')}": ["v1.0.0"]\n`,
  'k8s.io/registry.k8s.io/manifests/k8s-staging-app/promoter-manifest.yaml': manifest('app'),
};

function open(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'preflight-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function git(folder: string, ...args: string[]): string {
  const person = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...person } }).trim();
}

interface Case {
  readonly files?: Readonly<Record<string, string>>;
  /** A file that is not there. */
  readonly without?: string;
  /** Tags of the clone, oldest first, each on a commit of its own. */
  readonly tags?: readonly string[];
  readonly request?: Partial<ChecklistRequest>;
}

async function run({ files = {}, without, tags = [], request = {} }: Case): Promise<readonly Finding[]> {
  const folder = open({ ...good, ...files });
  if (without !== undefined) rmSync(join(folder, without));
  const source = join(folder, 'source');
  git(source, 'init', '-q', '-b', 'main');
  for (const tag of tags) {
    git(source, 'commit', '-q', '--allow-empty', '-m', tag);
    git(source, 'tag', tag);
  }
  git(source, 'add', '.');
  git(source, 'commit', '-q', '-m', 'build');
  const commit = git(source, 'rev-parse', 'HEAD');
  const here = <T>(value: T): Looked<T> => ({ kind: 'here', value });
  return checklist(
    { promoter: here(folderPromoter(join(folder, 'k8s.io'))), jobs: here(join(folder, 'jobs')), source: here({ folder: source, commit }), github: offline, registry: offline },
    { repo: 'org/app', project: 'app', version: 'v1.1.0', branch: 'main', images: ['app'], now: new Date('2026-08-22T00:00:00Z'), today: '2026-08-22', ...request },
  );
}

/** What was found of the files at hand; what only others know is unknown in each case. */
const seen = (findings: readonly Finding[]): readonly string[] => findings.filter(({ evidence }) => evidence !== 'nobody is asked here').map(({ state, check, evidence, fix }) => `${state} ${check}: ${evidence}${fix === undefined ? '' : ` -> ${fix}`}`);
const bad = (findings: readonly Finding[]): readonly string[] => seen(findings).filter((line) => !line.startsWith('pass'));

test('nothing is wrong with a good release, and what only others know is unknown', async () => {
  const findings = await run({});
  expect(bad(findings)).toEqual([]);
  expect(findings.filter(({ state }) => state === 'unknown').map(({ check }) => check)).toEqual(['tag v1.1.0 in org/app', 'registry.k8s.io/app/app:v1.1.0']);
});

const images = 'k8s.io/registry.k8s.io/images/k8s-staging-app/images.yaml';
const table: readonly (readonly [pain: string, what: Case, told: readonly string[]])[] = [
  ['1: the job is for main only', { files: { 'jobs/app.yaml': `postsubmits:\n  org/app:\n${job('push-app', '    branches: [^main$]\n')}` } }, ['warn job for app: push-app: a tag alone starts nothing here (No entry of branches (^main$) matches the tag "v1.1.0"); the push to main builds the commit']],
  ['1: no job at all', { files: { 'jobs/app.yaml': `postsubmits:\n  org/other:\n${onTags}` } }, ['fail job for app: no job is known to push it', 'unknown platforms of app']],
  ['1: the job looks at changed files', { files: { 'jobs/app.yaml': `postsubmits:\n  org/app:\n${job('push-app', "    branches: ['^v\\d']\n    run_if_changed: ^app/\n")}` } }, ['fail job for app: no job is known to push it, neither for v1.1.0 nor for main (push-app: The job has run_if_changed, and a tag push carries no changed files', 'unknown platforms of app']],
  ['1: four tags at once', { request: { tagsInPush: 4 } }, ['fail tags in one push: 4 tags are pushed at once, and GitHub tells nobody of more than three', 'fail job for app', 'unknown platforms of app']],
  ['1: the job config is broken', { files: { 'jobs/app.yaml': 'postsubmits:\n  org/app: [\n' } }, ['fail job config: ', 'fail job for app', 'unknown platforms of app']],
  ['2: the nearest tag is of another component', { files: { 'jobs/app.yaml': `postsubmits:\n  org/app:\n${job('push-app', '    branches: [^main$]\n')}` }, tags: ['v1.0.0', 'other-2.0.0'] }, ['warn job for app', 'warn staging tag of app: git describe takes the nearest tag of any component: other-2.0.0-1-g']],
  ['2: the filter leaves the tag out', { files: { 'jobs/app.yaml': `postsubmits:\n  org/app:\n${job('push-app', '', "[--version-tag-filter=app-*, --project=k8s-staging-app, app]")}` }, tags: ['app-1.0'] }, ['warn staging tag of app: the --version-tag-filter of the job leaves v1.1.0 out: git describe says app-1.0-1-g']],
  ['3: a substitution that is refused', { files: { 'source/app/cloudbuild.yaml': build().replace('options: {substitution_option: ALLOW_LOOSE}\n', '') } }, ['fail build push-app: app/cloudbuild.yaml:5:1 substitution-unused', 'fail build push-app: app/cloudbuild.yaml:1:1 passed-but-unused: image-builder passes _PULL_BASE_REF']],
  ['3: a builder that is pruned by now', { files: { 'source/app/cloudbuild.yaml': build().replace('gcr.io/cloud-builders/docker', 'gcr.io/k8s-staging-test-infra/gcb-docker-gcloud:v20230101-abc').replace('[buildx,', '[docker, buildx,') } }, ['warn build push-app: app/cloudbuild.yaml:3:3 stale-builder']],
  ['3: no cloudbuild.yaml where the job says', { files: { 'jobs/app.yaml': `postsubmits:\n  org/app:\n${job('push-app', '', '[--project=k8s-staging-app, elsewhere]')}` } }, ['fail job for app: no job is known to push it', 'unknown platforms of app']],
  ['5: the digest of another image', { files: { [images]: `${good[images]}- name: other\n  dmap:\n    "${digest('b')}": ["v1"]\n` }, request: { digests: new Map([['app', digest('b')]]) } }, ['warn entry of app:v1.1.0: sha256:bbbbbbbbbbbb… stands there for other already']],
  ['5: one digest under two names', { files: { [images]: `${good[images]}- name: other\n  dmap:\n    "${digest('a')}": ["v1"]\n` } }, ['warn images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:6:5 digest-under-two-names']],
  ['6: a digest that the promotion job overlooks', { files: { [images]: good[images].replace('"sha256', "'sha256").replace('a":', "a':") } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:3:5 unquoted-digest']],
  ['6: two digests on one line', { files: { [images]: `- name: app\n  dmap: {"${digest('a')}": ["v1.0.0"], "${digest('b')}": ["v1.0.1"]}\n` } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:2:10 digests-on-one-line: two digests stand on one line; the promotion job then promotes neither, without an error. -> Give each digest its own line.']],
  ['6: a digest that was cut off', { files: { [images]: good[images].replace(digest('a'), digest('a').slice(0, 40)) } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:3:5 bad-digest: "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a digest: it has 33 characters behind "sha256:", expected 64. -> Copy it from the registry.']],
  ['kpromo reads strictly: a key that stands twice', { files: { [images]: `${good[images]}    "${digest('a')}": ["v1.0.1"]\n` } }, ['fail promoter files of app: cannot read the promoter files of app: registry.k8s.io/images/k8s-staging-app/images.yaml:4:5 duplicate-key: a key stands twice in one mapping', 'unknown build of app', 'unknown production tag of app']],
  ['kpromo reads strictly: a field it does not know', { files: { [images]: good[images].replace('  dmap', '  digests: {}\n  dmap') } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:2:3 unknown-field: "digests" is not a field of an image; kpromo refuses the file']],
  ['a tag that no registry takes', { files: { [images]: good[images].replace('v1.0.0', 'v1.0.0+1') } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:3:81 bad-tag: "v1.0.0+1" is not a tag a registry takes']],
  ['8: one tag with two digests, over entries of one name', { files: { [images]: `${good[images]}- name: app\n  dmap:\n    "${digest('b')}": ["v1.0.0"]\n` } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:6:5 tag-with-two-digests: app:v1.0.0 stands for sha256:aaaaaaaaaaaa… in line 3 and for sha256:bbbbbbbbbbbb… here; kpromo then stops every promotion']],
  ['7: a tag that would move', { request: { version: 'v1.0.0', digests: new Map([['app', digest('b')]]) } }, ['fail entry of app:v1.0.0: registry.k8s.io/images/k8s-staging-app/images.yaml:3:1 tag-with-two-digests: app:v1.0.0 is there already']],
  ['8: another project promotes to the same place', { files: { 'k8s.io/registry.k8s.io/images/k8s-staging-b/images.yaml': `- name: app\n  dmap:\n    "${digest('c')}": ["v1.0.0"]\n`, 'k8s.io/registry.k8s.io/manifests/k8s-staging-b/promoter-manifest.yaml': manifest('app', 'gcr.io/k8s-staging-b') } }, ['fail images.yaml: registry.k8s.io/images/k8s-staging-app/images.yaml:3:5 overlap']],
  ['15: the folder is called otherwise', { request: { project: 'apps' } }, ['fail promoter files of apps: kubernetes/k8s.io has no registry.k8s.io/manifests/k8s-staging-apps/promoter-manifest.yaml -> Did you mean the project app?', 'unknown build of app', 'unknown production tag of app']],
  ['15: the file is misspelt', { files: { [images]: '', 'k8s.io/registry.k8s.io/images/k8s-staging-app/imaegs.yaml': good[images] }, without: images }, ['fail promoter files of app: kubernetes/k8s.io has no registry.k8s.io/images/k8s-staging-app/images.yaml, but registry.k8s.io/images/k8s-staging-app/imaegs.yaml: the promoter does not read a file named imaegs.yaml -> Rename it to images.yaml.', 'unknown build of app', 'unknown production tag of app']],
  ['18: the build pushes to another registry', { files: { 'source/app/cloudbuild.yaml': build('k8s-staging-wrong') } }, ['fail job for app: it is pushed to gcr.io/k8s-staging-wrong/app:vYYYYMMDD-v1.1.0, not to the registry that the promoter manifest takes images from', 'unknown platforms of app']],
  ['one platform only', { files: { 'source/app/cloudbuild.yaml': build('$PROJECT_ID', 'linux/amd64') } }, ['fail platforms of app: the build makes linux/amd64 only, and pull-k8sio-verify turns red']],
  ['missing regions', { files: { 'k8s.io/registry.k8s.io/manifests/k8s-staging-app/promoter-manifest.yaml': manifest('app', undefined, productionRegions.slice(2)) } }, ['warn production regions: registry.k8s.io/manifests/k8s-staging-app/promoter-manifest.yaml lacks asia-east1, asia-south1']],
  ['a step that does not tell what it pushes', { files: { 'source/app/cloudbuild.yaml': 'steps: [{name: gcr.io/k8s-staging-test-infra/gcb-docker-gcloud, entrypoint: make, args: [push]}]\ntimeout: 600s\noptions: {substitution_option: ALLOW_LOOSE}\n' } }, ['unknown build push-app: what it pushes cannot be known before it ran', 'unknown platforms of app']],
];

describe('pains', () => {
  test.each(table)('%s', async (_, what, told) => {
    const found = bad(await run(what));
    expect(found.map((line, index) => {
      const begin = told[index] ?? '(nothing)';
      return normal(line).startsWith(begin) ? begin : normal(line);
    })).toEqual(told);
  });
});

/** Two spaces stand behind a place. */
function normal(line: string): string {
  return line.replace(/(\d+:\d+) {2}/, '$1 ');
}

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
if (!existsSync(corpus)) console.warn(`skipped: ${corpus} is absent`);

describe.skipIf(!existsSync(corpus))('APISnoop as it really is', () => {
  test('its job is for main only, its tag is another component\'s, one digest stands under two names, and its image is for one platform', async () => {
    const folder = open({});
    const place = (from: string, to: string): void => {
      mkdirSync(dirname(join(folder, to)), { recursive: true });
      copyFileSync(join(corpus, from), join(folder, to));
    };
    place('prow/kubernetes+test-infra__config__jobs__image-pushing__k8s-staging-apisnoop.yaml', 'jobs/k8s-staging-apisnoop.yaml');
    place('cloudbuild/kubernetes-sigs+apisnoop__apps__snoopdb__cloudbuild.yaml', 'source/apps/snoopdb/cloudbuild.yaml');
    place('promoter/kubernetes+k8s.io__registry.k8s.io__images__k8s-staging-apisnoop__images.yaml', 'registry.k8s.io/images/k8s-staging-apisnoop/images.yaml');
    place('promoter/kubernetes+k8s.io__registry.k8s.io__manifests__k8s-staging-apisnoop__promoter-manifest.yaml', 'registry.k8s.io/manifests/k8s-staging-apisnoop/promoter-manifest.yaml');
    const source = join(folder, 'source');
    git(source, 'init', '-q', '-b', 'main');
    git(source, 'add', '.');
    git(source, 'commit', '-q', '-m', 'one');
    git(source, 'tag', 'auditlogger-1.2.13');
    git(source, 'commit', '-q', '--allow-empty', '-m', 'two');
    const here = <T>(value: T): Looked<T> => ({ kind: 'here', value });
    const findings = await checklist(
      { promoter: here(folderPromoter(folder)), jobs: here(join(folder, 'jobs')), source: here({ folder: source, commit: git(source, 'rev-parse', 'HEAD') }), github: offline, registry: offline },
      { repo: 'kubernetes-sigs/apisnoop', project: 'apisnoop', version: 'v0.3.0', branch: 'main', images: ['snoopdb'], now: new Date('2026-08-22T00:00:00Z'), today: '2026-08-22' },
    );
    expect(bad(findings).map((line) => line.replace(/ ->.*/, ''))).toEqual([
      'warn job for snoopdb: apisnoop-push-snoopdb-images: a tag alone starts nothing here (No entry of branches (^main$) matches the tag "v0.3.0"); the push to main builds the commit',
      expect.stringMatching(/^warn staging tag of snoopdb: git describe takes the nearest tag of any component: auditlogger-1\.2\.13-1-g/),
      expect.stringMatching(/^fail platforms of snoopdb: the build makes linux\/amd64 only/),
      expect.stringMatching(/^warn production regions: .* lacks europe-west3, europe-west10$/),
      expect.stringMatching(/^warn images\.yaml: .*digest-under-two-names/),
    ]);
  });
});
