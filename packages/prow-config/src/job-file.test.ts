import { describe, expect, test } from 'vitest';
import { parseJobs } from './job-file.ts';

const example = `postsubmits:
  example/thing:
  - name: post-thing-push
    cluster: trusted
    decorate: true
    decoration_config:
      timeout: 4h
    max_concurrency: 1
    job_queue_name: queue
    rerun_auth_config:
      github_team_slugs:
      - org: example
        slug: leads
      github_users: [alice]
    branches: [^main$]
    annotations: {board: images}
    spec:
      serviceAccountName: builder
      containers:
      - image: registry.example/builder:v1
        command: [/run.sh]
        args: [--project=p, --retries, 3, .]
        env:
        - {name: LEVEL, value: "7"}
        - {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}}
`;

test('yes and off are booleans, as Prow reads them, and in quotes they are not', () => {
  const read = (text: string) => parseJobs(`postsubmits:\n  a/b:\n  - name: x\n    ${text}\n`, 'f');
  expect(read('always_run: off')).toMatchObject({ jobs: [{ alwaysRun: false }], problems: [] });
  expect(read('decorate: Yes').problems).toEqual([]);
  expect(read('decorate: "yes"').problems.map(({ code }) => code)).toEqual(['wrong-type']);
});

test('a job is decoded with its defaults, and keeps all raw fields', () => {
  const { jobs, problems } = parseJobs(example, 'thing.yaml');
  expect(problems).toEqual([]);
  expect(jobs).toHaveLength(1);
  if (jobs[0] === undefined) throw new Error('no job');
  const { raw, ...job } = jobs[0];
  expect(job).toEqual({
    file: 'thing.yaml', line: 3, column: 5,
    kind: 'postsubmit', name: 'post-thing-push', repo: 'example/thing',
    branches: ['^main$'], skipBranches: [], maxConcurrency: 1, jobQueueName: 'queue',
    rerunAuth: { allowAnyone: false, teams: [{ org: 'example', slug: 'leads' }], users: ['alice'] },
    optional: false, skipReport: false, context: 'post-thing-push', cluster: 'trusted', decorate: true, decorationTimeout: '4h',
    containers: [{ image: 'registry.example/builder:v1', command: ['/run.sh'], args: ['--project=p', '--retries', '3', '.'], env: { LEVEL: '7' } }],
  });
  expect(raw['annotations']).toEqual({ board: 'images' });
});

test('a presubmit gets its trigger and rerun command, a bare job its other defaults', () => {
  const [job] = parseJobs('presubmits:\n  a/b:\n  - name: pull-a\n', 'f').jobs;
  expect(job).toMatchObject({ trigger: '(?m)^/test( | .* )pull-a,?($|\\s.*)', rerunCommand: '/test pull-a', context: 'pull-a', cluster: 'default', decorationTimeout: '2h', optional: false });
  expect(job?.alwaysRun).toBeUndefined();
});

test('anchors and merge keys are read as Prow reads them', () => {
  const text = 'presubmits:\n  a/b:\n  - &base\n    name: one\n    decorate: true\n  - <<: *base\n    name: two\n';
  expect(parseJobs(text, 'f').jobs.map((job) => [job.name, job.decorate, job.line])).toEqual([['one', true, 4], ['two', true, 6]]);
});

