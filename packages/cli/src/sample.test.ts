// The sample of the design, corrected where practice showed it wrong: it checks clean, a dry run shows what it would write, and
// it rehearses to its end.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, inside, repositoryFolder, setUpBench } from './command-harness.ts';

const bench = setUpBench();
const sample = (): string => {
  const file = join(bench.desk.folder, 'sample.md');
  cpSync(join(repositoryFolder, 'packages/cli/fixtures/sample.md'), file);
  return file;
};

test('checks clean', async () => {
  const checked = await callRunbook(['check', sample(), '--format', 'json'], { cwd: bench.desk.folder });
  expect([checked.code, JSON.parse(checked.stdout)]).toEqual([0, { problems: [] }]);
});

test('rehearses: the tag is pushed, verified, built on main, tried by a person', async () => {
  const world = await bench.world();
  const run = await callRunbook(['run', sample(), '--rehearse', '--yes', '--json'], { cwd: bench.desk.folder, env: inside(world) });
  expect(run.code, run.stderr).toBe(0);
  const { state, steps } = JSON.parse(run.stdout) as { state: string; steps: { id: string; state: string; outputs: Record<string, unknown>; by?: string }[] };
  expect(state).toBe('rehearsed');
  expect(steps.filter((step) => step.state !== 'passed')).toEqual([]);
  expect(steps.find(({ id }) => id === 'build')?.outputs['built']).toMatchObject([{ repository: 'gcr.io/k8s-staging-apisnoop/snoopdb', digest: expect.stringMatching(/^sha256:/) }]);
  expect(steps.find(({ id }) => id === 'smoke')).toMatchObject({ by: expect.stringContaining('alice') });
  expect(world.ledger().filter(({ write, service }) => write && service === 'git')).toHaveLength(1);
});

test('a dry run withholds the tag and goes no further than it can know', async () => {
  const world = await bench.world();
  const dry = await callRunbook(['run', sample(), '--dry-run', '--json'], { cwd: bench.desk.folder, env: { ...world.env, ...inside(world) } });
  expect(dry.code, dry.stderr).toBe(0);
  const { steps } = JSON.parse(dry.stdout) as { steps: { id: string; state: string }[] };
  expect(Object.fromEntries(steps.map(({ id, state }) => [id, state]))).toMatchObject({ 'release-commit': 'passed', clone: 'passed', 'push-tag': 'withheld' });
  expect(world.ledger().filter(({ write }) => write)).toEqual([]);
});
