// Bad days before there is a pull request: release.md stops in the right place, says what leads to the cure, and writes no more.
import { expect, test } from 'vitest';
import { faults } from '@runbook/rehearsal';
import { callRunbook, setUpBench } from './command-harness.ts';
import { early, late, merged, survived } from './fault-table.ts';
import { expectStopped } from './released-under.ts';

const bench = setUpBench();

test.each(early)('$fault', async (day) => expectStopped(bench, day));

test('each fault has its day, and ends as it says it will', () => {
  const stopped = new Set([...early, ...late, ...merged].map(({ fault }) => fault.split('@')[0] ?? ''));
  const lived = new Set(survived.flat().filter((fault) => !fault.includes('@')));
  expect(faults.length).toBeGreaterThanOrEqual(15);
  expect(faults.filter(({ outcome }) => outcome === 'stops').map(({ name }) => name).sort()).toEqual([...stopped].sort());
  expect(faults.filter(({ outcome }) => outcome === 'survives').map(({ name }) => name).sort()).toEqual([...lived].sort());
});

test.each([
  [['run', '--rehearse', '--yes', '--fault', 'lost-digets'], /the rehearsal knows no fault "lost-digets".*Did you mean lost-digest\?/s],
  [['run', '--rehearse', '--yes', '--fault', 'rate-limited@mrege'], /--fault rate-limited@mrege: .*release\.md has no step mrege\. Did you mean merge\?/],
  [['run', '--rehearse', '--yes', '--fault', 'rate-limited@'], /has no step without a name/],
])('a wrong one is refused before anything begins: %j', async ([command = '', ...flags], says) => {
  const done = await callRunbook([command, bench.desk.release, ...flags], { cwd: bench.desk.folder });
  expect([done.code, done.stderr]).toEqual([2, expect.stringMatching(says)]);
});
