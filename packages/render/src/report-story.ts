// What a record of a run tells, in which order and in which words: sections of cells, without a format. Markdown and HTML set the
// same sections, so that both tell the same story.
import type { Json, Plan, PlannedInput, PlanStep, Report, ReportApproval, ReportStep, ReportWrite, StepState } from '@runbook/model';
import { formatDuration } from './duration.ts';
import { evidencePieces } from './report-evidence.ts';
import { countWrites, placeOf, reportRows, runSentence, sortWrites, type ReportRow } from './report-row.ts';
import { countStates, stateMeanings, stateWord } from './state.ts';
import { clipText } from './width.ts';
import { spreadJson } from './withheld.ts';

/** A piece of a line. `ours` is our own wording; all else may be foreign and is shown, never obeyed. */
export interface Piece {
  readonly kind: 'ours' | 'text' | 'strong' | 'code' | 'link' | 'step';
  readonly text: string;
}

/** A line, or a cell of a table. */
export type Line = readonly Piece[];

/** A part of a record with a heading. */
export type Section = { readonly title: Line; /** Lower ones are left out first where room is scarce. */ readonly weight: number } & (
  | { readonly kind: 'table'; readonly header: readonly string[]; readonly rows: Rows }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] }
  | { readonly kind: 'facts'; readonly facts: readonly Line[] }
);

/** Rows of cells, made when they are taken: a run may have ten thousand steps. */
export interface Rows extends Iterable<readonly Line[]> {
  readonly length: number;
}

/** A lead line, a text of several lines, and a closing line. */
export interface Block {
  readonly lead: Line;
  readonly code?: string;
  readonly close?: Line;
}

/** A whole record. */
export interface Story {
  /** For runs that were not live: what kind it was, and what that means. */
  readonly world?: { readonly word: string; readonly sentence: string };
  readonly title: string;
  readonly sentence: string;
  readonly summary: string;
  readonly steps: Extract<Section, { readonly kind: 'table' }>;
  readonly sections: readonly Section[];
}

/** Tells a run. The plan gives the commands; without it writes and headings stand in. */
export function tellReport(report: Report, plan?: Plan): Story {
  const world = worldOf(report);
  const rows = reportRows(report, plan);
  return {
    ...(world === undefined ? {} : { world }),
    title: report.title,
    sentence: runSentence(report),
    summary: summary(report),
    steps: stepTable(report, rows, plan),
    sections: [...failures(report), ...notDone(rows), ...writesMade(report), ...writesWithheld(report), ...outputs(report), ...approvals(report), ...inputs(report), ...tools(report), facts(report)],
  };
}

const ours = (text: string): Piece => ({ kind: 'ours', text });
const text = (value: string): Piece => ({ kind: 'text', text: value });
const code = (value: string): Piece => ({ kind: 'code', text: value });
const step = (id: string): Line => [{ kind: 'step', text: id }];

function worldOf(report: Report): Story['world'] {
  if (report.mode === 'live') return undefined;
  const word = report.mode === 'rehearse' ? 'Rehearsal.' : 'Dry run.';
  const otherwise = report.mode === 'rehearse' ? 'Nothing of this is real.' : 'Reads were real, writes were withheld.';
  return { word, sentence: report.world ?? otherwise };
}

function summary(report: Report): string {
  const took = report.finished === undefined ? '' : ` in ${formatDuration(Date.parse(report.finished) - Date.parse(report.started))}`;
  return `Steps: ${countStates(report.counts)}${took}. Writes: ${countWrites(report)}.`;
}

function stepTable(report: Report, rows: readonly ReportRow[], plan: Plan | undefined): Story['steps'] {
  const byId = new Map((plan?.steps ?? []).map((planned) => [planned.id, planned]));
  const firstWrites = new Map(report.writes.toReversed().map((write) => [write.step, write]));
  return {
    kind: 'table',
    weight: Infinity,
    title: [ours('Steps')],
    header: ['STEP', 'COMMAND', 'LINK', 'START', 'DURATION', 'SUCCEEDED?'],
    rows: rowsOf(rows, (row) => [
      step(row.step.id),
      command(row.step, byId.get(row.step.id), firstWrites.get(row.step.id)),
      evidencePieces(row.step, report.mode),
      [text(clock(row.step.started))],
      [ours(row.step.durationMs === undefined ? '' : formatDuration(row.step.durationMs))],
      succeeded(row),
    ]),
  };
}

