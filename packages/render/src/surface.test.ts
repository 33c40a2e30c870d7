import { expect, test } from 'vitest';

test('exports these names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'clipText',
    'formatDuration',
    'listJson',
    'oneLine',
    'parseProblemRules',
    'plainPalette',
    'problemCount',
    'problemsJson',
    'renderGithubProblems',
    'renderList',
    'renderPlan',
    'renderProblems',
    'renderReport',
    'renderReportJson',
    'renderReportMarkdown',
    'renderReportTable',
    'renderSarif',
    'renderWithheld',
    'reportFormats',
    'safeLines',
    'stateMark',
    'statePaint',
    'stateWord',
    'textWidth',
  ]);
});
