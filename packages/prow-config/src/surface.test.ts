import { expect, test } from 'vitest';

test('the surface is what other packages rely on', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['compileBranchRegex', 'jobsFor', 'lintJobs', 'mayHoldJobsOf', 'parseJobs', 'presubmitsFor', 'problemCodes']);
});
