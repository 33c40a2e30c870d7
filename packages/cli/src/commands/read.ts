// The reading commands: plan, list, report, runs, logs. None of them executes anything of a document.
import { existsSync, createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseRunbook, type RunState } from '@runbook/model';
import { formatDuration, listJson, renderList, renderPlan, renderReport, reportFormats, type ReportFormat } from '@runbook/render';
import { safeText } from '@runbook/access';
import { print, say, stdoutStyle } from '../console.ts';
import { parseDocument, planDocument, readDocument } from '../document.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { recall, recallRun, storedRuns } from '../stored-run.ts';
import { parseInputs } from './run.ts';

/** `runbook plan FILE`: what a run would do. Nothing of the environment is in it. */
export function plan(file: string, flags: { readonly input?: readonly string[]; readonly json?: boolean }): number {
  const document = planDocument(parseDocument(file, readDocument(file)), { given: parseInputs(flags.input ?? []), env: {}, examples: true, secrets: 'ignored' });
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

/** `runbook runs`: the runs of this place, newest first. */
export function runs(flags: { readonly json?: boolean; readonly state?: string }): number {
  const all = storedRuns().toReversed().map((run) => recall(run).report);
  const wanted = all.filter((run) => flags.state === undefined || run.state === (flags.state as RunState));
  if (flags.json === true) {
    print(JSON.stringify({ runs: wanted }, null, 2));
    return exitCodes.done;
  }
  if (wanted.length === 0) say('There are no runs here yet. runbook run FILE --rehearse makes one.');
  for (const run of wanted) {
    const took = run.finished === undefined ? '' : formatDuration(Date.parse(run.finished) - Date.parse(run.started));
    print([run.run, run.state.padEnd(11), run.mode.padEnd(8), run.started, took.padStart(8), safeText(run.runbook)].join('  '));
  }
  return exitCodes.done;
}

/** `runbook logs RUN STEP`: the output of a step, as it was. */
export async function logs(id: string, step: string): Promise<number> {
  const run = recallRun(id);
  const found = run.report.steps.find((candidate) => candidate.id === step);
  if (found === undefined) throw new UsageError(`${run.folder.id} has no step ${step}; its steps are: ${run.report.steps.map((candidate) => candidate.id).join(', ')}.`);
  const file = found.log === undefined ? undefined : join(run.folder.path, found.log);
  if (file === undefined || !existsSync(file)) {
    say(`${step} has no log: it is ${found.state}.`);
    return exitCodes.done;
  }
  const safe = process.stdout.isTTY === true;
  if (!safe) await pipeline(createReadStream(file), process.stdout, { end: false });
  else for await (const chunk of createReadStream(file, 'utf8')) process.stdout.write(safeText(String(chunk)));
  return exitCodes.done;
}
