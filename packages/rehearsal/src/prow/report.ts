// How Prow tells GitHub about a run: a commit status with the base sha at its end, and one comment that lists failed tests
// (PROW:pkg/github/report/report.go, domain facts §4.7).
import type { CommitStatus, RepoName, Services } from '../services.ts';
import { isOver, prowRuns, runUrl } from './run.ts';
import type { ProwRun } from './run.ts';

/** The robot's login. */
export const robot = 'k8s-ci-robot';

/** GitHub takes descriptions of 140 characters; Prow fills them with EM QUAD so that the base sha is out of sight. */
export function statusDescription(text: string, baseSha: string): string {
  const suffix = ` BaseSHA:${baseSha}`;
  const room = 140 - suffix.length;
  const half = Math.floor((room - 5) / 2);
  const short = text.length <= room ? text : `${text.slice(0, half)} ... ${text.slice(-half)}`;
  return short.padEnd(room, '\u2001') + suffix;
}

/** The GitHub state of a run's state (domain facts §4.4). */
function githubState(run: ProwRun): CommitStatus['state'] {
  if (run.state === 'success') return 'success';
  if (run.state === 'failure' || run.state === 'aborted') return 'failure';
  return run.state === 'error' ? 'error' : 'pending';
}

/** Writes the status of a run on its commit. The object of an annotated tag takes no status: GitHub answers "No commit found for SHA". */
export async function reportStatus(services: Services, run: ProwRun): Promise<void> {
  if (!run.report) return;
  const sha = run.pull?.sha ?? run.baseSha;
  if ((await services.git.info(run.repo, sha))?.type !== 'commit') return;
  await services.github.setStatus(run.repo, sha, { context: run.context, state: githubState(run), description: statusDescription(run.description, run.baseSha), targetUrl: runUrl(run) });
}

/** Comments on the pull request once all its runs have ended and some failed. Nothing is said twice for the same runs. */
export async function reportFailures(services: Services, run: ProwRun): Promise<void> {
  const pull = run.pull;
  if (pull === undefined || run.state === 'aborted') return;
  const latest = latestRuns(services, run.repo, pull.number, pull.sha);
  if (latest.some((other) => !isOver(other))) return;
  const failed = latest.filter((other) => other.report && (other.state === 'failure' || other.state === 'error'));
  if (failed.length === 0) return;
  await services.github.comment(run.repo, pull.number, robot, failureComment(run.repo, pull.number, pull.author, failed));
}

/** The newest run of each job for one commit of a pull request. */
export function latestRuns(services: Services, repo: RepoName, number: number, sha: string): readonly ProwRun[] {
  const newest = new Map<string, ProwRun>();
  for (const run of prowRuns(services.core).runs) if (run.repo === repo && run.pull?.number === number && run.pull.sha === sha) newest.set(run.job, run);
  return [...newest.values()];
}

function failureComment(repo: RepoName, number: number, author: string, failed: readonly ProwRun[]): string {
  const [owner, name] = repo.split('/');
  const rows = failed.map((run) => `${run.context} | ${run.pull?.sha ?? ''} | [link](${runUrl(run)}) | ${String(!run.optional)} | \`${run.rerunCommand ?? `/test ${run.job}`}\``);
  return [
    `@${author}: The following test${failed.length === 1 ? '' : 's'} **failed**, say \`/retest\` to rerun all failed tests or \`/retest-required\` to rerun all mandatory failed tests:`,
    '',
    'Test name | Commit | Details | Required | Rerun command',
    '--- | --- | --- | --- | ---',
    ...rows,
    '',
    `[Full PR test history](https://prow.k8s.io/pr-history?org=${owner}&repo=${name}&pr=${number}). [Your PR dashboard](https://prow.k8s.io/pr?query=is%3Apr%20state%3Aopen%20author%3A${author}).`,
    '<!-- test report -->',
  ].join('\n');
}
