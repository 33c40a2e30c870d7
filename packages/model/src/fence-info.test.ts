// The attribute grammar, row by row. Where runme's own reader agrees with itself, the meaning is the same here; where it gives
// garbage, there is a fault. (research: peers §5.2 and §4.2.)
import { describe, expect, test } from 'vitest';
import { parseFenceInfo } from './fence-info.ts';

const pairs = (info: string): unknown => {
  const { language, entries, faults } = parseFenceInfo(info);
  return faults.length > 0 ? faults.map(({ offset, message }) => `${offset}: ${message}`).join('; ') : [language, Object.fromEntries(entries.map(({ key, value }) => [key, value]))];
};

describe('info strings', () => {
  test.each([
    ['sh {"name":"hello"}', ['sh', { name: 'hello' }]],
    ['sh { name=echo-hello interactive=false }', ['sh', { name: 'echo-hello', interactive: 'false' }]],
    ['sh {name=echo first= second=2}', ['sh', { name: 'echo', first: '', second: '2' }]],
    ['{"name":"say-hello"}', ['', { name: 'say-hello' }]],
    ['{"name": "say-hello"}', ['', { name: 'say-hello' }]],
    ['sh {"interactive":false,"n":1.50,"e":1e2,"z":null}', ['sh', { interactive: 'false', n: '1.5', e: '100', z: 'null' }]],
    ['sh {"name":"a\\"b"}', ['sh', { name: 'a"b' }]],
    ['sh {"a":"\\\\d &amp; \\u0041"}', ['sh', { a: '\\d &amp; A' }]],
    ['sh {"a":"}"}', ['sh', { a: '}' }]],
    ['sh {"a":"b", "c":"d" }', ['sh', { a: 'b', c: 'd' }]],
    ['sh { name="my block" cwd=.. }', ['sh', { name: 'my block', cwd: '..' }]],
    ["sh {if='a == \"}\"'}", ['sh', { if: 'a == "}"' }]],
    ['sh {a="\\"\\\\ \\d"}', ['sh', { a: '"\\ \\d' }]],
    ['sh {if=a==1}', ['sh', { if: 'a==1' }]],
    ['js title=x {1,3}', ['js', {}]],
    ['js {1,3-5} showLineNumbers', ['js', {}]],
    ['js {1} {name=a}', ['js', { name: 'a' }]],
    ['sh {}', ['sh', {}]],
    ['sh { }', ['sh', {}]],
    ['SH\t{name=a}', ['sh', { name: 'a' }]],
    ['', ['', {}]],
    ['  sh  ', ['sh', {}]],
    ['sh { name: "test" }', '5: "name:" is not a key'],
    ['sh {"nested":{"a":"b"}}', '13: the value of "nested" is neither text, number, true nor false'],
    ['sh {"a":["b"]}', '8: the value of "a" is neither text, number, true nor false'],
    ['sh {"name":"x"} {"tag":"y"}', '16: there is a second group of attributes'],
    ['sh {name=a,tag=b}', '4: the value "a,tag=b" of "name" holds a further "="'],
    ['sh { cwd=.. "id":"01" }', '12: "\\"id\\":\\"01\\"" is not an attribute'],
    ['sh {"a":"b",}', '12: a quoted key is expected here'],
    ['sh {"a":"b" "c":"d"}', '12: "," or "}" is expected here'],
    ['sh {"a":\'b\'}', '8: the value of "a" is neither text, number, true nor false'],
    ['sh {"a"}', '7: ":" is expected behind "a"'],
    ['sh {"a":"\\q"}', '4: "a" is not valid JSON'],
    ['sh {a="b}', '6: the value has no closing quote'],
    ['sh {a="b"c}', '6: "c" is not expected behind a quoted value'],
    ['sh {a=b"c"}', '6: "\\"c\\"" is not expected inside an unquoted value'],
    ['sh {=b}', '4: "=b" is not an attribute'],
    ['sh {name=a', '3: the attributes have no closing brace'],
    ['sh{name=a}', '2: the attributes touch the language'],
    ['{.bash .n}', '1: ".bash" is an attribute of another Markdown dialect'],
    ['{#id .bash}', '1: "#id" is an attribute of another Markdown dialect'],
    ['{r, echo=FALSE}', '1: "r," is not a key'],
    ['sh effect=read', '3: "effect" stands outside braces'],
    ['sh\u00a0{name=x}', '2: the fence holds the space character U+00A0'],
  ])('%s', (info, expected) => expect(pairs(info)).toEqual(expected));
});

test('a key without value is told apart from an empty one', () => {
  expect(parseFenceInfo('sh {a b=}').entries.map(({ key, value }) => [key, value])).toEqual([['a', undefined], ['b', '']]);
});
