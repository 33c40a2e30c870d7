// What a maintainer should know of jobs that Prow takes without a word: rules that look as if a job ran, and it never does; and
// what no single file shows.
import type { Problem } from '@runbook/problem';
import { judgeBranch, sharesBranch } from './brancher.ts';
import type { Job } from './job.ts';
import type { ProblemCode } from './problem-code.ts';

/** Names that stand for release tags; a pattern that means tags matches one of them. */
const tagNames = ['v1.2.3', '1.2.3', 'v1.2', 'v1.2.3-rc.1'];
/** A name no maintainer has in mind: a pattern that matches it means any branch. */
const anyBranch = 'zzz-some-branch';

/** Lints jobs of one or several files: what each job hides, and jobs of one name in two files. */
export function lintJobs(jobs: readonly Job[]): readonly Problem[] {
  return [...jobs.flatMap(lintTagRule), ...jobs.flatMap(lintAnchors), ...checkAcrossFiles(jobs)];
}

/**
 * A job whose branches name tags, but which looks at changed files: a tag push carries none, so the tag starts nothing.
 *
 * Source: PROW:pkg/plugins/trigger/push.go; domain facts §1.4 (nine real jobs) and §4.2.
 */
function lintTagRule(job: Job): readonly Problem[] {
  const field = job.runIfChanged !== undefined ? 'run_if_changed' : job.skipIfOnlyChanged !== undefined ? 'skip_if_only_changed' : undefined;
  if (job.kind !== 'postsubmit' || field === undefined || !meansTags(job)) return [];
  return [warning(job, 'tag-never-runs', `branches name release tags, but ${field} looks at changed files, and the push of a tag carries none: a tag never starts it`, `Give tags a job of their own without ${field}.`)];
}

/**
 * An alternation of which only one side is anchored: `^master|release` also matches `old-release`.
 *
 * Source: PROW:pkg/config/branch.go joins and searches without grouping; domain facts §4.1.
 */
function lintAnchors(job: Job): readonly Problem[] {
  const fields = { branches: job.branches, skip_branches: job.skipBranches };
  return Object.entries(fields).flatMap(([field, patterns]) => patterns.filter(isHalfAnchored).map((pattern) => warning(job, 'half-anchored', `${field}: in "${pattern}" an anchor holds for one alternative only, and the others match anywhere in a name`, `Write "^(?:${pattern.replace(/(?:^|(?<=\|))\^|(?<!\\)\$(?=$|\|)/g, '')})$", or give each alternative an entry of its own.`)));
}

function isHalfAnchored(pattern: string): boolean {
  const sides = alternatives(pattern);
  const starts = sides.filter((side) => side.startsWith('^')).length;
  const ends = sides.filter((side) => /(?<!\\)\$$/.test(side)).length;
  return sides.length > 1 && ((starts > 0 && starts < sides.length) || (starts === 0 && ends > 0 && ends < sides.length));
}

/** The alternatives outside of all groups and classes. */
function alternatives(pattern: string): readonly string[] {
  const found = [''];
  let depth = 0;
  for (const [piece] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|./gs)) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece === '|' && depth === 0) found.push('');
    else found.push(`${found.pop() ?? ''}${piece}`);
  }
  return found;
}

function meansTags(job: Job): boolean {
  if (job.branches.length === 0 || judgeBranch(job, anyBranch).kind !== 'stops') return false;
  return tagNames.some((name) => judgeBranch(job, name).kind === 'passes');
}

/** Prow reads all files as one config: a name that stands in two of them for the same branch is refused. */
function checkAcrossFiles(jobs: readonly Job[]): readonly Problem[] {
  const byName = new Map<string, Job[]>();
  const found: Problem[] = [];
  for (const job of jobs) {
    const key = `${job.kind} ${job.repo ?? ''} ${job.name}`;
    const same = byName.get(key);
    if (same === undefined) byName.set(key, [job]);
    else {
      const clash = same.find((other) => other.file !== job.file && (job.kind === 'periodic' || sharesBranch(job, other)));
      if (clash !== undefined) found.push({ ...warning(job, 'duplicate-job', `the ${job.kind} is already defined at ${clash.file}:${clash.line} for the same branch`, 'Give it another name.'), severity: 'error' });
      same.push(job);
    }
  }
  return found;
}

function warning(job: Job, code: ProblemCode, message: string, hint: string): Problem {
  return { code, severity: 'warning', message: `job "${job.name}": ${message}`, hint, file: job.file, line: job.line, column: job.column };
}
