// Archives of ours, read by the real tar.
import { expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tarOf } from './tar.ts';
import type { ContextFile } from './tar.ts';

const long = `${'folder/'.repeat(20)}file-with-a-long-name.txt`;
const files: readonly ContextFile[] = [
  { path: 'run.sh', executable: true, bytes: Buffer.from('#!/bin/sh\n') },
  { path: 'b/ü.txt', executable: false, bytes: Buffer.from('ä\n') },
  { path: long, executable: false, bytes: Buffer.from('x'.repeat(600)) },
  { path: 'link', executable: false, link: 'run.sh', bytes: new Uint8Array() },
  { path: 'empty', executable: false, bytes: new Uint8Array() },
];

test('tar lists and extracts what was put in, in a fixed order, with a fixed time and owner', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tar-'));
  try {
    writeFileSync(join(dir, 'a.tar'), tarOf(files, 1_700_000_000));
    const listed = execFileSync('tar', ['--quoting-style=literal', '-tvf', 'a.tar', '--numeric-owner', '--full-time', '--utc'], { cwd: dir, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } }).trim().split('\n');
    expect(listed.map((line) => line.split(/\s+/).slice(5).join(' '))).toEqual(['b/ü.txt', 'empty', long, 'link -> run.sh', 'run.sh']);
    expect(listed[0]).toMatch(/^-rw-r--r-- 0\/0 +3 2023-11-14 22:13:20 /);
    execFileSync('tar', ['-xf', 'a.tar'], { cwd: dir });
    expect(readFileSync(join(dir, long), 'utf8')).toBe('x'.repeat(600));
    expect(statSync(join(dir, 'run.sh')).mode & 0o777).toBe(0o755);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('the order in which files come does not matter', () => {
  expect(Buffer.from(tarOf([...files].reverse(), 5)).equals(Buffer.from(tarOf(files, 5)))).toBe(true);
});
