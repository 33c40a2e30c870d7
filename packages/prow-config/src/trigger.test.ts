import { describe, expect, test } from 'vitest';
import { parseJobs } from './job-file.ts';
import { jobsFor, presubmitsFor, type PullChange, type Push } from './trigger.ts';

const repo = 'kubernetes-sigs/apisnoop';

function postsubmit(fields: string): string {
  return `postsubmits:\n  ${repo}:\n  - name: push-images\n${fields.split('\n').map((line) => `    ${line}`).join('\n')}\n`;
}

function decide(fields: string, push: Omit<Push, 'repo'>) {
  const { jobs } = parseJobs(postsubmit(fields), 'jobs.yaml');
  const [decision, ...others] = jobsFor(jobs, { repo, ...push });
  expect(others).toEqual([]);
  return decision;
}

// domain facts §4.1 and §4.2, row by row; written by hand.
describe('which postsubmits a push starts', () => {
  const tag = 'refs/tags/v1.2.3';
  const main = 'refs/heads/main';
  const table: readonly (readonly [what: string, fields: string, push: Omit<Push, 'repo'>, runs: boolean, reason: string])[] = [
    ['no rules: every push', '', { ref: tag }, true, 'every branch and tag'],
    ['no rules: a branch too', '', { ref: main }, true, 'every branch and tag'],
    ['main only: main', 'branches: [^main$]', { ref: main }, true, 'matches the branch "main"'],
    ['main only: a tag starts nothing', 'branches: [^main$]', { ref: tag }, false, 'No entry of branches (^main$) matches the tag "v1.2.3"'],
    ['a tag name is judged like a branch name', "branches: ['^v[0-9]+']", { ref: tag }, true, 'matches the tag "v1.2.3"'],
    ['unanchored search', 'branches: [main]', { ref: 'refs/heads/domain-x' }, true, 'matches the branch "domain-x"'],
    ['joined without grouping: left anchor only left', "branches: ['^master|release']", { ref: 'refs/heads/old-release' }, true, 'matches'],
    ['joined without grouping: right side not anchored', "branches: ['^master', 'release$']", { ref: 'refs/heads/masterful' }, true, 'matches'],
    ['skip_branches stops', "skip_branches: ['^dependabot']", { ref: 'refs/heads/dependabot/go' }, false, 'skip_branches (^dependabot) matches'],
    ['skip_branches alone lets the rest pass', "skip_branches: ['^dependabot']", { ref: tag }, true, 'does not match'],
    ['skip_branches wins over branches', "branches: ['main']\nskip_branches: ['^main$']", { ref: main }, false, 'skip_branches'],
    ['a branch with a slash', "branches: ['^feature/x$']", { ref: 'refs/heads/feature/x' }, true, 'feature/x'],
    ['deleted ref', '', { ref: tag, deleted: true }, false, 'deletes refs/tags/v1.2.3'],
    ['three tags at once', '', { ref: tag, tagsInPush: 3 }, true, 'every branch'],
    ['four tags at once', '', { ref: tag, tagsInPush: 4 }, false, 'more than three'],
    ['tagsInPush means nothing for a branch', '', { ref: main, tagsInPush: 4 }, true, 'every branch'],
    ['run_if_changed never for a tag', "run_if_changed: '.*'", { ref: tag }, false, 'a tag push carries no changed files'],
    ['run_if_changed never for a tag, even with files given', "run_if_changed: '.*'", { ref: tag, changedFiles: ['a'] }, false, 'a tag push carries no changed files'],
    ['run_if_changed: one match is enough', "run_if_changed: '^apps/'", { ref: main, changedFiles: ['README.md', 'apps/a'] }, true, '"apps/a"'],
    ['run_if_changed is unanchored', "run_if_changed: 'apps/'", { ref: main, changedFiles: ['x/apps/a'] }, true, '"x/apps/a"'],
    ['run_if_changed: no match', "run_if_changed: '^apps/'", { ref: main, changedFiles: ['README.md'] }, false, 'matches none of the 1 changed files'],
    ['run_if_changed: empty list', "run_if_changed: '^apps/'", { ref: main, changedFiles: [] }, false, 'has none'],
    ['skip_if_only_changed never for a tag', "skip_if_only_changed: '^docs/'", { ref: tag }, false, 'a tag push carries no changed files'],
    ['skip_if_only_changed: only covered files', "skip_if_only_changed: '^docs/'", { ref: main, changedFiles: ['docs/a', 'docs/b'] }, false, 'covers every changed file'],
    ['skip_if_only_changed: another file', "skip_if_only_changed: '^docs/'", { ref: main, changedFiles: ['docs/a', 'main.go'] }, true, '"main.go"'],
    ['skip_if_only_changed: empty list', "skip_if_only_changed: '^docs/'", { ref: main, changedFiles: [] }, false, 'has none'],
    ['a file rule comes after the branch rule', "branches: [^main$]\nrun_if_changed: '.*'", { ref: 'refs/heads/dev', changedFiles: ['a'] }, false, 'No entry of branches'],
    ['a file rule decides before always_run: false', "always_run: false\nrun_if_changed: 'a'", { ref: main, changedFiles: ['a'] }, true, 'run_if_changed'],
    ['always_run: false means by hand', 'always_run: false', { ref: main }, false, 'starts it by hand'],
    ['always_run: true', 'always_run: true', { ref: tag }, true, 'every branch'],
  ];
  for (const [what, fields, push, runs, reason] of table) {
    test(what, () => {
      const decision = decide(fields, push);
      expect(decision?.runs).toBe(runs);
      expect(decision?.reason).toContain(reason);
      expect(decision?.reason).toMatch(/^[A-Za-z_].*\.$/s);
      expect(decision?.undecided).toBeUndefined();
    });
  }

  test('what cannot be known is not called decided', () => {
    expect(decide("run_if_changed: 'a'", { ref: 'refs/heads/main' })).toMatchObject({ runs: false, undecided: true });
    expect(decide("branches: ['(?i)main']", { ref: 'refs/heads/main' })).toMatchObject({ runs: false, undecided: true });
    expect(decide("run_if_changed: '\\z'", { ref: 'refs/heads/main', changedFiles: ['a'] })).toMatchObject({ runs: false, undecided: true });
  });

  test('other repositories and kinds are left out', () => {
    const { jobs } = parseJobs('postsubmits:\n  a/b:\n  - name: x\npresubmits:\n  a/c:\n  - name: y\nperiodics:\n- name: z\n  cron: "0 7 * * *"\n', 'f');
    expect(jobsFor(jobs, { repo: 'a/c', ref: 'refs/heads/main' })).toEqual([]);
    expect(jobsFor(jobs, { repo: 'a/b', ref: 'refs/heads/main' }).map((decision) => decision.job.name)).toEqual(['x']);
  });
});

