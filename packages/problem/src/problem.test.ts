import { describe, expect, test } from 'vitest';
import { formatProblem, hasErrors, type Problem } from './problem.ts';

const problem: Problem = { file: 'release.md', line: 41, column: 1, code: 'bad-input', severity: 'error', message: 'version is "1.2", expected a tag', hint: 'Say --input version=v1.2.0' };

describe('formatting', () => {
  test.each([
    ['place, code, message and hint', problem, 'release.md:41:1  bad-input: version is "1.2", expected a tag. Say --input version=v1.2.0.'],
    ['no hint', { ...problem, hint: '' }, 'release.md:41:1  bad-input: version is "1.2", expected a tag.'],
    ['sentences that end themselves', { ...problem, message: 'What is "x"?', hint: 'Ask (or look)' }, 'release.md:41:1  bad-input: What is "x"? Ask (or look)'],
  ])('%s', (_name, given, expected) => {
    expect(formatProblem(given)).toBe(expected);
  });
});

test('warnings alone are no errors', () => {
  expect(hasErrors([])).toBe(false);
  expect(hasErrors([{ ...problem, severity: 'warning' }])).toBe(false);
  expect(hasErrors([{ ...problem, severity: 'warning' }, problem])).toBe(true);
});
