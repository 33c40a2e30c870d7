import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readScriptNames } from './script-text.ts';

const exportsOf = (source: string): string => readScriptNames(source).exports.map(({ name }) => name).join();
const usesOf = (source: string): string => [...new Set(readScriptNames(source).uses.map(({ name }) => name))].filter((name) => /^[a-d]$/.test(name)).join();

describe('exports', () => {
  test.each([
    ['export const a = 1', 'a'],
    ['export let a = f(1, 2), b', 'a,b'],
    ['export var a', 'a'],
    ['export const a: Map<string, number> = x', 'a'],
    ['export function a() {}', 'a'],
    ['export async function* a() {}', 'a'],
    ['export class a {}', 'a'],
    ['const x = 1\nexport { x }', 'x'],
    ['export { x as a, b, type T }', 'a,b'],
    ['export const { a, b: c, d = 1, ...e } = f()', 'a,c,d,e'],
    ['export const [a, , b] = f()', 'a,b'],
    ['export const { a: { b }, c = { d: 1 } } = f()', 'b,c'],
    ['export const a = 1\nfoo(1), bar', 'a'],
    ['export const a =\n  1,\n  b = 2', 'a,b'],
    ['export const a = x ? y : z\nexport const b = `${a}`', 'a,b'],
    ['export const a = /[/"]\\//.test(x) // export const z = 1\nexport const b = 1', 'a,b'],
    ['export type T = { a: 1 }', ''],
    ['export interface I { a: 1 }', ''],
    ['export default 1', ''],
    ["export * from 'x'", ''],
    ['// export const a = 1', ''],
    ['/* export const a = 1 */', ''],
    ['"export const a = 1"', ''],
    ['`\nexport const a = 1\n`', ''],
    ['`${`\nexport const a = 1`}`', ''],
    ['if (x) { export const a = 1 }', ''],
    ['x.export', ''],
  ])('%s', (source, expected) => expect(exportsOf(source)).toBe(expected));
});

describe('uses', () => {
  test.each([
    ['a', 'a'],
    ['x.a?.b', ''],
    ['f({ a: b, c })', 'b,c'],
    ['x ? a : b', 'a,b'],
    ['`a ${b} ${`${c}`} d`', 'b,c'],
    ['"a" + \'b\' // c\n/* d */', ''],
    ['a / b / c', 'a,b,c'],
    ['f(/a/g, b)', 'b'],
    ['[...a]', 'a'],
    ['const a = 1; a + b', 'b'],
    ['const { a, x: b } = f(c)', 'c'],
    ['function a() { return b }', 'b'],
    ["import { a as b } from 'x'; b + c", 'c'],
    ["import a from 'x'", ''],
    ['if (x) { const a = 1 }\na', 'a'],
    ['x = { a }', 'a'],
    ['async (a) => a', ''],
    // What a block binds itself is no use, where it is bound.
    ['for (const { a, b } of c) f(a, b)', 'c'],
    ['for (const { a, b } of c) { f(a, b) }\na', 'c,a'],
    ['for (const a in b) { a }', 'b'],
    ['for await (const a of b) { a }', 'b'],
    ['for (let a = 0; a < b; a += 1) { a }', 'b'],
    ['for (a of b) a', 'a,b'],
    ['f((a) => a + b)', 'b'],
    ['f(a => a + b, a)', 'b,a'],
    ['f(a => { a })\na', 'a'],
    ['f(async (a) => { await a })', ''],
    ['f(({ a, x: b, ...c }, [d]) => a + b + c + d)', ''],
    ['f(({ a = b }) => a)', 'b'],
    ['f((a = b, ...c) => c)', 'b'],
    ['f((a: T<b, c>, d?: { a: string }): Promise<b> => a + d)', 'b,c'],
    ['x ? (a) : b => b', 'a'],
    ['x ? a => b : a', 'b,a'],
    ['f(a => b => a + b + c)', 'c'],
    ['const f = a => a\na', 'a'],
    ['const f = (a) =>\n  a\na', 'a'],
    ['function f(a, { b: c = d }) { return a + b + c }', 'd,b'],
    ['function f(a): T<b> { return a }\na', 'b,a'],
    ['x = function a() { a }\na', 'a'],
    ['f(function (a) { return a })', ''],
    ['try { a } catch (b) { b }\nb', 'a,b'],
    ['try { a } catch { b }', 'a,b'],
    ['try { a } catch ({ b }) { b }', 'a'],
    ['class a { b = 1; c; #d = 2; static a() { return d } }', 'd'],
    ['x = class a { m(b) { return a + b } }\na', 'a'],
    ['x = { a(b) { return b }, async c() {}, get d() { return a } }', 'a'],
    ['if (a) { b }', 'a,b'],
    ['while (a) { const b = 1; b }\nb', 'a,b'],
    ['{ let a = 1; a }\na', 'a'],
    ['{ var a = 1 }\na', ''],
    ['function f() { var a; { var b } }\na + b', 'a,b'],
    ['f()\nfunction a() {}\na', ''],
    ['import { a, b as c } from "x"\na + c', ''],
    ['import * as a from "x"\na', ''],
    ['import a, { b } from "x"\na + b', ''],
    ['import type { a } from "x"; b', 'b'],
    ['const x: { a: string; b: number } = c', 'c'],
    ['type X = { a: string } | b\nc', 'c'],
    ['interface X { a: string; b(): c }\nd', 'd'],
    ['a: for (;;) break', ''],
    ['switch (a) { case b: c }', 'a,b,c'],
    ['`${((a) => `${a}${b}`)()}`', 'b'],
    ['f(a => `${a}, ${b}`, a)', 'b,a'],
    ['const { a } = b, { c } = d; a + c', 'b,d'],
    ['const x = f(a), y = (b) => b', 'a'],
    ['const [{ a }, [b]] = c; a + b', 'c'],
    ['x.map(({ a }) => a).filter((a) => a.b)', ''],
  ])('%s', (source, expected) => expect(usesOf(source)).toBe(expected));
});

test('offsets point at the names, and it never throws', () => {
  const piece = fc.constantFrom('export ', 'const ', 'a', ' ', '=', '{', '}', '[', ']', '(', ')', '`', '${', '"', "'", '/', '//', '/*', '*/', '\n', ',', ';', '.', '?', ':', '1', '\\', 'import ', 'é', '=>', '...', 'for ', 'of ', 'function ', 'class ', 'catch ', 'var ', 'type ', 'b');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), (source) => {
      const { exports, uses } = readScriptNames(source);
      for (const { name, offset } of [...exports, ...uses]) expect(source.startsWith(name, offset)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});
