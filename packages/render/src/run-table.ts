// The runs of a place in a terminal: one aligned line a run.
import type { Report } from '@runbook/model';
import { layOutRows, type Cell, type Column } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { TextOptions } from './report-table.ts';
import { runPaint } from './state.ts';
import { oneLine } from './width.ts';

/** A run, and when it began by the clock of the machine: in a rehearsal the times of the report are the world's. */
export interface ListedRun {
  readonly report: Report;
  /** Milliseconds since 1970. */
  readonly began: number;
}

const columns: readonly Column[] = [{}, {}, {}, {}, { align: 'right' }, { least: 8, cut: 'middle' }, { least: 4 }];

/** The table run | state | mode | began | took | runbook | at. Ends with a line feed. */
export function renderRunTable(runs: readonly ListedRun[], { width = Infinity, palette }: TextOptions): string {
  const head = ['run', 'state', 'mode', 'began (UTC)', 'took', 'runbook', ''].map((text): Cell => ({ text, paint: palette.dim }));
  const rows = runs.map(({ report, began }): Cell[] => [
    { text: oneLine(report.run) },
    { text: report.state, paint: runPaint(report.state, palette) },
    { text: report.mode },
    { text: new Date(began).toISOString().slice(0, 16).replace('T', ' ') },
    { text: report.finished === undefined ? '' : formatDuration(Date.parse(report.finished) - Date.parse(report.started)) },
    { text: oneLine(report.runbook) },
    { text: standsAt(report), paint: palette.dim },
  ]);
  return `${layOutRows([head, ...rows], columns, width).map((line) => line.trimEnd()).join('\n')}\n`;
}

/** The step that a run which is not done stands at. */
function standsAt({ state, steps }: Report): string {
  const wanted = state === 'waiting' ? ['waiting'] : state === 'running' ? ['running', 'waiting'] : state === 'failed' || state === 'interrupted' ? ['failed', 'interrupted'] : [];
  const step = steps.find((one) => wanted.includes(one.state));
  return step === undefined ? '' : `at ${oneLine(step.id)}`;
}
