// Where front matter begins and ends, what it says, and where each key stands, in each of the three languages.
import { indexLines } from '@runbook/problem';
import { describe, expect, test } from 'vitest';
import { parseFrontMatter } from './front-matter.ts';

function read(text: string) {
  const told: string[] = [];
  const front = parseFrontMatter(text, indexLines(text), (code, { line, column }, message, hint) => told.push(`${code} ${line}:${column} ${message}. ${hint}`));
  return { told, values: front.values, body: text.slice(front.end), at: (...path: string[]) => Object.values(front.spot(...path)).join(':') };
}

describe('what is front matter', () => {
  test.each([
    ['---\na: 1\n---\nbody', { a: 1 }, 'body'],
    ['---  \na: 1\n---\t\nbody', { a: 1 }, 'body'],
    ['\n \t\n---\na: 1\n---\nbody', { a: 1 }, 'body'],
    ['---\na: 1\n---', { a: 1 }, ''],
    ['---\n---\nbody', {}, 'body'],
    ['---\n# nothing\n---\nbody', {}, 'body'],
    ['+++\na = 1\n+++\nbody', { a: 1 }, 'body'],
    ['+++\n+++\nbody', {}, 'body'],
    ['+++\na = """\n---\n"""\n+++\nbody', { a: '---\n' }, 'body'],
    ['{"a": 1}\nbody', { a: 1 }, 'body'],
    ['{"a": 1} \t\nbody', { a: 1 }, 'body'],
    ['{\n  "a": { "b": [1, "}]\\"}"] }\n}\nbody', { a: { b: [1, '}]"}'] } }, 'body'],
    ['{}\nbody', {}, 'body'],
    ['{\n"a": 1}', { a: 1 }, ''],
  ])('%j', (text, values, body) => expect(read(text)).toMatchObject({ told: [], values, body }));

  test.each([
    '',
    '\n',
    'a: 1\n---\n',
    'text\n---\na: 1\n---\n',
    '--- x\na: 1\n---\n',
    '----\na: 1\n----\n',
    ' ---\na: 1\n---\n',
    '---\n\nprose\n\n---\n',
    '---\n \t\nprose\n\n---\n',
    '---\nprose without an end',
    '---\nhttp://x\n',
    '---\n  a: 1\n',
    '{a: 1}\nbody',
    '{"a": 1} body',
    '{"a": 1',
    '{% raw %}\nbody',
    '++\na = 1\n++\n',
  ])('%j has none', (text) => expect(read(text)).toMatchObject({ told: [], values: {}, body: text }));

  test.each(['{"title": "x", "lock": "y"\n\n# Doc\n', '{\n  "inputs": { "v": { "type": "string" }\n}\n# Doc\n', '{ "requires" : "runbook'])('%j, JSON that is meant and never closed', (text) => {
    expect(read(text)).toMatchObject({ told: ['bad-front-matter 1:1 the front matter is never closed. Close it with as many } as it opens.'], values: {}, body: '' });
  });

  test.each(['{ braces\n\n# Doc\n', '{"quoted"\n\n# Doc\n', '{"a": 1} is JSON\n\n# Doc\n', '{\n  b: [\n'])('%j is text', (text) => {
    expect(read(text)).toMatchObject({ told: [], values: {}, body: text });
  });

  test.each(['---\na: 1\nbody', '---\nmy-key : 1\n', '---\n_a:\n', '+++\nbody', '\n---\na: 1\n--- x\n'])('%j is never closed', (text) => {
    expect(read(text)).toMatchObject({ told: ['bad-front-matter 1:1 the front matter is never closed. Close it with a line that repeats its first one.'], values: {}, body: '' });
  });

  test('without it every key stands at the beginning', () => expect(read('body').at('a')).toBe('1:1'));
});

