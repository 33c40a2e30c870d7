// What happens after a failure: the document's own `on=failure` steps run by themselves; its `undoes` steps are offered, newest
// deed first, and run only when confirmed.
import type { PlanStep } from '@runbook/model';
import type { Execution } from './execution.ts';
import { startBackground } from './background.ts';
import { doneStates } from './memory.ts';
import { obstacle } from './obstacle.ts';
import { runStep } from './step.ts';

/** Runs every `on=failure` step whose values are at hand. One that fails does not keep the next from running. */
export async function runFailureSteps(execution: Execution): Promise<void> {
  for (const step of execution.plan.steps.filter((candidate) => candidate.role === 'failure')) {
    const blocked = obstacle(execution, step);
    if (blocked === undefined) await runOnce(execution, step);
    else execution.tell({ kind: 'step-ended', step: step.id, state: 'not-needed', reason: blocked.reason });
  }
}

/**
 * Offers the `undoes` steps of what was done, newest first; an undone step is due again.
 * @returns the steps that were undone.
 * @param how whether each is confirmed by a person, or runs without a question (a rehearsal, or `runbook undo`).
 */
export async function undoSteps(execution: Execution, how: 'ask' | 'without-asking'): Promise<readonly string[]> {
  const undone: string[] = [];
  const { plan, memory, ports, tell } = execution;
  for (const done of [...memory.passed].reverse()) {
    const undo = plan.steps.find((step) => step.undoes === done);
    if (undo === undefined) continue;
    if (memory.attempts(done) === 0) {
      tell({ kind: 'step-ended', step: undo.id, state: 'not-needed', reason: `${done} was there before this run` });
      continue;
    }
    const blocked = obstacle(execution, undo);
    if (blocked !== undefined) {
      tell({ kind: 'step-ended', step: undo.id, state: 'not-needed', reason: blocked.reason });
      continue;
    }
    const confirmed = how === 'without-asking' || (await ports.people.confirm(`Undo ${done} with ${undo.id}?`));
    if (confirmed !== true) {
      if (confirmed === false) tell({ kind: 'step-ended', step: undo.id, state: 'declined', reason: 'not confirmed' });
      continue;
    }
    const end = await runStep(execution, undo);
    tell({ kind: 'step-ended', step: undo.id, ...end });
    if (!doneStates.has(end.state)) {
      // what was done before it may need it to be undone first: only a person can say that this does not matter
      if (how === 'without-asking') break;
      continue;
    }
    tell({ kind: 'step-ended', step: done, state: 'undone', reason: `undone by ${undo.id}` });
    undone.push(done);
  }
  return undone;
}

/** Runs a step as in any run; a background block is started, for the steps that follow, and ends with the run. */
async function runOnce(execution: Execution, step: PlanStep): Promise<void> {
  const end = step.background ? await startBackground(execution, step) : await runStep(execution, step);
  if (end !== undefined) execution.tell({ kind: 'step-ended', step: step.id, ...end });
}
