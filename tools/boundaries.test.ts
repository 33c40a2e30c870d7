import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkBoundaries } from './boundaries.mjs';
import { createScratch, workspaceRoot, type Scratch } from './scratch-workspace.ts';

type Table = Parameters<typeof checkBoundaries>[1];

const none = { why: 'of a reason', files: [] };
const table: Table = {
  packages: {
    base: { level: 0, pure: true, imports: [] },
    door: { level: 1, imports: ['base'] },
    world: { level: 1, imports: ['base'] },
    top: { level: 2, imports: ['base', 'door', 'world'] },
  },
  testImports: ['vitest'],
  testSupport: ['packages/door/src/harness.ts'],
  pureModules: ['node:crypto'],
  only: { zx: { why: 'one place starts processes', files: ['packages/top/src/shell.ts'] }, 'node:net': { why: 'one door', files: ['packages/door/'] } },
  globals: { environment: { why: 'it is handed in', files: ['packages/top/'] }, clock: none, random: none, fetch: { why: 'one door', files: ['packages/door/'] } },
  computedImports: ['packages/top/src/child.ts'],
  outsideFiles: [],
};

const manifests: Record<string, string> = { 'package.json': JSON.stringify({ devDependencies: { '@types/mdast': '1.0.0' } }) };
for (const [folder, needs] of [['base', []], ['door', ['base']], ['world', ['base']], ['top', ['base', 'door', 'zx']]] as const) {
  manifests[`packages/${folder}/package.json`] = JSON.stringify({ name: `@runbook/${folder}`, dependencies: Object.fromEntries(needs.map((name) => [name === 'zx' ? name : `@runbook/${name}`, '0.1.0'])) });
  manifests[`packages/${folder}/tsconfig.json`] = JSON.stringify({ references: needs.filter((name) => name !== 'zx').map((name) => ({ path: `../${name}` })) });
  manifests[`packages/${folder}/src/index.ts`] = 'export const one = 1;\n';
}

const scratches: Scratch[] = [];
afterEach(async () => {
  for (const scratch of scratches.splice(0)) await scratch.remove();
});

async function violations(files: Record<string, string>, changed: Table = table): Promise<string[]> {
  const scratch = await createScratch({ ...manifests, ...files });
  scratches.push(scratch);
  return (await checkBoundaries(scratch.root, changed)).map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
}

test('a workspace that keeps to its table has no violation', async () => {
  const door = `import { one } from '@runbook/base';\nimport type { Root } from 'mdast';\nimport { connect } from 'node:net';\nexport const a = [one, connect, fetch] as const;\n`;
  expect(await violations({ 'packages/door/src/door.ts': door, 'packages/top/src/child.ts': 'await import(process.env.A);\n' })).toEqual([]);
});

describe('a planted violation is found at its place', () => {
  test.each([
    ['upwards', 'packages/base/src/a.ts', `import { one } from '@runbook/top';`, '1:1 import-not-allowed'],
    ['sideways', 'packages/world/src/a.ts', `\nimport { one } from '@runbook/door';`, '2:1 import-not-allowed'],
    ['sideways, as a type', 'packages/world/src/a.ts', `import type { one } from '@runbook/door';`, '1:1 import-not-allowed'],
    ['sideways, lazily', 'packages/world/src/a.ts', `const a = async () => import('@runbook/door');`, '1:23 import-not-allowed'],
    ['in a test', 'packages/world/src/a.test.ts', `import { one } from '@runbook/door';`, '1:1 import-not-allowed'],
    ['allowed but undeclared', 'packages/top/src/a.ts', `import { one } from '@runbook/world';`, '1:1 import-undeclared'],
    ['a library nobody declared', 'packages/door/src/a.ts', `import yaml from 'yaml';`, '1:1 import-undeclared'],
    ['a test library in a source', 'packages/door/src/a.ts', `import { test } from 'vitest';`, '1:1 import-undeclared'],
    ['types as values', 'packages/door/src/a.ts', `import { Root } from 'mdast';`, '1:1 import-undeclared'],
    ['by a path', 'packages/top/src/a.ts', `import { one } from '../../base/src/index.ts';`, '1:1 import-reach'],
    ['past the index', 'packages/top/src/a.ts', `import { one } from '@runbook/base/src/one.ts';`, '1:1 import-reach'],
    ['what is there for tests', 'packages/door/src/a.ts', `import { a } from './harness.ts';`, '1:1 import-test'],
    ['a test', 'packages/door/src/a.ts', `import { a } from './world.test.support.ts';`, '1:1 import-test'],
    ['itself', 'packages/top/src/a.ts', `import { one } from '@runbook/top';`, '1:1 import-self'],
    ['without an extension', 'packages/top/src/a.ts', `import { one } from './index';`, '1:1 import-extension'],
    ['computed', 'packages/top/src/a.ts', `await import(name);`, '1:7 import-computed'],
    ['zx elsewhere', 'packages/top/src/a.ts', `import { $ } from 'zx/core';`, '1:1 import-only'],
    ['zx in a test', 'packages/top/src/a.test.ts', `import { $ } from 'zx';`, '1:1 import-only'],
    ['a socket elsewhere', 'packages/top/src/a.ts', `import { connect } from 'node:net';`, '1:1 import-only'],
    ['a socket without prefix', 'packages/door/src/a.ts', `import { connect } from 'net';`, '1:1 import-prefix'],
    ['I/O in a pure package', 'packages/base/src/a.ts', `import { readFile } from 'node:fs/promises';`, '1:1 import-impure'],
    ['another package by URL', 'packages/top/src/a.ts', `new URL('../../base/src/index.ts', import.meta.url);`, '1:1 file-reach'],
    ['another package by URL in a test', 'packages/top/src/a.test.ts', `new URL('../../base/src/index.ts', import.meta.url);`, '1:1 file-reach'],
    ['the environment', 'packages/door/src/a.ts', `const a = process.env;`, '1:11 global-environment'],
    ['the clock', 'packages/top/src/a.ts', `const a = Date.now();`, '1:11 global-clock'],
    ['chance', 'packages/top/src/a.ts', `const a = Math.random();`, '1:11 global-random'],
    ['chance in a test', 'packages/top/src/a.test.ts', `const a = Math.random();`, '1:11 global-random'],
    ['fetch', 'packages/top/src/a.ts', `await fetch('x');`, '1:7 global-fetch'],
  ])('%s', async (_name, file, text, expected) => {
    expect(await violations({ [file]: `${text}\n` })).toEqual([`${file}:${expected}`]);
  });
});

