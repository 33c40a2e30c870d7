import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkChange } from './base-check.ts';
import { changedDigests } from './diff.ts';
import { parseImages } from './images-file.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const line = (letter: string, ...tags: string[]): string => `    "${digest(letter)}": [${tags.map((tag) => `"${tag}"`).join(', ')}]\n`;
const app = (...lines: string[]): string => `- name: app\n  dmap:\n${lines.join('')}`;

/** Changes a file in a real repository and checks the change by git's own diff. */
function check(before: string, after: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'base-check-'));
  try {
    writeFileSync(join(folder, 'before'), before);
    writeFileSync(join(folder, 'after'), after);
    const diff = git(folder, 'diff', '--no-index', '--unified=0', 'before', 'after');
    const old = parseImages(before, 'images.yaml').images;
    const now = parseImages(after, 'images.yaml').images;
    if (now === undefined) throw new Error('unreadable');
    return checkChange({ ...(old === undefined ? {} : { before: old }), after: now, diffDigests: new Set(changedDigests(diff)) }).map((one) => `${one.line} ${one.code} ${one.severity}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function git(folder: string, ...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    // 1 says: they differ
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') return error.stdout;
    throw error;
  }
}

const table: readonly (readonly [what: string, before: string, after: string, problems: readonly string[]])[] = [
  ['a new line', app(line('a', 'v1')), app(line('a', 'v1'), line('b', 'v2')), []],
  ['one more tag on the line', app(line('a', 'v1')), app(line('a', 'v1', 'v1.0')), []],
  ['a tag that moves', app(line('a', 'v1')), app(line('b', 'v1')), ['3 moved-tag error']],
  ['a tag that goes', app(line('a', 'v1', 'old')), app(line('a', 'v1')), ['1 removed-tag warning']],
  ['a digest in single quotes', app(line('a', 'v1')), app(line('a', 'v1'), `    '${digest('b')}': ["v2"]\n`), ['4 overlooked-digest error']],
  ['a digest without quotes', app(line('a', 'v1')), app(line('a', 'v1'), `    ${digest('b')}: ["v2"]\n`), ['4 overlooked-digest error']],
  ['two digests on a line', app(line('a', 'v1')), `${app(line('a', 'v1'))}- {name: b, dmap: {"${digest('b')}": ["v2"], "${digest('c')}": ["v3"]}}\n`, ['4 overlooked-digest error', '4 overlooked-digest error']],
  ['a tag below a digest that was there', `- name: app\n  dmap:\n    "${digest('a')}":\n    - v1\n`, `- name: app\n  dmap:\n    "${digest('a')}":\n    - v1\n    - v1.0\n`, ['3 overlooked-digest error']],
  ['lines that change places', app(line('a', 'v1'), line('b', 'v2')), app(line('b', 'v2'), line('a', 'v1')), []],
  ['nothing', app(line('a', 'v1')), app(line('a', 'v1')), []],
  ['a first image', '[]\n', app(line('a', 'v1')), []],
];

test.each(table)('%s', (_, before, after, problems) => {
  expect(check(before, after)).toEqual(problems);
});
