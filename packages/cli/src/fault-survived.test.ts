// Bad days that a release gets through.
import { expect, test } from 'vitest';
import { setUpBench } from './command-harness.ts';
import { survived } from './fault-table.ts';
import { expectSurvived } from './released-under.ts';

const bench = setUpBench();

test.each(survived.map((faults) => [faults.join(', '), faults] as const))('%s: the release gets through', async (_, faults) => {
  const day = await expectSurvived(bench, faults);
  const statuses = new Set(day.world.ledger().map(({ status }) => status));
  // the trouble was really there
  if (faults.includes('github-unwell')) expect(statuses).toContain(502);
  if (faults.includes('registry-busy')) expect(statuses).toContain(429);
  if (faults.includes('rate-limited@merge')) expect(day.world.ledger().some(({ status, step }) => status === 403 && step === 'merge')).toBe(true);
});
