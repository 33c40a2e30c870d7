import { describe, expect, test } from 'vitest';
import { parseRunbook, reservedNames, resolveInputs } from './index.ts';
import type { InputOptions } from './index.ts';

const { inputs } = parseRunbook(
  `---
inputs:
  version: { type: string, pattern: 'v\\d+', description: the tag, example: v9, env: VERSION }
  count: { type: number, default: 2 }
  live: { type: boolean, required: false }
  kind: { type: choice, choices: [a, b], default: a, example: b }
  images: { type: list, pattern: '[a-z]+', example: [x] }
  token: { type: secret, env: TOKEN }
  spare: { type: secret, required: false }
---
`,
  'a.md',
).runbook;

const base: InputOptions = { env: {}, examples: false, secrets: 'ignored', file: 'a.md' };

test('given goes before the environment, that before the default, that before the example', () => {
  const first = resolveInputs(inputs, { version: 'v1', kind: 'b', images: 'x,y' }, { ...base, env: { VERSION: 'v2' }, examples: true });
  expect(first.problems).toEqual([]);
  expect(first.planned).toEqual({
    version: { kind: 'value', value: 'v1', from: 'given' },
    count: { kind: 'value', value: 2, from: 'default' },
    live: { kind: 'value', value: null, from: 'default' },
    kind: { kind: 'value', value: 'b', from: 'given' },
    images: { kind: 'value', value: ['x', 'y'], from: 'given' },
    token: { kind: 'secret' },
    spare: { kind: 'secret' },
  });
  const second = resolveInputs(inputs, {}, { ...base, env: { VERSION: 'v2' }, examples: true });
  expect(second.values).toEqual({ version: 'v2', count: 2, live: null, kind: 'a', images: ['x'] });
  expect(second.planned.version).toEqual({ kind: 'value', value: 'v2', from: 'environment' });
  expect(second.planned.images).toEqual({ kind: 'value', value: ['x'], from: 'example' });
});

test('an example never stands in for a live run', () => {
  expect(resolveInputs(inputs, {}, base).problems.map((problem) => problem.message)).toEqual(['input "version" is missing; expected text matching v\\d+ (the tag)', 'input "images" is missing; expected a list of texts matching [a-z]+']);
  expect(resolveInputs(inputs, {}, base).problems[0]?.hint).toBe('Give --input version=v9 or set VERSION.');
});

describe('values from text', () => {
  test.each([
    ['count', '3', 3],
    ['count', '-1.5e2', -150],
    ['count', '+12', 12],
    ['count', '12.', 12],
    ['count', '.25', 0.25],
    ['count', '1e+12', 1e12],
    ['count', '1E-2', 0.01],
    ['count', ' 7 ', 7],
    ['images', '  ', []],
    ['images', ' ["a", "b"]', ['a', 'b']],
    ['images', '[]', []],
    ['live', 'true', true],
    ['live', 'false', false],
    ['images', '', []],
    ['images', ' a , b ', ['a', 'b']],
    ['images', '["a"]', ['a']],
    ['kind', 'b', 'b'],
  ])('%s from "%s"', (name, text, value) => expect(resolveInputs(inputs, { version: 'v1', images: 'x', [name]: text }, base)).toMatchObject({ problems: [], values: { [name]: value } }));

  test.each([
    ['count', 'three', 'input "count" is "three"; expected a number'],
    ['count', '', 'input "count" is ""; expected a number'],
    ['count', '0x10', 'input "count" is "0x10"; expected a number'],
    ['count', '1e', 'input "count" is "1e"; expected a number'],
    ['count', '1.2.3', 'input "count" is "1.2.3"; expected a number'],
    ['count', '.', 'input "count" is "."; expected a number'],
    ['count', '.x', 'input "count" is ".x"; expected a number'],
    ['count', '12x', 'input "count" is "12x"; expected a number'],
    ['kind', 'c'.repeat(100), `input "kind" is "${'c'.repeat(80)}"; expected one out of a, b`],
    ['count', '1e999', 'input "count" is "1e999"; expected a number'],
    ['live', 'yes', 'input "live" is "yes"; expected true or false'],
    ['images', 'a,B', 'input "images" is "a,B"; expected a list of texts matching [a-z]+'],
    ['images', '[1]', 'input "images" is "[1]"; expected a list of texts matching [a-z]+'],
    ['images', '[a', 'input "images" is "[a"; expected a list of texts matching [a-z]+'],
    ['kind', 'c', 'input "kind" is "c"; expected one out of a, b'],
    ['version', 'xv1', 'input "version" is "xv1"; expected text matching v\\d+ (the tag)'],
    ['version', 'v1\n', 'input "version" is "v1\\n"; expected text matching v\\d+ (the tag)'],
  ])('%s not from "%s"', (name, text, message) => {
    const { problems, values } = resolveInputs(inputs, { version: 'v1', images: 'x', [name]: text }, base);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    expect(values).not.toHaveProperty(name);
  });
});

