// The end of a run in a terminal: one aligned line a step, then the counts and what became of the run.
import type { Plan, Report, ReportStep } from '@runbook/model';
import { layOutRows, type Cell, type Column } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { Palette } from './palette.ts';
import { countWrites, placeOf, reportRows, runSentence, type ReportRow } from './report-row.ts';
import { countStates, runPaint, stateMark, statePaint, stateWord } from './state.ts';
import { oneLine, safeLines } from './width.ts';

/** How a text for a terminal is made. */
export interface TextOptions {
  /** Columns of the terminal; nothing is cut without it. */
  readonly width?: number;
  readonly palette: Palette;
}

/** How the table at the end of a run is made. */
export interface ReportTableOptions extends TextOptions {
  /** The plan of the run: tells what a verifier verifies where the report does not. */
  readonly plan?: Plan;
}

const columns: readonly Column[] = [{ least: 12 }, { least: 6 }, { align: 'right' }, { least: 4, cut: 'middle' }];

/**
 * The table step | state | duration | link that closes a run, the details of what failed or waits, the counts by state and
 * the run's own sentence. Ends with a line feed.
 */
export function renderReportTable(report: Report, { width = Infinity, palette, plan }: ReportTableOptions): string {
  const rows = reportRows(report, plan);
  const table = layOutRows([headerRow(palette), ...rows.map((row) => stepRow(row, palette))], columns, width);
  const details = rows.flatMap(({ step }) => stepDetails(report, step, palette));
  const lines = [...table, '', ...details, ...footer(report, rows.length, palette)];
  return `${lines.join('\n')}\n`;
}

function headerRow(palette: Palette): Cell[] {
  return ['  step', 'state', 'duration', 'link'].map((text) => ({ text, paint: palette.dim }));
}

function stepRow({ step, verified }: ReportRow, palette: Palette): Cell[] {
  const paint = statePaint(step.state, palette);
  return [
    { text: `${stateMark(step.state)} ${oneLine(step.id)}`, paint },
    { text: `${stateWord(step.state)}${verified ? ', verified' : ''}`, paint },
    { text: step.durationMs === undefined ? '' : formatDuration(step.durationMs) },
    linkCell(step, palette),
  ];
}

/** A step without a page says in that place why it is not plainly passed. */
function linkCell(step: ReportStep, palette: Palette): Cell {
  if (step.link !== undefined) return { text: oneLine(step.link), paint: palette.cyan };
  return { text: step.state === 'passed' ? '' : oneLine(step.reason ?? ''), paint: palette.dim };
}

function stepDetails(report: Report, step: ReportStep, palette: Palette): string[] {
  if (step.state !== 'failed' && step.state !== 'interrupted' && step.state !== 'waiting') return [];
  // the reason of a plain failure is its exit code
  const exit = step.exitCode === undefined || step.reason === `exit code ${step.exitCode}` ? '' : ` with exit code ${step.exitCode}`;
  const reason = step.reason === undefined ? '' : `: ${oneLine(step.reason)}`;
  const head = `${placeOf(report, step)}  ${oneLine(step.id)} ${stateWord(step.state)}${exit}${reason}`;
  const tail = (step.tail ?? []).flatMap((line) => safeLines(line)).map((line) => `  ${palette.dim('│')} ${line}`);
  const log = step.log === undefined ? [] : [`  ${palette.dim(`log: ${oneLine(step.log)}`)}`];
  return [statePaint(step.state, palette)(head), ...tail, ...log, ''];
}

function footer(report: Report, shown: number, palette: Palette): string[] {
  const counted = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
  const folded = counted > shown ? palette.dim(` (${counted - shown} of them verifiers, undo or failure steps without a line)`) : '';
  return [
    `${counted} ${counted === 1 ? 'step' : 'steps'}: ${countStates(report.counts)}${folded}`,
    `writes: ${countWrites(report)}`,
    runPaint(report.state, palette)(runSentence(report)),
  ];
}
