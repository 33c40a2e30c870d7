// The attribute grammar, row by row. Where runme's own reader agrees with itself, the meaning is the same here; where it gives
// garbage, there is a fault. (research: peers §5.2 and §4.2.)
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFenceInfo } from './fence-info.ts';

const pairs = (info: string): unknown => {
  const { language, entries, faults } = parseFenceInfo(info);
  return faults.length > 0 ? 'fault' : [language, Object.fromEntries(entries.map(({ key, value }) => [key, value]))];
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
    ['sh { name: "test" }', 'fault'],
    ['sh {"nested":{"a":"b"}}', 'fault'],
    ['sh {"a":["b"]}', 'fault'],
    ['sh {"name":"x"} {"tag":"y"}', 'fault'],
    ['sh {name=a,tag=b}', 'fault'],
    ['sh { cwd=.. "id":"01" }', 'fault'],
    ['sh {"a":"b",}', 'fault'],
    ['sh {"a":"b" "c":"d"}', 'fault'],
    ['sh {"a":\'b\'}', 'fault'],
    ['sh {"a"}', 'fault'],
    ['sh {"a":"\\q"}', 'fault'],
    ['sh {a="b}', 'fault'],
    ['sh {a="b"c}', 'fault'],
    ['sh {a=b"c"}', 'fault'],
    ['sh {=b}', 'fault'],
    ['sh {name=a', 'fault'],
    ['sh{name=a}', 'fault'],
    ['{.bash .n}', 'fault'],
    ['{#id .bash}', 'fault'],
    ['{r, echo=FALSE}', 'fault'],
    ['sh effect=read', 'fault'],
    ['sh\u00a0{name=x}', 'fault'],
  ])('%s', (info, expected) => expect(pairs(info)).toEqual(expected));
});

test('a key without value is told apart from an empty one', () => {
  expect(parseFenceInfo('sh {a b=}').entries.map(({ key, value }) => [key, value])).toEqual([['a', undefined], ['b', '']]);
});

test('whatever is written in either form is read back, with its offset', () => {
  const key = fc.stringMatching(/^[a-z][a-z-]{0,8}$/);
  const value = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), fc.boolean(), (attributes, json) => {
      const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
      const info = `sh ${json ? JSON.stringify(attributes) : `{${Object.entries(attributes).map(([k, v]) => `${k}=${quoted(v)}`).join(' ')}}`}`;
      const read = parseFenceInfo(info);
      expect(read.faults).toEqual([]);
      expect(Object.fromEntries(read.entries.map((entry) => [entry.key, entry.value]))).toEqual(attributes);
      for (const entry of read.entries) expect(info.slice(entry.offset).replace('"', '').startsWith(entry.key)).toBe(true);
    }),
  );
});

test('it never throws', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('{', '}', '"', "'", '=', ' ', 'a', ',', ':', '\\', '1', '[', '\t', '.') }), (info) => parseFenceInfo(info).entries.length >= 0));
});