describe('what is wrong is reported at its place', () => {
  const post = (fields: string): string => `postsubmits:\n  a/b:\n  - name: x\n${fields}`;
  const table: readonly (readonly [what: string, text: string, code: string, line: number, says: string])[] = [
    ['not YAML', 'postsubmits: [', 'yaml-syntax', 1, 'not valid YAML'],
    ['two documents', 'postsubmits: {}\n---\npresubmits: {}\n', 'yaml-syntax', 2, 'not valid YAML'],
    ['duplicate key', post('    decorate: true\n    decorate: false\n'), 'duplicate-key', 5, 'not valid YAML'],
    ['a list at top', '- a\n', 'wrong-type', 1, 'a list'],
    ['unknown top field', 'postsubmit: {}\n', 'unknown-field', 1, '"postsubmit"'],
    ['jobs not under a repository', 'postsubmits:\n- name: x\n', 'wrong-type', 2, 'mapping of org/repo'],
    ['jobs not a list', 'postsubmits:\n  a/b:\n    name: x\n', 'wrong-type', 3, 'list of jobs'],
    ['a job that is a text', 'postsubmits:\n  a/b:\n  - x\n', 'wrong-type', 3, 'a string'],
    ['no name', 'postsubmits:\n  a/b:\n  - decorate: true\n', 'job-name', 3, 'no name'],
    ['bad name', 'postsubmits:\n  a/b:\n  - name: a b\n', 'job-name', 3, '"a b"'],
    ['misspelt field', post('    run_if_change: a\n'), 'unknown-field', 4, '"run_if_change"'],
    ['presubmit field in a postsubmit', post('    optional: true\n'), 'unknown-field', 4, '"optional"'],
    ['branches not a list', post('    branches: main\n'), 'wrong-type', 4, 'a list of texts'],
    ['always_run not a flag', post('    always_run: "yes"\n'), 'wrong-type', 4, 'true or false'],
    ['a broken pattern', post("    branches: ['(']\n"), 'bad-pattern', 3, 'branches'],
    ['a pattern only Go knows', post("    branches: ['(?i)x']\n"), 'bad-pattern', 3, '(?i)'],
    ['exclusive fields', post('    run_if_changed: a\n    skip_if_only_changed: b\n'), 'exclusive-fields', 3, 'run_if_changed and skip_if_only_changed'],
    ['always_run with a file rule', post('    always_run: true\n    run_if_changed: a\n'), 'exclusive-fields', 3, 'always_run and run_if_changed'],
    ['same name and branch twice', post('    branches: [a]\n  - name: x\n    branches: [a, b]\n'), 'duplicate-job', 5, 'line 3'],
    ['same name, one for all branches', post('  - name: x\n    branches: [a]\n'), 'duplicate-job', 4, 'line 3'],
    ['periodic without schedule', 'periodics:\n- name: x\n', 'schedule', 2, 'none of them'],
    ['periodic with two schedules', 'periodics:\n- name: x\n  cron: a\n  interval: 1h\n', 'schedule', 2, 'interval and cron'],
    ['periodics of one name', 'periodics:\n- name: x\n  cron: a\n- name: x\n  cron: a\n', 'duplicate-job', 4, 'line 2'],
    ['trigger alone', 'presubmits:\n  a/b:\n  - name: x\n    trigger: y\n', 'trigger-pair', 3, 'only one of'],
    ['trigger that misses its command', "presubmits:\n  a/b:\n  - name: x\n    trigger: '^/go$'\n    rerun_command: /test x\n", 'trigger-pair', 3, 'does not match'],
  ];
  for (const [what, text, code, line, says] of table) {
    test(what, () => {
      const found = parseJobs(text, 'f.yaml').problems.find((problem) => problem.code === code);
      expect(found).toMatchObject({ file: 'f.yaml', line });
      expect(found?.message).toContain(says);
    });
  }

  test('what is allowed stays silent', () => {
    const same = 'postsubmits:\n  a/b:\n  - name: x\n    branches: [a]\n  - name: x\n    branches: [b]\npresubmits:\n  a/b:\n  - name: x\n';
    expect(parseJobs(same, 'f').problems).toEqual([]);
    for (const empty of ['', '# nothing yet\n', 'postsubmits:\n', 'postsubmits:\n  a/b:\n']) expect(parseJobs(empty, 'f')).toEqual({ jobs: [], problems: [] });
  });
});

test('a file of aliases that explode is refused, not followed', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]', 'd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]', 'e: [*d,*d,*d,*d,*d,*d,*d,*d,*d]'].join('\n');
  expect(parseJobs(bomb, 'f').problems[0]?.code).toBe('yaml-syntax');
});
