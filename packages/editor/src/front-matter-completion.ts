// What may be written in the front matter: keys of the schema that are not there yet, and the few values it knows.
import type { CompletionItem } from 'vscode-languageserver-protocol';
import { nameCard } from './card.ts';
import { frontMatterCursorAt, readKeys } from './front-matter-text.ts';
import { schemaAt } from './front-matter-schema.ts';
import { offerKinds, toItems } from './offer.ts';
import { wordAt } from './word.ts';
import type { FrontMatterKeys, FrontMatterText } from './front-matter-text.ts';
import type { Offer } from './offer.ts';
import type { Page, Span } from './page.ts';

/** What may be written at an offset of the front matter. */
export function completeFrontMatter(page: Page, front: FrontMatterText, offset: number): CompletionItem[] {
  const cursor = frontMatterCursorAt(page.text, front, offset);
  if (cursor === undefined) return [];
  const all = readKeys(page.text, front);
  if (cursor.kind === 'key') return toItems(page, cursor.span, keyOffers(page.text, front, all, cursor.path, cursor.span));
  const [first, name, key] = cursor.path;
  if (cursor.path.length === 1 && first === 'lock') return completeLock(page, cursor.span, offset);
  if (cursor.path.length === 1 && first === 'requires') return values(page, front, cursor.span, ['runbook >= 0.1']);
  if (cursor.path.length !== 3 || first !== 'inputs') return [];
  if (key === 'type') return values(page, front, cursor.span, (schemaAt(cursor.path)?.enum ?? []).map(String));
  if (key === 'required') return plain(page, cursor.span, ['false', 'true']);
  const input = page.runbook.inputs.find((one) => one.name === name);
  if (key !== 'default' && key !== 'example') return [];
  return input?.type === 'boolean' ? plain(page, cursor.span, ['false', 'true']) : input?.type === 'choice' ? values(page, front, cursor.span, input.choices ?? []) : [];
}

/** Keys that a type cannot have, as the schema says it by its conditions. */
const notFor: Readonly<Record<string, readonly string[]>> = {
  pattern: ['number', 'boolean', 'choice', 'secret'],
  choices: ['string', 'number', 'boolean', 'secret'],
  default: ['secret'],
  example: ['secret'],
};

function keyOffers(text: string, front: FrontMatterText, all: FrontMatterKeys, path: readonly string[], typed: Span): Offer[] {
  const siblings = all.keys.filter((key) => key.path.length === path.length + 1 && path.every((part, index) => key.path[index] === part));
  const present = new Set(siblings.filter(({ key }) => key.start !== typed.start).map((key) => key.path.at(-1)));
  const typeValue = siblings.find((key) => key.path.at(-1) === 'type')?.value;
  const type = typeValue === undefined ? '' : text.slice(typeValue.start, typeValue.end).trim().replace(/["']/g, '');
  const written = siblings.some(({ key }) => key.start === typed.start);
  return Object.entries(schemaAt(path)?.properties ?? {})
    .filter(([key]) => !present.has(key) && notFor[key]?.includes(type) !== true)
    .map(([key, schema]): Offer => ({ label: key, kind: offerKinds.key, insert: writeKey(front, key, written), ...(schema.description === undefined ? {} : { about: schema.description }) }));
}

function writeKey(front: FrontMatterText, key: string, written: boolean): string {
  if (front.format === 'json') return written ? `"${key}"` : `"${key}": `;
  if (written) return key;
  return front.format === 'toml' ? `${key} = ` : key === 'inputs' ? 'inputs:' : `${key}: `;
}

/** Values that are text; YAML needs quotes for few of them, the others for all. */
function values(page: Page, front: FrontMatterText, typed: Span, words: readonly string[]): CompletionItem[] {
  const quoted = (word: string): string => (front.format === 'yaml' && /^[A-Za-z][\w-]*(?: >= [\d.]+)?$/.test(word) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(word) ? word : JSON.stringify(word));
  return toItems(page, typed, words.map((label): Offer => ({ label, kind: offerKinds.value, insert: quoted(label) })));
}

function plain(page: Page, typed: Span, words: readonly string[]): CompletionItem[] {
  return toItems(page, typed, words.map((label): Offer => ({ label, kind: offerKinds.value })));
}

/** Names of inputs behind a brace of the lock; a secret is none. */
function completeLock(page: Page, value: Span, offset: number): CompletionItem[] {
  const word = wordAt(page.text, { start: value.start, end: page.text.length }, offset);
  if (page.text[word.span.start - 1] !== '{') return [];
  const inputs = page.runbook.inputs.filter((input) => input.type !== 'secret');
  const close = page.text[word.span.end] === '}' ? '' : '}';
  return toItems(page, word.span, inputs.map((input): Offer => ({ label: input.name, kind: offerKinds.input, insert: `${input.name}${close}`, about: nameCard({ kind: 'input', input }) })));
}
