// The document itself: its prose, sanitised, with cards for steps and figures for other blocks. Every step of the runbook is
// on the page once and in order, whatever the document does; where its mark-up would hide one, the mark-up goes.
import { indexLines } from '@runbook/problem';
import type { DataBlock, Runbook, Step } from '@runbook/model';
import type { Element, ElementContent } from 'hast';
import { createForeignIds, idPrefixes, linkTo, type FindId, type LinkPath } from './anchor.ts';
import { markOf, stepCard, type CardContext } from './card.ts';
import { visible } from './code.ts';
import { el, mapElements, textOf } from './element.ts';
import { dataFigure, type FigureContext } from './figure.ts';
import { readOutline } from './outline.ts';
import { slotTag } from './slot.ts';
import { tidy, withoutDoubleIds } from './tidy.ts';
import { placesAre, readBody, slotKey, type BodyTree, type Fidelity } from './tree.ts';
import type { Entry } from './contents.ts';

/** The document as part of a page. */
export interface Body {
  readonly children: readonly ElementContent[];
  /** What the document's own title heading holds, when it says what the title says. */
  readonly title: readonly ElementContent[] | undefined;
  readonly entries: readonly Entry[];
  readonly fidelity: Fidelity;
}

/** More inline marks than this in one paragraph take a parser minutes. (The time grows with their square.) */
const mostMarks = 6000;

/**
 * Renders the body of a document.
 * @param text the document with LF line ends
 * @param start where its body begins
 */
export function renderBody(runbook: Runbook, text: string, start: number, linkPath: LinkPath): Body {
  const lines = indexLines(text);
  const at = ({ line, column }: { readonly line: number; readonly column: number }): number => lines.startOf(line) + column - 1 - start;
  const steps = new Map(runbook.steps.map((step) => [at(step), step]));
  const data = new Map(runbook.data.map((block) => [at(block), block]));
  const keys = [...steps.keys(), ...data.keys()].sort((a, b) => a - b);
  const itemKey = (offset: number): number | undefined => (isItem(steps.get(offset)) ? offset : undefined);
  const source = text.slice(start);
  const { body, fidelity } = readFully(source, itemKey, keys) ?? { body: readBody(source, itemKey, 'plain'), fidelity: 'plain' as const };
  const finished = finish(body, runbook, { steps, data, linkPath });
  return { ...finished, fidelity };
}

function isItem(step: Step | undefined): boolean {
  return step?.kind === 'manual' || step?.kind === 'include';
}

