// Takes a run from triggered to its end: its turn in the queue, the pod, the work, the files in the bucket, the reports.
// Every wait is an event of the world's queue; nothing here knows real time.
import type { Job } from '@runbook/prow-config';
import { parseBuilderArgs } from '@runbook/cloudbuild';
import type { RepoName, Services } from '../services.ts';
import { runsImageBuilder } from './job-config.ts';
import type { Bucket } from './bucket.ts';
import { bucketName, countedUuid, isOver, nextBuildId, prowRuns, pullRefs, runPrefix } from './run.ts';
import type { ProwRun, RunPull, RunState } from './run.ts';
import { prowJobOf } from './prow-job.ts';
import { reportFailures, reportStatus } from './report.ts';
import { checkOut } from './checkout.ts';
import { buildLimitSeconds, doWork } from './work.ts';

/** What a run is for. */
interface RunRefs {
  readonly repo: RepoName;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly pull?: RunPull;
}

/** The scheduler as trigger and commands use it. */
export interface Scheduler {
  start(job: Job, refs: RunRefs): Promise<ProwRun>;
  abort(run: ProwRun, why: string): Promise<void>;
}

/** Queues of prow.k8s.io that hold one running job at a time (TI:config/prow/config.yaml). */
const queueCapacity: Readonly<Record<string, number>> = { 'k8sio-image-promo': 1, 'test-infra-staging-image-push': 1 };

/** How long the fault queue-full holds a build back. Milliseconds. */
const hourAndHalf = 5_400_000;

/** Makes the scheduler and registers its events. */
export function createScheduler(services: Services, bucket: Bucket): Scheduler {
  const { core } = services;
  const byId = (id: string): ProwRun | undefined => prowRuns(core).runs.find((run) => run.id === id);
  core.on('prow-due', async ({ id }: { id: string }) => {
    const run = byId(id);
    if (run !== undefined) run.due = true;
    await startDue(services, bucket);
  });
  core.on('prow-finish', async ({ id }: { id: string }) => {
    const run = byId(id);
    if (run?.state === 'pending') await finish(services, bucket, run);
    await startDue(services, bucket);
  });
  return {
    async start(job, refs) {
      const run = makeRun(services, job, refs);
      prowRuns(core).runs.push(run);
      await reportStatus(services, run);
      const queues = core.fault('queue-full') && runsImageBuilder(run.container.image) ? hourAndHalf : 0;
      core.schedule(core.config.pace.schedule * 1000 + queues, 'prow-due', { id: run.id });
      return run;
    },
    async abort(run, why) {
      if (isOver(run)) return;
      await end(services, bucket, run, 'aborted', why);
      await startDue(services, bucket);
    },
  };
}

function makeRun(services: Services, job: Job, refs: RunRefs): ProwRun {
  const raw: { readonly spec?: unknown } = job.raw;
  return {
    id: countedUuid(services.core, 'prowjob'),
    job: job.name,
    type: job.kind === 'presubmit' ? 'presubmit' : 'postsubmit',
    context: job.context,
    ...refs,
    container: job.containers[0] ?? { image: '', command: [], args: [], env: {} },
    cluster: job.cluster,
    optional: job.optional,
    report: !job.skipReport,
    ...(job.kind === 'presubmit' ? { rerunCommand: job.rerunCommand ?? `/test ${job.name}` } : {}),
    ...(job.maxConcurrency === undefined ? {} : { maxConcurrency: job.maxConcurrency }),
    ...(job.jobQueueName === undefined ? {} : { queue: job.jobQueueName }),
    podSpec: raw.spec ?? {},
    created: services.core.now(),
    due: false,
    state: 'triggered',
    description: 'Job triggered.',
  };
}

/** Starts, in order, every run whose turn has come and that its job's and queue's capacity lets in. */
async function startDue(services: Services, bucket: Bucket): Promise<void> {
  const { runs } = prowRuns(services.core);
  for (const run of runs) {
    if (run.state !== 'triggered' || !run.due) continue;
    const running = runs.filter((other) => other.state === 'pending');
    const sameJob = running.filter((other) => other.job === run.job && other.type === run.type).length;
    const sameQueue = running.filter((other) => run.queue !== undefined && other.queue === run.queue).length;
    if (run.maxConcurrency !== undefined && run.maxConcurrency > 0 && sameJob >= run.maxConcurrency) continue;
    if (run.queue !== undefined && sameQueue >= (queueCapacity[run.queue] ?? Number.POSITIVE_INFINITY)) continue;
    await makePod(services, bucket, run);
  }
}

async function makePod(services: Services, bucket: Bucket, run: ProwRun): Promise<void> {
  const { core, git } = services;
  run.state = 'pending';
  run.pending = core.now();
  run.buildId = nextBuildId(core);
  const checkout = await checkOut(git, run);
  if (checkout !== undefined) run.checkout = checkout;
  if (checkout !== undefined && runsImageBuilder(run.container.image)) {
    run.describe = await git.describe(run.repo, checkout.head, parseBuilderArgs(run.container.args).options?.versionTagFilter);
  }
  await writeOpening(services, bucket, run);
  await reportStatus(services, run);
  core.schedule(duration(services, run) * 1000, 'prow-finish', { id: run.id });
}

