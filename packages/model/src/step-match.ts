// Which step of an edited document is which step of the document a run began with: by name, else by heading path and content.
import type { Plan, PlanStep } from './plan.ts';

/** How the steps of two plans belong together. */
export interface StepMatches {
  /** In the order of the later plan. `changed` when code, kind or attributes differ. */
  readonly same: readonly { readonly before: string; readonly after: string; readonly changed: boolean }[];
  /** Ids only in the earlier plan. */
  readonly removed: readonly string[];
  /** Ids only in the later plan. */
  readonly added: readonly string[];
}

/** Matches the steps of two plans. (DESIGN §4, resume.) */
export function matchSteps(before: Plan, after: Plan): StepMatches {
  const left = new Map<string, PlanStep[]>();
  for (const step of before.steps) left.set(keyOf(step), [...(left.get(keyOf(step)) ?? []), step]);
  const same: { before: string; after: string; changed: boolean }[] = [];
  const added: string[] = [];
  for (const step of after.steps) {
    const match = left.get(keyOf(step))?.shift();
    if (match === undefined) added.push(step.id);
    else same.push({ before: match.id, after: step.id, changed: fingerprint(match) !== fingerprint(step) });
  }
  return { same, removed: [...left.values()].flat().map((step) => step.id), added };
}

function keyOf(step: PlanStep): string {
  return step.named ? `name ${step.id}` : `text ${JSON.stringify([step.heading, step.hash])}`;
}

function fingerprint(step: PlanStep): string {
  return JSON.stringify([step.hash, Object.entries(step.attributes).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
