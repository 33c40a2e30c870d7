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
    ['async (a) => a', 'a'],
  ])('%s', (source, expected) => expect(usesOf(source)).toBe(expected));
});

test('offsets point at the names, and it never throws', () => {
  const piece = fc.constantFrom('export ', 'const ', 'a', ' ', '=', '{', '}', '[', ']', '(', ')', '`', '${', '"', "'", '/', '//', '/*', '*/', '\n', ',', ';', '.', '?', ':', '1', '\\', 'import ', 'é', '=>', '...');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), (source) => {
      const { exports, uses } = readScriptNames(source);
      for (const { name, offset } of [...exports, ...uses]) expect(source.startsWith(name, offset)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});
