// What front matter declares, and each way in which it does not. Places are held by problem-code.test.ts.
import { describe, expect, test } from 'vitest';
import { fitInput, parseRunbook } from './index.ts';
import type { InputDeclaration, Json } from './index.ts';

function declare(declaration: string): { input: InputDeclaration | undefined; told: string[] } {
  const { runbook, problems } = parseRunbook(`---\ninputs:\n  v: ${declaration}\n---\n`, 'a.md');
  return { input: runbook.inputs[0], told: problems.map(({ message, hint }) => `${message}. ${hint}`) };
}

describe('an input', () => {
  test.each([
    ['{ type: string }', { type: 'string', required: true }],
    ['{ type: string, required: true, description: " the tag ", default: null, pattern: null }', { type: 'string', required: true, description: 'the tag' }],
    ['{ type: string, required: false }', { type: 'string', required: false }],
    ['{ type: string, default: "" }', { type: 'string', required: false, default: '' }],
    ['{ type: string, required: true, default: a }', { type: 'string', required: false, default: 'a' }],
    ['{ type: string, example: a, pattern: "a|b", env: A_1 }', { type: 'string', required: true, example: 'a', pattern: 'a|b', env: 'A_1' }],
    ['{ type: number, default: 1.5, example: -2 }', { type: 'number', required: false, default: 1.5, example: -2 }],
    ['{ type: boolean, default: false }', { type: 'boolean', required: false, default: false }],
    ['{ type: choice, choices: [a, b], default: b }', { type: 'choice', required: false, choices: ['a', 'b'], default: 'b' }],
    ['{ type: list, choices: [a, b], pattern: "[ab]", default: [] }', { type: 'list', required: false, choices: ['a', 'b'], pattern: '[ab]', default: [] }],
    ['{ type: secret, env: _T }', { type: 'secret', required: true, env: '_T' }],
  ])('%s', (declaration, expected) => {
    const { input, told } = declare(declaration);
    expect(told).toEqual([]);
    expect(input).toEqual({ name: 'v', line: 3, column: 3, ...expected });
  });

  test.each([
    ['[string]', 'input "v": the declaration is not a list of keys. Write { type: string }.'],
    ['null', 'input "v": the declaration is not a list of keys. Write { type: string }.'],
    ['{ type: null }', 'input "v": it has no type. Say type: string, or another type.'],
    ['{ type: [string] }', 'input "v": ["string"] is no type; expected one of string, number, boolean, choice, list, secret. Say type: string, or another type.'],
    [`{ type: ${'x'.repeat(100)} }`, `input "v": "${'x'.repeat(79)} is no type; expected one of string, number, boolean, choice, list, secret. Say type: string, or another type.`],
    ['{ type: boolean, pattern: a }', 'input "v": pattern makes no sense for the type boolean. Leave it out.'],
    ['{ type: choice, choices: [a], pattern: a }', 'input "v": pattern makes no sense for the type choice. Leave it out.'],
    ['{ type: secret, pattern: a }', 'input "v": pattern makes no sense for the type secret. Leave it out.'],
    ['{ type: string, choices: [a] }', 'input "v": choices makes no sense for the type string. Leave it out.'],
    ['{ type: secret, example: hunter22 }', 'input "v": example makes no sense for the type secret. Leave it out.'],
    ['{ type: string, description: [a] }', 'input "v": the description is not text. Put it in quotes.'],
    ['{ type: string, required: "false" }', 'input "v": required is neither true nor false. Say required: false.'],
    ['{ type: string, env: 1A }', 'input "v": env is not the name of an environment variable. Say env: GITHUB_TOKEN.'],
    ['{ type: string, env: A-B }', 'input "v": env is not the name of an environment variable. Say env: GITHUB_TOKEN.'],
    ['{ type: string, env: [A] }', 'input "v": env is not the name of an environment variable. Say env: GITHUB_TOKEN.'],
    ['{ type: string, pattern: 7 }', 'input "v": the pattern is no regular expression. Put it in single quotes, and escape signs.'],
    ['{ type: choice, choices: [] }', 'input "v": choices is not a list of texts. Put numbers and yes/no in quotes.'],
    ['{ type: choice, choices: [a, true] }', 'input "v": choices is not a list of texts. Put numbers and yes/no in quotes.'],
    ['{ type: string, default: [a] }', 'input "v": the default ["a"] does not fit; expected text. Correct it.'],
    ['{ type: string, pattern: "a|b", default: ab }', 'input "v": the default "ab" does not fit; expected text matching a|b. Correct it.'],
    ['{ type: number, example: "1" }', 'input "v": the example "1" does not fit; expected a number. Correct it.'],
    ['{ type: list, default: a }', 'input "v": the default "a" does not fit; expected a list of texts. Correct it.'],
    ['{ type: list, choices: [a, b], default: [c] }', 'input "v": the default ["c"] does not fit; expected a list of texts out of a, b. Correct it.'],
  ])('is not %s', (declaration, message) => expect(declare(declaration)).toEqual({ input: undefined, told: [message] }));

  test('with a key far from all keys is told which there are, and stays', () => {
    const { input, told } = declare('{ type: string, something: 1 }');
    expect(told).toEqual(['input "v" has the unknown key "something". There are type, description, default, example, required, pattern, choices, env.']);
    expect(input).toMatchObject({ type: 'string' });
  });

  test('tells all of its faults at once', () => {
    expect(declare('{ type: secret, default: a, example: b, description: 7, env: 8 }').told).toHaveLength(4);
  });

  test('of a date in TOML is the text of the date', () => {
    const { runbook, problems } = parseRunbook('+++\n[inputs.v]\ntype = "string"\ndefault = 2026-01-02\n+++\n', 'a.md');
    expect(problems).toEqual([]);
    expect(runbook.inputs[0]?.default).toBe('2026-01-02');
  });
});

