// What a run would do, as data: `runbook plan` prints this very value. No date, git state or environment is in it.
import type { InputDeclaration, Json, Step } from './runbook.ts';

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
  /** The include it came with, by id; absent for steps of the document itself. Names and sessions are those of the scope. */
  readonly scope?: string;
}

/** An included document in a plan. Its steps stand in front of the step that includes it, which passes when they are done. */
export interface PlanScope {
  /** Id of the including step; the ids of the steps begin with it and a slash. */
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly hash: string;
  readonly cwd?: string;
  /** Inputs with values that are known, or with the name in the including document whose value they get. */
  readonly inputs: Readonly<Record<string, PlannedInput | BoundInput>>;
}

/** An input that gets the value of a name of the including document, once that is known. */
export interface BoundInput {
  readonly kind: 'from';
  readonly name: string;
  readonly input: InputDeclaration;
}

/** The value of an input and where it came from; a secret is only said to be one. */
export type PlannedInput =
  | { readonly kind: 'value'; readonly value: Json; readonly from: 'given' | 'environment' | 'default' | 'example' }
  | { readonly kind: 'secret' };

/** A runbook with its inputs resolved. */
export interface Plan {
  readonly format: 1;
  readonly runbook: { readonly file: string; readonly title: string; readonly hash: string; readonly cwd?: string };
  readonly inputs: Readonly<Record<string, PlannedInput>>;
  /** The release lock with inputs filled in. */
  readonly lock?: string;
  /** Included documents, outer ones first; absent when there are none. */
  readonly scopes?: readonly PlanScope[];
  readonly steps: readonly PlanStep[];
}