describe('which presubmits a pull request starts', () => {
  const table: readonly (readonly [what: string, fields: string, change: Omit<PullChange, 'repo'>, runs: boolean, reason: string])[] = [
    ['nothing said: only on comment', '', { baseRef: 'main', changedFiles: ['a'] }, false, 'comments /test pull-x'],
    ['always_run', 'always_run: true', { baseRef: 'main', changedFiles: [] }, true, 'always_run is true'],
    ['always_run on another branch', 'always_run: true\nbranches: [^main$]', { baseRef: 'dev', changedFiles: [] }, false, 'No entry of branches'],
    ['refs/heads/ is tolerated', 'always_run: true\nbranches: [^main$]', { baseRef: 'refs/heads/main', changedFiles: [] }, true, 'always_run'],
    ['run_if_changed', "run_if_changed: 'images/.*/images\\.yaml'", { baseRef: 'main', changedFiles: ['registry.k8s.io/images/k8s-staging-apisnoop/images.yaml'] }, true, 'run_if_changed'],
    ['run_if_changed without match', "run_if_changed: 'images/.*/images\\.yaml'", { baseRef: 'main', changedFiles: ['README.md'] }, false, 'matches none'],
    ['skip_if_only_changed', "skip_if_only_changed: '\\.md$'", { baseRef: 'main', changedFiles: ['a.md'] }, false, 'covers every'],
  ];
  for (const [what, fields, change, runs, reason] of table) {
    test(what, () => {
      const text = `presubmits:\n  ${repo}:\n  - name: pull-x\n${fields.split('\n').map((line) => `    ${line}`).join('\n')}\n`;
      const [decision] = presubmitsFor(parseJobs(text, 'jobs.yaml').jobs, { repo, ...change });
      expect(decision?.runs).toBe(runs);
      expect(decision?.reason).toContain(reason);
    });
  }
});
