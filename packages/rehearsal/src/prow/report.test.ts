import { expect, test } from 'vitest';
import { statusDescription } from './report.ts';

const sha = 'a'.repeat(40);

test('a description is filled to what GitHub takes, and ends with the base sha', () => {
  const text = statusDescription('Job succeeded.', sha);
  expect(text).toHaveLength(140);
  expect(text).toMatch(new RegExp(`^Job succeeded\\.\u2001+ BaseSHA:${sha}$`));
});

test('a long description is cut in its middle', () => {
  const text = statusDescription('x'.repeat(100) + 'y'.repeat(100), sha);
  expect(text.length).toBeLessThanOrEqual(140);
  expect(text).toMatch(/^x+ \.\.\. y+\u2001* BaseSHA:a{40}$/);
});
