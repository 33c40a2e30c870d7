import { expect, test } from 'vitest';

test('the surface is what other packages rely on', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'builderSubstitutions', 'checkVariant', 'cleanDescribe', 'describeArgs', 'gitTag', 'gitTagPattern', 'imagesPushed', 'lintCloudbuild', 'opaqueProblems', 'parseBuilderArgs',
    'parseCloudbuild', 'parseVariants', 'passesTagFilter', 'placeIn', 'problemCodes', 'substitute', 'substituteText',
  ]);
});
