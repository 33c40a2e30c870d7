// A report in the format that is asked for. A new format is one more line in the table below.
import type { Report } from '@runbook/model';
import { renderReportJunit } from './report-junit.ts';
import { renderReportMarkdown, type ReportOptions } from './report-markdown.ts';
import type { ReportSchema } from './report-schema.ts';

/** The formats that are made in one piece. */
export type ReportTextFormat = 'md' | 'json' | 'junit';

/** The formats of `runbook report --format`. */
export type ReportFormat = ReportTextFormat | 'html';

const writers: Readonly<Record<ReportTextFormat, (report: Report, options: ReportOptions) => string>> = {
  md: renderReportMarkdown,
  json: (report) => renderReportJson(report),
  junit: renderReportJunit,
};

/** Every format there is, in the order in which help names them. */
export const reportFormats: readonly ReportFormat[] = ['md', 'json', 'junit', 'html'];

/** The report as text of a format; `html` is made by `renderReportPage`. Pure: same report, same bytes. */
export function renderReport(report: Report, format: ReportTextFormat, options: ReportOptions = {}): string {
  return writers[format](report, options);
}

/** The report as JSON, two spaces deep, with a line feed at its end. */
export function renderReportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The JSON schema of `renderReportJson`. Few want it, so it is loaded when it is wanted. */
export async function loadReportSchema(): Promise<ReportSchema> {
  return (await import('./report-schema.ts')).reportSchema;
}
