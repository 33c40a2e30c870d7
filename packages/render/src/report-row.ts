// Which steps of a report get a line of their own, and what is said about a run in one sentence.
// Shared by the terminal table and the Markdown record, so that both tell the same story.
import type { Plan, Report, ReportStep, ReportWrite, StepState } from '@runbook/model';
import { stateWord } from './state.ts';
import { oneLine } from './width.ts';

/** A step with a line of its own. */
export interface ReportRow {
  readonly step: ReportStep;
  /** True when its verifier answered "done" and the step says nothing else. */
  readonly verified: boolean;
}

/** States in which an undo, failure or verifier step has nothing to tell. */
const quiet: ReadonlySet<StepState> = new Set(['pending', 'not-needed', 'not-selected', 'not-reached']);

/** States of a verifier that its step already tells. */
const told: ReadonlySet<StepState> = new Set([...quiet, 'passed', 'skipped', 'withheld', 'unreachable']);

/**
 * The steps to show. A verifier whose step is known is folded into that step's row unless it tells more than the step does;
 * undo and failure steps appear when they did something. The plan helps where the report does not say what a verifier verifies.
 */
export function reportRows(report: Report, plan?: Plan): ReportRow[] {
  const verifies = new Map<string, string>();
  for (const step of plan?.steps ?? []) if (step.verifies !== undefined) verifies.set(step.id, step.verifies);
  for (const step of report.steps) if (step.verifies !== undefined) verifies.set(step.id, step.verifies);
  const ids = new Set(report.steps.map((step) => step.id));
  const verified = new Set<string>();
  for (const step of report.steps) {
    const target = verifies.get(step.id);
    if (step.role === 'verifier' && step.state === 'passed' && target !== undefined) verified.add(target);
  }
  const rows: ReportRow[] = [];
  for (const step of report.steps) {
    if (step.role === 'verifier' && ids.has(verifies.get(step.id) ?? '') ? told.has(step.state) : step.role !== 'step' && quiet.has(step.state)) continue;
    rows.push({ step, verified: verified.has(step.id) && (step.state === 'passed' || step.state === 'skipped') });
  }
  return rows;
}

/** What became of the run, in one sentence or two. A declined or undone step is named even where the run passed. */
export function runSentence(report: Report): string {
  return [`${opening(report)}${reasonOf(report)}.`, ...named(report, 'declined'), ...named(report, 'undone')].join(' ');
}

/** The reason without the step's id in front of it, which the opening already names. */
function reasonOf(report: Report): string {
  if (report.reason === undefined) return '';
  const step = report.steps.find((one) => report.reason?.startsWith(`${one.id}: `));
  const reason = step === undefined ? report.reason : report.reason.slice(step.id.length + 2);
  return `: ${oneLine(reason).replace(/\.$/, '')}`;
}

function opening(report: Report): string {
  switch (report.state) {
    case 'passed':
      return 'The run passed';
    case 'rehearsed':
      return 'Rehearsed: the run went through in the rehearsal world, nothing of it is real';
    case 'dry':
      return 'Dry run: reads ran, writes were withheld';
    case 'failed':
      return `The run failed${at(report, ['failed', 'interrupted'])}`;
    case 'interrupted':
      return `The run was interrupted${at(report, ['interrupted', 'running'])}`;
    case 'cancelled':
      return `The run was cancelled${at(report, ['cancelled'])}`;
    case 'waiting':
      return `The run is waiting${at(report, ['waiting'])}`;
    case 'running':
      return `The run is still running${at(report, ['running', 'waiting'])}`;
  }
}

function at(report: Report, states: readonly StepState[]): string {
  const step = report.steps.find((one) => states.includes(one.state));
  return step === undefined ? '' : ` at ${oneLine(step.id)} (${placeOf(report, step)})`;
}

function named(report: Report, state: StepState): string[] {
  const ids = report.steps.filter((step) => step.state === state).map((step) => oneLine(step.id));
  return ids.length === 0 ? [] : [`${capital(stateWord(state))}: ${ids.join(', ')}.`];
}

/** `release.md:57`: where the step stands in its document. */
export function placeOf(report: Report, step: ReportStep): string {
  return `${oneLine(step.file ?? report.runbook)}:${step.line}`;
}

/** What is known of the writes of a run. */
export interface SortedWrites {
  readonly made: readonly ReportWrite[];
  /** Begun by a step that failed or was cut off, or was tried again as it was not found done: they may have happened. */
  readonly uncertain: readonly ReportWrite[];
  readonly withheld: readonly ReportWrite[];
}

/** Sorts writes by what is known of them. A step that was edited away had written before. */
export function sortWrites(report: Report): SortedWrites {
  const states = new Map(report.steps.map(({ id, state }) => [id, state]));
  const isCertain = ({ step, notFound }: ReportWrite): boolean => notFound !== true && ['passed', 'skipped', 'undone'].includes(states.get(step) ?? 'passed');
  const left = report.writes.filter((write) => !write.withheld);
  return { made: left.filter(isCertain), uncertain: left.filter((write) => !isCertain(write)), withheld: report.writes.filter((write) => write.withheld) };
}

/** `3 made, 2 withheld`, or `none`. */
export function countWrites(report: Report): string {
  const { made, uncertain, withheld } = sortWrites(report);
  if (report.writes.length === 0) return 'none';
  const rest = [uncertain.length === 0 ? [] : [`${uncertain.length} begun and not known to be made`], withheld.length === 0 ? [] : [`${withheld.length} withheld`]].flat();
  return [...(made.length === 0 && uncertain.length > 0 ? [] : [`${made.length} made`]), ...rest].join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
