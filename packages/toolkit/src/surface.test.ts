import { expect, test } from 'vitest';

test('the package exports these names and no others', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'PreflightError',
    'builderOf',
    'createReleaseTools',
    'createToolkit',
    'expectGitTag',
    'formatFindings',
    'openGit',
    'readJobFiles',
  ]);
});
