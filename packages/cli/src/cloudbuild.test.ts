import { describe, expect, test } from 'vitest';
import { openField, setUpFields } from './field-bench.ts';

setUpFields();

const build = `steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, '--tag=gcr.io/$PROJECT_ID/snoop:$_GIT_TAG', .]
images: ['gcr.io/$PROJECT_ID/snoop:$_GIT_TAG']
substitutions: {_GIT_TAG: '0'}
`;
const jobs = (args: string): string => `postsubmits:\n  example/app:\n  - name: push\n    spec:\n      containers:\n      - image: gcr.io/k8s-staging-test-infra/image-builder:v1\n        args: ${args}\n`;
const codes = (answer: unknown): readonly string[] => (answer as { problems: readonly { code: string; file: string; line: number }[] }).problems.map(({ code, file, line }) => `${file}:${line} ${code}`);

describe('cloudbuild lint', () => {
  test('by itself, and by the arguments of its job', async () => {
    const field = openField({ 'app/cloudbuild.yaml': build, 'jobs.yaml': jobs('[--project=k8s-staging-x, --env-passthrough=PULL_BASE_REF, app]') });
    expect(codes(await field.json(['cloudbuild', 'lint', 'app']))).toEqual(['app/cloudbuild.yaml:4 single-platform']);
    expect(codes(await field.json(['cloudbuild', 'lint', 'app/cloudbuild.yaml', '--job', 'push', '--config', 'jobs.yaml'], 2))).toEqual(['app/cloudbuild.yaml:1 passed-but-unused', 'app/cloudbuild.yaml:4 single-platform']);
    expect(codes(await field.json(['cloudbuild', 'lint', 'app', '--staging', 'gcr.io/k8s-staging-y']))).toContain('app/cloudbuild.yaml:4 other-repository');
  });

  test('variants are read beside the file, and a missing one is told', async () => {
    const field = openField({ 'app/cloudbuild.yaml': build, 'app/variants.yaml': 'variants:\n  one: {CONFIG: a}\n', 'jobs.yaml': jobs('[--variant=two, --project=p, app]') });
    expect(codes(await field.json(['cloudbuild', 'lint', 'app', '--job', 'push', '--config', 'jobs.yaml'], 2))).toContain('app/variants.yaml:1 unknown-variant');
  });

  test('for people, with the place', async () => {
    const { stdout, code } = await openField({ 'cloudbuild.yaml': 'steps: []\n' }).call(['cloudbuild', 'lint', 'cloudbuild.yaml']);
    expect([code, stdout]).toEqual([2, expect.stringContaining('cloudbuild.yaml:1:1  no-steps: ')]);
  });

  test.each([
    [['nowhere.yaml'], 1, 'nowhere.yaml: there is no such file'],
    [['jobs.yaml', '--job', 'push'], 2, '--job and --config belong together'],
    [['jobs.yaml', '--job', 'psuh', '--config', 'jobs.yaml'], 1, 'Did you mean push?'],
  ])('a wrong call: %j', async (args, code, message) => {
    const done = await openField({ 'jobs.yaml': jobs('[app]') }).call(['cloudbuild', 'lint', ...args]);
    expect([done.code, done.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe('cloudbuild images', () => {
  test('the JSON of the contract', async () => {
    const field = openField({ 'cloudbuild.yaml': build });
    expect(await field.json(['cloudbuild', 'images', 'cloudbuild.yaml', '--substitution', '_GIT_TAG=v20260822-v1.2.3', '--substitution', 'PROJECT_ID=k8s-staging-x'])).toEqual({
      images: ['gcr.io/k8s-staging-x/snoop:v20260822-v1.2.3'],
      problems: [],
      pushes: [{ reference: 'gcr.io/k8s-staging-x/snoop:v20260822-v1.2.3', platforms: ['linux/amd64'] }],
    });
  });

  test('for the arguments of a job: its project, what it passes, and each of its variants', async () => {
    const strict = `steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, '--tag=gcr.io/$PROJECT_ID/snoop:$_GIT_TAG-$_CONFIG-$_PULL_BASE_REF', .]\nimages: ['gcr.io/$PROJECT_ID/snoop:$_GIT_TAG-$_CONFIG-$_PULL_BASE_REF']\n`;
    const field = openField({ 'app/cloudbuild.yaml': strict, 'app/variants.yaml': 'variants:\n  one: {CONFIG: a}\n  two: {CONFIG: b}\n', 'jobs.yaml': jobs('[--project=k8s-staging-x, --env-passthrough=PULL_BASE_REF, app]'), 'single.yaml': jobs('[--project=k8s-staging-x, --env-passthrough=PULL_BASE_REF, --variant=two, app]') });
    const call = ['cloudbuild', 'images', 'app/cloudbuild.yaml', '--job', 'push', '-s', '_GIT_TAG=v1', '_PULL_BASE_REF=main', '--config'];
    expect(await field.json([...call, 'jobs.yaml'])).toEqual({
      images: ['gcr.io/k8s-staging-x/snoop:v1-a-main', 'gcr.io/k8s-staging-x/snoop:v1-b-main'],
      problems: [],
      pushes: ['one', 'two'].map((variant, index) => ({ reference: `gcr.io/k8s-staging-x/snoop:v1-${'ab'[index] ?? ''}-main`, platforms: ['linux/amd64'], variant })),
    });
    expect(await field.json([...call, 'single.yaml'])).toMatchObject({ images: ['gcr.io/k8s-staging-x/snoop:v1-b-main'] });
    const { stdout } = await field.call([...call, 'single.yaml', '--project', 'other']);
    expect(stdout).toBe('gcr.io/other/snoop:v1-b-main  linux/amd64  from images:  variant two\n');
    expect(codes(await openField({ 'app/cloudbuild.yaml': build, 'jobs.yaml': jobs('[--project=p, --env-passthrough=PULL_BASE_REF, app]') }).json([...call.slice(0, 5), '-s', '_GIT_TAG=v1', '--config', 'jobs.yaml'], 2))).toEqual(['app/cloudbuild.yaml:5 substitution-unused']);
    expect(await field.call(['cloudbuild', 'images', 'app/cloudbuild.yaml', '--job', 'push'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--job and --config belong together') });
  });

  test('what cannot be known is a problem, and an error ends with 2', async () => {
    const field = openField({ 'make.yaml': 'steps: [{name: gcr.io/k8s-staging-test-infra/gcb-docker-gcloud, entrypoint: make, args: [push]}]\n', 'cloudbuild.yaml': build });
    expect(await field.json(['cloudbuild', 'images', 'make.yaml'])).toMatchObject({ images: [], problems: [{ code: 'opaque-step', severity: 'warning', line: 1 }] });
    expect(codes(await field.json(['cloudbuild', 'images', 'cloudbuild.yaml', '--project', 'p', '-s', '_OTHER=1'], 2))).toEqual(['cloudbuild.yaml:5 substitution-unused']);
  });

  test('values may follow one another', async () => {
    const field = openField({ 'cloudbuild.yaml': build });
    expect(await field.json(['cloudbuild', 'images', 'cloudbuild.yaml', '--substitution', '_GIT_TAG=v1', 'PROJECT_ID=p'])).toMatchObject({ images: ['gcr.io/p/snoop:v1'] });
    expect(await field.call(['cloudbuild', 'images', 'cloudbuild.yaml', 'other.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('expected NAME=VALUE') });
  });

  test('in a pipe, stdout has the images and stderr the rest', async () => {
    const { stdout, stderr } = await openField({ 'cloudbuild.yaml': build }).call(['cloudbuild', 'images', 'cloudbuild.yaml', '--project', 'p', '-s', '_GIT_TAG=v1']);
    expect([stdout, stderr]).toEqual(['gcr.io/p/snoop:v1  linux/amd64  from images:\n', '1 image\n']);
  });
});

describe('cloudbuild tag', () => {
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const repository = () => {
    const field = openField({ 'apps/snoop/a': '1', 'apps/audit/a': '1' });
    field.git('init', '-q', '-b', 'main');
    field.git('add', '.');
    field.git('commit', '-q', '-m', 'one');
    return field;
  };
  interface Tag { readonly tag: string; readonly pattern: string; readonly describe: string; readonly warnings: readonly string[] }

  test('a plain version, then commits after it, then a dirty copy', async () => {
    const field = repository();
    field.git('tag', 'v1.2.3');
    expect(await field.json(['cloudbuild', 'tag'])).toEqual({ tag: `v${today}-v1.2.3`, pattern: '^v[0-9]{8}-v1\\.2\\.3$', describe: 'v1.2.3', warnings: [] });
    field.git('commit', '-q', '--allow-empty', '-m', 'two');
    const after = (await field.json(['cloudbuild', 'tag'])) as Tag;
    expect(after.describe).toMatch(/^v1\.2\.3-1-g[0-9a-f]{7,}$/);
    expect(after.tag).toMatch(new RegExp(after.pattern));
    field.write({ 'apps/snoop/a': '2' });
    const dirty = (await field.json(['cloudbuild', 'tag'])) as Tag;
    expect([dirty.tag.endsWith('-dirty'), dirty.warnings]).toEqual([true, [expect.stringContaining('the working copy is dirty')]]);
    expect(((await field.json(['cloudbuild', 'tag', '--allow-dirty'])) as Tag).warnings).toEqual([]);
  });

  test('the tag of another component is told, with its cure; the filter heals it', async () => {
    const field = repository();
    field.git('tag', 'snoop-1.0');
    field.git('commit', '-q', '--allow-empty', '-m', 'two');
    field.git('tag', 'audit-9.1');
    expect(((await field.json(['cloudbuild', 'tag', 'apps/snoop'])) as Tag).warnings).toEqual(["git describe takes the nearest tag of any component: audit-9.1 (on this commit) is not one of \"snoop\"; give the job --version-tag-filter='snoop*'"]);
    expect(((await field.json(['cloudbuild', 'tag', '--component', 'snoop'])) as Tag).warnings).toHaveLength(1);
    expect(((await field.json(['cloudbuild', 'tag', 'apps/audit'])) as Tag).warnings).toEqual([]);
    expect(await field.json(['cloudbuild', 'tag', 'apps/snoop', '--version-tag-filter', 'snoop-*'])).toMatchObject({ describe: expect.stringMatching(/^snoop-1\.0-1-g/), warnings: [] });
  });

  test('the job says the filter and where it builds; what is said here wins', async () => {
    const field = repository();
    const job = (name: string, args: string) => `  - {name: ${name}, spec: {containers: [{image: 'gcr.io/k8s-staging-test-infra/image-builder:v1', args: [${args}]}]}}\n`;
    field.write({ 'jobs.yaml': `postsubmits:\n  org/app:\n${job('push-snoop', "--version-tag-filter=snoop-*, --allow-dirty, apps/snoop")}${job('push-gone', 'apps/gone')}` });
    field.git('tag', 'snoop-1.0');
    field.git('tag', 'audit-9.1');
    field.git('commit', '-q', '--allow-empty', '-m', 'two');
    field.write({ 'apps/snoop/a': 'changed' });
    const by = (...args: string[]) => ['cloudbuild', 'tag', '--config', 'jobs.yaml', '--job', ...args];
    expect(await field.json(by('push-snoop'))).toMatchObject({ describe: expect.stringMatching(/^snoop-1\.0-1-g[0-9a-f]+-dirty$/), warnings: [] });
    expect(((await field.json(by('push-snoop', '--version-tag-filter', 'audit-*'))) as Tag).describe).toMatch(/^audit-9\.1-1-g/);
    expect(await field.call(by('push-gone'))).toMatchObject({ code: 1, stderr: 'apps/gone: there is no such folder. The job builds there; run it at the root of the repository.\n' });
    expect((await field.call(by('push-snop'))).stderr).toBe('--job push-snop: the config has no such job. Did you mean push-snoop?\n');
    expect((await field.call(['cloudbuild', 'tag', '--job', 'push-snoop'])).code).toBe(2);
  });

  test('no tag at all, and characters that vanish', async () => {
    const field = repository();
    expect(((await field.json(['cloudbuild', 'tag'])) as Tag).warnings).toEqual(['no tag is reachable from here, so the commit names the image']);
    field.git('tag', 'apps/snoop/v1.2+x');
    expect(await field.json(['cloudbuild', 'tag', 'apps/snoop'])).toMatchObject({ tag: `v${today}-appssnoopv1.2x`, warnings: ['characters that an image tag may not have vanish: apps/snoop/v1.2+x becomes appssnoopv1.2x'] });
  });

  test('the tag alone stands on stdout; without a repository it says so', async () => {
    const field = repository();
    field.git('tag', 'v1');
    expect(await field.call(['cloudbuild', 'tag'])).toMatchObject({ code: 0, stdout: `v${today}-v1\n`, stderr: '' });
    const outside = await openField().call(['cloudbuild', 'tag']);
    expect([outside.code, outside.stderr]).toEqual([1, expect.stringContaining('failed to get current tag')]);
  });
});
