// For which program, settings, document and text findings are believed.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recallShellcheck, type Finding } from './shellcheck-memory.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shellcheck-memory-'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('SHELLCHECK_OPTS', '');
  mkdirSync(join(folder, 'bin'));
  install('\x7fELF one');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const finding: Finding = { file: '0', line: 1, column: 2, code: 2283, message: 'no spaces' };

function install(content: string): void {
  const program = join(folder, 'bin/shellcheck');
  writeFileSync(program, content, { mode: 0o755 });
  utimesSync(program, 1, 1);
}

const keep = (): void => recallShellcheck('a.md', ['-x'])?.keep(new Map([['x = 1', [finding]], ['y=1', []], ['z', undefined]]));
const recalled = (script: string, document = 'a.md', settings = ['-x']): readonly Finding[] | undefined => recallShellcheck(document, settings)?.find(script);

test('what was found is found again, nothing included; what was not asked is unknown', () => {
  keep();
  expect(['x = 1', 'y=1', 'z', 'x = 2'].map((script) => recalled(script))).toEqual([[finding], [], undefined, undefined]);
  recallShellcheck('a.md', ['-x'])?.keep(new Map([['y=1', []]]));
  expect(recalled('x = 1')).toBeUndefined();
});

test.each<[string, () => readonly Finding[] | undefined]>([
  ['another document', () => recalled('x = 1', 'b.md')],
  ['other settings', () => recalled('x = 1', 'a.md', ['-y'])],
  ['settings of the environment', () => (vi.stubEnv('SHELLCHECK_OPTS', '-e 1'), recalled('x = 1'))],
  ['another program', () => (install('\x7fELF other'), recalled('x = 1'))],
  ['a script that finds the program', () => (install('#!/bin/sh'), keep(), recalled('x = 1'))],
  ['a memory that others may write', () => (chmodSync(join(folder, 'runbook/shellcheck'), 0o777), recalled('x = 1'))],
])('nothing is believed for %s', (_, find) => {
  keep();
  expect(recalled('x = 1')).toEqual([finding]);
  expect(find()).toBeUndefined();
});

test('without a program nothing is recalled', () => {
  rmSync(join(folder, 'bin/shellcheck'));
  expect(recallShellcheck('a.md', [])).toBeUndefined();
});