describe('places', () => {
  test('of YAML', () => {
    const { at, told } = read("\n---\ntitle: x\ninputs:\n  a: { type: string, default: b }\n  'b c':\n    type: list\n1: one\n---\n");
    expect(told).toEqual([]);
    expect([at(), at('title'), at('inputs'), at('inputs', 'a'), at('inputs', 'a', 'default'), at('inputs', 'b c', 'type'), at('1')]).toEqual(['3:1', '3:1', '4:1', '5:3', '5:22', '7:5', '8:1']);
    expect([at('none'), at('inputs', 'none'), at('inputs', 'a', 'none', 'type'), at('title', 'type')]).toEqual(['3:1', '4:1', '5:3', '3:1']);
  });

  test('of JSON', () => {
    const { at } = read('{ "title": "x",\n  "inputs": {\n    "a": { "type": "string" } } }\n');
    expect([at(), at('title'), at('inputs', 'a'), at('inputs', 'a', 'type')]).toEqual(['1:1', '1:3', '3:5', '3:12']);
  });

  test('of TOML', () => {
    const { at, told } = read('+++\ntitle = "x"\n  lock = "y"\n"a b" = 1\nc.d = 2\n[inputs]\n  a = { type = "string", "env" = "E",default = "d" }\n[inputs.b]\ntype = "list"\n["x y".z]\n[[many]]\nname = 1\n+++\n');
    expect(told).toEqual([]);
    expect([at('title'), at('lock'), at('a b'), at('c', 'd'), at('inputs'), at('inputs', 'a'), at('inputs', 'b'), at('inputs', 'b', 'type'), at('x y', 'z')]).toEqual(['2:1', '3:3', '4:1', '5:1', '6:2', '7:3', '8:2', '9:1', '10:2']);
    expect([at('inputs', 'a', 'type'), at('inputs', 'a', 'env'), at('inputs', 'a', 'default'), at('inputs', 'a', 'none')]).toEqual(['7:9', '7:26', '7:38', '7:3']);
    expect([at(), at('none'), at('inputs', 'none')]).toEqual(['2:1', '2:1', '6:2']);
  });
});

describe('what cannot be read', () => {
  const yamlHint = 'Quote text that holds signs.';
  test.each([
    ['---\na: 1\na: 2\n---\n', 'bad-front-matter 3:1 the key "a" is given twice. Keep one of them.'],
    ['---\na: { b: 1, c: 2, b: 3 }\n---\n', 'bad-front-matter 2:18 the key "b" is given twice. Keep one of them.'],
    ['---\n- a\n---\n', 'bad-front-matter 2:1 the front matter is not a list of keys and values. Write "key: value" lines.'],
    ["---\na: 'b\n---\n", `bad-front-matter 3:1 the front matter cannot be read: Missing closing 'quote. ${yamlHint}`],
    ['---\n"a\n---\n', 'bad-front-matter 3:1 the front matter cannot be read: Missing closing "quote. Write "key: value" lines.'],
    ['{ "a": 1,\n, }\n', `bad-front-matter 2:1 the front matter cannot be read: Unexpected , in flow map. ${yamlHint}`],
    ['+++\na = 1\na = 2\n+++\n', 'bad-front-matter 3:1 the front matter cannot be read: trying to redefine an already defined table or value. See https://toml.io for the grammar.'],
    ['\n+++\n\n= 2\n+++\n', 'bad-front-matter 4:1 the front matter cannot be read: unexpected end of key. See https://toml.io for the grammar.'],
  ])('%j', (text, problem) => {
    const { told, values, at } = read(text);
    expect(told).toEqual([problem]);
    expect(values).toEqual({});
    expect(at('a')).toMatch(/^[123]:1$/);
  });

  test('more aliases than anybody means', () => {
    const text = `---\na: &a [1]\nb: &b [${'*a,'.repeat(30)}]\nc: [${'*b,'.repeat(30)}]\n---\n`;
    expect(read(text)).toMatchObject({ told: ['bad-front-matter 2:1 the front matter cannot be read: Excessive alias count indicates a resource exhaustion attack. Write it more plainly.'], values: {} });
  });

  test('the same key in two maps, and keys of two kinds, are fine', () => {
    expect(read('---\na: { b: 1 }\nc: { b: 1 }\n1: x\n"1": y\n? [k]\n: z\n? [k]\n: z\n---\n').told).toEqual([]);
  });
});
