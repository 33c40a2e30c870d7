// Which steps of a plan a run does: a stretch of it, some by name, some by tag. What cannot work is refused before anything runs:
// a selected step whose values nobody in the selection produces is never begun.
import { nearest } from '@runbook/problem';
import type { Plan, PlanStep } from './plan.ts';

/** What was asked for. Every part that is given narrows the choice. */
export interface Selection {
  /** The first step, by id. */
  readonly from?: string;
  /** The last step, by id. */
  readonly until?: string;
  /** Only these, by id; also ones that the document excludes from a whole run. */
  readonly only?: readonly string[];
  /** Only steps with one of these tags. */
  readonly tags?: readonly string[];
}

/** The chosen steps, and why the choice cannot run; each refusal is a sentence with what to do. */
export interface SelectedSteps {
  /** Ids of the steps that run, without verifiers, undo and failure steps: those follow their step. */
  readonly steps: ReadonlySet<string>;
  readonly refusals: readonly string[];
}

/**
 * Chooses steps.
 * @param done steps of the same run that are done already: what they published is there.
 */
export function selectSteps(plan: Plan, selection: Selection, done: ReadonlySet<string> = new Set()): SelectedSteps {
  const candidates = plan.steps.filter((step) => step.role === 'step');
  const unknown = unknownNames(candidates, plan.steps, selection);
  if (unknown.length > 0) return { steps: new Set(), refusals: unknown };
  const chosen = stretch(candidates, selection).filter((step) => isWanted(step, selection));
  const steps = new Set(chosen.map((step) => step.id));
  if (steps.size === 0) return { steps, refusals: ['no step is left by this selection. runbook list shows the steps and their tags.'] };
  const index = new Map(plan.steps.map((step) => [step.id, step]));
  const publishers = new Map(plan.steps.filter((step) => step.role !== 'verifier').flatMap((step) => step.publishes.map((name) => [scoped(step, name), step.id] as const)));
  const isThere = (id: string): boolean => steps.has(id) || done.has(id);
  const refusals = chosen.filter((step) => !done.has(step.id)).flatMap((step) => missing(step, index.get(step.verifier ?? ''), publishers, isThere));
  return { steps, refusals };
}

function unknownNames(candidates: readonly PlanStep[], all: readonly PlanStep[], { from, until, only = [], tags = [] }: Selection): string[] {
  const ids = new Set(candidates.map((step) => step.id));
  const known = new Set(candidates.flatMap((step) => step.tags));
  const steps = [...new Set([from, until, ...only])].filter((id) => id !== undefined).filter((id) => !ids.has(id));
  return [
    ...steps.map((id) => {
      const other = all.find((step) => step.id === id);
      if (other !== undefined) return `${id} runs with its own step (it is ${other.role === 'verifier' ? `the verifier of ${other.verifies ?? ''}` : `${other.role === 'undo' ? 'an undo' : 'a failure'} step`}) and cannot be selected.`;
      return `there is no step ${id}${meant(id, ids)} runbook list shows the steps.`;
    }),
    ...tags.filter((tag) => !known.has(tag)).map((tag) => `no step has the tag ${tag}${meant(tag, known)} The tags are: ${[...known].join(', ') || 'none'}.`),
  ];
}

function meant(name: string, names: ReadonlySet<string>): string {
  const near = nearest(name, [...names]);
  return near === undefined ? '.' : `; did you mean ${near}?`;
}

function stretch(candidates: readonly PlanStep[], { from, until }: Selection): readonly PlanStep[] {
  // the steps of an include stand in front of it
  const first = from === undefined ? 0 : candidates.findIndex((step) => isOf(step.id, from));
  const last = until === undefined ? candidates.length - 1 : candidates.findIndex((step) => step.id === until);
  return candidates.slice(first, last + 1);
}

function isWanted(step: PlanStep, { only, tags }: Selection): boolean {
  if (only !== undefined && !only.some((id) => isOf(step.id, id))) return false;
  if (tags !== undefined && !step.tags.some((tag) => tags.includes(tag))) return false;
  return !step.excludeFromRunAll || only !== undefined || tags !== undefined;
}

/** A name as the scope of a step knows it. */
function scoped({ scope = '' }: PlanStep, name: string): string {
  return `${scope}:${name}`;
}

/** Whether a step is the named one, or comes with it as an include. */
function isOf(id: string, named: string): boolean {
  return id === named || id.startsWith(`${named}/`);
}

/** What a step needs of steps that will not have run. */
function missing(step: PlanStep, verifier: PlanStep | undefined, publishers: ReadonlyMap<string, string>, isThere: (id: string) => boolean): string[] {
  const values = [...new Set([...step.uses, ...(verifier?.uses ?? [])])].flatMap((name) => {
    const publisher = publishers.get(scoped(step, name));
    if (publisher === undefined || publisher === step.id || isThere(publisher)) return [];
    return [`${step.id} uses ${name}, which ${publisher} publishes, and ${publisher} is not selected. Select it too, or resume a run in which it is done.`];
  });
  const needs = step.needs.filter((need) => !isThere(need)).map((need) => `${step.id} needs ${need}, which is not selected. Select it too, or resume a run in which it is done.`);
  return [...values, ...needs];
}
