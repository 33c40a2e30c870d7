import { expect, test } from 'vitest';
import { plainPalette } from './palette.ts';
import { renderRunTable } from './run-table.ts';
import { sampleReport, sampleReportStep } from './sample.ts';

const began = Date.UTC(2026, 10, 27, 8, 22);
const failed = sampleReport([sampleReportStep('build', { state: 'failed' })], { state: 'failed', run: 'run-22', runbook: 'docs/\u001b[31mrelease.md' });
const rehearsed = sampleReport([sampleReportStep('a')], { state: 'rehearsed', mode: 'rehearse', started: '2026-08-24T09:00:25.000Z', finished: '2026-08-24T09:48:25.000Z' });

test('runs stand below each other, with when they really began and where they stand', () => {
  expect(renderRunTable([{ report: failed, began }, { report: rehearsed, began }], { palette: plainPalette })).toBe(
    [
      'run     state      mode      began (UTC)          took  runbook',
      'run-22  failed     live      2026-11-27 08:22   3m 05s  docs/release.md  at build',
      'run-1   rehearsed  rehearse  2026-11-27 08:22  48m 00s  release.md',
      '',
    ].join('\n'),
  );
});

test('a narrow terminal cuts names, never the run, and no line is wider', () => {
  const text = renderRunTable([{ report: { ...failed, runbook: `${'long/'.repeat(20)}release.md` }, began }], { palette: plainPalette, width: 72 });
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(72);
  expect(text).toContain('run-22');
});
