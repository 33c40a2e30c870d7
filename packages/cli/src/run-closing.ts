// The end of an execution: what happened is told, to the person here, in the files that were asked for, and to the job it ran in.
import { join } from 'node:path';
import { renderReport, renderReportTable } from '@runbook/render';
import type { Plan, Report } from '@runbook/model';
import { print, say, stderrStyle } from './console.ts';
import { addToJobSummary } from './job-summary.ts';
import { writeReport, type Telling } from './report-file.ts';

/** What the end depends on beside the report. */
export interface EndOptions {
  readonly json: boolean;
  /** Report files that were asked for. */
  readonly reports: readonly string[];
  readonly yes: boolean;
  readonly detachOnGate: boolean;
  /** What `GITHUB_STEP_SUMMARY` says. */
  readonly jobSummary: string | undefined;
}

/** Tells the end of an execution. @returns false where a report that was asked for is not there */
export async function tellEnd(telling: Telling, options: EndOptions): Promise<boolean> {
  const { report, plan, folder, redactor } = telling;
  const written: string[] = [];
  const failures: string[] = [];
  for (const file of [join(folder.path, 'report.md'), ...options.reports]) {
    try {
      await writeReport(file, telling);
      written.push(file);
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      failures.push(`The report ${file} could not be written: ${error.message}. The run itself is recorded; runbook report ${folder.id} tells it again.`);
    }
  }
  if (options.json) print(redactor.redact(renderReport(report, 'json')));
  say(redactor.redact(renderReportTable(report, { ...stderrStyle(), plan })).trimEnd());
  if (written.length > 0) say(`Report: ${written.join(', ')}`);
  for (const failure of failures) say(failure);
  const unsaid = (options.jobSummary ?? '') === '' ? undefined : addToJobSummary(options.jobSummary ?? '', telling);
  if (unsaid !== undefined) say(`Left out: ${unsaid}.`);
  if (report.state === 'failed' || report.state === 'interrupted' || report.state === 'waiting') say(whatNext(report, plan, options, folder.id));
  return failures.length === 0;
}

function whatNext(report: Report, plan: Plan, { yes, detachOnGate }: EndOptions, run: string): string {
  const resume = `${commandName()} resume ${run}${yes ? ' --yes' : ''}${detachOnGate ? ' --detach-on-gate' : ''}`;
  const waiting = report.steps.find((step) => step.state === 'waiting');
  const isGate = plan.steps.some((step) => step.id === waiting?.id && step.gate !== undefined);
  if (waiting !== undefined && report.state === 'waiting' && !isGate) return `Next: ${commandName()} approve ${run} ${waiting.id}, then ${resume}`;
  const cutOff = report.steps.find((step) => step.state === 'interrupted' && isInDoubt(plan, step.id));
  if (cutOff !== undefined) return `Look whether ${cutOff.id} has happened. Then: ${resume} --done ${cutOff.id}, or --not-done ${cutOff.id} to run it again.`;
  const isWritten = (id: string | undefined): boolean => report.steps.some((step) => step.id === id && step.state === 'passed');
  const canUndo = report.state === 'failed' && report.mode === 'live' && plan.steps.some((step) => step.role === 'undo' && isWritten(step.undoes));
  return `Go on with: ${resume}${canUndo ? `\nOr take back what it wrote: ${commandName()} undo ${run}` : ''}`;
}

/** Whether only a person can say if a step that was cut off has happened. */
function isInDoubt({ steps }: Plan, id: string): boolean {
  return steps.some((step) => step.id === id && step.effect === 'write' && step.verifier === undefined);
}

/** The command as it was called: npx says so in the environment. */
function commandName(): string {
  return process.env['npm_command'] === 'exec' ? 'npx --no runbook' : 'runbook';
}