test('secrets come from the environment, a prompt or a file', () => {
  const given = { version: 'v1', images: 'x' };
  const needed: InputOptions = { ...base, secrets: 'required' };
  expect(resolveInputs(inputs, given, { ...needed, env: { TOKEN: 'from-the-environment' } }).secrets).toEqual({ token: 'from-the-environment' });
  expect(resolveInputs(inputs, given, { ...needed, env: { TOKEN: 'from-the-environment' }, secretValues: { token: 'from-a-file', spare: '12345678' } }).secrets).toEqual({ token: 'from-a-file', spare: '12345678' });
  expect(resolveInputs(inputs, given, { ...needed, env: { TOKEN: '' } }).problems.map((problem) => problem.code)).toEqual(['missing-input']);
  expect(resolveInputs(inputs, given, base)).toMatchObject({ problems: [], secrets: {} });
});

test('reserved names hold those of JavaScript, the shell and the toolkit', () => {
  for (const name of ['const', 'await', 'PATH', 'HOME', 'IFS', 'BASH_ENV', 'github', 'prow', 'registry', 'promoter', 'cloudbuild', 'git', 'release', 'run', 'fetch', 'sleep', 'retry', 'console', 'process', '$', '__proto__', 'undefined']) expect(reservedNames.has(name)).toBe(true);
  for (const name of ['version', 'image', 'images', 'project', 'token', 'releaseCommit', 'digest', 'built', 'user', 'fork']) expect(reservedNames.has(name)).toBe(false);
});

test('what is wrong in the environment names the variable', () => {
  const { problems } = resolveInputs(inputs, { images: 'x' }, { ...base, env: { VERSION: 'x' } });
  expect(problems.map(({ message, hint }) => `${message}. ${hint}`)).toEqual(['input "version" is "x" (from VERSION); expected text matching v\\d+ (the tag). Give --input version=v9 or set VERSION.']);
});

test('a name from nowhere is told with those there are', () => {
  const told = (declared: typeof inputs): string[] => resolveInputs(declared, { something: '1' }, base).problems.filter(({ code }) => code === 'unknown-input').map(({ message, hint }) => `${message}. ${hint}`);
  expect(told(inputs)).toEqual(['"something" is not an input of this runbook. There are version, count, live, kind, images, token, spare.']);
  expect(told([])).toEqual(['"something" is not an input of this runbook. It has no inputs.']);
});

test('a secret without a variable comes from a file, one with a description tells it', () => {
  const { inputs: secrets } = parseRunbook('---\ninputs:\n  a: { type: secret, description: of the robot }\n  b: { type: secret, required: false }\n---\n', 'a.md').runbook;
  const told = (options: Partial<InputOptions>): string[] => resolveInputs(secrets, {}, { ...base, secrets: 'required', ...options }).problems.map(({ code, message, hint }) => `${code}: ${message}. ${hint}`);
  expect(told({})).toEqual(['missing-input: input "a" is missing; expected a secret (of the robot). Give --input a=@FILE.']);
  expect(told({ secretValues: { a: '12345678', toString: 'x' } })).toEqual([]);
  expect(told({ secretValues: { a: '12345678', b: '1234567' } })).toEqual(['short-secret: input "b" is shorter than 8 characters; it could not be kept out of the output. Give --input b=@FILE.']);
  expect(resolveInputs(secrets, { a: 'given-in-the-open' }, base).problems.map(({ code, hint }) => `${code} ${hint}`)).toEqual(['secret-on-command-line Give --input a=@FILE.']);
  expect(resolveInputs(secrets, {}, { ...base, secrets: 'required', secretValues: { a: '12345678' } }).secrets).toEqual({ a: '12345678' });
});

test('a name of the language is no input, and none of the environment', () => {
  const { inputs: one } = parseRunbook('---\ninputs: { v: { type: string, env: toString, required: false } }\n---\n', 'a.md').runbook;
  expect(resolveInputs(one, {}, base)).toMatchObject({ problems: [], values: { v: null } });
});
