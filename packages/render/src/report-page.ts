// A run as a page. What it takes is heavy, so it is loaded when a page is wanted and never before.
import type { ReportPageSource } from './page/report.ts';

export type { LogExcerpt, ReportPageSource } from './page/report.ts';

/**
 * Renders the record of a run as one HTML page that needs nothing else and loads nothing, whatever the run has printed. The pieces
 * are made as they are taken, one step at a time.
 */
export async function renderReportPage(source: ReportPageSource): Promise<Iterable<string>> {
  const { buildReportPage } = await import('./page/report.ts');
  return buildReportPage(source);
}
