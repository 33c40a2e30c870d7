import { describe, expect, test } from 'vitest';
import { openField, setUpFields } from './field-bench.ts';

setUpFields();

const job = (name: string, rules: string, args = '[--project=p, --env-passthrough=PULL_BASE_REF, apps/snoop]'): string => `    - name: ${name}
      decorate: true
${rules}      spec:
        containers:
          - image: gcr.io/k8s-staging-test-infra/image-builder:v1
            command: [/run.sh]
            args: ${args}
`;
const config = `postsubmits:
  example/app:
${job('on-main', '      branches: [^main$]\n')}${job('on-tags', "      branches: ['^v\\d+\\.\\d+\\.\\d+$']\n")}${job('by-files', '      run_if_changed: ^apps/\n')}${job('by-hand', '      always_run: false\n')}${job('filtered', '', "[--version-tag-filter=snoop-*, apps/snoop]")}${job('odd', "      branches: ['(?i)main']\n")}    - name: no-builder
      spec: {containers: [{image: busybox}]}
  example/other:
    - name: elsewhere
`;
const config2 = 'presubmits:\n  example/app:\n  - name: before-merge\n    always_run: true\n';
const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');

interface Answer {
  readonly jobs: readonly { readonly name: string; readonly runs: boolean; readonly reason: string; readonly gitTag?: string }[];
}

