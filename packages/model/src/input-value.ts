// From what a person gave to the values a run works with. Inputs are data; nothing is ever spliced into code, and no
// message repeats a secret.
import { nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import { shortestSecret } from '@runbook/access';
import { describeInput, findMismatch } from './input-declaration.ts';
import { didYouMean, makeProblem } from './problem-code.ts';
import type { PlannedInput } from './plan.ts';
import type { InputDeclaration, Json } from './runbook.ts';

/**
 * What becomes of secrets. `required`: a missing required one is a problem (live). `offered`: taken where there is one, else
 * absent (dry run). `stand-in`: what is missing is made up, for a rehearsal. `ignored`: not looked at (a plan needs none).
 */
export type SecretsMode = 'required' | 'offered' | 'stand-in' | 'ignored';

/** Where values may come from besides the command line. */
export interface InputOptions {
  /** The environment, for declarations with `env`. An empty variable counts as none. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether examples stand in for missing values: true in plan, dry run and rehearsal, never in a live run. */
  readonly examples: boolean;
  readonly secrets: SecretsMode;
  /** Secrets that were asked for or read from a file. They go before the environment; a rehearsal does not take them. */
  readonly secretValues?: Readonly<Record<string, string>>;
  /** The document's file, for the place of problems. */
  readonly file: string;
}

/** Inputs with values. `planned` may be shown; `secrets` may not. */
export interface ResolvedInputs {
  readonly planned: Readonly<Record<string, PlannedInput>>;
  /** Every input that is not a secret; an optional input without a value is null. */
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

type From = 'given' | 'environment' | 'default' | 'example';

/**
 * Resolves inputs in the order given, environment, default, example. `given` holds the text of `--input name=text`; a list is
 * written with commas, or as a JSON array. Never throws.
 */
export function resolveInputs(declarations: readonly InputDeclaration[], given: Readonly<Record<string, string>>, options: InputOptions): ResolvedInputs {
  const problems: Problem[] = [];
  const planned: Record<string, PlannedInput> = {};
  const values: Record<string, Json> = {};
  const secrets: Record<string, string> = {};
  const names = declarations.map((declaration) => declaration.name);
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) problems.push(makeProblem('unknown-input', options.file, { line: 1, column: 1 }, `"${name}" is not an input of this runbook`, didYouMean(nearest(name, names), names.length === 0 ? 'It has no inputs.' : `There are ${names.join(', ')}.`)));
  }
  for (const declaration of declarations) {
    const text = Object.hasOwn(given, declaration.name) ? given[declaration.name] : undefined;
    if (declaration.type === 'secret') {
      planned[declaration.name] = { kind: 'secret' };
      const secret = resolveSecret(declaration, text, options, problems);
      if (secret !== undefined) secrets[declaration.name] = secret;
      continue;
    }
    const found = findValue(declaration, text, options, problems);
    if (found === undefined) continue;
    values[declaration.name] = found.value;
    planned[declaration.name] = { kind: 'value', ...found };
  }
  return { planned, values, secrets, problems };
}

function resolveSecret(declaration: InputDeclaration, text: string | undefined, options: InputOptions, problems: Problem[]): string | undefined {
  const tell = (code: 'secret-on-command-line' | 'short-secret' | 'missing-input', message: string): undefined => {
    problems.push(makeProblem(code, options.file, declaration, `input "${declaration.name}" ${message}`, sources(declaration)));
  };
  if (text !== undefined) return tell('secret-on-command-line', 'is a secret; other users can read command lines');
  if (options.secrets === 'ignored') return undefined;
  const handed = options.secrets !== 'stand-in' && options.secretValues !== undefined && Object.hasOwn(options.secretValues, declaration.name) ? options.secretValues[declaration.name] : undefined;
  const value = handed ?? readEnvironment(declaration, options);
  if (value === undefined && options.secrets === 'stand-in') return `rehearsal-${declaration.name}`;
  if (value === undefined) return declaration.required && options.secrets === 'required' ? tell('missing-input', `is missing; expected a secret${about(declaration)}`) : undefined;
  if (value.length < shortestSecret) return tell('short-secret', `is shorter than ${shortestSecret} characters; it could not be kept out of the output`);
  return value;
}

function findValue(declaration: InputDeclaration, text: string | undefined, options: InputOptions, problems: Problem[]): { value: Json; from: From } | undefined {
  const environment = text === undefined ? readEnvironment(declaration, options) : undefined;
  const written = text ?? environment;
  if (written !== undefined) {
    const value = parseValue(declaration, written);
    if (value !== undefined && findMismatch(declaration, value) === undefined) return { value, from: text === undefined ? 'environment' : 'given' };
    const origin = text === undefined ? ` (from ${declaration.env ?? ''})` : '';
    problems.push(makeProblem('bad-input', options.file, declaration, `input "${declaration.name}" is ${JSON.stringify(written.slice(0, 80))}${origin}; expected ${describeInput(declaration)}${about(declaration)}`, sources(declaration)));
    return undefined;
  }
  if (declaration.default !== undefined) return { value: declaration.default, from: 'default' };
  if (options.examples && declaration.example !== undefined) return { value: declaration.example, from: 'example' };
  if (!declaration.required) return { value: null, from: 'default' };
  problems.push(makeProblem('missing-input', options.file, declaration, `input "${declaration.name}" is missing; expected ${describeInput(declaration)}${about(declaration)}`, sources(declaration)));
  return undefined;
}

function readEnvironment(declaration: InputDeclaration, options: InputOptions): string | undefined {
  const name = declaration.env;
  const value = name !== undefined && Object.hasOwn(options.env, name) ? options.env[name] : undefined;
  return value === '' ? undefined : value;
}

/** Whether a value that is known only during a run fits an input, as `--input` would take it. Text is read by the input's type. */
export function fitInput(declaration: InputDeclaration, value: Json): { readonly kind: 'value'; readonly value: Json } | { readonly kind: 'mismatch'; readonly expected: string } {
  const read = typeof value === 'string' ? parseValue(declaration, value) : value;
  const expected = read === undefined ? describeInput(declaration) : findMismatch(declaration, read);
  return read === undefined || expected !== undefined ? { kind: 'mismatch', expected: expected ?? '' } : { kind: 'value', value: read };
}

/** The value that a text stands for; undefined when it stands for none of the type. */
function parseValue(declaration: InputDeclaration, text: string): Json | undefined {
  if (declaration.type === 'number') return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.trim()) ? Number(text) : undefined;
  if (declaration.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (declaration.type !== 'list') return text;
  if (!text.trimStart().startsWith('[')) return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Looks like JSON but is not: a bad value, told by the caller.
    return undefined;
  }
}

function about(declaration: InputDeclaration): string {
  return declaration.description === undefined ? '' : ` (${declaration.description})`;
}

function sources(declaration: InputDeclaration): string {
  const example = typeof declaration.example === 'string' ? declaration.example : '…';
  const flag = declaration.type === 'secret' ? [] : [`give --input ${declaration.name}=${example}`];
  const env = declaration.env === undefined ? [] : [`set ${declaration.env}`];
  const ways = [...flag, ...env, ...(declaration.type === 'secret' && env.length === 0 ? [`give --input ${declaration.name}=@FILE`] : [])].join(' or ');
  return `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
}
