import { describe, expect, test } from 'vitest';
import { sourceFacts } from './source-facts.mjs';

const globals = (text: string): string[] => sourceFacts('a.ts', text).flatMap((fact) => (fact.kind === 'global' ? [`${fact.line}:${fact.column} ${fact.global}`] : []));
const imports = (text: string): string[] =>
  sourceFacts('a.ts', text).flatMap((fact) => (fact.kind === 'import' ? [`${fact.specifier ?? '?'}${fact.typeOnly ? ' (types)' : ''}`] : []));
const files = (text: string): string[] => sourceFacts('a.ts', text).flatMap((fact) => (fact.kind === 'file' ? [fact.path] : []));

describe('imports', () => {
  test.each([
    [`import { a } from './a.ts';`, ['./a.ts']],
    [`import a, { type B } from 'a';`, ['a']],
    [`import type { A } from 'a';`, ['a (types)']],
    [`import { type A, type B } from 'a';`, ['a (types)']],
    [`import 'a';`, ['a']],
    [`export { a } from 'a';`, ['a']],
    [`export * from 'a';`, ['a']],
    [`export type { A } from 'a';`, ['a (types)']],
    [`const a = await import('a');`, ['a']],
    ['const a = await import(`a`);', ['a']],
    [`const a = await import(name);`, ['?']],
    ['const a = await import(`${name}/x`);', ['?']],
    [`const a = require('a');`, ['a']],
    [`const a = import.meta.resolve('a');`, ['a']],
    [`let a: import('a').A;`, ['a (types)']],
    [`// import 'a';\nconst text = "import 'b'";`, []],
    ['const md = `\nimport a from "a"\n`;', []],
    [`export const a = 1;`, []],
  ])('%s', (text, expected) => {
    expect(imports(text)).toEqual(expected);
  });
});

describe('files', () => {
  test.each([
    [`new URL('../seed', import.meta.url)`, ['../seed']],
    [`new URL('../seed', base)`, []],
    [`new URL(path, import.meta.url)`, []],
  ])('%s', (text, expected) => {
    expect(files(text)).toEqual(expected);
  });
});

describe('globals', () => {
  test.each([
    [`const a = process.env.HOME;`, ['1:11 environment']],
    [`const a = process['env'];`, ['1:11 environment']],
    [`const a = globalThis.process.env;`, ['1:11 environment']],
    [`const { env, argv } = process;`, ['1:7 environment']],
    [`import { env as e } from 'node:process';`, ['1:10 environment']],
    [`import process from 'node:process';\nconst a = process.env;`, ['2:11 environment']],
    [`const a = process.pid;`, []],
    [`const a = Date.now();`, ['1:11 clock']],
    [`const a = new Date();`, ['1:11 clock']],
    [`const a = Date();`, ['1:11 clock']],
    [`const { now } = Date;`, ['1:7 clock']],
    [`const a = performance.now();`, ['1:11 clock']],
    [`import { performance } from 'node:perf_hooks';`, ['1:10 clock']],
    [`const a = new Date(0), b = Date.parse('x'), c: Date = a;`, []],
    [`const a = Math.random();`, ['1:11 random']],
    [`const a = Math.max(1, 2);`, []],
    [`import { randomUUID, createHash } from 'node:crypto';`, ['1:10 random']],
    [`const a = crypto.randomUUID();`, ['1:11 random']],
    [`const a = fetch(url);`, ['1:11 fetch']],
    [`const a = globalThis.fetch;`, ['1:11 fetch']],
    [`createHttp({ fetch });`, ['1:14 fetch']],
    [`createHttp({ fetch: gated });`, []],
    [`function f(fetch: typeof globalThis.fetch) { return fetch('x'); }`, []],
    [`function f() { const fetch = g(); return () => fetch('x'); }`, []],
    [`function f() { { const fetch = g(); } return fetch('x'); }`, ['1:46 fetch']],
    [`import { fetch } from './door.ts';\nfetch('x');`, []],
    [`http.fetch('x'); const a = { fetch() {} }; interface B { fetch(): void }`, []],
    [`function f(clock: Clock) { const process = clock; return process.env; }`, []],
  ])('%s', (text, expected) => {
    expect(globals(text)).toEqual(expected);
  });
});
