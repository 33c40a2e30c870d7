import { expect, test } from 'vitest';
import { checkRequires } from './index.ts';

test.each([
  ['runbook >= 0.1', '0.1.0', true],
  ['runbook >= 0.1', '0.0.9', false],
  ['runbook >= 0.1.3', '0.1.2', false],
  ['runbook >= 0.1.3', '0.2.0', true],
  ['runbook >= 0.9', '0.10.0', true],
  ['runbook > 0.1', '0.1.7', false],
  ['runbook > 0.1', '0.2.0', true],
  ['runbook > 0.1.7', '0.1.8', true],
  ['runbook = 0.1', '0.1.7', true],
  ['runbook = 0.1', '0.2.0', false],
  ['runbook =1', '1.9.3', true],
  ['runbook <= 0.1', '0.1.7', true],
  ['runbook <= 0.1', '0.2.0', false],
  ['runbook < 2', '1.99.99', true],
  ['runbook < 2', '2.0.0', false],
  ['runbook >= 0.1 < 1', '0.7.0', true],
  ['runbook >= 0.1 < 1', '1.0.0', false],
  ['runbook >=0.1 <1', '0.0.1', false],
  ['runbook >= 0.2', '0.2.0-rc.1', true],
  ['runbook >= 0.1', 'v0.1.0', true],
  ['something else', '0.1.0', true],
  ['runbook >= 12.34.56', '12.34.57', true],
  ['runbook >= 12.34.56', '12.34.55', false],
  ['runbook >= 12.34.56', '12.35.0', true],
  ['runbook >= 12.34.56', '11.99.99', false],
  ['runbook > 0.1.7', '0.1.7', false],
  ['runbook < 0.1.7', '0.1.7', false],
  ['runbook >= 1', 'no version', false],
  ['runbook >= 1', 'x1.2.3', false],
  ['a runbook >= 2', '0.1.0', true],
])('%s, and this is %s: %s', (requires, version, fits) => {
  expect(checkRequires(requires, version) === undefined).toBe(fits);
});

test('what is told names both versions and what to do', () => {
  expect(checkRequires('runbook >= 0.1 < 0.9', '1.0.0')).toEqual({
    code: 'unmet-requirement', severity: 'error', file: '', line: 1, column: 1,
    message: 'the document requires runbook < 0.9, and this is 1.0.0', hint: 'Use an older runbook, or adapt the document.',
  });
  expect(checkRequires('runbook >= 2', '1.0.0', { file: 'a.md', line: 2, column: 1 })).toMatchObject({ file: 'a.md', line: 2, message: 'the document requires runbook >= 2, and this is 1.0.0' });
});

test('an upper bound is met by an older runbook, any other by one that fits', () => {
  const hint = (requires: string): string | undefined => checkRequires(requires, '1.0.0')?.hint;
  expect(['<= 0.9', '< 1', '= 2', '> 1'].map((comparison) => hint(`runbook ${comparison}`))).toEqual(['Use an older runbook, or adapt the document.', 'Use an older runbook, or adapt the document.', 'Install a version that fits.', 'Install a version that fits.']);
});
