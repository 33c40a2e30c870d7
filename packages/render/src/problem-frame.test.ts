import { expect, test } from 'vitest';
import type { Problem } from '@runbook/problem';
import { plainPalette } from './palette.ts';
import { problemsJson, renderProblems } from './problem-frame.ts';

const palette = plainPalette;
const text = '# Release\n\n## Tag\n```bash {name=tag efect=write}\n\tgit 画像 push\n```\n';
const unknownKey: Problem = { file: 'release.md', line: 4, column: 19, code: 'unknown-attribute', severity: 'error', message: 'unknown attribute "efect"', hint: 'Did you mean effect?' };
const warning: Problem = { file: 'release.md', line: 5, column: 9, code: 'odd-word', severity: 'warning', message: 'odd', hint: '' };

test('frames with a caret, and a summary', () => {
  expect(renderProblems([unknownKey, warning], () => text, { palette }).split('\n')).toEqual([
    'release.md:4:19  unknown-attribute: unknown attribute "efect". Did you mean effect?',
    '  3 │ ## Tag',
    '> 4 │ ```bash {name=tag efect=write}',
    '    │                   ^',
    '',
    'release.md:5:9  odd-word: odd. (warning)',
    '  4 │ ```bash {name=tag efect=write}',
    '> 5 │     git 画像 push',
    '    │              ^',
    '',
    '1 error, 1 warning in 1 file',
    '',
  ]);
});

test('no frame without the text, or for a line the text does not have', () => {
  const line = 'release.md:4:19  unknown-attribute: unknown attribute "efect". Did you mean effect?\n\n1 error in 1 file\n';
  expect(renderProblems([unknownKey], () => undefined, { palette })).toBe(line);
  expect(renderProblems([unknownKey], () => 'short', { palette })).toBe(line);
  expect(renderProblems([], () => undefined, { palette })).toBe('no problems\n');
});

test('a far column of a long line is brought into view', () => {
  const long = `${'a'.repeat(300)}X${'b'.repeat(300)}`;
  const lines = renderProblems([{ ...unknownKey, line: 1, column: 301 }], () => long, { palette, width: 60 }).split('\n');
  expect(lines[1]?.length).toBeLessThanOrEqual(60);
  expect(lines[1]?.charAt((lines[2] ?? '').indexOf('^'))).toBe('X');
});

test('text of the document never reaches the terminal raw', () => {
  const bad = '\u001b]0;title\u0007```bash {x}\u001b[2J';
  const shown = renderProblems([{ ...unknownKey, line: 1, column: 1, message: 'bad \u001b[31m' }], () => bad, { palette });
  expect(shown).not.toMatch(/[\u001b\u0007]/);
});

test('the JSON has exactly the fields of the contract', () => {
  const wider = { ...unknownKey, extra: 1 };
  expect(JSON.parse(problemsJson([wider]))).toEqual({ problems: [unknownKey] });
  expect(problemsJson([])).toBe('{\n  "problems": []\n}\n');
});

test('the further lines of a problem stand below its frame, made safe', () => {
  const lines = renderProblems([{ ...unknownKey, detail: '@@ -1 +1 @@\n-\ta\n+\u001b[31mb' }], () => undefined, { palette, files: 3 }).split('\n');
  expect(lines.slice(1)).toEqual(['    @@ -1 +1 @@', '    -   a', expect.stringMatching(/^ {4}\+.*b$/), '', '1 error in 1 of 3 files', '']);
  expect(lines.join('')).not.toContain('\u001b');
  expect(JSON.parse(problemsJson([{ ...unknownKey, detail: 'x' }, unknownKey]))).toEqual({ problems: [{ ...unknownKey, detail: 'x' }, unknownKey] });
});

test('the closing line counts the files', () => {
  expect(renderProblems([], () => undefined, { palette, files: 12 })).toBe('no problems in 12 files\n');
  expect(renderProblems([], () => undefined, { palette, files: 1 })).toBe('no problems\n');
});
