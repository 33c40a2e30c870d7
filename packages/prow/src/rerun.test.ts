import { expect, test } from 'vitest';
import { parseJobs } from '@runbook/prow-config';
import { adviseRerun } from './rerun.ts';
import type { Run } from './run.ts';

const failed = (more: Partial<Run>): Run => ({ job: 'push', kind: 'postsubmit', state: 'failure', finished: true, succeeded: false, failed: true, url: 'https://prow.k8s.io/view/gs/b/logs/push/1', bucket: 'b', ...more });
const job = (fields: string) => parseJobs(`postsubmits:\n  a/b:\n  - name: push\n    ${fields}\n`, 'f').jobs[0];

test.each([
  ['a presubmit', failed({ kind: 'presubmit', repo: 'a/b', pull: 7 }), undefined, ['Comment "/test push" on https://github.com/a/b/pull/7, or "/retest" for every failed test.']],
  ['a presubmit with a command of its own', failed({ kind: 'presubmit', repo: 'a/b', pull: 7 }), parseJobs('presubmits:\n  a/b:\n  - name: push\n    trigger: (?m)^/go\n    rerun_command: /go\n', 'f').jobs[0], ['Comment "/go" on https://github.com/a/b/pull/7, or "/retest" for every failed test.']],
  ['a postsubmit of which nothing is known', failed({}), undefined, ["Rerun on https://prow.k8s.io/view/gs/b/logs/push/1 is for members of kubernetes/test-infra-admins and milestone-maintainers, and those whom the job's rerun_auth_config names."]],
  ['a postsubmit for teams and users', failed({}), job('rerun_auth_config: {github_team_slugs: [{org: o, slug: t}], github_users: [u]}'), ['Rerun on https://prow.k8s.io/view/gs/b/logs/push/1 is for @o/t, @u, and members of kubernetes/test-infra-admins and milestone-maintainers.']],
  ['a postsubmit for everybody', failed({}), job('rerun_auth_config: {allow_anyone: true}'), ['Rerun on https://prow.k8s.io/view/gs/b/logs/push/1 is for everybody.']],
  ['a batch', failed({ kind: 'batch' }), undefined, ['Tide tests the pull requests again by itself.']],
  ['the promotion', failed({ job: 'post-k8sio-image-promo' }), undefined, [expect.stringContaining('Rerun on'), expect.stringContaining('daily at 07:00 UTC')]],
  ['a run that did not fail', { ...failed({}), failed: false }, undefined, []],
])('%s', (_, run, config, advice) => {
  expect(adviseRerun(run, config)).toEqual(advice);
});
