// A Prow job as data: every raw field kept, the ones that decide when it runs decoded and defaulted.
// No logic here; parsing is in `job-file.ts`, the decision in `trigger.ts`.
import type { Place } from '@runbook/problem';

/** When a job runs: before a merge, after a push, or by the clock. */
export type JobKind = 'presubmit' | 'postsubmit' | 'periodic';

/** A container of the job's pod. */
export interface JobContainer {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Variables with a literal value; those from secrets are left out. */
  readonly env: Readonly<Record<string, string>>;
}

/** Who may rerun a job besides the cluster's admins. */
export interface RerunAuth {
  readonly allowAnyone: boolean;
  readonly teams: readonly { readonly org: string; readonly slug: string }[];
  readonly users: readonly string[];
}

/** A job of a Prow job config. Source: PROW:pkg/config/jobs.go. */
export interface Job extends Place {
  readonly kind: JobKind;
  readonly name: string;
  /** `org/repo`; absent for a periodic. */
  readonly repo?: string;
  readonly branches: readonly string[];
  readonly skipBranches: readonly string[];
  readonly runIfChanged?: string;
  readonly skipIfOnlyChanged?: string;
  /** As written; a postsubmit without it runs by default, a presubmit does not. */
  readonly alwaysRun?: boolean;
  readonly optional: boolean;
  readonly skipReport: boolean;
  /** Name of the commit status; the job's name by default. */
  readonly context: string;
  readonly maxConcurrency?: number;
  readonly jobQueueName?: string;
  /** Build cluster; `default` by default. */
  readonly cluster: string;
  readonly decorate: boolean;
  /** As written, for example `4h`; `2h` by default. */
  readonly decorationTimeout: string;
  readonly containers: readonly JobContainer[];
  readonly rerunAuth?: RerunAuth;
  /** Regular expression (RE2) on comments that starts a presubmit. */
  readonly trigger?: string;
  /** Comment that starts a presubmit: `/test NAME`. */
  readonly rerunCommand?: string;
  readonly cron?: string;
  readonly interval?: string;
  /** The job as it was written, all fields kept. */
  readonly raw: Readonly<Record<string, unknown>>;
}
