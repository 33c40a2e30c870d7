import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, openPrivateCache } from './private-cache.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-cache-'));
  file = join(folder, 'runbook', 'build', 'list.code');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keep = (parts: Readonly<Record<string, string>>): void => openPrivateCache(file).add(new Map(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])));
const found = (name: string): string | undefined => openPrivateCache(file).find(name)?.toString();

describe('what is kept', () => {
  test('is found again, with what was kept before, and is the owner\'s alone', () => {
    expect(found('a.cjs')).toBeUndefined();
    keep({ 'a.cjs': 'one', 'b.cjs': '' });
    keep({ 'c.cjs': 'three', 'a.cjs': 'another' });
    expect(['a.cjs', 'b.cjs', 'c.cjs', 'd.cjs'].map(found)).toEqual(['another', '', 'three', undefined]);
    expect([statSync(file).mode & 0o777, statSync(join(folder, 'runbook')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(join(folder, 'runbook/build'))).toEqual(['list.code']);
  });

  test('can be replaced by something else', () => {
    keep({ 'a.cjs': 'one', 'b.cjs': 'two' });
    openPrivateCache(file).replace(new Map([['c.cjs', Buffer.from('three')]]));
    expect(['a.cjs', 'b.cjs', 'c.cjs'].map(found)).toEqual([undefined, undefined, 'three']);
  });

  test('is not believed where a byte has changed, or where it was cut off', () => {
    keep({ 'a.cjs': 'some code' });
    const whole = readFileSync(file);
    for (const at of [0, 33, 40, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(file, changed);
      expect(found('a.cjs')).toBeUndefined();
    }
    for (const length of [0, 20, 33, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect(found('a.cjs')).toBeUndefined();
    }
    writeFileSync(file, whole);
    expect(found('a.cjs')).toBe('some code');
  });

  test.each([
    ['the file', 0o666, 0o700],
    ['its folder', 0o600, 0o777],
  ])('is not believed where others may write %s', (_name, fileMode, folderMode) => {
    keep({ 'a.cjs': 'some code' });
    chmodSync(file, fileMode);
    chmodSync(join(folder, 'runbook/build'), folderMode);
    expect(found('a.cjs')).toBeUndefined();
  });
});

test('where it cannot be kept nothing is said', () => {
  writeFileSync(join(folder, 'runbook'), 'a file');
  expect(() => keep({ 'a.cjs': 'one' })).not.toThrow();
  expect(found('a.cjs')).toBeUndefined();
});

test('nothing is kept in a folder that others may write to', () => {
  mkdirSync(join(folder, 'runbook/build'), { recursive: true });
  chmodSync(join(folder, 'runbook/build'), 0o777);
  keep({ 'a.cjs': 'one' });
  expect(existsSync(file)).toBe(false);
});

test('the folder is where this system keeps such things, and ours', () => {
  expect(cacheFolder({ HOME: folder }, 'linux')).toBe(join(folder, '.cache/runbook'));
  expect(cacheFolder({ HOME: folder }, 'darwin')).toBe(join(folder, 'Library/Caches/runbook'));
  expect(cacheFolder({ HOME: '/nowhere', XDG_CACHE_HOME: folder }, 'linux')).toBe(join(folder, 'runbook'));
  expect([cacheFolder({}, 'linux'), cacheFolder({ HOME: '/nowhere' }, 'linux'), cacheFolder({ HOME: 'relative' }, 'linux')]).toEqual([undefined, undefined, undefined]);
  chmodSync(folder, 0o777);
  expect(cacheFolder({ HOME: folder }, 'linux')).toBeUndefined();
});
