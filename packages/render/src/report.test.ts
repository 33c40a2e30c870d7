import { expect, test } from 'vitest';
import { renderReport, renderReportJson, reportFormats } from './report.ts';
import { renderReportJunit } from './report-junit.ts';
import { renderReportMarkdown } from './report-markdown.ts';
import { sampleReport, sampleReportStep } from './sample.ts';

const report = sampleReport([sampleReportStep('tag')]);

test('JSON is the report itself, two spaces deep', () => {
  const text = renderReportJson(report);
  expect(JSON.parse(text)).toEqual(report);
  expect(text.startsWith('{\n  "run": "run-1",\n')).toBe(true);
  expect(text.endsWith('}\n')).toBe(true);
});

test('each format has its writer', () => {
  expect(reportFormats).toEqual(['md', 'json', 'junit', 'html']);
  expect(renderReport(report, 'json')).toBe(renderReportJson(report));
  expect(renderReport(report, 'junit')).toBe(renderReportJunit(report));
  expect(renderReport(report, 'md')).toBe(renderReportMarkdown(report));
});