/** Columns of a command in the table; the document has it whole. */
const longestCommand = 120;

/** The first line of the code that does something; for a manual step its text; without a plan the first write, or the heading. */
function command({ heading }: ReportStep, planned: PlanStep | undefined, write: ReportWrite | undefined): Line {
  if (planned === undefined) return [write === undefined ? text(heading) : code(`${write.method ?? ''} ${write.target}`)];
  const lines = planned.source.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:#|\/\/)/.test(line));
  const first = lines[0]?.trim() ?? '';
  if (planned.kind === 'manual' || planned.kind === 'include') return [text(first)];
  return [code(clipText(first, longestCommand)), ours(lines.length > 1 ? ' …' : '')];
}

function succeeded({ step: { state, reason, exitCode }, verified }: ReportRow): Line {
  if (state === 'passed') return [ours(verified ? 'yes, verified' : 'yes')];
  const isBad = state === 'failed' || state === 'interrupted';
  const exit = exitCode === undefined || exitCode === 0 || reason?.startsWith(`exit code ${exitCode}`) === true ? '' : ` (exit ${exitCode})`;
  return [{ kind: isBad ? 'strong' : 'ours', text: stateWord(state) }, ours(`${exit}${reason === undefined ? '' : ': '}`), text(reason ?? '')];
}

function failures(report: Report): Section[] {
  const failed = report.steps.filter(({ state }) => state === 'failed' || state === 'interrupted');
  return failed.map((one) => ({
    kind: 'blocks',
    weight: 8,
    title: [text(one.id), ours(` ${stateWord(one.state)}`)],
    blocks: [
      {
        lead: [code(placeOf(report, one)), ours(' '), text(one.reason ?? 'no reason was recorded')],
        ...(one.tail === undefined || one.tail.length === 0 ? {} : { code: one.tail.join('\n') }),
        ...(one.log === undefined ? {} : { close: [ours('Log: '), code(one.log)] }),
      },
    ],
  }));
}

/** States in which a step was done by this run, or is told in a part of its own, or is still to come. */
const toldElsewhere: ReadonlySet<StepState> = new Set(['passed', 'failed', 'interrupted', 'running', 'pending']);

/** What a reader of a green report could miss. */
function notDone(rows: readonly ReportRow[]): Section[] {
  const left = rows.filter(({ step: { state } }) => !toldElsewhere.has(state));
  const told = rowsOf(left, ({ step: one, verified }) => [step(one.id), [ours(stateWord(one.state))], [one.reason === undefined && verified ? ours('its verifier found it done') : text(one.reason ?? stateMeanings[one.state])]]);
  return table({ title: 'Not done in this run', weight: 7, header: ['STEP', 'STATE', 'WHY'] }, told);
}

function writesMade(report: Report): Section[] {
  const { made, uncertain } = sortWrites(report);
  const told = (title: string, weight: number, writes: readonly ReportWrite[]): Section[] =>
    table({ title, weight, header: ['STEP', 'SERVICE', 'METHOD', 'TARGET'] }, rowsOf(writes, (write) => [step(write.step), [text(write.service)], [code(write.method ?? 'run')], [code(write.target)]]));
  return [...told('Writes made', 6, made), ...told('Writes begun and not known to be made', 7, uncertain)];
}

function writesWithheld(report: Report): Section[] {
  const { withheld } = sortWrites(report);
  const blocks = withheld.map((write): Block => {
    const body = write.body === undefined || write.body === '' ? '' : `\n${spreadJson(write.body)}`;
    return { lead: [...step(write.step), ours(':')], code: `${write.method === undefined ? '' : `${write.method} `}${write.target}${body}` };
  });
  return blocks.length === 0 ? [] : [{ kind: 'blocks', weight: 1, title: [ours('Writes withheld')], blocks }];
}

function outputs(report: Report): Section[] {
  const told = report.steps.flatMap((one) => (one.role === 'verifier' ? [] : Object.entries(one.outputs).map(([name, value]) => ({ id: one.id, name, value }))));
  return table({ title: 'Outputs', weight: 2, header: ['STEP', 'NAME', 'VALUE'] }, rowsOf(told, ({ id, name, value }) => [step(id), [code(name)], [valueCode(value)]]));
}

const decisions = { approve: ours('approved'), decline: { kind: 'strong', text: 'declined' }, done: ours('looked: it was done'), absent: ours('looked: it was not done') } as const;

