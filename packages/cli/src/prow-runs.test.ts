import { describe, expect, test } from 'vitest';
import { inside, setUpBench } from './command-harness.ts';
import { openField, setUpFields } from './field-bench.ts';

setUpFields();
const bench = setUpBench();
const job = 'apisnoop-push-snoopdb-images';

interface Runs {
  readonly runs: readonly { readonly id: string; readonly state: string; readonly url: string }[];
}

describe('prow runs, wait, history and log, in a world', () => {
  test('a run is waited for; then its images, its log and its past are told', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    const before = (await field.json(['prow', 'runs', job, '--base-ref', 'main'], 0, env)) as Runs;
    expect(before.runs.map(({ state }) => state)).toEqual(['pending']);
    expect(before.runs[0]?.id).toMatch(/^\d{19}$/);
    expect((await field.call(['prow', 'log', job], { env })).stderr).toContain('the run is pending and has no build-log.txt yet');
    expect(await field.call(['prow', 'wait', job, '--timeout', '1m'], { env })).toMatchObject({ code: 3, stderr: expect.stringContaining('It is not over within 1m.') });
    const over = await field.call(['prow', 'wait', job], { env });
    expect(over.code, over.stderr).toBe(0);
    expect(over.stdout).toMatch(/^gcr\.io\/k8s-staging-apisnoop\/snoopdb:v\d{8}-\S+@sha256:[0-9a-f]{64}\n$/);
    expect(over.stderr.trim().split('\n').map((line) => line.split(' ')[0])).toEqual(['pending', 'success']);
    const { summary } = (await field.json(['prow', 'history', job], 0, env)) as { summary: object };
    expect(summary).toEqual({ runs: 1, finished: 1, succeeded: 1, medianMs: 260_000 });
    const url = ((await field.json(['prow', 'runs', job], 0, env)) as Runs).runs[0]?.url ?? '';
    expect((await field.call(['prow', 'log', url, '-n', '1'], { env })).stdout).toMatch(/Finished\.\n$/);
    expect((await field.call(['prow', 'log', job, '--artifact', 'artifacts/build.log'], { env })).stdout).toContain('SUCCESS');
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
  });

  test('a log is followed from before it is there until the run is over', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    const followed = await field.call(['prow', 'log', job, '-f'], { env });
    expect(followed.code, followed.stderr).toBe(0);
    const whole = await field.call(['prow', 'log', job], { env });
    expect(followed.stdout).toBe(whole.stdout);
    expect(whole.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect((await field.call(['prow', 'log', job, '-n', '1'], { env })).stdout).toBe(`${whole.stdout.trimEnd().split('\n').at(-1) ?? ''}\n`);
    expect((await field.call(['prow', 'log', job, '-n', '0'], { env })).stdout).toBe('');
    expect(await field.json(['prow', 'log', job, '-n', '1'], 0, env)).toMatchObject({ run: { job, state: 'success' }, text: whole.stdout.trimEnd().split('\n').at(-1) });
    expect((await field.call(['prow', 'log', job, '-f', '--json'], { env })).code).toBe(2);
  });

  test('a failed run ends with 1 and its reasons in words', async () => {
    const opened = await bench.world({ faults: ['build-fails'] });
    const done = await openField().call(['prow', 'wait', job, '--json'], { env: inside(opened) });
    expect(done.code, done.stderr).toBe(1);
    expect(JSON.parse(done.stdout)).toMatchObject({ run: { state: 'failure' }, reasons: [expect.stringMatching(/\S/)], rerun: [expect.stringContaining('Rerun on https://prow.k8s.io/view/')] });
  });

  test('a green promotion that has lost the digest ends with 1 and says so', async () => {
    const opened = await bench.world({ faults: ['lost-digest'] });
    const env = inside(opened);
    const field = openField();
    const built = await field.call(['prow', 'wait', job], { env });
    const [, tag = ''] = /snoopdb:([^@]+)@/.exec(built.stdout) ?? [];
    const pull = await field.call(['promoter', 'pr', '--project', 'apisnoop', '--image', `snoopdb=${tag}`, '--tag', 'v0.3.0'], { env });
    expect(pull.code, pull.stderr).toBe(0);
    const done = await field.call(['prow', 'wait', 'post-k8sio-image-promo', '--timeout', '2d', '--poll', '5m'], { env });
    expect([done.code, done.stderr]).toEqual([1, expect.stringMatching(/success https.*\ngcr\.io\/k8s-staging-apisnoop\/snoopdb@sha256:[0-9a-f]{64} is lost: staging does not hold it under this name/)]);
    const early = await openField().call(['prow', 'wait', 'pull-k8sio-cip', '--repo', 'kubernetes/k8s.io'], { env });
    expect(early.code, early.stderr).toBe(0);
  });

  test('a run that does not exist, and wrong calls', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    expect(await field.call(['prow', 'runs', 'no-such-job'], { env })).toMatchObject({ code: 0, stdout: '', stderr: 'There is no such run of no-such-job.\n' });
    expect(await field.call(['prow', 'log', 'no-such-job'], { env })).toMatchObject({ code: 1, stderr: 'There is no such run of no-such-job.\n' });
    for (const [args, message] of [
      [['prow', 'runs', job, '--type', 'nightly'], 'expected presubmit, postsubmit, periodic, batch'],
      [['prow', 'runs', job, '--limit', '0'], 'expected a number of runs'],
      [['prow', 'wait', job, '--poll', '5'], 'expected a time such as 30s'],
      [['prow', 'log', 'https://example.org/'], 'expected the page of a run'],
    ] as const) {
      const { code, stderr } = await field.call(args, { env });
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});
