import { expect, test } from 'vitest';
import type { Problem } from '@runbook/problem';
import { renderGithubProblems } from './problem-github.ts';

const problem: Problem = { code: 'drift', severity: 'error', message: 'it changed', file: 'a.md', line: 3, column: 7, hint: 'Refresh it' };

test.each<[string, Partial<Problem>, string]>([
  ['an error', {}, '::error file=a.md,line=3,col=7,title=drift::it changed. Refresh it.\n'],
  ['a warning', { severity: 'warning', hint: '' }, '::warning file=a.md,line=3,col=7,title=drift::it changed.\n'],
  ['a diff', { detail: '@@ -1 +1 @@\n-a\n+100%' }, '::error file=a.md,line=3,col=7,title=drift::it changed. Refresh it.%0A@@ -1 +1 @@%0A-a%0A+100%25\n'],
  ['a strange path', { file: 'a,b:c%0A/d.md' }, '::error file=a%2Cb%3Ac%250A/d.md,line=3,col=7,title=drift::it changed. Refresh it.\n'],
  ['a command in foreign text', { message: 'x\r\n::stop-commands::y' }, '::error file=a.md,line=3,col=7,title=drift::x%0A::stop-commands::y. Refresh it.\n'],
])('%s', (_, change, line) => {
  expect(renderGithubProblems([{ ...problem, ...change }])).toBe(line);
});

test('foreign text stays on its line and reaches no terminal raw', () => {
  const text = renderGithubProblems([{ ...problem, message: 'a\u001b[31mb\u2028\n::error::c', file: 'x\n::warning::y.md' }, problem]);
  expect(text.split('\n')).toHaveLength(3);
  expect(text).not.toContain('\u001b');
  expect(renderGithubProblems([])).toBe('');
});
