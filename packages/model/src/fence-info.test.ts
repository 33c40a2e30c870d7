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

describe('attributes are read to the letter', () => {
  const entries = (info: string): unknown => parseFenceInfo(info).entries.map(({ key, value, offset, valueOffset }) => [key, value, offset, valueOffset]);

  test.each([
    ['sh {a=b c="d e"}', [['a', 'b', 4, 6], ['c', 'd e', 8, 10]]],
    ['sh { "a" : "b" , "c":12 }', [['a', 'b', 5, 11], ['c', '12', 17, 21]]],
    ['sh {\t"a":"b"}', [['a', 'b', 5, 9]]],
    ['sh {\ta=b\t}', [['a', 'b', 5, 7]]],
    ["sh {a='b\\'c' d='\\\\' e='\\d'}", [['a', "b'c", 4, 6], ['d', '\\', 13, 15], ['e', '\\d', 20, 22]]],
    ['sh {a="b" c}', [['a', 'b', 4, 6], ['c', undefined, 10, 11]]],
    ['sh {a}', [['a', undefined, 4, 5]]],
    ['sh {"a":true,"b":null,"c":-12.50,"d":1.25e+10,"e":2E-2}', [['a', 'true', 4, 8], ['b', 'null', 13, 17], ['c', '-12.5', 22, 26], ['d', '12500000000', 33, 37], ['e', '0.02', 46, 50]]],
    ['sh {if=a==b}', [['if', 'a==b', 4, 7]]],
    ['sh {a="{b}"}', [['a', '{b}', 4, 6]]],
  ])('%s', (info, expected) => expect(entries(info)).toEqual(expected));

  test.each([
    ['sh {a=b', '3: the attributes have no closing brace'],
    ['sh {', '3: the attributes have no closing brace'],
    ['sh {a = b}', '6: "=" is not an attribute'],
    ['sh {a=b{c}', '6: "{c" is not expected inside an unquoted value'],
    ['sh {a{b}', '5: "{b" is not expected after "a"'],
    ["sh {a'b'}", '5: "\'b\'" is not expected after "a"'],
    ['sh {a:}', '4: "a:" is not a key'],
    ['sh {:}', '4: ":" is not a key'],
    ['sh {"a":}', '8: the value of "a" is neither text, number, true nor false'],
    ['sh {"a":"b"', '11: "," or "}" is expected here'],
    ['sh {"a":"b', '8: the value of "a" is neither text, number, true nor false'],
    ['sh {"a":', '8: the value of "a" is neither text, number, true nor false'],
    ['sh {"a"', '7: ":" is expected behind "a"'],
    ['sh {"a', '4: a quoted key is expected here'],
    ['sh {"a":1,2:3}', '10: a quoted key is expected here'],
    ['sh {"\\x":1}', '4: "\\x" is not valid JSON'],
    ['sh {a=b=c}', '4: the value "b=c" of "a" holds a further "="'],
    ["sh {a='b}", '6: the value has no closing quote'],
    ["sh {a='b'c}", '6: "c" is not expected behind a quoted value'],
    ['sh {===============}', '4: "============" is not an attribute'],
  ])('%s is told', (info, fault) => expect(pairs(info)).toBe(fault));

  test('each fault says what to do', () => {
    const hint = (info: string): string | undefined => parseFenceInfo(info).faults[0]?.hint;
    expect([hint('sh {a:}'), hint('sh {:}'), hint('sh {a,}'), hint('sh {a=b=c}'), hint('sh {.a}'), hint('sh {"a"}')]).toEqual([
      'Write a=value, without colon or comma.',
      'Write key=value, without colon or comma.',
      'Write a=value, without colon or comma.',
      'Separate attributes with spaces, or quote the value.',
      'Write {key=value key="value with spaces"} or {"key":"value"}.',
      'Write {key=value key="value with spaces"} or {"key":"value"}.',
    ]);
  });

  test('what stands behind a faulty group is read on', () => {
    expect(parseFenceInfo('sh {a:} {1,2} title=x').faults).toHaveLength(1);
    expect(parseFenceInfo('sh {a:} {b=c}').faults).toHaveLength(2);
  });
});