describe('prow jobs', () => {
  test('the JSON has the fields of the contract, and a reason for each job', async () => {
    const field = openField({ 'jobs/app.yaml': config, 'jobs/deep/more.yaml': config2 });
    const { jobs } = (await field.json(['prow', 'jobs', '--config', 'jobs', '--repo', 'example/app', '--ref', 'refs/tags/v1.2.3'])) as Answer;
    expect(jobs.slice(0, 2)).toEqual([
      { name: 'on-main', type: 'postsubmit', file: 'jobs/app.yaml', runs: false, reason: 'No entry of branches (^main$) matches the tag "v1.2.3".' },
      { name: 'on-tags', type: 'postsubmit', file: 'jobs/app.yaml', runs: true, reason: 'branches (^v\\d+\\.\\d+\\.\\d+$) matches the tag "v1.2.3", and nothing else holds the job back.', gitTag: `v${today}-v1.2.3` },
    ]);
    expect(jobs.map(({ name, runs, gitTag }) => [name, runs, gitTag !== undefined])).toEqual([
      ['on-main', false, false], ['on-tags', true, true], ['by-files', false, false], ['by-hand', false, false], ['filtered', true, false], ['odd', false, false], ['no-builder', true, false],
    ]);
    expect(jobs.find(({ name }) => name === 'odd')).toMatchObject({ undecided: true });
  });

  test('a branch, with and without the changed files', async () => {
    const field = openField({ 'app.yaml': config });
    const ask = async (...more: string[]): Promise<readonly unknown[]> => {
      const { jobs } = (await field.json(['prow', 'jobs', '--config', 'app.yaml', '--repo', 'example/app', '--ref', 'refs/heads/main', ...more])) as Answer;
      return jobs.filter(({ name }) => name === 'by-files').map(({ runs, reason }) => [runs, reason]);
    };
    expect(await ask()).toEqual([[false, 'It depends on the changed files (run_if_changed ^apps/), and they were not given.']]);
    expect(await ask('--changed', 'README.md', '--changed', 'apps/a')).toEqual([[true, 'run_if_changed (^apps/) matches the changed file "apps/a".']]);
    expect(await ask('--changed', 'README.md')).toEqual([[false, 'run_if_changed (^apps/) matches none of the 1 changed files.']]);
  });

  test('more than three tags at once start nothing', async () => {
    const field = openField({ 'app.yaml': config });
    const { jobs } = (await field.json(['prow', 'jobs', '--config', 'app.yaml', '--repo', 'example/app', '--ref', 'refs/tags/v1.2.3', '--tags', '4'])) as Answer;
    expect(jobs.filter(({ runs }) => runs)).toEqual([]);
  });

  test('a clone tells the tag where the name of the pushed tag does not', async () => {
    const field = openField({ 'app.yaml': config, 'source/a': '1' });
    field.git('init', '-q', 'source');
    const git = (...args: string[]): string => field.git('-C', 'source', ...args);
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('tag', 'snoop-1.0');
    git('tag', 'other-2.0');
    const { jobs } = (await field.json(['prow', 'jobs', '--config', 'app.yaml', '--repo', 'example/app', '--ref', 'refs/tags/v1.2.3', '--source', 'source'])) as Answer;
    expect(jobs.find(({ name }) => name === 'filtered')?.gitTag).toBe(`v${today}-snoop-1.0`);
    expect(jobs.find(({ name }) => name === 'on-tags')?.gitTag).toBe(`v${today}-v1.2.3`);
  });

  test('files that cannot hold the repository are not parsed; a broken one that can is told', async () => {
    const broken = 'postsubmits:\n  unclosed: [\n';
    const field = openField({ 'jobs/app.yaml': config, 'jobs/broken.yaml': broken });
    const args = ['prow', 'jobs', '--config', 'jobs', '--repo', 'example/app', '--ref', 'refs/heads/main', '--changed', 'x'];
    expect((await field.call(args)).code).toBe(0);
    field.write({ 'jobs/broken.yaml': `# example/app\n${broken}` });
    const told = await field.call(args);
    expect(told.code).toBe(2);
    expect(told.stderr).toMatch(/jobs\/broken\.yaml:\d+:\d+ {2}yaml-syntax/);
  });

  test('for people: what runs, what does not, and how many', async () => {
    const field = openField({ 'jobs/app.yaml': config });
    const { stdout, code } = await field.call(['prow', 'jobs', '--config', 'jobs', '--repo', 'example/app', '--ref', 'refs/tags/v1.2.3']);
    expect(code).toBe(0);
    expect(stdout).toContain('runs      on-tags  jobs/app.yaml\n');
    expect(stdout).toContain('undecided odd  jobs/app.yaml\n');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('example/app refs/tags/v1.2.3: 3 of 7 postsubmits run, 1 undecided');
    const none = await field.call(['prow', 'jobs', '--config', 'jobs', '--repo', 'example/none', '--ref', 'refs/tags/v1']);
    expect(none.stderr).toContain('1 file has no postsubmit for example/none.');
  });

  test.each([
    [['--repo', 'app', '--ref', 'refs/tags/v1'], 'expected ORG/REPO'],
    [['--repo', 'a/b', '--ref', 'v1'], 'expected the whole name, refs/tags/v1'],
    [['--repo', 'a/b', '--ref', 'refs/tags/v1', '--tags', 'x'], 'how many tags'],
    [['--repo', 'a/b', '--ref', 'refs/tags/v1', '--config', 'nowhere'], 'nowhere: there is no such file'],
    [['--repo', 'a/b'], "required option '--ref <ref>' not specified"],
  ])('a wrong call: %j', async (args, message) => {
    const { code, stderr } = await openField({ 'app.yaml': config }).call(['prow', 'jobs', '--config', 'app.yaml', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('prow lint', () => {
  test('what Prow refuses, what never runs, and what image-builder does not understand', async () => {
    const field = openField({
      'jobs/a.yaml': `postsubmits:\n  example/app:\n${job('never', "      branches: ['^v\\d']\n      run_if_changed: ^apps/\n")}${job('typo', '', '[--projcet=p, apps]')}`,
      'jobs/b.yaml': `postsubmits:\n  example/app:\n${job('typo', '')}`,
      'jobs/c.yaml': 'postsubmits:\n  example/app:\n    - name: a b\n',
    });
    const { problems } = (await field.json(['prow', 'lint', 'jobs'], 2)) as { problems: readonly { code: string; file: string; line: number; severity: string }[] };
    expect(problems.map(({ file, line, code, severity }) => `${file}:${line} ${code} ${severity}`)).toEqual([
      'jobs/a.yaml:3 tag-never-runs warning', 'jobs/a.yaml:12 unknown-flag error', 'jobs/b.yaml:3 duplicate-job error', 'jobs/c.yaml:3 job-name error',
    ]);
  });

  test('a clean file, for people and as annotations', async () => {
    const field = openField({ 'app.yaml': `postsubmits:\n  example/app:\n${job('fine', '')}` });
    expect(await field.call(['prow', 'lint', 'app.yaml'])).toMatchObject({ code: 0, stdout: 'no problems\n' });
    expect(await field.call(['prow', 'lint', 'app.yaml', '--format', 'github'])).toMatchObject({ code: 0, stdout: '' });
  });
});
