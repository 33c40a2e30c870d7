// A step as a card: its name, what it may change, what it waits for, its code or task, and its ties to other steps.
import type { Effect } from '@runbook/access';
import type { Step } from '@runbook/model';
import type { Element, ElementContent } from 'hast';
import { formatLimit } from '../duration.ts';
import { encodeId, idPrefixes } from './anchor.ts';
import { codeBox, visible } from './code.ts';
import { el, type Child } from './element.ts';

/** Who or what a step acts on: an effect, or a person who does it. */
export type Mark = Effect | 'person';

/** What a reader should know of the marks. */
export const markMeanings: Readonly<Record<Mark, string>> = {
  read: 'changes nothing',
  local: 'changes only the work folder of the run',
  write: 'changes something outside',
  person: 'is done by a person',
};

/** What a card needs to know beyond its step. */
export interface CardContext {
  /** The id of the card, without `#`. */
  readonly id: string;
  /** The id of another step's card. */
  cardOf(step: string): string | undefined;
  readonly verifier?: Step;
  readonly undo?: Step;
  /** Whether there is a block with the expected output of this step. */
  readonly isExpected: boolean;
  /** The id of what gives a value its name: an input's row, or the card of the step that publishes it. */
  originOf(name: string): string | undefined;
  /** A link to a path or address that the document names. */
  link(href: string, label: string): ElementContent;
}

/** The mark of a step. */
export function markOf(step: Step): Mark {
  return step.kind === 'manual' ? 'person' : step.effect;
}

/** The badge of a mark. */
export function badge(mark: Mark): Element {
  return el('span', { className: ['badge', mark] }, mark);
}

/** A step as a card. `task` is the content of a manual step or an include. */
export function stepCard(step: Step, context: CardContext, task: readonly ElementContent[]): Element {
  const nameId = `name-${context.id}`;
  return el(
    'article',
    { className: ['step', markOf(step), ...(step.verifies === undefined ? [] : ['verifier'])], id: context.id, ariaLabelledBy: [nameId] },
    el('header', {}, el('a', { className: ['name'], id: nameId, href: `#${encodeId(context.id)}` }, step.id), badge(markOf(step)), ...tags(step)),
    step.kind === 'manual' || step.kind === 'include' ? taskOf(step, context, task) : codeBox(step.source, step.language, `Code of ${step.id}`),
    ties(step, context),
  );
}

function taskOf(step: Step, context: CardContext, task: readonly ElementContent[]): Element {
  const textId = `text-${context.id}`;
  if (step.kind === 'include') return el('div', { className: ['task'] }, el('span', { className: ['verb'] }, 'runs '), task);
  return el('div', { className: ['task'] }, el('input', { type: 'checkbox', disabled: true, ariaLabelledBy: [textId] }), el('div', { id: textId }, task));
}

/** Short words beside the name. */
function tags(step: Step): Element[] {
  const words = [
    step.kind === 'shell' || step.kind === 'script' ? step.language : undefined,
    step.kind === 'include' ? 'another runbook' : undefined,
    step.kind === 'shell' && !step.effectDeclared ? 'effect not declared' : undefined,
    step.gate === undefined ? undefined : 'waits',
    step.verifies === undefined ? undefined : 'verifies',
    step.undoes === undefined ? undefined : 'undoes',
    step.onFailure ? 'after a failure' : undefined,
    step.background ? 'in the background' : undefined,
    step.interactive ? 'asks in the terminal' : undefined,
    step.excludeFromRunAll ? 'only when asked for' : undefined,
    ...step.tags,
  ];
  return words.flatMap((word) => (word === undefined || word === '' ? [] : [el('span', { className: ['tag'] }, word)]));
}

/** What ties a step to others, as a list of terms; undefined when there is nothing to say. */
function ties(step: Step, context: CardContext): Element | undefined {
  const { gate } = step;
  const attempt = gate?.attemptTimeoutMs === undefined ? '' : `; one try takes ${formatLimit(gate.attemptTimeoutMs)} at most`;
  const rows: readonly (readonly [string, readonly Child[]])[] = [
    ['waits', gate === undefined ? [] : [`tries every ${formatLimit(gate.pollMs)}, for ${formatLimit(gate.timeoutMs)} at most${attempt}`]],
    ['time limit', step.timeoutMs === undefined ? [] : [formatLimit(step.timeoutMs)]],
    ['tries again', step.retry === 0 ? [] : [step.retry === 1 ? 'once' : `${step.retry} times`]],
    ['verifies', stepLinks(step.verifies === undefined ? [] : [step.verifies], context)],
    ['not done', step.verifies === undefined || step.attributes.absent === undefined ? [] : [`exit code ${step.absent.join(' or ')}`]],
    ['verified by', stepLinks(context.verifier === undefined ? [] : [context.verifier.id], context)],
    ['undoes', stepLinks(step.undoes === undefined ? [] : [step.undoes], context)],
    ['undone by', stepLinks(context.undo === undefined ? [] : [context.undo.id], context)],
    ['needs', stepLinks(step.needs, context)],
    ['only if', step.condition === undefined ? [] : [el('code', {}, visible(step.condition))]],
    ['ready when', stepLinks(step.ready === undefined ? [] : [step.ready], context)],
    ['approvers', step.approvers === 1 ? [] : [`${step.approvers} different people`]],
    ['runs with', step.interpreter === undefined ? [] : [el('code', {}, visible(step.interpreter))]],
    ['in folder', step.cwd === undefined ? [] : [el('code', {}, visible(step.cwd))]],
    ['session', step.session === 'none' ? ['its own'] : []],
    ['writes the file', step.path === undefined ? [] : [el('code', {}, visible(step.path)), ' in the work folder']],
    ['source', step.attributes.source === undefined ? [] : [context.link(step.attributes.source, step.attributes.source)]],
    ['uses', list(step.uses.map((name) => codeLink(name, context.originOf(name))))],
    ['gives', list(step.publishes.map((name) => el('code', {}, name)))],
    ['expected output', context.isExpected ? [el('a', { href: `#${encodeId(idPrefixes.expect + step.id)}` }, 'shown here')] : []],
  ];
  const told = rows.filter(([, content]) => content.length > 0);
  return told.length === 0 ? undefined : el('dl', { className: ['ties'] }, ...told.map(([term, content]) => el('div', {}, el('dt', {}, term), el('dd', {}, ...content))));
}

function stepLinks(names: readonly string[], context: CardContext): Child[] {
  return list(names.map((name) => codeLink(name, context.cardOf(name))));
}

function codeLink(text: string, id: string | undefined): Element {
  return id === undefined ? el('code', {}, text) : el('a', { href: `#${encodeId(id)}` }, el('code', {}, text));
}

function list(items: readonly ElementContent[]): Child[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [', ', item]));
}
