// The package that people install: small, sound, and at work in an empty folder without the network.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workspaceRoot } from './scratch-workspace.ts';

const run = promisify(execFile);
const source = join(workspaceRoot, 'packages/cli');

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let packed: Packed;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-package-'));
  const { stdout } = await run('npm', ['pack', source, '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: folder, env: environment() });
  packed = (JSON.parse(stdout) as readonly Packed[])[0] ?? { filename: '', size: 0, unpackedSize: 0, files: [] };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A home in which nothing was ever downloaded. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: folder, CI: 'true' });

test('it holds what is needed and says under which terms, and is small', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'bin/package.json', 'bin/runbook.js', 'bundle/main.cjs', 'bundle/script-child.js', 'bundle/toolkit.js', 'bundle/errors.md', 'package.json']));
  expect(paths.filter((path) => !/^(?:LICENSE|README\.md|package\.json|bin\/|bundle\/)/.test(path))).toEqual([]);
  console.log(`the package: ${packed.size} bytes, ${packed.unpackedSize} unpacked, ${packed.files.length} files`);
  expect(packed.size).toBeLessThan(2_500_000);
  expect(packed.unpackedSize).toBeLessThan(10_000_000);
});

test('the licence is that of the workspace', async () => {
  expect(await readFile(join(source, 'LICENSE'), 'utf8')).toBe(await readFile(join(workspaceRoot, 'LICENSE'), 'utf8'));
});

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: source, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg as Record<string, unknown>))).toEqual([]);
});

test('installed from its file, without the network and without what is optional, it lists and runs a document', async () => {
  const prefix = join(folder, 'prefix');
  await run('npm', ['install', '--global', '--offline', '--no-audit', '--no-fund', '--omit=optional', '--prefix', prefix, join(folder, packed.filename)], { cwd: folder, env: environment() });
  const desk = join(folder, 'desk');
  await mkdir(desk);
  await writeFile(join(desk, 'one.md'), '# One\n\n```bash {name=hello effect=read}\necho hello from the package\n```\n');
  const runbook = (...args: string[]): Promise<{ stdout: string; stderr: string }> => run(join(prefix, 'bin/runbook'), args, { cwd: desk, env: environment() });
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  expect((await runbook('--version')).stdout).toBe(`${version}\n`);
  expect(JSON.parse((await runbook('list', 'one.md', '--json')).stdout)).toMatchObject({ title: 'One', steps: [{ id: 'hello' }] });
  const ran = await runbook('run', 'one.md', '--yes', '--json');
  expect([JSON.parse(ran.stdout), ran.stderr]).toMatchObject([{ state: 'passed' }, expect.stringContaining('│ hello from the package')]);
  // again, from the code that was kept
  expect((await runbook('list', 'one.md')).stdout).toContain('hello');
});
