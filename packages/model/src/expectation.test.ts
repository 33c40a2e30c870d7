import { describe, expect, test } from 'vitest';
import { parseExpectation } from './expectation.ts';
import { matchExpectation, parseRunbook } from './index.ts';

function match(block: string, stdout: string, exitCode = 0, language = 'text'): string {
  const { expectation, faults } = parseExpectation(block, language, 1);
  expect(faults).toEqual([]);
  const answer = matchExpectation(expectation, { stdout, exitCode });
  return answer.ok ? 'ok' : answer.diff;
}

describe('lines', () => {
  test.each([
    ['a\nb', 'a\nb\n'],
    ['', ''],
    ['a\n\nb', 'a\n\nb\n'],
    ['v* (glob)', 'v1.2.3\n'],
    ['*.?z (glob)', 'a.b.tz\n'],
    ['\\*a\\\\ (glob)', '*a\\\n'],
    ['a*b*c (glob)', 'aXbYbZc\n'],
    ['* (glob)', '\n'],
    ['é? (glob)', 'é🎉\n'],
    ['v\\d+ (regex)', 'v12\n'],
    ['a|b (regex)', 'b\n'],
    ['a (no-eol)', 'a'],
    ['a\nb* (glob) (no-eol)', 'a\nbc'],
    ['a (glob) (equal)', 'a (glob)\n'],
    ['[1] (equal)', '[1]\n'],
    ['a (esc)', 'a (esc)\n'],
    [' a ', ' a \n'],
  ])('%j fits %j', (block, stdout) => expect(match(block, stdout)).toBe('ok'));

  test.each([
    ['a\nb', 'a\nc\n', ' a\n-b\n+c'],
    ['a\nb\nc', 'a\nc\n', ' a\n-b\n c'],
    ['a\nc', 'a\nb\nc\n', ' a\n+b\n c'],
    ['a', '', '-a'],
    ['', 'a\n', '+a'],
    ['a', 'a\n\n', ' a\n+'],
    ['a', 'a', '-a\n+a (no-eol)'],
    ['a (no-eol)', 'a\n', '-a (no-eol)\n+a'],
    ['a\nb', 'a\nb', ' a\n-b\n+b (no-eol)'],
    ['b\na', 'c\na', '-b\n-a\n+c\n+a (no-eol)'],
    ['v* (glob)', 'w\n', '-v* (glob)\n+w'],
    ['a? (glob)', 'a\n', '-a? (glob)\n+a'],
    ['v\\d+ (regex)', 'v1x\n', '-v\\d+ (regex)\n+v1x'],
    ['a|b (regex)', 'ab\n', '-a|b (regex)\n+ab'],
    ['a\nb\nc\nd\ne\nf', 'a\nb\nc\nd\ne\nx\n', ' c\n d\n e\n-f\n+x'],
    ['a', 'A\n', '-a\n+A'],
    ['a', 'a \n', '-a\n+a '],
    ['a\na', 'a\n', ' a\n-a'],
    ['a', 'a\na\n', ' a\n+a'],
    ['a\na\na', 'a\na\n', ' a\n a\n-a'],
    ['x\na\nb', 'y\na\nb\n', '-x\n+y\n a\n b'],
    ['a\nx\nb\nc\nd\ne', 'a\ny\nb\nc\nd\ne\n', ' a\n-x\n+y\n b\n c\n d'],
    ['a\nb\nc (no-eol)', 'a\nx\nc', ' a\n-b\n+x\n c'],
    ['x\nc (no-eol)', 'y\nc\n', '-x\n-c (no-eol)\n+y\n+c'],
    ['a\nb (no-eol)', 'a\nb\n', ' a\n-b (no-eol)\n+b'],
    ['a (no-eol)', '', '-a (no-eol)'],
    ['', 'a', '+a (no-eol)'],
    ['a\nb', 'b', '-a\n-b\n+b (no-eol)'],
    ['a', '\n', '-a\n+'],
    ['v1 (regex)', 'xv1\n', '-v1 (regex)\n+xv1'],
    ['[2', '[2]\n', '-[2\n+[2]'],
  ])('%j does not fit %j', (block, stdout, diff) => expect(match(block, stdout)).toBe(diff));

  test('the last line may say the exit code', () => {
    expect(match('a\n[3]', 'a\n', 3)).toBe('ok');
    expect(match('[1]', '', 1)).toBe('ok');
    expect(match('a\n[3]', 'a\n', 0)).toBe('-[3]\n+[0]');
    expect(match('a', 'b\n', 2)).toBe('-a\n+b\n-[0]\n+[2]');
    expect(match('[3]\na', '[3]\na\n')).toBe('ok');
    expect(match('[3] (equal)', '[3]\n')).toBe('ok');
  });

  test('long differences are cut', () => {
    const diff = match('a', 'b\n'.repeat(100)).split('\n');
    expect(diff).toHaveLength(42);
    expect(diff.at(-1)).toBe('+… 60 more');
    expect(match('a', `${'b'.repeat(1000)}\n`)).toBe(`-a\n+${'b'.repeat(400)}…`);
    expect(match('a', `${'b'.repeat(400)}\n`)).toBe(`-a\n+${'b'.repeat(400)}`);
    expect(match('a', 'b\n'.repeat(40)).split('\n').at(-1)).toBe('+b');
    expect(match('a', 'b\n'.repeat(41)).split('\n').at(-1)).toBe('+… 1 more');
    expect(match('b\n'.repeat(41), 'a\n')).toContain('\n-… 1 more\n+a');
    const json = (count: number, value: number): string => JSON.stringify(Array(count).fill(value));
    expect(match(json(20, 1), json(20, 2), 0, 'json').split('\n')).toHaveLength(40);
    expect(match(json(21, 1), json(21, 2), 0, 'json').split('\n')).toHaveLength(41);
    expect(match(json(99, 1), json(99, 2), 0, 'json')).toMatch(/\n \u2026$/);
  });

  test('a pattern of many stars takes no exponential time', () => {
    expect(match(`${'*a'.repeat(30)}b (glob)`, `${'a'.repeat(3000)}\n`)).toContain('-*a');
  });
});

