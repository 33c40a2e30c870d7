// The problems of a page as an editor wants them. A document that does not speak our dialect at all gets none: most Markdown
// is no runbook, and nobody asked.
import { attributeKeys } from '@runbook/model';
import { nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import { readKeys } from './front-matter-text.ts';
import { attributesOf, blocksOf, frontMatterOf, placeAt } from './place.ts';
import type { Page, Span } from './page.ts';

/** The problems of a page, in the order of the document. Never throws. */
export function diagnosticsOf(page: Page): Diagnostic[] {
  if (!speaksRunbook(page)) return [];
  const shown = page.problems.slice(0, most).map((problem): Diagnostic => ({
    range: page.rangeOf(spanOf(page, problem)),
    severity: problem.severity === 'error' ? 1 : 2,
    code: problem.code,
    source: 'runbook',
    message: [problem.message, problem.hint].filter((part) => part !== '').map((part) => (/[.!?)]$/.test(part) ? part : `${part}.`)).join(' '),
  }));
  const [next] = page.problems.slice(most);
  if (next === undefined) return shown;
  return [...shown, { range: page.rangeOf(spanOf(page, next)), severity: 3, source: 'runbook', message: `There are ${page.problems.length - most} more problems; correct the first ones.` }];
}

/** Nobody reads more while typing, and an editor slows down. */
const most = 500;

const ownKeys: ReadonlySet<string> = new Set(['inputs', 'requires', 'lock']);

/** Whether a document means to be a runbook: it declares inputs, or something in it has one of our attributes. */
function speaksRunbook(page: Page): boolean {
  const front = frontMatterOf(page);
  if (front !== undefined && readKeys(page.text, front).keys.some(({ path }) => path.length === 1 && ownKeys.has(path[0] ?? ''))) return true;
  const items = page.runbook.steps.filter((step) => step.kind === 'manual' || step.kind === 'include');
  return [...blocksOf(page), ...items].some((block) => attributesOf(page, block)?.attributes.some(({ key }) => key === 'include' || attributeKeys.includes(key) || nearest(key, attributeKeys) !== undefined) === true);
}

/** How far the thing reaches that a problem points at. */
function spanOf(page: Page, problem: Problem): Span {
  const line = Math.min(Math.max(problem.line, 1), page.lines.count);
  const text = page.lines.text(line);
  const start = page.lines.startOf(line) + Math.min(Math.max(problem.column - 1, 0), Math.max(text.length - 1, 0));
  const rest = text.slice(start - page.lines.startOf(line));
  const length = (/^(?:`{3,}|~{3,}|[-*+] \[).*$/.exec(rest) ?? /^(?:<[^<>]*>|"[^"]*"|[\w$./-]+|\S)/.exec(rest))?.[0].trimEnd().length ?? rest.length;
  const end = start + length;
  const place = placeAt(page, start);
  const attribute = place.kind === 'attributes' ? place.group.attributes.find(({ keySpan }) => keySpan.start === start) : undefined;
  return { start, end: Math.max(end, attribute?.valueSpan?.end ?? end) };
}
