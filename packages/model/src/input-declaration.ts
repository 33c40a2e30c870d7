// One declared input: its type and what belongs to the type. Values are checked here too, for defaults and for what is given.
import { nearest } from '@runbook/problem';
import { didYouMean } from './problem-code.ts';
import type { Complain, Spot } from './problem-code.ts';
import type { InputDeclaration, InputType, Json } from './runbook.ts';

const types: readonly InputType[] = ['string', 'number', 'boolean', 'choice', 'list', 'secret'];
const keys = ['type', 'description', 'default', 'example', 'required', 'pattern', 'choices', 'env'];
/** Keys that only make sense for some types. */
const onlyFor: Readonly<Record<string, readonly InputType[]>> = {
  pattern: ['string', 'list'],
  choices: ['choice', 'list'],
  default: ['string', 'number', 'boolean', 'choice', 'list'],
  example: ['string', 'number', 'boolean', 'choice', 'list'],
};

/** Reads one declaration; undefined when it cannot be used. Never throws. */
export function parseInput(name: string, value: unknown, spot: (...path: readonly string[]) => Spot, complain: Complain): InputDeclaration | undefined {
  const bad = (message: string, hint: string, ...path: readonly string[]): undefined => {
    complain('bad-input-declaration', spot(...path), `input "${name}": ${message}`, hint);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('the declaration is not a list of keys', 'Write { type: string }.');
  const raw = new Map<string, unknown>(Object.entries(value).filter(([, given]) => given !== null));
  for (const key of raw.keys()) {
    if (!keys.includes(key)) complain('unknown-input-key', spot(key), `input "${name}" has the unknown key "${key}"`, didYouMean(nearest(key, keys), `There are ${keys.join(', ')}.`));
  }
  const type = types.find((known) => known === raw.get('type'));
  if (type === undefined) return bad(raw.has('type') ? `${show(raw.get('type'))} is no type; expected one of ${types.join(', ')}` : 'it has no type', 'Say type: string, or another type.', 'type');
  const before = { failed: false };
  const check = (fine: boolean, message: string, hint: string, key: string): void => {
    if (fine) return;
    before.failed = true;
    bad(message, hint, key);
  };
  for (const [key, allowed] of Object.entries(onlyFor)) check(!raw.has(key) || allowed.includes(type), `${key} makes no sense for the type ${type}`, 'Leave it out.', key);
  checkTexts(raw, check);
  check(type !== 'choice' || raw.has('choices'), 'a choice needs choices', 'Say choices: [a, b].', 'type');
  if (before.failed) return undefined;
  const declaration = build(name, type, raw, spot());
  for (const key of ['default', 'example'] as const) {
    const given = declaration[key];
    const expected = given === undefined ? undefined : findMismatch(declaration, given);
    check(expected === undefined, `the ${key} ${show(given)} does not fit; expected ${expected ?? ''}`, typeof given === 'number' ? 'Put it in quotes if it is text.' : 'Correct it.', key);
  }
  return before.failed ? undefined : declaration;
}

function checkTexts(raw: ReadonlyMap<string, unknown>, check: (fine: boolean, message: string, hint: string, key: string) => void): void {
  const isText = (key: string): boolean => !raw.has(key) || typeof raw.get(key) === 'string';
  check(isText('description'), 'the description is not text', 'Put it in quotes.', 'description');
  check(!raw.has('required') || typeof raw.get('required') === 'boolean', 'required is neither true nor false', 'Say required: false.', 'required');
  const env = raw.get('env');
  check(env === undefined || (typeof env === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(env)), 'env is not the name of an environment variable', 'Say env: GITHUB_TOKEN.', 'env');
  const pattern = raw.get('pattern');
  check(pattern === undefined || (typeof pattern === 'string' && compile(pattern) !== undefined), 'the pattern is no regular expression', 'Put it in single quotes, and escape signs.', 'pattern');
  const choices = raw.get('choices');
  const texts = Array.isArray(choices) && choices.length > 0 && choices.every((choice) => typeof choice === 'string');
  check(choices === undefined || texts, 'choices is not a list of texts', 'Put numbers and yes/no in quotes.', 'choices');
}

function build(name: string, type: InputType, raw: ReadonlyMap<string, unknown>, place: Spot): InputDeclaration {
  const text = (key: string): string | undefined => {
    const value = raw.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const [description, pattern, env] = [text('description'), text('pattern'), text('env')];
  const choices = raw.get('choices');
  return {
    name,
    type,
    ...(description === undefined ? {} : { description: description.trim() }),
    ...(raw.has('default') ? { default: toJson(raw.get('default')) } : {}),
    ...(raw.has('example') ? { example: toJson(raw.get('example')) } : {}),
    required: typeof raw.get('required') === 'boolean' ? raw.get('required') === true && !raw.has('default') : !raw.has('default'),
    ...(pattern === undefined ? {} : { pattern }),
    ...(Array.isArray(choices) ? { choices: choices.map(String) } : {}),
    ...(env === undefined ? {} : { env }),
    line: place.line,
    column: place.column,
  };
}

/** A front matter value as JSON; dates of TOML and other things that JSON does not know become their text. */
function toJson(value: unknown): Json {
  const text = JSON.stringify(value);
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** A pattern that must match the whole value; undefined when it is no regular expression. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    // Not a regular expression: the caller says so.
    return undefined;
  }
}

/** What was expected, when a value does not fit a declaration; undefined when it fits. */
export function findMismatch(declaration: InputDeclaration, value: Json): string | undefined {
  const fits = (text: Json): boolean => typeof text === 'string' && (declaration.choices?.includes(text) ?? true) && (declaration.pattern === undefined || (compile(declaration.pattern)?.test(text) ?? false));
  const fine = {
    string: () => fits(value),
    secret: () => typeof value === 'string',
    choice: () => fits(value),
    number: () => typeof value === 'number' && Number.isFinite(value),
    boolean: () => typeof value === 'boolean',
    list: () => Array.isArray(value) && value.every(fits),
  }[declaration.type]();
  return fine ? undefined : describeInput(declaration);
}

/** What an input accepts, for messages. */
export function describeInput(declaration: InputDeclaration): string {
  const { choices, pattern } = declaration;
  const items = choices === undefined ? (pattern === undefined ? '' : ` matching ${pattern}`) : ` out of ${choices.join(', ')}`;
  const kind = { string: 'text', number: 'a number', boolean: 'true or false', choice: 'one', list: 'a list of texts', secret: 'a secret' }[declaration.type];
  return `${kind}${items}`;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
