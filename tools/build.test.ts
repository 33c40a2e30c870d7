import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScratch, type Scratch } from './scratch-workspace.ts';

const config = JSON.stringify({
  compilerOptions: { target: 'es2023', module: 'nodenext', composite: true, strict: true, rootDir: 'src', outDir: 'dist', types: ['node'], allowImportingTsExtensions: true, emitDeclarationOnly: true, skipLibCheck: true },
  include: ['src'],
});

let scratch: Scratch;
beforeEach(async () => {
  scratch = await createScratch({
    'package.json': '{"private":true,"type":"module"}',
    'tsconfig.json': '{"files":[],"references":[{"path":"packages/cli"},{"path":"packages/runner"},{"path":"packages/toolkit"}]}',
    'packages/cli/src/main.ts': `import { readFile } from 'node:fs/promises';
export class LostError extends Error { override name = 'LostError'; }
void main();
async function main(): Promise<void> {
  const { greet } = await import('./greet.ts');
  console.log(greet(), (await readFile(new URL('./seed/.hidden/world.yaml', import.meta.url), 'utf8')).trim(), new LostError('x').name);
}
`,
    'packages/cli/src/greet.ts': 'export const greet = (): string => "hello";\n',
    'packages/runner/src/script-child.ts': 'export const child = 1;\n',
    'packages/toolkit/src/index.ts': 'export const github = 1;\nexport const prow = 2;\n',
    'packages/rehearsal/seed/.hidden/world.yaml': 'seeded\n',
    'docs/errors.md': '# Problems\n',
    'packages/toolkit/globals.d.ts': 'declare const run: string;\n',
  });
  for (const name of ['cli', 'runner', 'toolkit']) await scratch.write(`packages/${name}/tsconfig.json`, config);
  for (const path of ['tools/build.mjs', 'tools/bundle.mjs', 'packages/cli/src/start', 'packages/cli/src/private-cache.ts', 'packages/cli/src/version.ts']) await scratch.borrow(path);
});
afterEach(() => scratch.remove());

const build = (...parts: string[]): ReturnType<Scratch['run']> => scratch.run(process.execPath, ['tools/build.mjs', ...parts]);
const run = (...args: string[]): ReturnType<Scratch['run']> => scratch.run(process.execPath, args);

test('a build leaves a command that runs, with lazy parts, the seed and the modules a run needs', async () => {
  await scratch.link();
  expect(await build()).toMatchObject({ code: 0, stderr: '' });
  expect(await run('packages/cli/bundle/main.cjs')).toMatchObject({ code: 0, stdout: 'hello seeded LostError\n' });
  const files = await readdir(join(scratch.root, 'packages/cli/bundle'));
  expect(files).toEqual(expect.arrayContaining(['errors.md', 'main.cjs', 'script-child.js', 'seed', 'toolkit.js', expect.stringMatching(/^greet-.*\.cjs$/)]));
  const toolkit = await run('--input-type=module', '-e', `console.log(Object.keys(await import('./packages/cli/bundle/toolkit.js')).sort().join())`);
  expect(toolkit.stdout).toBe('github,prow\n');
  expect(await readdir(join(scratch.root, 'packages/cli/dist'))).not.toContainEqual(expect.stringMatching(/^bundle-/));
});

test('a later build leaves nothing of an earlier one', async () => {
  await scratch.link();
  await build('bundle');
  await scratch.write('packages/cli/src/main.ts', 'console.log("new");\n');
  await build('bundle');
  expect(await run('packages/cli/bundle/main.cjs')).toMatchObject({ stdout: 'new\n' });
  expect((await readdir(join(scratch.root, 'packages/cli/bundle'))).filter((file) => file.startsWith('greet-'))).toEqual([]);
});

test('a type error fails the build and is shown', async () => {
  await scratch.link();
  await scratch.write('packages/cli/src/greet.ts', 'export const greet = (): string => 1;\n');
  const ended = await build();
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('packages/cli/src/greet.ts(1,36): error TS2322');
});

test('a source that cannot be bundled fails, and the bundle before it stays', async () => {
  await scratch.link();
  await build('bundle');
  await scratch.write('packages/cli/src/greet.ts', 'export const greet = (\n');
  const ended = await build('bundle');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('packages/cli/src/greet.ts');
  expect(await run('packages/cli/bundle/main.cjs')).toMatchObject({ code: 0 });
});

test('a missing entry is named', async () => {
  await scratch.link();
  await scratch.run('rm', ['packages/runner/src/script-child.ts']);
  const ended = await build('bundle');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^build: not found: packages\/runner\/src\/script-child\.ts\. /);
});

test('without the development tools it says so in one sentence and does not fail the install', async () => {
  const ended = await build();
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(ended.stderr).toMatch(/^build: [^\n]*\n$/);
});

test('an unknown part is refused', async () => {
  expect((await build('bundel')).code).toBe(2);
});

test('the launcher says what to do where there is no bundle', async () => {
  await scratch.borrow('packages/cli/bin');
  const ended = await run('packages/cli/bin/runbook.js', '--version');
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain('npm run prepare');
  expect((await readFile(join(scratch.root, 'packages/cli/bin/runbook.js'), 'utf8')).startsWith('#!/usr/bin/env node\n')).toBe(true);
});