describe('names of inputs', () => {
  const told = (name: string): string[] => parseRunbook(`---\ninputs:\n  ${name}: { type: string }\n---\n`, 'a.md').problems.map((problem) => problem.code);
  test.each(['a', '_a1', 'A_b', 'a'.repeat(100)])('%s', (name) => expect(told(name)).toEqual([]));
  test.each(['1a', 'a-b', '"a b"', '""', 'é', 'a'.repeat(101)])('not %s', (name) => expect(told(name)).toEqual(['bad-input-name']));
  test.each(['PATH', '_', 'const', '__proto__', 'registry'])('%s is taken', (name) => expect(told(name)).toEqual(['reserved-name']));
});

describe('the other keys', () => {
  const read = (...rows: string[]) => {
    const { runbook, problems } = parseRunbook(`---\n${rows.join('\n')}\n---\n`, 'a.md');
    return { runbook, told: problems.map(({ code, line, column, message, hint }) => `${code} ${line}:${column} ${message}. ${hint}`) };
  };

  test('are texts, and nothing where they are empty', () => {
    expect(read('title: " a "', 'requires: " runbook >= 0.1 "', 'lock: " x "').runbook).toMatchObject({ title: 'a', requires: 'runbook >= 0.1', lock: 'x' });
    const { runbook, told } = read('title:', 'requires:', 'lock:', 'inputs:');
    expect(told).toEqual([]);
    expect(runbook).toMatchObject({ title: 'a', inputs: [] });
    expect(runbook).not.toHaveProperty('requires');
    expect(runbook).not.toHaveProperty('lock');
  });

  test.each([
    ['lock: [a]', 'bad-front-matter 2:1 lock is not text. Put the value in quotes.'],
    ['requires: 0.1', 'bad-front-matter 2:1 requires is not text. Put the value in quotes.'],
    ['inputs: version', 'bad-front-matter 2:1 inputs is not a list of names with declarations. Write inputs: { version: { type: string } }.'],
    ['titel: a', 'misspelt-front-matter 2:1 "titel" means nothing here. Did you mean "title"?'],
    ['lock: "{a"', 'unknown-lock-name 2:1 the lock "{a" has a brace without its partner. Write {name} for the value of an input.'],
    ['lock: "{x}"', 'unknown-lock-name 2:1 the lock names the input "x", which is not declared. Declare it under inputs.'],
    ['lock: "{}"', 'unknown-lock-name 2:1 the lock names the input "", which is not declared. Declare it under inputs.'],
  ])('%s', (row, problem) => expect(read(row).told).toEqual([problem]));

  test.each(['block: a', 'blocks: a', 'clock: a', 'look: a', 'date: 2021-04-22', 'author: a'])('%s belongs to another tool', (row) => expect(read(row).told).toEqual([]));
});

