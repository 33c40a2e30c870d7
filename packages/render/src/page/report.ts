// The record of a run as a whole page, piece by piece: a run may have thousands of steps with long logs, and only one of them is
// in memory at a time. All text is foreign: it becomes text nodes, and addresses become links only where they are plain https.
import type { Plan, PlanStep, Report, ReportStep } from '@runbook/model';
import { safeText } from '@runbook/access';
import type { Element } from 'hast';
import { formatDuration } from '../duration.ts';
import { evidencePieces, linkLabel } from '../report-evidence.ts';
import { clock, tellReport, type Block, type Line, type Section, type Story } from '../report-story.ts';
import { stateMark, stateWord } from '../state.ts';
import { encodeId, idPrefixes } from './anchor.ts';
import { badge, markOf } from './card.ts';
import { codeBox, visible } from './code.ts';
import { el, type Child } from './element.ts';
import { pageEnd, pageHead, skipLink, toHtml } from './frame.ts';
import { reportStyle } from './report-style.ts';

/** The beginning and the end of a step's output. */
export interface LogExcerpt {
  readonly head: string;
  /** Empty when the head is all of it. */
  readonly tail: string;
  /** Bytes between the two that are not shown. */
  readonly omitted: number;
  /** Bytes of the whole. */
  readonly size: number;
}

/** What the page of a run is made of. */
export interface ReportPageSource {
  readonly report: Report;
  /** Gives the code of the steps. */
  readonly plan?: Plan;
  /** Reads what is shown of a step's log, when its turn comes. */
  readonly logOf?: (step: ReportStep) => LogExcerpt | undefined;
  /** Name and version of the tool that makes the page. */
  readonly tool: string;
}

/** With more steps than this the contents name only those that want to be looked at; the table has them all. */
const mostInContents = 150;

/** The page as pieces of HTML, in order. Same source, same bytes. */
export function* buildReportPage({ report, plan, logOf, tool }: ReportPageSource): Generator<string> {
  const story = tellReport(report, plan);
  const title = visible(`${report.title === '' ? report.runbook : report.title}: ${report.state}`);
  yield `<!doctype html><html lang="en">${toHtml([pageHead({ title, tool: `report by ${tool}`, style: reportStyle })])}<body>${toHtml([skipLink('report')])}<div class="page">`;
  yield toHtml([contents(report, story)]);
  yield '<main id="document" tabindex="-1">';
  yield toHtml([lead(report, story)]);
  yield* sectionPieces(story.steps, 'steps');
  for (const [index, section] of story.sections.entries()) yield* sectionPieces(section, `part-${index + 1}`);
  yield toHtml([el('h2', { id: 'details' }, 'Step by step')]);
  const planned = new Map((plan?.steps ?? []).map((step) => [step.id, step]));
  for (const step of report.steps) yield toHtml([card(step, report, planned.get(step.id), logOf?.(step))]);
  yield `</main></div>${toHtml([footer(report, tool), ...pageEnd()])}</body></html>\n`;
}

function contents({ steps }: Report, { sections }: Story): Element {
  const parts = [['steps', 'Steps'], ...sections.map(({ title }, index) => [`part-${index + 1}`, title.map(({ text }) => text).join('')] as const), ['details', 'Step by step']];
  const shown = steps.length <= mostInContents ? steps : steps.filter(({ state }) => lookAt.has(state)).slice(0, mostInContents);
  const toStep = (step: ReportStep): Element => el('li', { className: ['to-step'] }, el('a', { href: `#${stepId(step.id)}` }, el('code', {}, visible(step.id)), stateBadge(step)));
  const items = parts.map(([id = '', text = '']) => el('li', { className: ['to-heading'] }, el('a', { href: `#${id}` }, visible(text)), ...(id === 'details' && shown.length > 0 ? [el('ul', {}, shown.map(toStep))] : [])));
  return el('nav', { ariaLabel: 'Contents' }, el('details', { open: true }, el('summary', {}, 'Contents'), el('ul', {}, items)));
}

