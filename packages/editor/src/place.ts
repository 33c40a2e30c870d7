// What stands at an offset of a page: front matter, attributes of something, code of a step, or prose. Places of blocks are
// the model's; only comments behind list items are looked for in the text, because half-typed ones are not attributes yet.
import { indexLines } from '@runbook/problem';
import type { AttributeHost, DataBlock, Step } from '@runbook/model';
import { readAttributeSpans } from './attribute-span.ts';
import { findFrontMatter } from './front-matter-text.ts';
import { oncePerPage } from './page.ts';
import type { AttributeGroupSpan } from './attribute-span.ts';
import type { FrontMatterText } from './front-matter-text.ts';
import type { Page, Span } from './page.ts';

/** What stands at an offset. */
export type Place =
  | { readonly kind: 'front-matter'; readonly front: FrontMatterText }
  | { readonly kind: 'attributes'; readonly host: AttributeHost; readonly group: AttributeGroupSpan; readonly owner?: Step | DataBlock }
  | { readonly kind: 'code'; readonly step: Step; /** In the step's source. */ readonly offset: number }
  | { readonly kind: 'link'; readonly step: Step }
  | { readonly kind: 'prose' };

const prose: Place = { kind: 'prose' };
const marker = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(\[[ xX]\][ \t])?/;

/** What stands at an offset of the text. Never throws. */
export function placeAt(page: Page, offset: number): Place {
  const front = frontMatterOf(page);
  if (front !== undefined && offset >= front.start && offset <= front.stop) return { kind: 'front-matter', front };
  if (front !== undefined && offset < front.start) return prose;
  const { line, column } = page.lines.at(offset);
  const block = blockAt(page, line);
  if (block === undefined) return inItem(page, line, offset);
  if (line === block.line) return onFence(page, block, offset);
  return isStep(block) && line <= lastCodeLine(block) ? { kind: 'code', step: block, offset: sourceOffset(page, block, line, column) } : prose;
}

/** The front matter of a page. */
export const frontMatterOf = oncePerPage((page) => findFrontMatter(page.text));

/** The fences of a page, what runs and what does not, in the order of the document. */
export const blocksOf: (page: Page) => readonly (Step | DataBlock)[] = oncePerPage((page) =>
  [...page.runbook.steps.filter((step) => step.kind !== 'manual' && step.kind !== 'include'), ...page.runbook.data].sort((a, b) => a.line - b.line),
);

/** The fence that a line belongs to, its closing line included. */
function blockAt(page: Page, line: number): Step | DataBlock | undefined {
  const blocks = blocksOf(page);
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low - 1];
  return block !== undefined && line <= lastLine(page, block) ? block : undefined;
}

