import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeReferenceProblem, referenceCodes } from './index.ts';

test('every code has a row in docs/errors.md that says how grave it is', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  for (const code of referenceCodes) {
    const { severity } = makeReferenceProblem({ file: 'a.md', line: 1, column: 1 }, { code, message: '', hint: '' });
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` \\| ${severity === 'warning' ? 'Warning\\. ' : '(?!Warning)'}`, 'm'));
  }
});
