// `runbook types [FILE]`: what script blocks have in scope, as a declaration file for editors: the toolkit, and the inputs and
// outputs of a document. Nothing of the document is executed.
import { readFileSync } from 'node:fs';
import type { InputDeclaration, Runbook } from '@runbook/model';
import { print } from '../console.ts';
import { parseDocument, readDocument } from '../document.ts';
import { exitCodes } from '../exit.ts';
import { globalsFile } from '../places.ts';

/** Prints the declarations. */
export function types(file: string | undefined): number {
  const own = file === undefined ? '' : declarationsOf(parseDocument(file, readDocument(file)).runbook);
  print(`${readFileSync(globalsFile, 'utf8')}${own}`);
  return exitCodes.done;
}

function declarationsOf({ file, inputs, steps }: Runbook): string {
  const published = new Map(steps.flatMap((step) => step.publishes.map((name) => [name, step.kind === 'script' ? 'any' : 'string'] as const)));
  const lines = [...inputs.map((input) => [input.name, typeOf(input)] as const), ...published].map(([name, type]) => `declare const ${name}: ${type};\n`);
  return `\n// Inputs and outputs of ${file.replaceAll(/[\r\n]/g, ' ')}.\n${lines.join('')}`;
}

function typeOf({ type, choices, required, default: fallback }: InputDeclaration): string {
  const words = choices?.map((choice) => JSON.stringify(choice)).join(' | ');
  const plain = { string: 'string', secret: 'string', number: 'number', boolean: 'boolean', choice: words ?? 'string', list: words === undefined ? 'readonly string[]' : `readonly (${words})[]` }[type];
  return required || fallback !== undefined ? plain : `${plain} | null`;
}
