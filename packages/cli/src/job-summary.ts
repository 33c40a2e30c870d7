// The summary of a job of GitHub Actions: where the runner names a file for it, the report is added to what stands there.
import { appendFileSync, statSync } from 'node:fs';
import { fitReportMarkdown } from '@runbook/render';
import type { Telling } from './report-file.ts';

/** So much of one step of a job is shown; of more, nothing. Bytes. (docs.github.com, workflow commands: adding a job summary.) */
const mostBytes = 1_048_576;

/**
 * Adds the report to the summary of the job, as much of it as fits.
 * @param file what `GITHUB_STEP_SUMMARY` says
 * @returns why it could not be done, or undefined
 */
export function addToJobSummary(file: string, { report, plan, redactor }: Pick<Telling, 'report' | 'plan' | 'redactor'>): string | undefined {
  try {
    const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
    const whole = fitReportMarkdown(report, { most: mostBytes - size - 1, unit: 'bytes' }, { plan });
    if (whole === undefined) return `the job's summary ${file} is full: GitHub shows ${mostBytes} bytes of it, and ${size} are taken`;
    appendFileSync(file, `\n${redactor.redact(whole)}`);
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return `the job's summary could not be written: ${error.message}`;
    throw error;
  }
}
