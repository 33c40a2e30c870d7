// What Prow refuses although every field has the right type: rules between fields of a job, and between jobs.
// Source of all rules: PROW:pkg/config/config.go (validation), domain facts §4.1.
import type { Problem } from '@runbook/problem';
import { compileBranchRegex } from './branch-regex.ts';
import { sharesBranch } from './brancher.ts';
import type { Job } from './job.ts';
import type { ProblemCode } from './problem-code.ts';

/** All problems of the jobs of one file, each at the job it is about. */
export function checkJobs(jobs: readonly Job[]): readonly Problem[] {
  return [...jobs.flatMap(checkJob), ...checkNames(jobs)];
}

function checkJob(job: Job): readonly Problem[] {
  return [...checkName(job), ...checkPatterns(job), ...checkTriggers(job), ...checkSchedule(job)];
}

function checkName(job: Job): readonly Problem[] {
  if (/^[A-Za-z0-9\-._]+$/.test(job.name)) return [];
  return [problem(job, 'job-name', `the name ${JSON.stringify(job.name)} has characters Prow refuses`, 'Use letters, digits, "-", "." and "_".')];
}

function checkPatterns(job: Job): readonly Problem[] {
  const patterns: readonly (readonly [string, string | undefined])[] = [
    ['branches', job.branches.length === 0 ? undefined : job.branches.join('|')],
    ['skip_branches', job.skipBranches.length === 0 ? undefined : job.skipBranches.join('|')],
    ['run_if_changed', job.runIfChanged],
    ['skip_if_only_changed', job.skipIfOnlyChanged],
    ['trigger', job.trigger],
  ];
  return patterns.flatMap(([field, pattern]) => {
    const why = pattern === undefined ? undefined : compileBranchRegex(pattern).problem;
    return why === undefined ? [] : [problem(job, 'bad-pattern', `${field}: ${why}`, 'Whether the job runs cannot be told; write the pattern in plainer terms.')];
  });
}

function checkTriggers(job: Job): readonly Problem[] {
  const found: Problem[] = [];
  const set = [
    ...(job.alwaysRun === true ? ['always_run'] : []),
    ...(job.runIfChanged === undefined ? [] : ['run_if_changed']),
    ...(job.skipIfOnlyChanged === undefined ? [] : ['skip_if_only_changed']),
  ];
  if (set.length > 1) found.push(problem(job, 'exclusive-fields', `${set.join(' and ')} are set together`, 'Keep one of them.'));
  if (job.kind !== 'presubmit') return found;
  const own = [job.raw['trigger'], job.raw['rerun_command']].filter((value) => value !== undefined);
  if (own.length === 1) found.push(problem(job, 'trigger-pair', 'only one of trigger and rerun_command is set', 'Set both or neither.'));
  const { regex } = compileBranchRegex(job.trigger ?? '');
  if (own.length === 2 && regex !== undefined && !regex.test(job.rerunCommand ?? '')) {
    found.push(problem(job, 'trigger-pair', `trigger does not match the rerun_command ${JSON.stringify(job.rerunCommand)}`, 'Make the command one that starts the job.'));
  }
  return found;
}

function checkSchedule(job: Job): readonly Problem[] {
  if (job.kind !== 'periodic') return [];
  const set = ['interval', 'minimum_interval', 'cron'].filter((field) => job.raw[field] !== undefined);
  if (set.length === 1) return [];
  const got = set.length === 0 ? 'none of them' : set.join(' and ');
  return [problem(job, 'schedule', `a periodic needs one of interval, minimum_interval and cron, got ${got}`, 'Set exactly one.')];
}

/** Two jobs of one kind, repository and name that could run for the same branch; periodics of one name at all. */
function checkNames(jobs: readonly Job[]): readonly Problem[] {
  const byName = new Map<string, Job[]>();
  const found: Problem[] = [];
  for (const job of jobs) {
    const key = `${job.kind} ${job.repo ?? ''} ${job.name}`;
    const same = byName.get(key) ?? [];
    const clash = same.find((other) => job.kind === 'periodic' || sharesBranch(job, other));
    if (clash !== undefined) found.push(problem(job, 'duplicate-job', `the ${job.kind} "${job.name}" is already defined at line ${clash.line} for the same branch`, 'Give it another name.'));
    byName.set(key, [...same, job]);
  }
  return found;
}

function problem(job: Job, code: ProblemCode, message: string, hint: string): Problem {
  return { code, severity: 'error', message: `job "${job.name}": ${message}`, hint, file: job.file, line: job.line, column: job.column };
}
