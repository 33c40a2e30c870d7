import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createChunkLoader, type ChunkLoader } from './chunk-loader.ts';
import type { PrivateCache } from '../private-cache.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chunk-loader-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const none: PrivateCache = { find: () => undefined, add: () => undefined, replace: () => undefined };

function loaderOf(chunks: Readonly<Record<string, string>>, cache: PrivateCache = none): ChunkLoader {
  for (const [name, text] of Object.entries(chunks)) writeFileSync(join(folder, name), text);
  return createChunkLoader(folder, cache, createRequire(import.meta.url));
}

test('a chunk is run at the first use of one of its exports, once', () => {
  const loader = loaderOf({
    'main.cjs': 'var b = require("./b.cjs"), c = require("./c.cjs"); module.exports = { early: 1, use: () => [b.count, b.count], other: () => c.never };',
    'b.cjs': 'let count = 0; count += 1; module.exports = {}; Object.defineProperty(module.exports, "count", { get: () => count++, enumerable: true });',
    'c.cjs': 'throw new Error("c was run")',
  });
  const main = loader.load('main.cjs') as { readonly use: () => number[]; readonly other: () => unknown };
  expect(loader.loaded).toEqual(['main.cjs']);
  expect(main.use()).toEqual([1, 2]);
  expect(loader.loaded).toEqual(['main.cjs', 'b.cjs']);
  expect(() => main.other()).toThrow('c was run');
});

test('chunks that need one another, later loads, addresses and modules of Node', async () => {
  const loader = loaderOf({
    'main.cjs': 'exports.name = () => "main"; var b = require("./b.cjs"), crypto = require("node:crypto"); exports.round = () => b.round(); exports.later = () => runbook.load("late.cjs"); exports.lost = () => runbook.load("lost.cjs"); exports.url = () => runbook.url; exports.bytes = () => crypto.randomBytes(4).length; exports.whole = () => runbook.import("node:path"); exports.now = () => runbook.require("node:path").sep;',
    'b.cjs': 'var a = require("./main.cjs"); exports.round = () => a.name() + " and b";',
    'late.cjs': 'exports.value = 7;',
  });
  const main = loader.load('main.cjs') as Readonly<Record<'round' | 'url' | 'bytes' | 'now', () => unknown>> & Readonly<Record<'later' | 'lost' | 'whole', () => Promise<unknown>>>;
  expect([main.round(), main.url(), main.bytes(), main.now()]).toEqual(['main and b', pathToFileURL(join(folder, 'main.cjs')).href, 4, '/']);
  expect(await main.later()).toEqual({ value: 7 });
  expect(await main.whole()).toHaveProperty('sep', '/');
  await expect(main.lost()).rejects.toThrow('ENOENT');
});

test('compiled code is given once, and used; what is no code of this V8 does no harm', () => {
  const chunks = { 'main.cjs': 'exports.twice = (x) => x * 2;' };
  const first = loaderOf(chunks);
  first.load('main.cjs');
  const compiled = first.compiled() ?? new Map<string, Buffer>();
  expect([...compiled.keys()]).toEqual(['main.cjs']);
  const second = loaderOf(chunks, { find: (name) => compiled.get(name), add: () => undefined, replace: () => undefined });
  expect((second.load('main.cjs') as { readonly twice: (x: number) => number }).twice(4)).toBe(8);
  expect(second.compiled()).toBeUndefined();
  // another text: this process knows the code of the first by now
  const third = loaderOf({ 'main.cjs': 'exports.twice = (x) => x + x;' }, { find: () => Buffer.from('nonsense'), add: () => undefined, replace: () => undefined });
  expect((third.load('main.cjs') as { readonly twice: (x: number) => number }).twice(4)).toBe(8);
  expect(third.compiled()?.has('main.cjs')).toBe(true);
});
