// What `--input` says: texts from the command line, and texts out of files, which alone may be secrets.
import { readFileSync } from 'node:fs';
import type { Mode } from '@runbook/access';
import type { InputDeclaration, SecretsMode } from '@runbook/model';
import { UsageError } from './exit.ts';

/** What was given, by name. */
export interface GivenInputs {
  readonly texts: Readonly<Record<string, string>>;
  /** Names whose text came out of a file, all of it. */
  readonly fromFiles: ReadonlySet<string>;
}

/** Reads `k=v` pairs; `k=@file` takes the file's text; a repeated name makes a list. */
export function parseInputs(pairs: readonly string[]): GivenInputs {
  const texts: Record<string, string> = {};
  const typed = new Set<string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--input ${pair}: expected NAME=VALUE or NAME=@FILE.`);
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1);
    if (!value.startsWith('@')) typed.add(name);
    const text = value.startsWith('@') ? readInput(pair, value.slice(1)) : value;
    texts[name] = texts[name] === undefined ? text : `${texts[name]},${text}`;
  }
  return { texts, fromFiles: new Set(Object.keys(texts).filter((name) => !typed.has(name))) };
}

function readInput(pair: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new UsageError(`--input ${pair}: cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, { cause });
  }
}

/** Takes secrets that came out of files from the rest. One that stands on the command line stays, to be refused by its name. */
export function splitSecrets({ texts, fromFiles }: GivenInputs, inputs: readonly InputDeclaration[]): { readonly given: Readonly<Record<string, string>>; readonly secretValues: Readonly<Record<string, string>> } {
  const isSecret = ([name]: readonly [string, string]): boolean => fromFiles.has(name) && inputs.some((input) => input.name === name && input.type === 'secret');
  const all = Object.entries(texts);
  return { given: Object.fromEntries(all.filter((entry) => !isSecret(entry))), secretValues: Object.fromEntries(all.filter(isSecret)) };
}

/** What becomes of secrets in a run: a rehearsal never has real ones that its world does not hand out. */
export function secretsIn(mode: Mode): SecretsMode {
  return mode === 'live' ? 'required' : mode === 'rehearse' ? 'stand-in' : 'offered';
}
