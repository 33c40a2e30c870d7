// A ProwJob as the world keeps it, from trigger to finish, and where its files lie in the log bucket.
// Plain data, so that a world that is started again goes on with it.
import { createHash } from 'node:crypto';
import type { JobContainer } from '@runbook/prow-config';
import type { Core, RepoName } from '../services.ts';

/** States of a ProwJob that the world knows (PROW:pkg/apis/prowjobs/v1/types.go). */
export type RunState = 'triggered' | 'pending' | 'success' | 'failure' | 'aborted' | 'error';

/** The commit a job works on, and the commit it is compared with. */
export interface Checkout {
  readonly base: string;
  readonly head: string;
}

/** The pull request that a presubmit tests. */
export interface RunPull {
  readonly number: number;
  readonly author: string;
  readonly sha: string;
  readonly title: string;
  readonly headRef: string;
}

/** One run of one job. Times are virtual milliseconds since 1970. */
export interface ProwRun {
  /** The ProwJob's name, a UUID. */
  readonly id: string;
  readonly job: string;
  readonly type: 'presubmit' | 'postsubmit';
  readonly context: string;
  readonly repo: RepoName;
  /** Branch or tag name. */
  readonly baseRef: string;
  /** What was pushed: a commit, or the object of an annotated tag. */
  readonly baseSha: string;
  readonly pull?: RunPull;
  readonly container: JobContainer;
  readonly cluster: string;
  readonly optional: boolean;
  readonly report: boolean;
  readonly rerunCommand?: string;
  readonly maxConcurrency?: number;
  readonly queue?: string;
  readonly podSpec: unknown;
  readonly created: number;
  /** True once its turn has come; then only capacity holds it back. */
  due: boolean;
  state: RunState;
  description: string;
  /** Given when the pod is made: 19 digits, larger than a double can hold. */
  buildId?: string;
  pending?: number;
  completed?: number;
  /** `git describe` at the time of the clone. */
  describe?: string;
  /** What was cloned; absent when it could not be, as after a merge conflict. */
  checkout?: Checkout;
}

/** All runs of the world, oldest first. */
export interface ProwRuns {
  readonly runs: ProwRun[];
}

/** The log bucket of prow.k8s.io. */
export const bucketName = 'kubernetes-ci-logs';

/** The persistent list of runs. */
export function prowRuns(core: Core): ProwRuns {
  return core.state<ProwRuns>('prow', () => ({ runs: [] }));
}

/** Whether a run has ended. */
export function isOver(run: ProwRun): boolean {
  return run.completed !== undefined;
}

/** A counted id in the shape of a UUID (version 4): the same in every world of the same events. */
export function countedUuid(core: Core, name: string): string {
  const hex = createHash('sha256').update(`${name} ${core.id(name)}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** A build id: 19 digits that grow with virtual time, made like Prow's (milliseconds in the high bits, a count in the low ones). */
export function nextBuildId(core: Core): string {
  const epoch = 1_288_834_974_657;
  return String((BigInt(core.now() - epoch) << 22n) + BigInt(core.id('build') % 4096));
}

/** Where a run's files lie in the bucket, with `/` at the end (PROW:pkg/pod-utils/gcs/target.go, legacy paths of prow.k8s.io). */
export function runPrefix(run: ProwRun): string {
  if (run.pull === undefined) return `logs/${run.job}/${run.buildId ?? ''}/`;
  const [owner = '', name = ''] = run.repo.split('/');
  const segment = owner === 'kubernetes' ? (name === 'kubernetes' ? '' : `${name}/`) : `${owner}_${name}/`;
  return `pr-logs/pull/${segment}${run.pull.number}/${run.job}/${run.buildId ?? ''}/`;
}

/** The page of a run on prow.k8s.io; empty while it waits for its pod. */
export function runUrl(run: ProwRun): string {
  return run.buildId === undefined ? '' : `https://prow.k8s.io/view/gs/${bucketName}/${runPrefix(run).replace(/\/$/, '')}`;
}

/** `main:<sha>` and for a presubmit `main:<sha>,<number>:<sha>`, as PULL_REFS has it. */
export function pullRefs(run: ProwRun): string {
  const base = `${run.baseRef}:${run.baseSha}`;
  return run.pull === undefined ? base : `${base},${run.pull.number}:${run.pull.sha}`;
}

/** The environment Prow gives to a job's container (PROW:pkg/pod-utils/downwardapi/jobspec.go), the container's own variables included. */
export function runEnvironment(run: ProwRun): Record<string, string> {
  const [owner = '', name = ''] = run.repo.split('/');
  const pull = run.pull;
  return {
    ...run.container.env,
    CI: 'true',
    JOB_NAME: run.job,
    JOB_TYPE: run.type,
    BUILD_ID: run.buildId ?? '',
    PROW_JOB_ID: run.id,
    ARTIFACTS: '/logs/artifacts',
    REPO_OWNER: owner,
    REPO_NAME: name,
    PULL_BASE_REF: run.baseRef,
    PULL_BASE_SHA: run.baseSha,
    PULL_REFS: pullRefs(run),
    ...(pull === undefined ? {} : { PULL_NUMBER: String(pull.number), PULL_PULL_SHA: pull.sha, PULL_HEAD_REF: pull.headRef, PULL_TITLE: pull.title }),
  };
}