/** In full, or undefined when that is too costly, too deep, or would not show every step. */
function readFully(source: string, itemKey: (offset: number) => number | undefined, keys: readonly number[]): { body: BodyTree; fidelity: Fidelity } | undefined {
  if (source.split(/\n[ \t>]*\n/).some((part) => (part.match(/[*_~`[\]<&!]/g) ?? []).length > mostMarks)) return undefined;
  try {
    const body = readBody(source, itemKey, 'full');
    return placesAre(body.tree, keys) ? { body, fidelity: 'full' } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Places {
  readonly steps: ReadonlyMap<number, Step>;
  readonly data: ReadonlyMap<number, DataBlock>;
  readonly linkPath: LinkPath;
}

/** Fills the places of a tree and tidies the rest. */
function finish({ tree, blocks }: BodyTree, runbook: Runbook, { steps, data, linkPath }: Places): Omit<Body, 'fidelity'> {
  const outline = readOutline(tree, runbook.title);
  const foreign = createForeignIds();
  const named = withoutDoubleIds(outline.tree, foreign);
  const findId: FindId = (fragment) => outline.find(fragment) ?? foreign.find(fragment) ?? cards.find(fragment);
  const link = (href: string, label: string): ElementContent => {
    const target = linkTo(href, linkPath, findId);
    return target === undefined ? el('code', {}, visible(label)) : el('a', target, visible(label));
  };
  const cards = createCards(runbook, link);
  const figures: FigureContext = { cardOf: cards.of, link, takeId: createTaker() };
  const placed = new Set<Step>();
  const card = (step: Step, task: readonly ElementContent[]): Element => {
    placed.add(step);
    return stepCard(step, cards.contextOf(step), task);
  };
  const fill = (element: Element): Element => {
    const key = slotKey(element);
    const step = steps.get(key);
    if (step !== undefined) return card(step, element.children);
    const block = blocks.get(key);
    return dataFigure(data.get(key) ?? { language: block?.language ?? '', source: block?.value ?? '', attributes: {} }, figures);
  };
  const filled = mapElements(named, (element, above) => (element.tagName === slotTag ? [fill(element)] : tidy(element, above, linkPath, findId)));
  // A step without a place is shown nevertheless; nothing may run that is not on the page.
  const rest = runbook.steps.filter((step) => !placed.has(step)).map((step) => card(step, [{ type: 'text', value: step.source }]));
  const title = filled.children.find((child) => child.type === 'element' && child.tagName === 'h1');
  const children = [...filled.children.flatMap((child) => (child.type === 'doctype' || child === title ? [] : [child])), ...rest];
  return { children, title: title?.type === 'element' ? title.children : undefined, entries: collectEntries(children, cards.marks) };
}

/** Cards of a runbook: an id for each, and what ties them. */
function createCards(runbook: Runbook, link: CardContext['link']) {
  const take = createTaker();
  const ids = new Map<Step, string>();
  const byName = new Map<string, string>();
  const marks = new Map<string, Step>();
  for (const step of runbook.steps) {
    let id = idPrefixes.step + step.id;
    for (let i = 2; !take(id); i += 1) id = `${idPrefixes.step}${step.id}-${i}`;
    ids.set(step, id);
    marks.set(id, step);
    if (!byName.has(step.id)) byName.set(step.id, id);
  }
  const tie = (key: 'verifies' | 'undoes'): ReadonlyMap<string | undefined, Step> => new Map(runbook.steps.map((step) => [step[key], step]));
  const [verifiers, undos] = [tie('verifies'), tie('undoes')];
  const expected = new Set(runbook.data.map((block) => block.attributes.expect));
  const origins = new Map([
    ...runbook.steps.toReversed().flatMap((step) => (step.verifies === undefined ? step.publishes.map((name): [string, string] => [name, ids.get(step) ?? '']) : [])),
    ...runbook.inputs.map(({ name }): [string, string] => [name, idPrefixes.input + name]),
  ]);
  return {
    marks,
    of: (name: string): string | undefined => byName.get(name),
    find: (fragment: string): string | undefined => (marks.has(fragment) ? fragment : undefined),
    contextOf(step: Step): CardContext {
      const [verifier, undo] = [verifiers.get(step.id), undos.get(step.id)];
      return {
        id: ids.get(step) ?? '',
        cardOf: (name) => byName.get(name),
        ...(verifier === undefined ? {} : { verifier }),
        ...(undo === undefined ? {} : { undo }),
        isExpected: expected.has(step.id),
        originOf: (name) => origins.get(name),
        link,
      };
    },
  };
}

/** Answers whether an id is free, and takes it. */
function createTaker(): (id: string) => boolean {
  const taken = new Set<string>();
  return (id) => !taken.has(id) && taken.add(id).has(id);
}

/** Headings and cards in the order of the page. */
function collectEntries(nodes: readonly ElementContent[], steps: ReadonlyMap<string, Step>): Entry[] {
  return nodes.flatMap((node): Entry[] => {
    if (node.type !== 'element') return [];
    const id = String(node.properties.id ?? '');
    const step = steps.get(id);
    if (node.tagName === 'article' && step !== undefined) return [{ kind: 'step', id, text: step.id, mark: markOf(step) }];
    if (/^h[2-6]$/.test(node.tagName) && id !== '') return [{ kind: 'heading', id, text: textOf(node).trim(), level: Number(node.tagName.slice(1)) }];
    return collectEntries(node.children, steps);
  });
}
