// Finds a plan's steps by what the loop asks for again and again, so that a long plan costs each step no more than a short one.
import type { Plan, PlanStep } from '@runbook/model';

/** The steps of a plan by id and by what they publish. */
export interface PlanIndex {
  find(id: string | undefined): PlanStep | undefined;
  /** The step of a scope that publishes a name when it runs (a verifier only confirms). */
  publisher(name: string, scope: string | undefined): PlanStep | undefined;
}

/** Indexes a plan once. Of several publishers of a name the first counts. */
export function indexPlan(plan: Plan): PlanIndex {
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const publishers = new Map<string, PlanStep>();
  for (const step of plan.steps) {
    if (step.role === 'verifier') continue;
    for (const name of step.publishes) if (!publishers.has(keyOf(name, step.scope))) publishers.set(keyOf(name, step.scope), step);
  }
  return { find: (id) => (id === undefined ? undefined : byId.get(id)), publisher: (name, scope) => publishers.get(keyOf(name, scope)) };
}

function keyOf(name: string, scope = ''): string {
  return `${scope}:${name}`;
}