test('tests may read files, point outside, and look with foreign eyes', async () => {
  const text = [`import { readFile } from 'node:fs/promises';`, `import { createServer } from 'node:net';`, `import { test } from 'vitest';`, `new URL('../../../../shared/corpus', import.meta.url);`, `await fetch('x');`, `await import(name);`];
  expect(await violations({ 'packages/base/src/a.test.ts': text.join('\n'), 'packages/base/src/practice.test.world.ts': text.join('\n') })).toEqual([]);
  expect(await violations({ 'packages/door/src/harness.ts': text.join('\n') })).toEqual([]);
});

describe('the table and the manifests', () => {
  const manifest = 'packages/world/package.json';
  test('a package that the table does not list', async () => {
    const files = { 'packages/new/package.json': '{"name":"@runbook/new"}', 'packages/new/tsconfig.json': '{}' };
    expect(await violations(files)).toEqual(['tools/boundaries.json:1:1 package-unlisted']);
  });
  test('a row without a package', async () => {
    expect(await violations({}, { ...table, packages: { ...table.packages, gone: { level: 0, imports: [] } } })).toEqual(['tools/boundaries.json:1:1 package-absent']);
  });
  test('a row that goes up or sideways', async () => {
    const packages = { ...table.packages, world: { level: 1, imports: ['base', 'door'] } };
    expect(await violations({}, { ...table, packages })).toEqual(['tools/boundaries.json:1:1 level-order']);
  });
  test('a dependency that the table forbids', async () => {
    const text = JSON.stringify({ name: '@runbook/world', dependencies: { '@runbook/base': '0.1.0', '@runbook/door': '0.1.0' } });
    expect(await violations({ [manifest]: text })).toEqual([`${manifest}:1:1 dependency-not-allowed`, 'packages/world/tsconfig.json:1:1 reference-missing']);
  });
  test('a reference that is no dependency', async () => {
    expect(await violations({ [manifest]: '{"name":"@runbook/world"}' })).toEqual(['packages/world/tsconfig.json:1:1 reference-undeclared']);
  });
});

test('the real table keeps the promises of the design', async () => {
  const real = JSON.parse(await readFile(join(workspaceRoot, 'tools/boundaries.json'), 'utf8')) as Table;
  const reach = (folder: string): Set<string> => {
    const found = new Set<string>([folder]);
    for (const one of found) for (const next of real.packages[one]?.imports ?? []) found.add(next);
    return found;
  };
  for (const client of ['http', 'github', 'prow', 'registry', 'toolkit', 'runner']) expect(reach('rehearsal')).not.toContain(client);
  expect(reach('toolkit')).not.toContain('runner');
  expect(reach('toolkit')).not.toContain('rehearsal');
  for (const pure of ['problem', 'access', 'model', 'cloudbuild', 'prow-config', 'promoter', 'render']) expect(real.packages[pure]?.pure).toBe(true);
  expect(real.packages['problem']?.level).toBeLessThan(real.packages['model']?.level ?? 0);
  expect(real.packages['access']?.level).toBeLessThan(real.packages['model']?.level ?? 0);
  expect(real.only['zx']?.files).toEqual(['packages/runner/src/zx-process.ts', 'packages/runner/src/script-child.ts']);
});
