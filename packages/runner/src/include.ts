// The step that includes a document: its steps ran in front of it, so all that is left is to say what became of them, and to
// hand back what was asked for.
import type { Json, PlanStep } from '@runbook/model';
import { publish, startAttempt, type StepEnd } from './ending.ts';
import type { Execution } from './execution.ts';
import { isUndecided } from './obstacle.ts';

/** Ends an include. */
export function runInclude(execution: Execution, step: PlanStep): StepEnd {
  startAttempt(execution, step);
  const { plan, memory, scopes } = execution;
  const own = plan.steps.filter((other) => other.scope === step.id && other.role === step.role);
  const open = own.find((other) => isUndecided(memory.state(other.id)) || memory.state(other.id) === 'failed');
  if (open !== undefined) return { state: memory.state(open.id) === 'failed' ? 'failed' : 'unreachable', reason: `${open.id} is ${memory.state(open.id)}` };
  const values = scopes.values(step.id);
  const outputs: Record<string, Json> = {};
  for (const name of step.publishes) if (values[name] !== undefined) outputs[name] = values[name];
  return { state: 'passed', ...publish(execution, step, outputs) };
}
