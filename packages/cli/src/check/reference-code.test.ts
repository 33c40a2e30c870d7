import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeReferenceProblem, type ReferenceCode } from './reference-code.ts';

const codes: readonly ReferenceCode[] = ['drift', 'bad-source', 'source-absent', 'source-unreachable', 'broken-link', 'broken-anchor', 'link-unreachable', 'links-unread', 'missing-command', 'shellcheck'];

test.each(codes)('the row of %s says how grave it is', (code) => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const { severity } = makeReferenceProblem({ file: 'a.md', line: 1, column: 1 }, { code, message: '', hint: '' });
  expect(page).toMatch(new RegExp(`^\\| \`${code}\` \\| ${severity === 'warning' ? 'Warning\\. ' : '(?!Warning)'}`, 'm'));
});
