// Where a name is made: a step's name, the export of an output, the declaration of an input, the document of an include.
import { parseCondition } from '@runbook/model';
import type { Step } from '@runbook/model';
import type { Location, Position } from 'vscode-languageserver-protocol';
import { attributeCursorAt } from './attribute-span.ts';
import { guideOf } from './attribute-guide.ts';
import { knownNames } from './card.ts';
import { exportOf, nameAt } from './code-name.ts';
import { frontMatterCursorAt } from './front-matter-text.ts';
import { codeSpan, nameSpan, placeAt } from './place.ts';
import { wordAt } from './word.ts';
import type { Page } from './page.ts';
import type { Place } from './place.ts';

/** Where the thing at a position is made; undefined when it is nothing of ours. Never throws. */
export function definitionAt(page: Page, position: Position): Location | undefined {
  const offset = page.offsetAt(position);
  const place = placeAt(page, offset);
  if (place.kind === 'code') {
    const use = nameAt(place.step, place.offset);
    return use === undefined ? undefined : nameLocation(page, use.name);
  }
  if (place.kind === 'attributes') return fromAttribute(page, place, offset);
  if (place.kind === 'link') return documentLocation(page, place.step);
  if (place.kind !== 'front-matter' || frontMatterCursorAt(page.text, place.front, offset)?.path[0] !== 'lock') return undefined;
  return nameLocation(page, wordAt(page.text, { start: place.front.start, end: place.front.stop }, offset).text);
}

function fromAttribute(page: Page, place: Extract<Place, { kind: 'attributes' }>, offset: number): Location | undefined {
  const cursor = attributeCursorAt(place.group, page.text, offset);
  if (cursor?.kind !== 'value') return undefined;
  const offers = guideOf(cursor.attribute.key)?.offers;
  const word = wordAt(page.text, cursor.span, offset).text;
  if (offers === 'steps' || offers === 'earlier steps' || cursor.attribute.key === 'name') return stepLocation(page, word);
  if (offers !== 'expression') return undefined;
  const condition = parseCondition(cursor.attribute.value ?? '');
  const step = condition.kind === 'condition' ? [...condition.steps].find((name) => name === word || `${name}.state` === word) : undefined;
  return step === undefined ? nameLocation(page, word.split('.')[0] ?? '') : stepLocation(page, step);
}

function stepLocation(page: Page, id: string): Location | undefined {
  const step = page.runbook.steps.find((one) => one.id === id);
  return step === undefined ? undefined : { uri: page.uri, range: page.rangeOf(nameSpan(page, step)) };
}

function nameLocation(page: Page, name: string): Location | undefined {
  const known = knownNames(page.runbook).get(name);
  if (known === undefined) return undefined;
  if (known.kind === 'input') {
    const start = page.lines.startOf(known.input.line) + known.input.column - 1;
    return { uri: page.uri, range: page.rangeOf({ start, end: start + name.length }) };
  }
  const [publisher] = known.steps;
  const use = publisher === undefined ? undefined : exportOf(publisher, name);
  return publisher === undefined || use === undefined ? undefined : { uri: page.uri, range: page.rangeOf(codeSpan(page, publisher, use.offset, name.length)) };
}

/** The document of an include, when it is a file beside this one. */
function documentLocation(page: Page, step: Step): Location | undefined {
  if (step.target === undefined || !URL.canParse(step.target, page.uri)) return undefined;
  const { protocol, href } = new URL(step.target, page.uri);
  return protocol === 'file:' && page.uri.startsWith('file:') ? { uri: href.replace(/#.*$/, ''), range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } } : undefined;
}
