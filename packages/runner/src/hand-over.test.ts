// What comes in must be what went out: every byte of it, nothing outside its folder, all or nothing.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportLines, HandOverError, importLines } from './hand-over.ts';
import { createRunFolder, type RunFolder } from './run-folder.ts';

let here = '';
let there = '';
let folder: RunFolder;
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), 'hand-over-'));
  there = mkdtempSync(join(tmpdir(), 'hand-over-'));
  folder = createRunFolder(here, '# Doc\n', { at: 0 });
  writeFileSync(folder.journal, '{"at":1,"kind":"run-started"}\n');
});
afterEach(() => {
  for (const home of [here, there]) rmSync(home, { recursive: true, force: true });
});

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

test('files of any size and content arrive as they are', async () => {
  const big = Buffer.alloc(2_000_000, 'x\0ÿ');
  writeFileSync(join(folder.work, 'big'), big);
  writeFileSync(join(folder.work, 'empty'), '');
  const arrived = await importLines(each([...exportLines(folder)]), there);
  expect(readFileSync(join(arrived.work, 'big')).equals(big)).toBe(true);
  expect(readFileSync(join(arrived.work, 'empty'), 'utf8')).toBe('');
  expect(readFileSync(arrived.document, 'utf8')).toBe('# Doc\n');
});

describe('refused, and nothing is there then', () => {
  test.each<[string, (lines: string[]) => string[], RegExp]>([
    ['changed', (lines) => lines.map((line) => line.replace('"path":"document.md","bytes":"', '"path":"document.md","bytes":"AAAA')), /its digest differs/],
    ['cut off', (lines) => lines.slice(0, -1), /the file is cut off/],
    ['going on behind its end', (lines) => [...lines, lines[1] ?? ''], /goes on behind its end/],
    ['of a newer format', (lines) => lines.map((line) => line.replace('"format":1', '"format":2')), /has format 2, this runbook reads up to 1/],
    ['leading out of the folder', (lines) => lines.map((line) => line.replace('"path":"document.md"', '"path":"../../../escaped.md"')), /does not stay in the folder/],
    ['naming an absolute path', (lines) => lines.map((line) => line.replace('"path":"document.md"', '"path":"/tmp/escaped.md"')), /does not stay in the folder/],
    ['naming another folder as its run', (lines) => lines.map((line) => line.replace(/"run":"[^"]*"/, '"run":"../other"')), /names no run/],
    ['holding a file twice', (lines) => lines.flatMap((line) => (line.includes('"path":"document.md"') ? [line, line] : [line])), /holds document.md twice/],
    ['something else', () => ['hello'], /a line cannot be read/],
    ['nothing at all', () => [], /the file is cut off/],
  ])('%s', async (_, spoil, why) => {
    const taking = importLines(each(spoil([...exportLines(folder)])), there);
    await expect(taking).rejects.toThrow(why);
    await expect(taking).rejects.toBeInstanceOf(HandOverError);
    const runs = join(there, '.runbook/runs');
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
    expect(existsSync(join(there, 'escaped.md')) || existsSync('/tmp/escaped.md')).toBe(false);
  });
});
