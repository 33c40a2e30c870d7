// Which branches and tags a job is for. The same rule for presubmits and postsubmits; file rules are in `trigger.ts`.
import { compileBranchRegex } from './branch-regex.ts';
import type { Job } from './job.ts';

/** What a rule says about a name: it lets it pass, stops it, or cannot be read. */
export type RuleVerdict =
  | { readonly kind: 'passes'; readonly why: string }
  | { readonly kind: 'stops'; readonly why: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Whether `branches` and `skip_branches` let a job run for a branch or tag name. Each list is one pattern, joined with
 * `|` without grouping, searched unanchored; `skip_branches` wins. A tag name is judged like a branch name.
 *
 * Source: PROW:pkg/config/branch.go (Brancher.ShouldRun).
 */
export function judgeBranch(job: Job, name: string, noun: 'branch' | 'tag' = 'branch'): RuleVerdict {
  const shown = `the ${noun} ${JSON.stringify(name)}`;
  if (job.branches.length === 0 && job.skipBranches.length === 0) return { kind: 'passes', why: 'The job is for every branch and tag' };
  if (job.skipBranches.length > 0) {
    const skip = compileBranchRegex(job.skipBranches.join('|'));
    if (skip.regex === undefined) return { kind: 'unreadable', why: `skip_branches cannot be judged: ${skip.problem ?? ''}` };
    if (skip.regex.test(name)) return { kind: 'stops', why: `skip_branches (${listed(job.skipBranches)}) matches ${shown}` };
  }
  if (job.branches.length === 0) return { kind: 'passes', why: `skip_branches (${listed(job.skipBranches)}) does not match ${shown}` };
  const only = compileBranchRegex(job.branches.join('|'));
  if (only.regex === undefined) return { kind: 'unreadable', why: `branches cannot be judged: ${only.problem ?? ''}` };
  if (only.regex.test(name)) return { kind: 'passes', why: `branches (${listed(job.branches)}) matches ${shown}` };
  return { kind: 'stops', why: `No entry of branches (${listed(job.branches)}) matches ${shown}` };
}

/**
 * Whether two jobs of one name could both run for some branch, which Prow refuses.
 *
 * Source: PROW:pkg/config/branch.go (Brancher.Intersects).
 */
export function sharesBranch(a: Job, b: Job): boolean {
  if (isForAll(a) || isForAll(b)) return true;
  if (a.branches.length > 0) {
    if (b.branches.length > 0) return a.branches.some((branch) => b.branches.includes(branch));
    return a.branches.some((branch) => judgeBranch(b, branch).kind === 'passes');
  }
  return b.branches.length === 0 || sharesBranch(b, a);
}

function isForAll(job: Job): boolean {
  return job.branches.length === 0 && job.skipBranches.length === 0;
}

function listed(patterns: readonly string[]): string {
  return patterns.join(', ');
}
