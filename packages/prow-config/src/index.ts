// What the other packages may use of `prow-config`.
export type { Job, JobContainer, JobKind, RerunAuth } from './job.ts';
export { parseJobs } from './job-file.ts';
export { lintJobs } from './job-lint.ts';
export { mayHoldJobsOf } from './mention.ts';
export { compileBranchRegex, type BranchRegex } from './branch-regex.ts';
export { jobsFor, presubmitsFor, type JobDecision, type PullChange, type Push } from './trigger.ts';
export { problemCodes, type ProblemCode } from './problem-code.ts';
