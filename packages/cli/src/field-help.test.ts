import { expect, test } from 'vitest';
import { openField, setUpFields } from './field-bench.ts';

setUpFields();

test.each([
  'preflight', 'prow jobs', 'prow lint', 'prow runs', 'prow history', 'prow log', 'prow wait', 'cloudbuild lint', 'cloudbuild images', 'cloudbuild tag',
  'promoter check', 'promoter add', 'promoter plan', 'promoter status', 'promoter pr', 'registry digest', 'registry tags', 'registry manifest', 'registry ls', 'registry copy',
])('%s has help with an example', async (command) => {
  const { stdout, code } = await openField().call([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: runbook ${command} `);
  expect(stdout).toContain(`\nExample:\n  $ runbook ${command}`);
  expect(stdout).toMatch(/^ {2}--json /m);
});