/** States that want to be looked at. */
const lookAt: ReadonlySet<string> = new Set(['failed', 'interrupted', 'waiting', 'declined', 'undone', 'cancelled', 'running']);

function lead({ state }: Report, { world, title, sentence, summary }: Story): Element {
  return el(
    'header',
    { className: ['lead'] },
    el('h1', { id: 'title' }, visible(title)),
    world === undefined ? undefined : el('p', { className: ['notice'] }, el('strong', {}, world.word), ` ${visible(world.sentence)}`),
    el('p', { className: ['verdict', state] }, visible(sentence)),
    el('p', { className: ['summary'] }, summary),
  );
}

function* sectionPieces(section: Section, id: string): Generator<string> {
  yield toHtml([el('h2', { id }, ...section.title.map(({ text }) => visible(text)))]);
  if (section.kind === 'table') yield* tablePieces(section, id);
  else if (section.kind === 'facts') yield toHtml([el('ul', { className: ['facts'] }, section.facts.map((fact) => el('li', {}, ...lineOf(fact))))]);
  else for (const block of section.blocks) yield toHtml(blockOf(block, section.title.map(({ text }) => text).join('')));
}

function blockOf({ lead: first, code, close }: Block, label: string): Element[] {
  return [
    el('p', {}, ...lineOf(first)),
    ...(code === undefined ? [] : [el('div', { className: ['shown'] }, codeBox(safeText(code), '', label))]),
    ...(close === undefined ? [] : [el('p', {}, ...lineOf(close))]),
  ];
}

function* tablePieces({ header, rows }: Extract<Section, { readonly kind: 'table' }>, id: string): Generator<string> {
  const head = el('thead', {}, el('tr', {}, header.map((text) => el('th', { scope: 'col' }, text))));
  yield `<div class="scroll${id === 'steps' ? ' times' : ''}" tabindex="0" role="region" aria-labelledby="${id}"><table>${toHtml([head])}<tbody>`;
  for (const row of rows) yield toHtml([el('tr', {}, row.map((cell, index) => el(index === 0 ? 'th' : 'td', index === 0 ? { scope: 'row' } : {}, ...lineOf(cell))))]);
  yield '</tbody></table></div>';
}

function lineOf(line: Line): Child[] {
  return line.map(({ kind, text }): Child => {
    if (text === '') return undefined;
    if (kind === 'step') return el('a', { href: `#${stepId(text)}` }, el('code', {}, visible(text)));
    if (kind === 'code') return el('code', {}, visible(text));
    if (kind === 'strong') return el('strong', {}, visible(text));
    return kind === 'link' ? pageLink(text) : visible(text);
  });
}

function pageLink(url: string): Element {
  const label = linkLabel(url);
  return label === undefined ? el('code', {}, visible(url)) : el('a', { href: url, rel: ['noreferrer'] }, label);
}

function stepId(id: string): string {
  return encodeId(idPrefixes.step + id);
}

function stateBadge({ state }: ReportStep): Element {
  return el('span', { className: ['state', state] }, el('span', { ariaHidden: 'true' }, `${stateMark(state)} `), stateWord(state));
}

function card(step: ReportStep, report: Report, planned: PlanStep | undefined, log: LogExcerpt | undefined): Element {
  const id = idPrefixes.step + step.id;
  const mark = planned === undefined ? step.effect : markOf(planned);
  return el(
    'article',
    { className: ['step', mark], id, ariaLabelledBy: [`name-${id}`] },
    el('header', {}, el('a', { className: ['name'], id: `name-${id}`, href: `#${encodeId(id)}` }, visible(step.id)), stateBadge(step), badge(mark), step.role === 'step' ? undefined : el('span', { className: ['tag'] }, roles[step.role])),
    told(step, report),
    sourceOf(planned),
    log === undefined ? lastLines(step) : logFold(step, report, log),
  );
}

