// The reading commands: plan, list, report. None of them executes anything of a document.
import { parseRunbook } from '@runbook/model';
import { listJson, renderList, renderPlan, renderReport, reportFormats, type ReportFormat } from '@runbook/render';
import { print, stdoutStyle } from '../console.ts';
import { parseDocument, planDocument, readDocument } from '../document.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { recallRun } from '../stored-run.ts';
import { parseInputs } from '../given-inputs.ts';

/** `runbook plan FILE`: what a run would do. Nothing of the environment is in it. */
export function plan(file: string, flags: { readonly input?: readonly string[]; readonly json?: boolean }): number {
  const document = planDocument(parseDocument(file, readDocument(file)), { given: parseInputs(flags.input ?? []).texts, env: {}, examples: true, secrets: 'ignored' });
  print(flags.json === true ? JSON.stringify(document.plan, null, 2) : renderPlan(document.plan, stdoutStyle()));
  return exitCodes.done;
}

/** `runbook list FILE`: the steps of a document, even of one that has problems. */
export function list(file: string, flags: { readonly json?: boolean }): number {
  const { runbook } = parseRunbook(readDocument(file), file);
  print(flags.json === true ? listJson(runbook) : renderList(runbook, stdoutStyle()));
  return exitCodes.done;
}

/** `runbook report [RUN]`: what a run did. */
export function report(id: string | undefined, flags: { readonly format?: string; readonly json?: boolean }): number {
  const format = flags.json === true ? 'json' : (flags.format ?? 'md');
  const known: readonly string[] = reportFormats;
  if (!known.includes(format)) throw new UsageError(`--format ${format}: expected one of ${known.join(', ')}.`);
  const run = recallRun(id);
  print(renderReport(run.report, format as ReportFormat, { plan: run.plan }));
  return exitCodes.done;
}
