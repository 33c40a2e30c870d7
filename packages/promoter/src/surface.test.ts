import { expect, test } from 'vitest';

test('the surface is what other packages rely on', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'addImage', 'addRegions', 'changedDigests', 'checkChange', 'checkHoldings', 'checkTree', 'destinations', 'needsMultiArch', 'parseImages', 'parseManifest', 'parseSingleArchAllowed',
    'planPromotion', 'problemCodes', 'productionRegions', 'sourceRegistry',
  ]);
});