function duration(services: Services, run: ProwRun): number {
  const { pace } = services.core.config;
  if (run.type === 'presubmit') return pace.presubmit;
  if (runsImageBuilder(run.container.image) && services.core.fault('build-times-out')) return Math.max(pace.build, buildLimitSeconds);
  return runsImageBuilder(run.container.image) ? pace.build : pace.promotion;
}

async function finish(services: Services, bucket: Bucket, run: ProwRun): Promise<void> {
  const prefix = runPrefix(run);
  if (run.type === 'presubmit' && services.core.fault('presubmits-stuck')) return;
  if (runsImageBuilder(run.container.image) && services.core.fault('pod-lost')) return end(services, bucket, run, 'error', 'Job pod was evicted by the cluster.');
  const flake = run.type === 'presubmit' && services.core.fault('presubmit-fails') && !hasEarlierRun(services, run);
  const result = flake ? { passed: false, log: 'rehearsal: this run fails because the fault presubmit-fails is on; nothing is wrong with the change\n', artifacts: {} } : await doWork(services, run);
  if (result === undefined) {
    await bucket.put(`${prefix}build-log.txt`, `rehearsal: this world does not know how to run ${run.container.image} ${[...run.container.command, ...run.container.args].join(' ')}\n`);
    await end(services, bucket, run, 'error', 'The rehearsal does not know how to run this job.');
    return;
  }
  await bucket.put(`${prefix}build-log.txt`, result.log);
  for (const [name, text] of Object.entries(result.artifacts)) await bucket.put(`${prefix}artifacts/${name}`, text);
  await end(services, bucket, run, result.passed ? 'success' : 'failure', result.passed ? 'Job succeeded.' : 'Job failed.');
}

function hasEarlierRun(services: Services, run: ProwRun): boolean {
  return prowRuns(services.core).runs.some((other) => other !== run && isOver(other) && other.job === run.job && other.repo === run.repo && other.pull?.sha === run.pull?.sha);
}

async function end(services: Services, bucket: Bucket, run: ProwRun, state: RunState, description: string): Promise<void> {
  run.state = state;
  run.description = description;
  run.completed = services.core.now();
  if (run.buildId !== undefined) await writeClosing(services, bucket, run);
  await reportStatus(services, run);
  await reportFailures(services, run);
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const pretty = (value: unknown): string => JSON.stringify(value);

/** What the pod's utilities upload first: started.json, clone-records.json, the ProwJob, and the names that lead to the run. */
async function writeOpening(services: Services, bucket: Bucket, run: ProwRun): Promise<void> {
  const prefix = runPrefix(run);
  const buildId = run.buildId ?? '';
  const { checkout } = run;
  const [org, repo] = run.repo.split('/');
  const revision = checkout?.head ?? run.baseSha;
  await bucket.put(`${prefix}started.json`, pretty({
    timestamp: seconds(services.core.now()),
    ...(run.pull === undefined ? {} : { pull: String(run.pull.number) }),
    repos: { [run.repo]: pullRefs(run) }, 'repo-version': revision, 'repo-commit': revision, metadata: {},
  }));
  await bucket.put(`${prefix}clone-records.json`, pretty([{
    refs: { org, repo, base_ref: run.baseRef, base_sha: run.baseSha, ...(run.pull === undefined ? {} : { pulls: [{ number: run.pull.number, author: run.pull.author, sha: run.pull.sha }] }) },
    commands: [
      { command: 'git init', output: '', error: '', duration: 12_000_000 },
      { command: `git fetch https://github.com/${run.repo}.git --tags --prune`, output: '', error: '', duration: 480_000_000 },
      { command: `git fetch https://github.com/${run.repo}.git ${run.baseSha}`, output: '', error: '', duration: 210_000_000 },
      { command: `git checkout ${run.baseSha}`, output: '', error: '', duration: 31_000_000 },
    ],
    failed: checkout === undefined, final_sha: revision, duration: 733_000_000,
  }]));
  await bucket.put(`${prefix}prowjob.json`, pretty(prowJobOf(run)));
  if (run.pull !== undefined) await bucket.put(`pr-logs/directory/${run.job}/${buildId}.txt`, `gs://${bucketName}/${prefix.replace(/\/$/, '')}`);
}

async function writeClosing(services: Services, bucket: Bucket, run: ProwRun): Promise<void> {
  const prefix = runPrefix(run);
  const result = run.state === 'success' ? 'SUCCESS' : run.state === 'aborted' ? 'ABORTED' : 'FAILURE';
  const revision = run.pull?.sha ?? run.checkout?.head ?? run.baseSha;
  await bucket.put(`${prefix}finished.json`, pretty({ timestamp: seconds(services.core.now()), passed: run.state === 'success', result, revision, metadata: {} }));
  await bucket.put(`${prefix}prowjob.json`, pretty(prowJobOf(run)));
  const latest = run.pull === undefined ? `logs/${run.job}/latest-build.txt` : `pr-logs/directory/${run.job}/latest-build.txt`;
  await bucket.put(latest, run.buildId ?? '');
}

