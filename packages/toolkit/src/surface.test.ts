import { expect, test } from 'vitest';

test('the package exports these names and no others', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'PreflightError',
    'builderOf',
    'changeOf',
    'checklist',
    'cloneForReading',
    'createReleaseTools',
    'createToolkit',
    'expectGitTag',
    'folderPromoter',
    'formatFindings',
    'githubPromoter',
    'holdingKey',
    'openGit',
    'openPromotion',
    'promotionRepo',
    'promotionStatus',
    'publicPrefixOf',
    'readHoldings',
    'readInventories',
    'readJobFiles',
    'readPromoterFiles',
  ]);
});