/** The line of the closing fence; that of the last code when the fence is never closed. */
export function lastLine(page: Page, block: Step | DataBlock): number {
  const last = lastCodeLine(block);
  return last < page.lines.count && /^[ \t>]*(?:`{3,}|~{3,})[ \t]*$/.test(page.lines.text(last + 1)) ? last + 1 : last;
}

/** Whether a block is a step. */
export function isStep(block: Step | DataBlock): block is Step {
  return 'id' in block;
}

/** The line of the last line of code; that of the fence when there is none. */
function lastCodeLine(block: Step | DataBlock): number {
  return block.source === '' ? block.line : block.codeLine + block.source.split('\n').length - 1;
}

/** The attributes of a step or block as they stand in the text; undefined when it has none. */
export function attributesOf(page: Page, block: Step | DataBlock): AttributeGroupSpan | undefined {
  if (isStep(block) && (block.kind === 'manual' || block.kind === 'include')) return itemGroup(page, block.line);
  const lineStart = page.lines.startOf(block.line);
  return fenceGroup(page.text, lineStart + block.column - 1, lineStart + page.lines.text(block.line).length);
}

/** The place of a step's name: its value where it is named, else its fence or the beginning of its item. */
export function nameSpan(page: Page, step: Step): Span {
  const named = attributesOf(page, step)?.attributes.find((attribute) => attribute.key === 'name')?.valueSpan;
  const lineStart = page.lines.startOf(step.line);
  return named ?? { start: lineStart + step.column - 1, end: lineStart + page.lines.text(step.line).length };
}

/** The span of `length` signs at an offset of a step's source. */
export function codeSpan(page: Page, step: Step, offset: number, length: number): Span {
  const code = indexLines(step.source);
  const { line, column } = code.at(offset);
  const documentLine = page.lines.text(step.codeLine + line - 1);
  const start = page.lines.startOf(step.codeLine + line - 1) + Math.max(0, documentLine.length - code.text(line).length) + column - 1;
  return { start, end: Math.min(start + length, page.text.length) };
}

/** The offset in a step's source of a place in the document; containers (lists, quotes) stand before the code on its lines. */
function sourceOffset(page: Page, step: Step, line: number, column: number): number {
  const code = indexLines(step.source);
  const codeLine = line - step.codeLine + 1;
  const codeText = code.text(codeLine);
  const before = page.lines.text(line).length - codeText.length;
  return code.startOf(codeLine) + Math.min(Math.max(column - 1 - before, 0), codeText.length);
}

function onFence(page: Page, block: Step | DataBlock, offset: number): Place {
  const group = attributesOf(page, block);
  if (group === undefined || offset <= group.start || offset > group.end) return prose;
  return { kind: 'attributes', host: hostOf(block), group, owner: block };
}

function hostOf(block: Step | DataBlock): AttributeHost {
  if (!isStep(block)) return 'data';
  return block.kind === 'file' ? 'file' : 'run';
}

/** The group of braces behind a fence; line highlights such as {1,3} are none. */
function fenceGroup(text: string, fenceAt: number, limit: number): AttributeGroupSpan | undefined {
  const line = text.slice(fenceAt, limit);
  const shape = /\{(?!\s*\d[\d\s,-]*\})/g;
  shape.lastIndex = /^[`~]*/.exec(line)?.[0].length ?? 0;
  const brace = shape.exec(line);
  return brace === null ? undefined : readAttributeSpans(text, fenceAt + brace.index, limit);
}

function inItem(page: Page, line: number, offset: number): Place {
  const start = itemLine(page, line);
  if (start === undefined) return prose;
  const task = marker.exec(page.lines.text(start))?.[1] !== undefined;
  const owner = page.runbook.steps.find((step) => step.line === start && (step.kind === 'manual' || step.kind === 'include'));
  const group = itemGroup(page, start);
  if (group !== undefined && offset > group.start && offset <= group.end) return { kind: 'attributes', host: task ? 'manual' : 'include', group, ...(owner === undefined ? {} : { owner }) };
  return owner?.kind === 'include' && (group === undefined || offset < group.start) ? { kind: 'link', step: owner } : prose;
}

/** The line on which the list item of a line begins; undefined in other paragraphs. */
function itemLine(page: Page, from: number): number | undefined {
  for (let line = from; line >= 1 && line > from - 50; line -= 1) {
    const text = page.lines.text(line);
    if (marker.test(text)) return line;
    if (text.trim() === '') return undefined;
  }
  return undefined;
}

/** The attributes in the last comment of the item that begins on a line, closed or not. */
function itemGroup(page: Page, first: number): AttributeGroupSpan | undefined {
  const start = page.lines.startOf(first);
  let last = first;
  while (last < page.lines.count && last < first + 50 && page.lines.text(last + 1).trim() !== '' && !marker.test(page.lines.text(last + 1))) last += 1;
  const limit = page.lines.startOf(last) + page.lines.text(last).length;
  const text = page.text.slice(start, limit);
  const comment = text.lastIndexOf('<!--');
  if (comment === -1) return undefined;
  const brace = /^<!--\s*\{/.exec(text.slice(comment));
  if (brace === null) return undefined;
  const close = text.indexOf('-->', comment);
  return readAttributeSpans(page.text, start + comment + brace[0].length - 1, close === -1 ? limit : start + close);
}