describe('a value that is known only during a run', () => {
  const input = (type: InputDeclaration['type'], more: Partial<InputDeclaration> = {}): InputDeclaration => ({ name: 'v', type, required: true, line: 1, column: 1, ...more });
  test.each<[InputDeclaration, Json, Json]>([
    [input('string'), 'a', 'a'],
    [input('number'), '7', 7],
    [input('number'), 7, 7],
    [input('boolean'), 'true', true],
    [input('boolean'), false, false],
    [input('list'), 'a, b', ['a', 'b']],
    [input('list'), ['a'], ['a']],
    [input('choice', { choices: ['a'] }), 'a', 'a'],
  ])('%j takes %j', (declaration, value, read) => expect(fitInput(declaration, value)).toEqual({ kind: 'value', value: read }));
  test.each<[InputDeclaration, Json, string]>([
    [input('string'), 7, 'text'],
    [input('string'), null, 'text'],
    [input('number'), 'x', 'a number'],
    [input('number'), true, 'a number'],
    [input('boolean'), 'yes', 'true or false'],
    [input('list'), [1], 'a list of texts'],
    [input('list', { pattern: 'a' }), 'b', 'a list of texts matching a'],
    [input('choice', { choices: ['a', 'b'] }), 'c', 'one out of a, b'],
    [input('secret'), 7, 'a secret'],
  ])('%j does not take %j', (declaration, value, expected) => expect(fitInput(declaration, value)).toEqual({ kind: 'mismatch', expected }));
});

describe('what front matter says for every step', () => {
  const step = (front: string): Partial<Record<'interpreter' | 'tags', unknown>> & { cwd: unknown } => {
    const { runbook } = parseRunbook(`---\n${front}\n---\n\`\`\`sh {name=a effect=read tag=own}\ntrue\n\`\`\`\n`, 'a.md');
    return { interpreter: runbook.steps[0]?.interpreter, tags: runbook.steps[0]?.tags, cwd: runbook.cwd };
  };

  test.each([
    ['title: A', { interpreter: undefined, tags: ['own'], cwd: undefined }],
    ['shell: bash', { interpreter: undefined, tags: ['own'], cwd: undefined }],
    ['shell: /bin/sh', { interpreter: undefined, tags: ['own'], cwd: undefined }],
    ['shell: ""\ncwd: ""', { interpreter: undefined, tags: ['own'], cwd: undefined }],
    ['shell: zsh', { interpreter: 'zsh', tags: ['own'], cwd: undefined }],
    ['shell: /usr/bin/fish', { interpreter: '/usr/bin/fish', tags: ['own'], cwd: undefined }],
    ['shell: crash', { interpreter: 'crash', tags: ['own'], cwd: undefined }],
    ['shell: sh-compatible', { interpreter: 'sh-compatible', tags: ['own'], cwd: undefined }],
    ['cwd: sub/folder', { interpreter: undefined, tags: ['own'], cwd: 'sub/folder' }],
    ['category: a, b\ntag: own', { interpreter: undefined, tags: ['own', 'a', 'b'], cwd: undefined }],
  ])('%j', (front, expected) => {
    expect(step(front)).toEqual(expected);
  });
});
