import { expect, test } from 'vitest';

test('exports these names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'clipText',
    'defaultSteps',
    'findStarterFault',
    'formatDuration',
    'listJson',
    'oneLine',
    'parseStarterInput',
    'parseStarterStep',
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
    'renderStarter',
    'renderWithheld',
    'reportFormats',
    'safeLines',
    'stateMark',
    'statePaint',
    'stateWord',
    'textWidth',
  ]);
});
