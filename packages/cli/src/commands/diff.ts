// `runbook diff RUN RUN`: what differs between two runs: the document, the inputs, the tools, how steps ended, what they published, how
// long they took.
import { isDeepStrictEqual } from 'node:util';
import { renderDiff } from '@runbook/lint';
import type { Json, PlannedInput, ReportStep } from '@runbook/model';
import { formatDuration, oneLine, safeLines, stateWord } from '@runbook/render';
import { print, stdoutStyle } from '../console.ts';
import { exitCodes } from '../exit.ts';
import { recallRun, type RecalledRun } from '../stored-run.ts';

/** Something on both sides; absent where it is not there. */
interface Change<V> {
  readonly name: string;
  readonly before?: V;
  readonly after?: V;
}

/** One step on one side. */
interface StepSide {
  readonly state: string;
  readonly durationMs?: number;
  readonly outputs: Readonly<Record<string, Json>>;
}

/** The JSON of `runbook diff`. */
interface RunDifference {
  readonly before: string;
  readonly after: string;
  /** A unified diff of the documents; empty when they are the same. */
  readonly document: string;
  readonly inputs: readonly Change<PlannedInput>[];
  /** Versions of programs. */
  readonly tools: readonly Change<string>[];
  /** Steps whose state or outputs differ, or that are only on one side. */
  readonly steps: readonly Change<StepSide>[];
  /** Steps on both sides with their times; the longest differences first. */
  readonly durations: readonly Change<number>[];
}

/** Compares two runs, in the order given. */
export function diff(before: string, after: string, flags: { readonly json?: boolean }): number {
  const difference = compare(recallRun(before), recallRun(after));
  if (flags.json === true) print(JSON.stringify(difference, null, 2));
  else print(render(difference));
  return exitCodes.done;
}

function compare(before: RecalledRun, after: RecalledRun): RunDifference {
  const sides = (run: RecalledRun): ReadonlyMap<string, StepSide> => new Map(run.report.steps.map((step) => [step.id, sideOf(step)]));
  const both = changes(sides(before), sides(after));
  const durations = both.flatMap(({ name, before: a, after: b }) => (a?.durationMs === undefined || b?.durationMs === undefined ? [] : [{ name, before: a.durationMs, after: b.durationMs }]));
  return {
    before: before.folder.id,
    after: after.folder.id,
    document: before.text === after.text ? '' : renderDiff(before.text, after.text, 400),
    inputs: changes(new Map(Object.entries(before.report.inputs)), new Map(Object.entries(after.report.inputs))).filter((change) => !isDeepStrictEqual(change.before, change.after)),
    tools: changes(toolsOf(before), toolsOf(after)).filter((change) => change.before !== change.after),
    steps: both.filter(({ before: a, after: b }) => a?.state !== b?.state || !isDeepStrictEqual(a?.outputs, b?.outputs)),
    durations: durations.filter((change) => change.before !== change.after).sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before)),
  };
}

/** The versions that a run ended with. */
function toolsOf({ report, started }: RecalledRun): ReadonlyMap<string, string> {
  return new Map(Object.entries({ ...report.tools?.at(-1)?.versions, runbook: started.tool }));
}

function sideOf({ state, durationMs, outputs }: ReportStep): StepSide {
  return { state, ...(durationMs === undefined ? {} : { durationMs }), outputs };
}

function changes<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): Change<V>[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [a, b] = [before.get(name), after.get(name)];
    return { name, ...(a === undefined ? {} : { before: a }), ...(b === undefined ? {} : { after: b }) };
  });
}

const shownDurations = 10;

function render({ before, after, document, inputs, tools, steps, durations }: RunDifference): string {
  const { palette } = stdoutStyle();
  const signed = (row: string): string => (row.startsWith('+') ? palette.green(row) : row.startsWith('-') ? palette.red(row) : row);
  const lines = [
    `${palette.red(`- ${before}`)}`,
    `${palette.green(`+ ${after}`)}`,
    ...titled('Document', document === '' ? [] : safeLines(document).map(signed)),
    ...titled('Inputs', inputs.flatMap((change) => pair(change, valueText, signed))),
    ...titled('Tools', tools.flatMap((change) => pair(change, oneLine, signed))),
    ...titled('Steps', steps.flatMap((change) => stepRows(change, signed))),
    ...titled('Durations', durations.slice(0, shownDurations).map(({ name, before: a = 0, after: b = 0 }) => `  ${oneLine(name)}: ${formatDuration(a)} -> ${formatDuration(b)}`)),
  ];
  if (lines.length === 2) lines.push('', 'They do not differ.');
  return lines.join('\n');
}

function titled(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...rows];
}

function pair<V>({ name, before, after }: Change<V>, text: (value: V) => string, paint: (row: string) => string): string[] {
  return [...(before === undefined ? [] : [paint(`- ${oneLine(name)}: ${text(before)}`)]), ...(after === undefined ? [] : [paint(`+ ${oneLine(name)}: ${text(after)}`)])];
}

function valueText(input: PlannedInput): string {
  return input.kind === 'secret' ? '(secret)' : oneLine(JSON.stringify(input.value));
}

function stepRows({ name, before, after }: Change<StepSide>, paint: (row: string) => string): string[] {
  if (before === undefined || after === undefined || before.state !== after.state) return pair({ name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }, ({ state }) => stateWord(state as ReportStep['state']), paint);
  const outputs = changes(new Map(Object.entries(before.outputs)), new Map(Object.entries(after.outputs))).filter((change) => !isDeepStrictEqual(change.before, change.after));
  return outputs.flatMap((change) => pair({ ...change, name: `${name} ${change.name}` }, (value) => oneLine(JSON.stringify(value)), paint));
}
