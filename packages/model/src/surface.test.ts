import { expect, test } from 'vitest';

test('the package exports these names and no others', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'attributeKeys',
    'createFold',
    'evaluateCondition',
    'findBody',
    'foldReport',
    'locateInStep',
    'matchSteps',
    'mayStandOn',
    'parseCondition',
    'parseRunbook',
    'planRun',
    'problemCodes',
    'readScriptNames',
    'readShellNames',
    'reservedNames',
    'resolveInputs',
  ]);
});
