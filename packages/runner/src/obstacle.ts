// What keeps a step from running at all: the document's own exclusion, a need, a value nobody produced, a condition.
import { evaluateCondition, type PlanStep, type StepState } from '@runbook/model';
import type { Execution } from './execution.ts';
import { doneStates } from './memory.ts';

/** Why a step does not run, as its end. */
export interface Obstacle {
  readonly state: Extract<StepState, 'not-selected' | 'not-needed' | 'unreachable' | 'failed'>;
  readonly reason: string;
}

/** What keeps a step from running at all: its selection, its condition, its needs, or a value that nobody produced. */
export function obstacle(execution: Execution, step: PlanStep): Obstacle | undefined {
  const { selected } = execution.options;
  if (selected !== undefined && step.role === 'step') {
    if (!selected.has(step.id)) return { state: 'not-selected', reason: 'it was not selected for this run' };
  } else if (step.excludeFromRunAll) return { state: 'not-selected', reason: 'the document excludes it from a whole run' };
  return enclosing(execution, step) ?? unmetNeed(execution, step) ?? missingValue(execution, step) ?? unmetCondition(execution, step);
}

/** What keeps an include from running keeps its steps from running. */
function enclosing(execution: Execution, step: PlanStep): Obstacle | undefined {
  const include = execution.index.find(step.scope);
  if (include === undefined) return undefined;
  const blocked = enclosing(execution, include) ?? unmetNeed(execution, include) ?? missingValue(execution, include) ?? unmetCondition(execution, include);
  if (blocked !== undefined) return { ...blocked, reason: `${include.id}: ${blocked.reason}` };
  const misfit = execution.scopes.misfit(include.id);
  return misfit === undefined ? undefined : { state: 'failed', reason: misfit };
}

function unmetNeed({ memory, background }: Execution, step: PlanStep): Obstacle | undefined {
  for (const need of step.needs) {
    const state = memory.state(need);
    if (doneStates.has(state) || background.isRunning(need)) continue;
    if (isUndecided(state)) return { state: 'unreachable', reason: `needs ${need}, which is ${state}` };
    return { state: 'not-needed', reason: `needs ${need}, which is ${state}` };
  }
  return undefined;
}

function missingValue({ index, memory }: Execution, step: PlanStep): Obstacle | undefined {
  const verifier = index.find(step.verifier);
  const outputs = memory.outputs(step.scope);
  for (const name of [...step.uses, ...(verifier?.uses ?? [])]) {
    if (outputs.has(name)) continue;
    const publisher = index.publisher(name, step.scope);
    if (publisher === undefined || publisher.id === step.id) continue;
    const state = memory.state(publisher.id);
    if (doneStates.has(state)) continue; // it ran and left the name unset: the block decides what that means
    return { state: 'unreachable', reason: `needs ${name}, which ${publisher.id} (${state}) would have published` };
  }
  return undefined;
}

function unmetCondition({ plan, index, memory, scopes }: Execution, step: PlanStep): Obstacle | undefined {
  if (step.condition === undefined) return undefined;
  const values = scopes.values(step.scope);
  const own = plan.steps.filter((other) => other.scope === step.scope);
  const names = own.flatMap((other) => other.publishes).filter((name) => !(name in values));
  const unknown = new Set(names.filter((name) => isUndecided(memory.state(index.publisher(name, step.scope)?.id ?? ''))));
  // a document names its own steps, without the include in front
  const cut = step.scope === undefined ? 0 : step.scope.length + 1;
  const steps = Object.fromEntries(own.map((other) => [other.id.slice(cut), memory.state(other.id)]));
  const answer = evaluateCondition(step.condition, { values, unknown, steps });
  if (answer.kind === 'problem') return { state: 'failed', reason: answer.message };
  if (answer.kind === 'true') return undefined;
  if (answer.kind === 'false') return { state: 'not-needed', reason: `if ${step.condition}` };
  return { state: 'unreachable', reason: `cannot decide: if ${step.condition}` };
}

/** A state that says nothing about whether the step will be done. */
export function isUndecided(state: StepState): boolean {
  return state === 'withheld' || state === 'unreachable' || state === 'waiting';
}

