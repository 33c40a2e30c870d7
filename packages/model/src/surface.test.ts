import { expect, test } from 'vitest';

test('the package exports these names and no others', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'attributeKeys',
    'checkRequires',
    'createFold',
    'evaluateCondition',
    'findBody',
    'fitInput',
    'foldReport',
    'linkIncludes',
    'locateInStep',
    'matchExpectation',
    'matchSteps',
    'mayStandOn',
    'parseCondition',
    'parseDuration',
    'parseRunbook',
    'planRun',
    'problemCodes',
    'readBlocks',
    'readScriptNames',
    'readShellNames',
    'reservedNames',
    'resolveInputs',
    'selectSteps',
    'weighApprovals',
  ]);
});
