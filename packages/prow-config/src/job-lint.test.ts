import { expect, test } from 'vitest';
import { parseJobs } from './job-file.ts';
import { lintJobs } from './job-lint.ts';
import { mayHoldJobsOf } from './mention.ts';

const postsubmit = (name: string, fields: string, file = 'a.yaml') => parseJobs(`postsubmits:\n  a/b:\n  - name: ${name}\n    ${fields}\n`, file).jobs;

test.each([
  ['a version pattern with run_if_changed', "{branches: ['^v[0-9]'], run_if_changed: x}", ['tag-never-runs']],
  ['a version pattern with skip_if_only_changed', "{branches: ['^main$', '^\\d+\\.'], skip_if_only_changed: x}", ['tag-never-runs']],
  ['a version pattern alone', "{branches: ['^v[0-9]']}", []],
  ['every branch with run_if_changed', '{run_if_changed: x}', []],
  ['any name with run_if_changed', "{branches: ['.*'], run_if_changed: x}", []],
  ['main with run_if_changed', "{branches: ['^main$'], run_if_changed: x}", []],
  ['an alternation anchored on one side', "{branches: ['^master|release']}", ['half-anchored']],
  ['an alternation anchored at one end', "{skip_branches: ['wip$|dependabot']}", ['half-anchored']],
  ['an alternation anchored on both sides', "{branches: ['^main$|^release-']}", []],
  ['an alternation in a group', "{branches: ['^(main|release-.*)$']}", []],
  ['an alternation without anchors', "{branches: ['main|release']}", []],
  ['signs that are none', "{branches: ['^a[|^]b\\|c']}", []],
  ['dependabot is left out', "{skip_branches: ['^dependabot'], run_if_changed: x}", []],
])('%s', (_, fields, codes) => {
  expect(lintJobs(postsubmit('push', `<<: ${fields}`)).map(({ code }) => code)).toEqual(codes);
});

test('a half anchored pattern is told with the whole one', () => {
  const [problem] = lintJobs(postsubmit('push', "branches: ['^master|release']"));
  expect([problem?.message, problem?.hint]).toEqual(['job "push": branches: in "^master|release" an anchor holds for one alternative only, and the others match anywhere in a name', 'Write "^(?:master|release)$", or give each alternative an entry of its own.']);
});

test('one name in two files is told where it stands the second time', () => {
  const found = lintJobs([...postsubmit('push', 'branches: [main]'), ...postsubmit('push', 'branches: [main]', 'b.yaml'), ...postsubmit('push', 'branches: [dev]', 'c.yaml')]);
  expect(found.map(({ code, severity, file, line, message }) => [code, severity, file, line, message])).toEqual([
    ['duplicate-job', 'error', 'b.yaml', 3, 'job "push": the postsubmit is already defined at a.yaml:3 for the same branch'],
  ]);
});

test.each([
  ['a/b:', true],
  ['"a/b":', true],
  ['"a\\x2fb":', true],
  ['"a\\/b":', true],
  ['? "a/\\\n  b"', true],
  ['"\\u0061/b":', true],
  ["branches: ['^v\\d+\\.\\d+']", false],
  ['a/c:', false],
])('whether %j may hold jobs of a/b', (text, may) => {
  expect(mayHoldJobsOf(`postsubmits:\n  ${text}\n`, 'a/b')).toBe(may);
});
