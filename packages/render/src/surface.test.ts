import { expect, test } from 'vitest';

test('exports these names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'clipText',
    'formatDuration',
    'listJson',
    'oneLine',
    'plainPalette',
    'problemsJson',
    'renderList',
    'renderPage',
    'renderPlan',
    'renderProblems',
    'renderReport',
    'renderReportJson',
    'renderReportMarkdown',
    'renderReportTable',
    'renderWithheld',
    'reportFormats',
    'safeLines',
    'stateMark',
    'statePaint',
    'stateWord',
    'textWidth',
  ]);
});
