// `runbook report`: what a run did, in a format, on stdout or as a comment on an issue. Logs and journal were written without
// secrets; what this environment holds of them is looked for once more.
import { once } from 'node:events';
import { createRedactor, shortestSecret, type Redactor } from '@runbook/access';
import { parseRunbook, type Included, type Runbook } from '@runbook/model';
import { reportFormats, type ReportFormat } from '@runbook/render';
import { exitCodes, UsageError } from '../exit.ts';
import { reportPieces } from '../report-file.ts';
import { recallRun, type RecalledRun } from '../stored-run.ts';

/** The flags of `report`. */
export interface ReportFlags {
  readonly format?: string;
  readonly json?: boolean;
  readonly comment?: string;
  readonly yes?: boolean;
}

/** Tells what a run did. */
export async function report(id: string | undefined, flags: ReportFlags): Promise<number> {
  const format = flags.json === true ? 'json' : (flags.format ?? 'md');
  if (!isFormat(format)) throw new UsageError(`--format ${format}: expected one of ${reportFormats.join(', ')}.`);
  if (flags.comment !== undefined && flags.format !== undefined) throw new UsageError('--comment and --format exclude each other: a comment is Markdown.');
  if (flags.comment === undefined && flags.yes === true) throw new UsageError('--yes belongs to --comment: nothing else of report asks.');
  const { commentOn, parseThread } = flags.comment === undefined ? {} : await import('../report-comment.ts');
  const thread = parseThread?.(flags.comment ?? '');
  const run = recallRun(id);
  const telling = { ...run, redactor: redactorFor(run, process.env) };
  if (commentOn !== undefined && thread !== undefined) return commentOn(thread, telling, { yes: flags.yes === true, json: flags.json === true });
  for await (const piece of reportPieces(format, telling)) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  return exitCodes.done;
}

function isFormat(text: string): text is ReportFormat {
  return (reportFormats as readonly string[]).includes(text);
}

/** Hides tokens, and the secrets of the run that the environment still holds where its documents say. */
function redactorFor({ text, started, includes }: RecalledRun, env: Readonly<Record<string, string | undefined>>): Redactor {
  const runbooks = [parseRunbook(text, started.file).runbook, ...includedIn(includes)];
  const names = runbooks.flatMap(({ inputs }) => inputs.flatMap((input) => (input.type === 'secret' && input.env !== undefined ? [input.env] : [])));
  return createRedactor(['GITHUB_TOKEN', 'GH_TOKEN', ...names].flatMap((name) => env[name] ?? []).filter((value) => value.length >= shortestSecret));
}

function includedIn(includes: ReadonlyMap<string, Included>): Runbook[] {
  return [...includes.values()].flatMap(({ runbook, includes: nested }) => [runbook, ...includedIn(nested)]);
}
