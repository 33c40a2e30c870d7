// Prow's trigger plugin: a push starts postsubmits, a pull request starts presubmits, both decided by the world's own job config
// at that moment (domain facts §4.2).
import { jobsFor, presubmitsFor } from '@runbook/prow-config';
import type { Job } from '@runbook/prow-config';
import type { PullEvent, PullRequest, PushEvent, RepoName, Services } from '../services.ts';
import { readJobConfig, runsImageBuilder } from './job-config.ts';
import { isOver, prowRuns } from './run.ts';
import { robot } from './report.ts';
import type { Scheduler } from './scheduler.ts';

/** Where the promotion job runs. */
const promotionRepo = 'kubernetes/k8s.io';

/** Registers the listeners and events of the trigger. */
export function installTrigger(services: Services, scheduler: Scheduler): void {
  const { core } = services;
  const delay = core.config.pace.trigger * 1000;
  core.listen('push', (push: PushEvent) => {
    // GitHub sends no webhook when more than three tags come in one push.
    if (!push.deleted && !(push.ref.startsWith('refs/tags/') && push.tagsInPush > 3)) core.schedule(delay, 'prow-push', push);
  });
  core.listen('pull-opened', (event: PullEvent) => core.schedule(delay, 'prow-pull', event));
  core.listen('pull-synchronized', (event: PullEvent) => core.schedule(delay, 'prow-pull', event));
  core.on('prow-push', async (push: PushEvent) => startPostsubmits(services, scheduler, push));
  core.on('prow-pull', async (event: PullEvent) => startPresubmits(services, scheduler, event));
}

async function startPostsubmits(services: Services, scheduler: Scheduler, push: PushEvent): Promise<void> {
  const { jobs } = await readJobConfig(services.git);
  const changedFiles = [...new Set(push.commits.flatMap((commit) => [...commit.added, ...commit.removed, ...commit.modified]))];
  for (const { job, runs } of jobsFor(jobs, { repo: push.repo, ref: push.ref, changedFiles, tagsInPush: push.tagsInPush, deleted: push.deleted })) {
    if (!runs) continue;
    if (services.core.fault('job-not-triggered') && job.containers.some((container) => runsImageBuilder(container.image))) continue;
    if (services.core.fault('promotion-not-started') && push.repo === promotionRepo) continue;
    await scheduler.start(job, { repo: push.repo, baseRef: push.ref.replace(/^refs\/(heads|tags)\//, ''), baseSha: push.after });
  }
}

async function startPresubmits(services: Services, scheduler: Scheduler, event: PullEvent): Promise<void> {
  const pull = services.github.pull(event.repo, event.number);
  if (pull?.state !== 'open' || pull.labels.includes('needs-ok-to-test')) return;
  const { runs } = prowRuns(services.core);
  for (const run of runs) {
    if (run.repo === pull.repo && run.pull?.number === pull.number && run.pull.sha !== pull.headSha && !isOver(run)) await scheduler.abort(run, 'Aborted by trigger plugin.');
  }
  for (const job of await presubmitsOf(services, pull)) {
    const known = runs.some((run) => run.job === job.name && run.repo === pull.repo && run.pull?.number === pull.number && run.pull.sha === pull.headSha);
    if (!known) await startPresubmit(services, scheduler, job, pull);
  }
}

/** The presubmits that run for a pull request as it is now. */
export async function presubmitsOf(services: Services, pull: PullRequest): Promise<readonly Job[]> {
  const { jobs } = await readJobConfig(services.git);
  const change = { repo: pull.repo, baseRef: pull.baseRef, changedFiles: await changedFilesOf(services, pull) };
  return presubmitsFor(jobs, change).filter((decision) => decision.runs).map((decision) => decision.job);
}

/** Paths that the commits of a pull request change, from where they left the base. */
export async function changedFilesOf(services: Services, pull: PullRequest): Promise<readonly string[]> {
  const base = await headOf(services, pull.repo, pull.baseRef);
  try {
    const fork = (await services.git.run(pull.repo, ['merge-base', base ?? pull.baseSha, pull.headSha])).trim();
    return await services.git.changedFiles(pull.repo, fork, pull.headSha);
  } catch {
    return []; // no common history: GitHub shows no files either
  }
}

/** Starts one presubmit on the head of a pull request. */
export async function startPresubmit(services: Services, scheduler: Scheduler, job: Job, pull: PullRequest): Promise<void> {
  const baseSha = (await headOf(services, pull.repo, pull.baseRef)) ?? pull.baseSha;
  await scheduler.start(job, {
    repo: pull.repo, baseRef: pull.baseRef, baseSha,
    pull: { number: pull.number, author: pull.author, sha: pull.headSha, title: pull.title, headRef: pull.headRef },
  });
}

function headOf(services: Services, repo: RepoName, branch: string): Promise<string | undefined> {
  return services.git.resolve(repo, `refs/heads/${branch}`);
}

/** Whether robots serve a repository: all of the world's but the forks of people. */
export function isUpstream(services: Services, repo: RepoName): boolean {
  const owner = repo.split('/')[0] ?? '';
  return owner !== services.core.config.user.login && owner !== robot && !services.core.config.people.some((person) => person.login === owner);
}