/** The task of a person, or the code, folded. */
function sourceOf(planned: PlanStep | undefined): Element | undefined {
  if (planned === undefined || planned.source.trim() === '') return undefined;
  if (planned.kind === 'manual' || planned.kind === 'include') return el('div', { className: ['task'] }, visible(planned.source));
  return el('details', { className: ['fold'] }, el('summary', {}, 'Code'), codeBox(planned.source, planned.language, `Code of ${planned.id}`));
}

const roles = { verifier: 'verifies', undo: 'undoes', failure: 'after a failure' } as const;

function told(step: ReportStep, report: Report): Element | undefined {
  const words = (value: string | undefined): Child[] => (value === undefined ? [] : [visible(value)]);
  const rows: readonly (readonly [string, readonly Child[]])[] = [
    ['where', [el('code', {}, visible(`${step.file ?? report.runbook}:${step.line}`)), step.heading === '' ? '' : ` ${visible(step.heading)}`]],
    ['why', words(step.reason)],
    ['exit code', words(step.exitCode === undefined || step.exitCode === 0 ? undefined : String(step.exitCode))],
    ['started', words(step.started === undefined ? undefined : clock(step.started))],
    ['took', words(step.durationMs === undefined ? undefined : formatDuration(step.durationMs))],
    ['attempts', words(step.attempts > 1 ? String(step.attempts) : undefined)],
    ['by', words(step.by)],
    ['evidence', words(step.links?.includes(step.evidence ?? '') === true || step.link === step.evidence ? undefined : step.evidence)],
    ['shows', lineOf(evidencePieces(step, report.mode))],
    ...Object.entries(step.outputs).map(([name, value]) => [`gives ${visible(name)}`, [el('code', {}, visible(typeof value === 'string' ? value : JSON.stringify(value)))]] as const),
  ];
  const shown = rows.filter(([, content]) => content.length > 0);
  return el('dl', { className: ['ties'] }, ...shown.map(([term, content]) => el('div', {}, el('dt', {}, term), el('dd', {}, ...content))));
}

/** Without a log file: what the journal keeps of a failed step. */
function lastLines({ id, tail = [] }: ReportStep): Element | undefined {
  return tail.length === 0 ? undefined : el('details', { className: ['fold', 'log'], open: true }, el('summary', {}, 'Last lines of its output'), codeBox(safeText(tail.join('\n')), '', `Last lines of ${id}`));
}

/** The log of a step, folded unless the step wants to be looked at. */
function logFold({ id, state }: ReportStep, { run }: Report, { head, tail, omitted, size }: LogExcerpt): Element | undefined {
  if (size === 0) return undefined;
  const cut = el('p', { className: ['cut'] }, `${bytes(omitted)} in between ${omitted === 1 ? 'is' : 'are'} left out here. The whole log: `, el('code', {}, visible(`runbook logs ${run} ${id}`)));
  return el(
    'details',
    { className: ['fold', 'log'], ...(lookAt.has(state) ? { open: true } : {}) },
    el('summary', {}, `Log, ${bytes(size)}`),
    head === '' ? undefined : codeBox(safeText(head), '', `Log of ${id}${omitted === 0 ? '' : ', its beginning'}`),
    ...(omitted === 0 ? [] : [cut]),
    tail === '' ? undefined : codeBox(safeText(tail), '', `Log of ${id}, its end`),
  );
}

function bytes(count: number): string {
  return `${String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ')} ${count === 1 ? 'byte' : 'bytes'}`;
}

function footer({ run, runbook, hash }: Report, tool: string): Element {
  return el('footer', {}, el('p', {}, 'Run ', el('code', {}, visible(run)), ' of ', el('code', {}, visible(runbook)), `, told by ${tool}.`), el('p', {}, 'SHA-256 of the document: ', el('code', { className: ['hash'] }, visible(hash))));
}
