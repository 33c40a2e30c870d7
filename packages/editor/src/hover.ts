// What is told when the mouse rests on something: an attribute, the name of a step, an input or output, a front matter key.
import { parseCondition } from '@runbook/model';
import type { Step } from '@runbook/model';
import type { Hover, Position } from 'vscode-languageserver-protocol';
import { attributeCursorAt } from './attribute-span.ts';
import { guideOf, hostsOf } from './attribute-guide.ts';
import { code, knownNames, nameCard, stepCard } from './card.ts';
import { nameAt } from './code-name.ts';
import { frontMatterCursorAt, readKeys } from './front-matter-text.ts';
import { schemaAt } from './front-matter-schema.ts';
import { codeSpan, isStep, placeAt } from './place.ts';
import { wordAt } from './word.ts';
import type { FrontMatterText } from './front-matter-text.ts';
import type { Page, Span } from './page.ts';
import type { Place } from './place.ts';

/** What is to tell at a position; undefined when there is nothing. Never throws. */
export function hoverAt(page: Page, position: Position): Hover | undefined {
  const offset = page.offsetAt(position);
  const place = placeAt(page, offset);
  if (place.kind === 'attributes') return onAttribute(page, place, offset);
  if (place.kind === 'front-matter') return onFrontMatter(page, place.front, offset);
  return place.kind === 'code' ? onCode(page, place.step, place.offset) : undefined;
}

function tell(page: Page, span: Span, value: string): Hover {
  return { contents: { kind: 'markdown', value }, range: page.rangeOf(span) };
}

function onAttribute(page: Page, place: Extract<Place, { kind: 'attributes' }>, offset: number): Hover | undefined {
  const cursor = attributeCursorAt(place.group, page.text, offset);
  if (cursor?.attribute === undefined) return undefined;
  const { key } = cursor.attribute;
  const guide = guideOf(key);
  if (cursor.kind === 'key') {
    if (guide !== undefined) return tell(page, cursor.span, attributeCard(key));
    return key === 'include' ? tell(page, cursor.span, '**include**\n\nRuns the linked runbook here; its steps are `this/that`.') : undefined;
  }
  const word = wordAt(page.text, cursor.span, offset);
  if (key === 'name' && place.owner !== undefined && isStep(place.owner)) return tell(page, cursor.span, stepCard(page.runbook, place.owner));
  if (guide?.offers === 'steps' || guide?.offers === 'earlier steps') return onStepName(page, word);
  if (guide?.offers === 'expression') return onExpression(page, word, cursor.attribute.value ?? '');
  return guide === undefined ? undefined : tell(page, cursor.span, attributeCard(key));
}

/** An attribute in a few lines. */
function attributeCard(key: string): string {
  const guide = guideOf(key);
  return guide === undefined ? '' : [`**${key}**`, guide.meaning, `Values: ${guide.values}. Example: ${code(`${key}=${guide.example}`)}.`, `Stands on: ${hostsOf(key)}.`].join('\n\n');
}

function onStepName(page: Page, word: { readonly text: string; readonly span: Span }): Hover | undefined {
  const step = page.runbook.steps.find((one) => one.id === word.text);
  return step === undefined ? undefined : tell(page, word.span, stepCard(page.runbook, step));
}

function onExpression(page: Page, word: { readonly text: string; readonly span: Span }, source: string): Hover | undefined {
  const condition = parseCondition(source);
  if (condition.kind !== 'condition') return undefined;
  const step = [...condition.steps].find((name) => name === word.text || `${name}.state` === word.text);
  if (step !== undefined) return onStepName(page, { ...word, text: step });
  const known = knownNames(page.runbook).get(word.text.split('.')[0] ?? '');
  return known === undefined || !condition.names.includes(word.text.split('.')[0] ?? '') ? undefined : tell(page, word.span, nameCard(known));
}

function onCode(page: Page, step: Step, offset: number): Hover | undefined {
  const use = nameAt(step, offset);
  const known = use === undefined ? undefined : knownNames(page.runbook).get(use.name);
  return use === undefined || known === undefined ? undefined : tell(page, codeSpan(page, step, use.offset, use.name.length), nameCard(known));
}

function onFrontMatter(page: Page, front: FrontMatterText, offset: number): Hover | undefined {
  const entry = readKeys(page.text, front).keys.find(({ key }) => offset >= key.start && offset <= key.end);
  const names = knownNames(page.runbook);
  if (entry === undefined) {
    const cursor = frontMatterCursorAt(page.text, front, offset);
    if (cursor?.path.length !== 1 || cursor.path[0] !== 'lock') return undefined;
    const word = wordAt(page.text, { start: front.start, end: front.stop }, offset);
    const known = names.get(word.text);
    return known?.kind === 'input' ? tell(page, word.span, nameCard(known)) : undefined;
  }
  const known = entry.path.length === 2 && entry.path[0] === 'inputs' ? names.get(entry.path[1] ?? '') : undefined;
  if (known?.kind === 'input') return tell(page, entry.key, nameCard(known));
  const schema = schemaAt(entry.path);
  if (schema?.description === undefined) return undefined;
  const values = schema.enum === undefined ? [] : [`Values: ${schema.enum.map((one) => code(String(one))).join(', ')}.`];
  return tell(page, entry.key, [`**${entry.path.at(-1) ?? ''}**`, schema.description, ...values].join('\n\n'));
}