describe('JSON', () => {
  test.each([
    ['{ "a": 1 }', '{"b":2,"a":1}'],
    ['{ "a": { "b": [1, { "c": null }] } }', '{"a":{"b":[1,{"c":null,"d":1}],"e":1}}\n'],
    ['[]', '[]'],
    ['"a"', ' "a"\n'],
    ['null', 'null'],
    ['{}', '{"a":1}'],
  ])('%s fits %s', (block, stdout) => expect(match(block, stdout, 0, 'json')).toBe('ok'));

  test.each([
    ['{ "a": 1 }', '{"a":"1"}', '-$.a: 1\n+$.a: "1"'],
    ['{ "a": null }', '{}', '-$.a: null\n+$.a: nothing'],
    ['{ "toString": 1 }', '{}', '-$.toString: 1\n+$.toString: nothing'],
    ['[1]', '[1,2]', '-$: [1]\n+$: [1,2]'],
    ['[1,2]', '[2,1]', '-$[0]: 1\n+$[0]: 2\n-$[1]: 2\n+$[1]: 1'],
    ['{}', '[]', '-$: {}\n+$: []'],
    ['[]', 'null', '-$: []\n+$: null'],
    ['{ "a": 1 }', 'oops\n', '-{"a":1}\n+what is not JSON:\n+oops'],
    ['{ "a": {} }', '{"a":null}', '-$.a: {}\n+$.a: null'],
    ['{ "a": [] }', '{"a":{}}', '-$.a: []\n+$.a: {}'],
    ['[[1]]', '[1]', '-$[0]: [1]\n+$[0]: 1'],
    ['{ "a": { "b": 1, "c": 2 } }', '{"a":{"b":2,"c":2}}', '-$.a.b: 1\n+$.a.b: 2'],
    ['1', '', '-1\n+what is not JSON:'],
  ])('%s does not fit %s', (block, stdout, diff) => expect(match(block, stdout, 0, 'json')).toBe(diff));

  test('a last line in brackets behind the JSON is the exit code', () => {
    expect(match('{ "a": 1 }\n[2]', '{"a":1}', 2, 'json')).toBe('ok');
    expect(match('{ "a": 1 }\n[2]', '{"a":1}', 0, 'json')).toBe('-[2]\n+[0]');
    expect(match('[2]', '[2]', 0, 'json')).toBe('ok');
  });
});

test('a step carries what is expected of it, into the plan', () => {
  const { runbook, problems } = parseRunbook('```sh {name=a effect=read}\nls\n```\n\n- ```text {expect=a}\n  x\n  y* (glob)\n  [2]\n  ```\n', 'a.md');
  expect(problems).toEqual([]);
  expect(runbook.steps[0]?.expectation).toEqual({ kind: 'lines', line: 6, exitCode: 2, noEol: false, lines: [{ kind: 'text', text: 'x' }, { kind: 'glob', text: 'y*' }] });
  expect(parseRunbook('```json {expect=a}\n1\n```\n```js {name=a}\n```\n', 'a.md').runbook.steps[0]?.expectation).toEqual({ kind: 'json', line: 2, exitCode: 0, json: 1 });
});
