// What a run would do, as data: `runbook plan` prints this very value. No date, git state or environment is in it.
import type { Json, Step } from './runbook.ts';

/**
 * The part a step plays: an ordinary `step` runs in document order, a `verifier` before and after its step, an `undo` when
 * asked for after a failure, a `failure` step by itself after a failure.
 */
export type Role = 'step' | 'verifier' | 'undo' | 'failure';

/** A step with its part in the plan. */
export interface PlanStep extends Step {
  readonly role: Role;
  /** The step that verifies this one. */
  readonly verifier?: string;
  /** The step that undoes this one. */
  readonly undo?: string;
}

/** The value of an input and where it came from; a secret is only said to be one. */
export type PlannedInput =
  | { readonly kind: 'value'; readonly value: Json; readonly from: 'given' | 'environment' | 'default' | 'example' }
  | { readonly kind: 'secret' };

/** A runbook with its inputs resolved. */
export interface Plan {
  readonly format: 1;
  readonly runbook: { readonly file: string; readonly title: string; readonly hash: string };
  readonly inputs: Readonly<Record<string, PlannedInput>>;
  /** The release lock with inputs filled in. */
  readonly lock?: string;
  readonly steps: readonly PlanStep[];
}
