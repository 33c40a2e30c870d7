// A document as a whole page: one HTML file that needs nothing else and loads nothing.
import { findBody, type Runbook, type Step } from '@runbook/model';
import type { Problem } from '@runbook/problem';
import type { Element, ElementContent } from 'hast';
import type { LinkPath } from './anchor.ts';
import { renderBody } from './body.ts';
import { badge, markMeanings, markOf, type Mark } from './card.ts';
import { visible } from './code.ts';
import { contents, type Entry } from './contents.ts';
import { el, type Child } from './element.ts';
import { faultsSection, plural } from './faults.ts';
import { pageEnd, pageHead, skipLink, toHtml } from './frame.ts';
import { inputsSection } from './inputs.ts';
import { style } from './style.ts';

/** What a page is made of. */
export interface PageSource {
  readonly runbook: Runbook;
  /** Everything that is wrong with the document; told on top. */
  readonly problems: readonly Problem[];
  /** Where a relative path of the document leads. */
  readonly linkPath: LinkPath;
  /** Name and version of the tool, for the footer. */
  readonly tool: string;
}

const marks: readonly Mark[] = ['read', 'local', 'write', 'person'];

/** Renders a page as HTML text. Never throws for any document. */
export function buildPage({ runbook, problems, linkPath, tool }: PageSource): string {
  const text = runbook.text.replace(/\r\n?/g, '\n');
  const tooDeep = problems.some((problem) => problem.code === 'nesting-too-deep');
  const start = findBody(text);
  const isUnread = tooDeep || (start >= text.length && problems.some((problem) => problem.code === 'bad-front-matter'));
  const body = isUnread ? undefined : renderBody(runbook, text, start, linkPath);
  const inputs = inputsSection(runbook.inputs);
  const title: Child = body?.title ?? visible(runbook.title);
  const entries: Entry[] = [...(inputs === undefined ? [] : [{ kind: 'heading' as const, id: 'inputs', text: 'Inputs', level: 2 }]), ...(body?.entries ?? [])];
  const nav = contents(entries);
  const main = el(
    'main',
    { id: 'document', tabIndex: -1 },
    el('header', { className: ['lead'] }, el('h1', { id: 'title' }, title), ...leadLines(runbook)),
    faultsSection(problems),
    body?.fidelity === 'plain' ? el('p', { className: ['notice'] }, 'This document is shown without its inline mark-up and with its HTML as text, because its mark-up is too costly to read or would hide steps.') : undefined,
    body === undefined ? inputs : withInputs(body.children, inputs),
    body === undefined ? el('div', { className: ['code'] }, el('pre', { tabIndex: 0, role: 'group', ariaLabel: 'The document as it stands' }, el('code', {}, visible(text)))) : undefined,
  );
  const page = el('div', { className: ['page', ...(nav === undefined ? ['narrow'] : [])] }, nav, main);
  const html = el('html', { lang: 'en' }, pageHead({ title: visible(runbook.title), tool, style }), el('body', {}, skipLink('document'), page, footer(runbook, tool), ...pageEnd()));
  return `${toHtml([{ type: 'doctype' }, html])}\n`;
}

/** The inputs stand behind the introduction: before the first heading or step. */
function withInputs(children: readonly ElementContent[], inputs: Element | undefined): readonly ElementContent[] {
  const first = children.findIndex(beginsChapter);
  const at = first === -1 ? children.length : first;
  return inputs === undefined ? children : [...children.slice(0, at), inputs, ...children.slice(at)];
}

function beginsChapter(node: ElementContent): boolean {
  return node.type === 'element' && (/^h[1-6]$/.test(node.tagName) || node.tagName === 'article' || node.children.some(beginsChapter));
}

function leadLines({ steps, requires, lock }: Runbook): Element[] {
  const used = marks.filter((mark) => steps.some((step) => markOf(step) === mark));
  return [
    ...(steps.length === 0 ? [] : [el('p', { className: ['summary'] }, ...summary(steps))]),
    ...(used.length === 0 ? [] : [el('ul', { className: ['legend'] }, used.map((mark) => el('li', {}, badge(mark), ` ${markMeanings[mark]}`)))]),
    ...(requires === undefined ? [] : [el('p', { className: ['fact'] }, 'Requires ', el('code', {}, visible(requires)))]),
    ...(lock === undefined ? [] : [el('p', { className: ['fact'] }, 'One run at a time for ', el('code', {}, visible(lock)))]),
  ];
}

function summary(steps: readonly Step[]): Child[] {
  const gates = steps.filter((step) => step.gate !== undefined).length;
  const counts = marks.flatMap((mark) => {
    const count = steps.filter((step) => markOf(step) === mark).length;
    return count === 0 ? [] : [`${count} ${mark === 'person' ? 'by a person' : mark}`];
  });
  return [`${plural(steps.length, 'step')}: ${counts.join(', ')}`, gates === 0 ? '.' : `; ${gates === 1 ? '1 waits' : `${gates} wait`}.`];
}

function footer(runbook: Runbook, tool: string): Element {
  return el('footer', {}, el('p', {}, 'Made from ', el('code', {}, visible(runbook.file)), ` by ${tool}. Nothing of it was run.`), el('p', {}, 'SHA-256 of the document: ', el('code', { className: ['hash'] }, runbook.hash)));
}
