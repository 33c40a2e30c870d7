// Blocks in a process of their own, beside a real shell session. Cases of programs that a machine does not have say so and pass.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createShellSession, runInterpreter, type InterpreterBlock, type ShellResult, type ShellSession } from './shell-session.ts';

let folder = '';
let session: ShellSession;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'interpreter-test-')));
  session = createShellSession({ name: 'release.md', cwd: folder, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' } });
  await session.run({ code: 'mkdir sub; cd sub; export SHARED=$\'a\\nb\'; own=1', line: 1, variables: {}, publishes: [], onOutput: () => undefined });
});
afterAll(async () => {
  await session.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(interpreter: string, code: string, more: Partial<InterpreterBlock> = {}): Promise<ShellResult & { stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const result = await runInterpreter({ interpreter, code, line: 30, name: 'docs/release.md', session, variables: {}, publishes: [], graceMs: 300, onOutput: (stream, chunk) => void (out[stream] += chunk.toString()), ...more });
  return { ...result, ...out };
}

const isHere = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

test('shares the folder and the exported variables of the session, and gets its own', async () => {
  const ran = await run('sh', 'basename "$PWD"; echo "$SHARED|${own-none}|$v"', { variables: { v: '$(x)' } });
  expect([ran.kind, ran.exitCode, ran.stdout, ran.stderr]).toEqual(['exited', 0, 'sub\na\nb|none|$(x)\n', '']);
});

test('a shell is strict, names the line of the document and publishes what it exports', async () => {
  expect(await run('sh', 'echo a\nnope\necho b')).toMatchObject({ exitCode: 127, stdout: 'a\n', stderr: expect.stringMatching(/release\.md: (line )?31: nope: (command )?not found/) });
  const values = await run('sh', `x="1\n2 é'\\"\n"; export x; empty=; export empty; exit 0`, { publishes: ['x', 'empty', 'unset'] });
  expect(values.outputs).toEqual({ x: `1\n2 é'"\n`, empty: '', unset: null });
  expect((await run('sh', 'x=1; export x; exit 4', { publishes: ['x'] })).outputs).toEqual({});
  expect((await run('sh', 'echo first', { line: 1, publishes: ['x'] })).stdout).toBe('first\n');
});

test('with arguments of its own', async () => {
  expect((await run('bash -x', 'echo a')).stderr).toContain('+ echo a');
});

test('a program that is not there fails in words', async () => {
  const ran = await run('no-such-interpreter -x', 'anything');
  expect([ran.kind, ran.exitCode, ran.stderr]).toEqual(['exited', 127, 'docs/release.md: line 30: no-such-interpreter did not start: spawn no-such-interpreter ENOENT\n']);
});

test('is stopped with its children', async () => {
  const ran = await run('sh', 'echo ready; sleep 60 & sleep 60', { timeoutMs: 300 });
  expect([ran.kind, ran.signal, ran.stdout]).toEqual(['timed-out', 'SIGTERM', 'ready\n']);
  expect((await run('sh', 'kill -9 $$')).kind).toBe('killed');
  expect((await run('sh', 'echo must not run', { signal: AbortSignal.abort() })).kind).toBe('aborted');
});

test.skipIf(!isHere('python3'))('python (skipped where there is none)', async () => {
  const ran = await run('python3', 'import os\nprint(os.environ["SHARED"])\nraise SystemExit(5)');
  expect([ran.exitCode, ran.stdout]).toEqual([5, 'a\nb\n']);
  expect((await run('python3 -u', 'x = 1\nraise ValueError("no")')).stderr).toContain('line 31');
});

test.skipIf(!isHere('zsh'))('zsh (skipped where there is none)', async () => {
  const ran = await run('zsh', 'export x="a b"\necho ${(U)x}', { publishes: ['x'] });
  expect([ran.exitCode, ran.stdout, ran.outputs]).toEqual([0, 'A B\n', { x: 'a b' }]);
});