function approvals(report: Report): Section[] {
  const people = report.approvals.map((one) => [step(one.step), decision(one), person(one), [text(clock(one.at))], evidence(one.evidence, report)]);
  const told = new Set(report.approvals.map((one) => one.step));
  const ticks = report.steps.filter((one) => one.by !== undefined && !told.has(one.id)).map((one) => [step(one.id), [ours(stateWord(one.state))], [code(one.by ?? '')], [text(clock(one.finished))], evidence(one.evidence, report)]);
  return table({ title: 'Approvals', weight: 5, header: ['STEP', 'DECISION', 'BY', 'WHEN', 'EVIDENCE'] }, [...people, ...ticks]);
}

function decision({ decision: word, uncounted }: ReportApproval): Line {
  return uncounted === undefined ? [decisions[word]] : [decisions[word], ours(', not counted: '), text(uncounted)];
}

/** A name with what vouches for it; names that nobody vouches for are said to be claims. */
function person({ by }: ReportApproval): Line {
  const where: Line = by.verified === 'forge' && by.forge !== undefined ? [ours(' at '), text(by.forge.replace(/^https:\/\//, ''))] : by.verified === 'os' && by.user !== undefined ? [ours(`, uid ${by.user.uid} on `), text(by.user.host)] : [];
  const known = by.verified === 'none' ? [ours(' (not verified)')] : [ours(` (verified: ${by.verified}`), ...where, ours(')')];
  // mail addresses stay in the JSON: a record is for more eyes than they are
  const claims = (by.claims ?? []).filter((claim) => !/\S@\S/.test(claim));
  return [code(by.name), ...known, ...(claims.length === 0 ? [] : [ours('; claimed, not verified: '), text(claims.join(', '))])];
}

function evidence(given: string | undefined, { mode }: Report): Line {
  if (given === undefined) return [];
  return [given.startsWith('https://') && mode !== 'rehearse' ? { kind: 'link', text: given } : text(given)];
}

function inputs(report: Report): Section[] {
  const cells = (input: PlannedInput): Line[] => (input.kind === 'secret' ? [[ours('(secret)')], []] : [[valueCode(input.value)], [ours(input.from)]]);
  return table({ title: 'Inputs', weight: 3, header: ['NAME', 'VALUE', 'FROM'] }, Object.entries(report.inputs).map(([name, input]) => [[code(name)], ...cells(input)]));
}

function tools({ tools: known = [] }: Report): Section[] {
  const isOne = known.length === 1;
  const rows = known.flatMap(({ since, versions }) => Object.entries(versions).map(([name, version]) => [[code(name)], [code(version)], ...(isOne ? [] : [[text(clock(since))]])]));
  return table({ title: 'Tools', weight: 4, header: ['TOOL', 'VERSION', ...(isOne ? [] : ['SINCE'])] }, rows);
}

function facts(report: Report): Section {
  const commit: Line = report.commit === undefined ? [ours('not under version control')] : [code(report.commit), ours(report.dirty === true ? ', with changes that are not committed' : '')];
  const lines: Line[] = [
    [ours('run: '), code(report.run)],
    [ours('runbook: '), code(report.runbook), ours(', sha256 '), code(report.hash)],
    [ours('commit: '), ...commit],
    [ours(`mode: ${report.mode}`)],
    [ours(`state: ${report.state}`)],
    [ours('started: '), text(clock(report.started))],
    [ours('finished: '), report.finished === undefined ? ours('not yet') : text(clock(report.finished))],
    [ours('tool: '), code(report.tool)],
  ];
  return { kind: 'facts', weight: 9, title: [ours('Run')], facts: lines };
}

function rowsOf<T>(items: readonly T[], make: (item: T) => readonly Line[]): Rows {
  return {
    length: items.length,
    *[Symbol.iterator]() {
      for (const item of items) yield make(item);
    },
  };
}

function table({ title, weight, header }: { readonly title: string; readonly weight: number; readonly header: readonly string[] }, rows: Rows): Section[] {
  return rows.length === 0 ? [] : [{ kind: 'table', title: [ours(title)], weight, header, rows }];
}

function valueCode(value: Json): Piece {
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

/** `2026-11-22 17:04:05Z` of an ISO 8601 time. */
export function clock(iso: string | undefined): string {
  return (iso ?? '').replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}
