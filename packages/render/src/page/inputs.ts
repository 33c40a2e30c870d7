// The table of inputs. Only what the document declares; no value of an environment is in it.
import type { InputDeclaration, Json } from '@runbook/model';
import type { Element } from 'hast';
import { idPrefixes } from './anchor.ts';
import { visible } from './code.ts';
import { el, type Child } from './element.ts';

/** A section with the inputs of a runbook; undefined when it has none. */
export function inputsSection(inputs: readonly InputDeclaration[]): Element | undefined {
  if (inputs.length === 0) return undefined;
  const head = ['Name', 'Type', 'Value', 'Description'].map((text) => el('th', { scope: 'col' }, text));
  const rows = inputs.map((input) =>
    el(
      'tr',
      { id: idPrefixes.input + input.name },
      el('th', { scope: 'row' }, el('code', {}, input.name)),
      el('td', {}, input.type),
      el('td', {}, ...valueCell(input)),
      el('td', {}, ...descriptionCell(input)),
    ),
  );
  const table = el('table', {}, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
  return el('section', { className: ['inputs'] }, el('h2', { id: 'inputs' }, 'Inputs'), el('div', { className: ['scroll'], tabIndex: 0, role: 'region', ariaLabelledBy: ['inputs'] }, table));
}

function descriptionCell({ description, choices, pattern }: InputDeclaration): Child[] {
  const rule = (word: string, text: string): Element => el('div', { className: ['rule'] }, word, el('code', {}, visible(text)));
  return [
    description === undefined ? undefined : visible(description),
    choices === undefined ? undefined : rule('one of ', choices.join(', ')),
    pattern === undefined ? undefined : rule('matches ', pattern),
  ];
}

function valueCell({ type, required, env, ...input }: InputDeclaration): Child[] {
  const lines: Child[][] = [];
  if (input.default !== undefined) lines.push(['default ', value(input.default)]);
  if (input.example !== undefined) lines.push(['example ', value(input.example)]);
  if (env !== undefined) lines.push(['from ', el('code', {}, `$${env}`)]);
  if (type === 'secret') lines.push(['asked for, never shown']);
  if (input.default === undefined) lines.push([required ? 'required' : 'may be left out']);
  return lines.map((line) => el('div', {}, ...line));
}

function value(json: Json): Element {
  return el('code', {}, visible(typeof json === 'string' ? json : JSON.stringify(json)));
}
