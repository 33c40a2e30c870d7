// The record of a run as Markdown: the table that release managers fill by hand, and what proves it. Same report, same bytes.
import type { Json, Plan, PlannedInput, PlanStep, Report, ReportStep, ReportWrite } from '@runbook/model';
import { formatDuration } from './duration.ts';
import { codeBlock, codeSpan, escapeMarkdown, markdownTable, pageLink } from './markdown-text.ts';
import { countWrites, placeOf, reportRows, runSentence, type ReportRow } from './report-row.ts';
import { countStates, stateWord } from './state.ts';
import { spreadJson } from './withheld.ts';

/** What else may be said in a report. */
export interface ReportOptions {
  /** The plan of the run: gives the commands. Without it the writes and headings stand in. */
  readonly plan?: Plan;
}

/**
 * The report as Markdown. Its first line says so when the run was rehearsed or dry. Then the table STEP | COMMAND | LINK |
 * START | DURATION | SUCCEEDED?, failures, writes, outputs, approvals, inputs, versions. Times are UTC.
 */
export function renderReportMarkdown(report: Report, { plan }: ReportOptions = {}): string {
  const parts = [
    ...worldLine(report),
    `# ${escapeMarkdown(report.title)}`,
    `${escapeMarkdown(runSentence(report))} ${summary(report)}`,
    stepTable(report, plan),
    ...failures(report),
    ...writeSections(report),
    ...outputs(report),
    ...approvals(report),
    ...inputs(report),
    section('Run', facts(report)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function worldLine(report: Report): string[] {
  if (report.mode === 'live') return [];
  const word = report.mode === 'rehearse' ? 'Rehearsal.' : 'Dry run.';
  const otherwise = report.mode === 'rehearse' ? 'Nothing of this is real.' : 'Reads were real, writes were withheld.';
  return [`> **${word}** ${report.world === undefined ? otherwise : escapeMarkdown(report.world)}`];
}

function summary(report: Report): string {
  const took = report.finished === undefined ? '' : ` in ${formatDuration(Date.parse(report.finished) - Date.parse(report.started))}`;
  return `Steps: ${countStates(report.counts)}${took}. Writes: ${countWrites(report)}.`;
}

function stepTable(report: Report, plan: Plan | undefined): string {
  const byId = new Map((plan?.steps ?? []).map((step) => [step.id, step]));
  const rows = reportRows(report, plan).map((row) => [
    codeSpan(row.step.id),
    command(row.step, byId.get(row.step.id), report.writes),
    row.step.link === undefined ? '' : pageLink(row.step.link),
    row.step.started === undefined ? '' : clock(row.step.started),
    row.step.durationMs === undefined ? '' : formatDuration(row.step.durationMs),
    succeeded(row),
  ]);
  return markdownTable(['STEP', 'COMMAND', 'LINK', 'START', 'DURATION', 'SUCCEEDED?'], rows);
}

/** The first line of the code that does something; for a manual step its text; without a plan the first write, or the heading. */
function command(step: ReportStep, planned: PlanStep | undefined, writes: readonly ReportWrite[]): string {
  if (planned === undefined) {
    const write = writes.find((one) => one.step === step.id);
    return write === undefined ? escapeMarkdown(step.heading) : codeSpan(`${write.method ?? ''} ${write.target}`);
  }
  const lines = planned.source.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:#|\/\/)/.test(line));
  const first = lines[0]?.trim() ?? '';
  if (planned.kind === 'manual' || planned.kind === 'include') return escapeMarkdown(first);
  return `${codeSpan(first)}${lines.length > 1 ? ' …' : ''}`;
}

function succeeded({ step, verified }: ReportRow): string {
  const reason = step.reason === undefined || step.state === 'passed' ? '' : `: ${escapeMarkdown(step.reason)}`;
  if (step.state === 'passed') return verified ? 'yes, verified' : 'yes';
  const exit = step.exitCode === undefined || step.exitCode === 0 ? '' : ` (exit ${step.exitCode})`;
  const word = step.state === 'failed' || step.state === 'interrupted' ? `**${stateWord(step.state)}**` : stateWord(step.state);
  return word + exit + reason;
}

function failures(report: Report): string[] {
  const failed = report.steps.filter((step) => step.state === 'failed' || step.state === 'interrupted');
  return failed.map((step) => {
    const lines = [`${codeSpan(placeOf(report, step))} ${escapeMarkdown(step.reason ?? 'no reason was recorded')}`];
    if (step.tail !== undefined && step.tail.length > 0) lines.push(codeBlock(step.tail.join('\n')));
    if (step.log !== undefined) lines.push(`Log: ${codeSpan(step.log)}`);
    return section(`${escapeMarkdown(step.id)} ${stateWord(step.state)}`, lines.join('\n\n'));
  });
}

function writeSections(report: Report): string[] {
  const made = report.writes.filter((write) => !write.withheld);
  const withheld = report.writes.filter((write) => write.withheld);
  const madeRows = made.map((write) => [codeSpan(write.step), escapeMarkdown(write.service), codeSpan(write.method ?? 'run'), codeSpan(write.target)]);
  const shown = withheld.map((write) => {
    const body = write.body === undefined || write.body === '' ? '' : `\n${spreadJson(write.body)}`;
    return `${codeSpan(write.step)}:\n\n${codeBlock(`${write.method === undefined ? '' : `${write.method} `}${write.target}${body}`)}`;
  });
  return [
    ...(made.length === 0 ? [] : [section('Writes made', markdownTable(['STEP', 'SERVICE', 'METHOD', 'TARGET'], madeRows))]),
    ...(withheld.length === 0 ? [] : [section('Writes withheld', shown.join('\n\n'))]),
  ];
}

function outputs(report: Report): string[] {
  const rows = report.steps.flatMap((step) => (step.role === 'verifier' ? [] : Object.entries(step.outputs).map(([name, value]) => [codeSpan(step.id), codeSpan(name), valueCode(value)])));
  return rows.length === 0 ? [] : [section('Outputs', markdownTable(['STEP', 'NAME', 'VALUE'], rows))];
}

const decisions = { approve: 'approved', decline: '**declined**', done: 'looked: it was done', absent: 'looked: it was not done' } as const;

function approvals(report: Report): string[] {
  const people = report.approvals.map((one) => [
    codeSpan(one.step),
    decisions[one.decision],
    `${codeSpan(one.by.name)} (${one.by.verified === 'none' ? 'not verified' : `verified: ${one.by.verified}`})`,
    clock(one.at),
    evidence(one.evidence),
  ]);
  const stepsWithoutSignal = report.steps.filter((step) => step.by !== undefined && !report.approvals.some((one) => one.step === step.id));
  const ticks = stepsWithoutSignal.map((step) => [codeSpan(step.id), stateWord(step.state), codeSpan(step.by ?? ''), step.finished === undefined ? '' : clock(step.finished), evidence(step.evidence)]);
  const rows = [...people, ...ticks];
  return rows.length === 0 ? [] : [section('Approvals', markdownTable(['STEP', 'DECISION', 'BY', 'WHEN', 'EVIDENCE'], rows))];
}

function evidence(text: string | undefined): string {
  if (text === undefined) return '';
  return text.startsWith('https://') ? pageLink(text) : escapeMarkdown(text);
}

function inputs(report: Report): string[] {
  const rows = Object.entries(report.inputs).map(([name, input]) => [codeSpan(name), ...inputCells(input)]);
  return rows.length === 0 ? [] : [section('Inputs', markdownTable(['NAME', 'VALUE', 'FROM'], rows))];
}

function inputCells(input: PlannedInput): string[] {
  return input.kind === 'secret' ? ['(secret)', ''] : [valueCode(input.value), input.from];
}

function facts(report: Report): string {
  const commit = report.commit === undefined ? 'not under version control' : `${codeSpan(report.commit)}${report.dirty === true ? ', with changes that are not committed' : ''}`;
  const lines = [
    `run: ${codeSpan(report.run)}`,
    `runbook: ${codeSpan(report.runbook)}, sha256 ${codeSpan(report.hash)}`,
    `commit: ${commit}`,
    `mode: ${report.mode}`,
    `state: ${report.state}`,
    `started: ${clock(report.started)}`,
    `finished: ${report.finished === undefined ? 'not yet' : clock(report.finished)}`,
    `tool: ${codeSpan(report.tool)}`,
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function valueCode(value: Json): string {
  return codeSpan(typeof value === 'string' ? value : JSON.stringify(value));
}

/** `2026-11-22 17:04:05Z` of an ISO 8601 time. */
function clock(iso: string): string {
  return escapeMarkdown(iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z'));
}
