// Reports as files, in the formats that the ends of their names say. Everything passes the redaction once more on its way out;
// a page goes there piece by piece.
import { accessSync, closeSync, constants, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { Redactor } from '@runbook/access';
import type { Plan, Report } from '@runbook/model';
import { renderReport, renderReportPage, type ReportFormat } from '@runbook/render';
import type { RunFolder } from '@runbook/runner';
import { UsageError } from './exit.ts';
import { logReader } from './stored-log.ts';
import { version } from './version.ts';

/** A report and what is needed to tell it. */
export interface Telling {
  readonly report: Report;
  readonly plan: Plan;
  readonly folder: RunFolder;
  readonly redactor: Redactor;
}

const formats: Readonly<Record<string, ReportFormat>> = { '.md': 'md', '.markdown': 'md', '.json': 'json', '.xml': 'junit', '.html': 'html', '.htm': 'html' };

/** Refuses, before anything is begun, report files that could not be written in the end. @throws UsageError */
export function insistOnReports(files: readonly string[]): void {
  for (const [index, file] of files.entries()) {
    reportFormatOf(file);
    if (files.slice(0, index).some((other) => resolve(other) === resolve(file))) throw new UsageError(`--report ${file}: it is given twice. Each report needs a file of its own.`);
    const folder = dirname(resolve(file));
    if (!existsSync(folder)) throw new UsageError(`--report ${file}: there is no folder ${folder}. Make it first.`);
    if (existsSync(file) && statSync(file).isDirectory()) throw new UsageError(`--report ${file}: it is a folder. Name a file.`);
    if (!mayWrite(existsSync(file) ? file : folder)) throw new UsageError(`--report ${file}: it may not be written there. Name another place.`);
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

function reportFormatOf(file: string): ReportFormat {
  const format = formats[extname(file).toLowerCase()];
  if (format === undefined) throw new UsageError(`--report ${file}: the end of the name says the format; use .md, .json, .xml (JUnit) or .html.`);
  return format;
}

/** Writes a report. @throws what the system says where it cannot be written */
export async function writeReport(file: string, telling: Telling): Promise<void> {
  const fd = openSync(file, 'w', 0o644);
  try {
    for await (const piece of reportPieces(reportFormatOf(file), telling)) writeAll(fd, piece);
  } finally {
    closeSync(fd);
  }
}

/** A report in pieces, redacted. */
export async function* reportPieces(format: ReportFormat, { report, plan, folder, redactor }: Telling): AsyncGenerator<string> {
  if (format !== 'html') {
    yield redactor.redact(renderReport(report, format, { plan }));
    return;
  }
  const stream = redactor.stream();
  for (const piece of await renderReportPage({ report, plan, logOf: logReader(folder, report), tool: `runbook ${version}` })) yield stream.push(piece);
  yield stream.flush();
}

/** Near a full disk the system takes only some of it and calls that success. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
