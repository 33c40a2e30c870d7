// What a run did, as data: the fold of a plan and its events. Everything shown of a run comes from here.
import type { Effect, Mode, WriteRecord } from '@runbook/access';
import type { Finding, Person, RunState, StepState } from './event.ts';
import type { PlannedInput } from './plan.ts';
import type { Json } from './runbook.ts';

/** One step in a report. Times are ISO 8601 in UTC. */
export interface ReportStep {
  readonly id: string;
  readonly heading: string;
  readonly line: number;
  /** The included document that the line is of; absent for steps of the runbook itself. */
  readonly file?: string;
  readonly state: StepState;
  readonly effect: Effect;
  readonly role: 'step' | 'verifier' | 'undo' | 'failure';
  /** For a verifier: the step whose doing it verifies. */
  readonly verifies?: string;
  readonly started?: string;
  readonly finished?: string;
  readonly durationMs?: number;
  readonly exitCode?: number;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly attempts: number;
  readonly evidence?: string;
  readonly by?: string;
  readonly reason?: string;
  /** A page that shows what the step did: the first output that is an https URL, a list with one, or holds one under `url`; else one that a person gave as evidence. */
  readonly link?: string;
  /** Every such page, where there are several. */
  readonly links?: readonly string[];
  readonly log?: string;
  readonly tail?: readonly string[];
}

/** A write that was made or withheld, with the step that made it. */
export interface ReportWrite extends WriteRecord {
  readonly step: string;
  /** Whoever looked before the step was tried again, a verifier or a person, did not find it done. */
  readonly notFound?: true;
}

/** What a person said of a manual step, and when. */
export interface ReportApproval {
  readonly step: string;
  readonly by: Person;
  readonly evidence?: string;
  readonly at: string;
  readonly decision: 'approve' | 'decline' | Finding;
  /** Why it does not count towards the people that the step asks for. */
  readonly uncounted?: string;
}

/** Versions of the programs that a run worked with, from a moment on. */
export interface ReportTools {
  readonly since: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** A run, told. The JSON of `runbook report`. */
export interface Report {
  readonly run: string;
  readonly runbook: string;
  readonly title: string;
  readonly hash: string;
  readonly state: RunState;
  readonly mode: Mode;
  readonly tool: string;
  /** Versions of programs, by name; more than one entry when the run went on with others. Absent in runs of older versions. */
  readonly tools?: readonly ReportTools[];
  readonly world?: string;
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly reason?: string;
  readonly inputs: Readonly<Record<string, PlannedInput>>;
  readonly started: string;
  readonly finished?: string;
  readonly steps: readonly ReportStep[];
  readonly writes: readonly ReportWrite[];
  /** What people said of manual steps, and of writes that were cut off. */
  readonly approvals: readonly ReportApproval[];
  /** How many steps ended in each state. */
  readonly counts: Readonly<Partial<Record<StepState, number>>>;
}
