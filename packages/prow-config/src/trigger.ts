// Which jobs Prow starts for a push or a pull request, and why, in sentences for people.
// It decides from what it is given only; what it cannot know it says so (`undecided`), and never guesses.
import { compileBranchRegex } from './branch-regex.ts';
import { judgeBranch } from './brancher.ts';
import type { Job } from './job.ts';

/** Whether a job runs, and why. */
export interface JobDecision {
  readonly job: Job;
  readonly runs: boolean;
  /** A sentence for people. */
  readonly reason: string;
  /** Present when the job may run after all: a pattern could not be read, or the changed files were not given. */
  readonly undecided?: true;
}

/** A push to a repository. */
export interface Push {
  /** `org/repo`. */
  readonly repo: string;
  /** `refs/heads/main` or `refs/tags/v1`. */
  readonly ref: string;
  /** Files of the pushed commits. A tag push carries none, so they are ignored for tags. */
  readonly changedFiles?: readonly string[];
  /** How many tags the same push carries; GitHub sends no event for more than three. */
  readonly tagsInPush?: number;
  readonly deleted?: boolean;
}

/** A pull request, as far as it decides which jobs run. */
export interface PullChange {
  /** `org/repo`. */
  readonly repo: string;
  /** Base branch; `refs/heads/` in front is tolerated. */
  readonly baseRef: string;
  readonly changedFiles: readonly string[];
}

type Verdict = Omit<JobDecision, 'job'>;

/**
 * The postsubmits of a repository, each with whether this push starts it. The list holds every postsubmit of the
 * repository, in the order given.
 *
 * Source: PROW:pkg/plugins/trigger/push.go, PROW:pkg/config/jobs.go (domain facts §4.2).
 */
export function jobsFor(jobs: readonly Job[], push: Push): readonly JobDecision[] {
  return jobs
    .filter((job) => job.kind === 'postsubmit' && job.repo === push.repo)
    .map((job) => ({ job, ...decidePush(job, push) }));
}

/**
 * The presubmits of a repository, each with whether a pull request starts it by itself.
 *
 * Source: PROW:pkg/config/jobs.go (Presubmit.ShouldRun), domain facts §4.1.
 */
export function presubmitsFor(jobs: readonly Job[], change: PullChange): readonly JobDecision[] {
  return jobs
    .filter((job) => job.kind === 'presubmit' && job.repo === change.repo)
    .map((job) => ({ job, ...decidePull(job, change) }));
}

function decidePush(job: Job, push: Push): Verdict {
  const isTag = push.ref.startsWith('refs/tags/');
  const tags = push.tagsInPush ?? 1;
  if (push.deleted === true) return no(`The push deletes ${push.ref}, and Prow ignores deletions.`);
  if (isTag && tags > 3) return no(`This push carries ${tags} tags, and GitHub sends no push event for more than three at once, so Prow never hears of it.`);
  const name = push.ref.replace(/^refs\/(?:heads|tags)\//, '');
  const branch = judgeBranch(job, name, isTag ? 'tag' : 'branch');
  if (branch.kind === 'unreadable') return unknown(`${branch.why}.`);
  if (branch.kind === 'stops') return no(`${branch.why}.`);
  const files = fileRule(job);
  if (files !== undefined) {
    if (isTag) return no(`The job has ${files.field}, and a tag push carries no changed files, so a tag never starts it.`);
    return decideByFiles(files, push.changedFiles);
  }
  if (job.alwaysRun === false) return no('The job has always_run: false, so it runs only when somebody starts it by hand.');
  return { runs: true, reason: `${branch.why}, and nothing else holds the job back.` };
}

function decidePull(job: Job, change: PullChange): Verdict {
  const branch = judgeBranch(job, change.baseRef.replace(/^refs\/heads\//, ''));
  if (branch.kind === 'unreadable') return unknown(`${branch.why}.`);
  if (branch.kind === 'stops') return no(`${branch.why}.`);
  if (job.alwaysRun === true) return { runs: true, reason: `${branch.why}, and always_run is true.` };
  const files = fileRule(job);
  if (files !== undefined) return decideByFiles(files, change.changedFiles);
  return no(`The job has neither always_run nor a rule on files, so it runs only when somebody comments ${job.rerunCommand ?? `/test ${job.name}`}.`);
}

interface FileRule {
  readonly field: 'run_if_changed' | 'skip_if_only_changed';
  readonly pattern: string;
}

function fileRule(job: Job): FileRule | undefined {
  if (job.runIfChanged !== undefined) return { field: 'run_if_changed', pattern: job.runIfChanged };
  if (job.skipIfOnlyChanged !== undefined) return { field: 'skip_if_only_changed', pattern: job.skipIfOnlyChanged };
  return undefined;
}

function decideByFiles(rule: FileRule, files: readonly string[] | undefined): Verdict {
  const compiled = compileBranchRegex(rule.pattern);
  const { regex } = compiled;
  if (regex === undefined) return unknown(`${rule.field} cannot be judged: ${compiled.problem ?? ''}.`);
  if (files === undefined) return unknown(`It depends on the changed files (${rule.field} ${rule.pattern}), and they were not given.`);
  if (files.length === 0) return no(`${rule.field} looks at changed files, and this push has none.`);
  if (rule.field === 'run_if_changed') {
    const hit = files.find((file) => regex.test(file));
    if (hit !== undefined) return { runs: true, reason: `run_if_changed (${rule.pattern}) matches the changed file ${JSON.stringify(hit)}.` };
    return no(`run_if_changed (${rule.pattern}) matches none of the ${files.length} changed files.`);
  }
  const other = files.find((file) => !regex.test(file));
  if (other !== undefined) return { runs: true, reason: `skip_if_only_changed (${rule.pattern}) does not cover the changed file ${JSON.stringify(other)}.` };
  return no(`skip_if_only_changed (${rule.pattern}) covers every changed file.`);
}

function no(reason: string): Verdict {
  return { runs: false, reason };
}

function unknown(reason: string): Verdict {
  return { runs: false, reason, undecided: true };
}
