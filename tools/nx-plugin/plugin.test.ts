import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createScratch, workspaceRoot, type Ended, type Scratch } from '../scratch-workspace.ts';
import { linkedDocuments, packageTargets } from './plugin.mjs';

// A workspace with the real plugin and nx.json, and a command that only says how it was called.
let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch({
    'package.json': '{"name":"scratch","private":true,"type":"module","workspaces":["packages/*"]}',
    'package-lock.json': '{"name":"scratch","lockfileVersion":3,"packages":{}}',
    '.gitignore': 'node_modules\n.nx\n',
    'tsconfig.base.json': '{}',
    'packages/cli/package.json': '{"name":"runbook","version":"0.1.0","type":"module"}',
    'packages/cli/bin/runbook.js': 'console.log(`called ${process.argv.slice(2).join(" ")}`);\n',
    'packages/cli/src/main.ts': 'export {};\n',
    'packages/rehearsal/package.json': '{"name":"@runbook/rehearsal","version":"0.1.0"}',
    'packages/rehearsal/seed/world.yaml': 'start: now\n',
    'runbooks/release.md': '# Release\n\n- [Verify](verify.md) <!-- {include} -->\n',
    'runbooks/verify.md': '# Verify\n',
    'runbooks/other.md': '# Other\n',
    'runbooks/README.md': '# Not a runbook\n',
    'tools/build.mjs': 'console.log("bundled");\n',
  });
  await scratch.borrow('nx.json');
  await scratch.borrow('tools/nx-plugin/plugin.mjs');
  await scratch.link();
  for (const args of [['init', '-q', '-b', 'main'], ['add', '.'], ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'x']]) await scratch.run('git', args);
});
afterAll(() => scratch.remove());

const nx = (...args: string[]): Promise<Ended> => scratch.run(process.execPath, [join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js'), ...args], { NX_ISOLATE_PLUGINS: 'false', CI: 'true' });

/** The lines in which Nx names a task that ran or was read from the cache. */
const tasks = ({ stdout }: Ended): string[] =>
  [...stripVTControlCharacters(stdout).matchAll(/> nx run (\S+)(.*)/g)].map(([, task, rest = '']) => `${task}${rest.includes('cache') || rest.includes('existing') ? ' cached' : ''}`).sort();

test('every document but the README is a project', async () => {
  const { stdout } = await nx('show', 'projects', '--json');
  expect((JSON.parse(stdout) as string[]).filter((name) => name.startsWith('runbook')).sort()).toEqual(['runbook', 'runbook:other', 'runbook:release', 'runbook:verify']);
});

test('documents are rehearsed, checked and planned once, then read from the cache until they or a package change', async () => {
  const first = await nx('run-many', '-t', 'rehearse', 'check', 'plan', '--outputStyle=static');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('called run runbooks/release.md --rehearse --yes');
  expect(first.stdout).toContain('called check runbooks/release.md');
  expect(first.stdout).toContain('called plan runbooks/release.md');
  expect(tasks(first)).toHaveLength(10);

  const rehearse = async (): Promise<string[]> => tasks(await nx('run-many', '-t', 'rehearse', '--outputStyle=static'));
  const [bundle, other, release, verify] = ['runbook:bundle', 'runbook:other:rehearse', 'runbook:release:rehearse', 'runbook:verify:rehearse'];
  expect(await rehearse()).toEqual([`${bundle} cached`, `${other} cached`, `${release} cached`, `${verify} cached`]);

  await scratch.write('runbooks/other.md', '# Other, changed\n');
  expect(await rehearse()).toEqual([`${bundle} cached`, other, `${release} cached`, `${verify} cached`]);

  // release.md links to verify.md, so a change there concerns both.
  await scratch.write('runbooks/verify.md', '# Verify, changed\n');
  expect(await rehearse()).toEqual([`${bundle} cached`, `${other} cached`, release, verify]);

  await scratch.write('packages/cli/src/main.test.ts', 'export {};\n');
  expect(await rehearse()).toEqual([`${bundle} cached`, `${other} cached`, `${release} cached`, `${verify} cached`]);

  await scratch.write('packages/rehearsal/seed/world.yaml', 'start: later\n');
  expect(await rehearse()).toEqual([bundle, other, release, verify]);
});

test('one document can be rehearsed by name', async () => {
  const { code, stdout } = await nx('run', 'runbook:verify:rehearse', '--outputStyle=static');
  expect(code).toBe(0);
  expect(stdout).toContain('called run runbooks/verify.md --rehearse --yes');
});

test('a failing rehearsal fails the run and is not cached', async () => {
  await scratch.write('packages/cli/bin/runbook.js', 'process.exitCode = 1;\n');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const ended = await nx('run', 'runbook:verify:rehearse', '--outputStyle=static');
    expect(ended.code).toBe(1);
    expect(tasks(ended)).toContain('runbook:verify:rehearse');
  }
});

describe('linked documents', () => {
  test.each([
    ['[a](b.md)', ['runbooks/a.md', 'runbooks/b.md']],
    ['[a](./sub/c.md#part)', ['runbooks/a.md', 'runbooks/d.md', 'runbooks/sub/c.md']],
    ['[a](<b.md>)', ['runbooks/a.md', 'runbooks/b.md']],
    ['[a](https://example.com/b.md)', ['runbooks/a.md']],
    ['[a](absent.md) [b](../../outside.md)', ['runbooks/a.md']],
    ['[a](a.md)', ['runbooks/a.md']],
  ])('%s', async (text, expected) => {
    const folder = await createScratch({ 'runbooks/a.md': text, 'runbooks/b.md': '', 'runbooks/sub/c.md': '[d](../d.md)', 'runbooks/d.md': '[back](a.md)' });
    try {
      expect(linkedDocuments('runbooks/a.md', folder.root)).toEqual(expected);
    } finally {
      await folder.remove();
    }
  });
});

test('the tests of a package are its own, also where another name begins alike', () => {
  expect(packageTargets('packages/prow', false)['test']?.options).toMatchObject({ command: 'vitest run packages/prow/' });
});
