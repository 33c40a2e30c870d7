// What may be written inside the braces of attributes: keys that fit and are not there yet, and values of a key.
import { mayStandOn } from '@runbook/model';
import type { Step } from '@runbook/model';
import type { CompletionItem } from 'vscode-languageserver-protocol';
import { guidedKeys, guideOf } from './attribute-guide.ts';
import { attributeCursorAt } from './attribute-span.ts';
import { nameCard, stepCard } from './card.ts';
import { namesBefore } from './code-name.ts';
import { offerKinds, toItems } from './offer.ts';
import { isStep } from './place.ts';
import { wordAt } from './word.ts';
import type { AttributeGuide } from './attribute-guide.ts';
import type { AttributeGroupSpan, AttributeSpan } from './attribute-span.ts';
import type { Offer } from './offer.ts';
import type { Page, Span } from './page.ts';
import type { Place } from './place.ts';

type AttributePlace = Extract<Place, { kind: 'attributes' }>;

/** Keys whose values are several words with commas between. */
const lists: ReadonlySet<string> = new Set(['needs', 'tag', 'category', 'absent']);

/** What may be written at an offset inside a group of attributes. */
export function completeAttribute(page: Page, place: AttributePlace, offset: number): CompletionItem[] {
  const cursor = attributeCursorAt(place.group, page.text, offset);
  if (cursor === undefined) return [];
  if (cursor.kind === 'key') return toItems(page, cursor.span, keyOffers(place, cursor.attribute));
  return completeValue(page, place, cursor.attribute, offset);
}

function keyOffers(place: AttributePlace, current: AttributeSpan | undefined): Offer[] {
  const { host, group } = place;
  const present = new Set(group.attributes.filter((attribute) => attribute !== current).map(({ key }) => key));
  // Behind a key that has its value already, only the key is replaced.
  const more = current?.value !== undefined;
  const offers = guidedKeys()
    .filter((key) => !present.has(key) && (mayStandOn(key, host) || (host === 'data' && (key === 'file' || key === 'interpreter'))))
    .map((key): Offer => ({ label: key, kind: offerKinds.key, insert: `${quoteKey(key, group)}${more ? '' : group.json ? ': ' : '='}`, ...about(key) }));
  const include: Offer[] = host === 'include' && !present.has('include') ? [{ label: 'include', kind: offerKinds.key, insert: 'include', about: 'Runs the linked runbook here.' }] : [];
  return [...include, ...offers];
}

function about(key: string): { about?: string } {
  const guide = guideOf(key);
  return guide === undefined ? {} : { about: `${guide.meaning}\n\nValues: ${guide.values}.` };
}

const quoteKey = (key: string, group: AttributeGroupSpan): string => (group.json ? `"${key}"` : key);

function completeValue(page: Page, place: AttributePlace, attribute: AttributeSpan, offset: number): CompletionItem[] {
  const guide = guideOf(attribute.key);
  const { valueSpan } = attribute;
  if (guide === undefined || valueSpan === undefined) return [];
  const owner = place.owner !== undefined && isStep(place.owner) ? place.owner : undefined;
  const replaced = guide.offers === 'expression' ? wordAt(page.text, valueSpan, offset).span : lists.has(attribute.key) ? partAt(page.text, valueSpan, offset) : valueSpan;
  const others = lists.has(attribute.key) ? (attribute.value ?? '').split(',').map((word) => word.trim()) : [];
  const typed = page.text.slice(replaced.start, replaced.end);
  const offers = valueOffers(page, guide, owner).filter((offer) => offer.label === typed || !others.includes(offer.label));
  const quoted = place.group.json && !attribute.quoted;
  return toItems(page, replaced, quoted ? offers.map((offer) => ({ ...offer, insert: JSON.stringify(offer.insert ?? offer.label) })) : offers);
}

/** The word between two commas. */
function partAt(text: string, value: Span, offset: number): Span {
  const before = text.lastIndexOf(',', offset - 1);
  const after = text.indexOf(',', offset);
  return { start: Math.min(Math.max(value.start, before + 1), offset), end: after === -1 ? value.end : Math.max(Math.min(value.end, after), offset) };
}

function valueOffers(page: Page, guide: AttributeGuide, owner: Step | undefined): Offer[] {
  const { offers } = guide;
  if (offers === 'tags') return [...new Set(page.runbook.steps.flatMap((step) => step.tags))].map((label): Offer => ({ label, kind: offerKinds.word }));
  if (offers === 'expression') return expressionOffers(page, owner);
  if (offers === 'steps' || offers === 'earlier steps') return stepOffers(page, owner, offers === 'earlier steps');
  return offers.map((label): Offer => ({ label, kind: offerKinds.value }));
}

/** Steps with a name of their own, nearest to the block first; a block's own name leads nowhere. */
function stepOffers(page: Page, owner: Step | undefined, earlier: boolean): Offer[] {
  const line = owner?.line ?? Number.POSITIVE_INFINITY;
  const distance = (step: Step): number => (line === Number.POSITIVE_INFINITY ? step.line : Math.abs(step.line - line));
  return page.runbook.steps
    .filter((step) => step.named && step !== owner && (!earlier || step.line < line))
    .sort((a, b) => distance(a) - distance(b))
    .map((step): Offer => ({ label: step.id, kind: offerKinds.step, detail: `${step.kind} · ${step.effect}`, about: stepCard(page.runbook, step) }));
}

const states = ['passed', 'skipped', 'failed', 'declined', 'interrupted', 'undone', 'done'];

function expressionOffers(page: Page, owner: Step | undefined): Offer[] {
  const names = owner === undefined ? [] : namesBefore(page.runbook, owner);
  return [
    ...names.map((known): Offer => ({ label: known.kind === 'input' ? known.input.name : known.name, kind: known.kind === 'input' ? offerKinds.input : offerKinds.output, about: nameCard(known) })),
    ...states.map((state): Offer => ({ label: state, kind: offerKinds.word, insert: `${state}(`, detail: `the state of a step` })),
    ...stepOffers(page, owner, true),
  ];
}
