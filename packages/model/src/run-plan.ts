// From a runbook and its inputs to the plan of a run. Deterministic: the same runbook and inputs give the same bytes.
import type { Problem } from '@runbook/problem';
import type { Plan, PlannedInput } from './plan.ts';
import type { Runbook } from './runbook.ts';

/** A plan, or why there is none. */
export interface PlannedRun {
  /** Absent when a problem is an error. */
  readonly plan?: Plan;
  readonly problems: readonly Problem[];
}

/** Plans a run. Never throws. Hand it a runbook without errors and the `planned` of `resolveInputs`. */
export function planRun(runbook: Runbook, planned: Readonly<Record<string, PlannedInput>>): PlannedRun {
  void [runbook, planned];
  return { problems: [] };
}
