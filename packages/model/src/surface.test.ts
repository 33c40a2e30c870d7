import { expect, test } from 'vitest';

test('the package exports these names and no others', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'attributeKeys',
    'checkRequires',
    'createFold',
    'evaluateCondition',
    'foldReport',
    'locateInStep',
    'matchExpectation',
    'matchSteps',
    'parseCondition',
    'parseRunbook',
    'planRun',
    'problemCodes',
    'reservedNames',
    'resolveInputs',
  ]);
});
