import type { Job } from './job.ts';
/** Whether a job runs, and why, as a sentence for people. */
export interface JobDecision {
  readonly job: Job;
  readonly runs: boolean;
  readonly reason: string;
}
/** A push to a repository. */
export interface Push {
  /** `org/repo`. */
  readonly repo: string;
  /** `refs/heads/main` or `refs/tags/v1`. */
  readonly ref: string;
  /** Files of the pushed commits; a tag push carries none, so it is ignored for tags. */
  readonly changedFiles?: readonly string[];
  /** How many tags the same push carries; GitHub sends no event for more than three. */
  readonly tagsInPush?: number;
  readonly deleted?: boolean;
}
/** A pull request, as far as it decides which jobs run. */
export interface PullChange {
  readonly repo: string;
  /** Base branch without `refs/heads/`. */
  readonly baseRef: string;
  readonly changedFiles: readonly string[];
}
export function jobsFor(jobs: readonly Job[], push: Push): readonly JobDecision[] {
  throw new Error(`being written: ${jobs.length} ${push.ref}`);
}
export function presubmitsFor(jobs: readonly Job[], change: PullChange): readonly JobDecision[] {
  throw new Error(`being written: ${jobs.length} ${change.baseRef}`);
}
