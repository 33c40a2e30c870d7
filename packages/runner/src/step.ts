// What a step of each kind needs before it may be called done: an attempt, a gate's patience, a verifier's word, a person's tick.
import type { PlanStep } from '@runbook/model';
import { attemptBlock } from './attempt.ts';
import { writeDataFile } from './data-file.ts';
import { endOf, isAborted, limitOf, startAttempt, type StepEnd } from './ending.ts';
import type { Execution } from './execution.ts';
import { runGate } from './gate.ts';
import { runInclude } from './include.ts';
import { runManual } from './manual.ts';
import { endOfPause, pauseBeforeRetry } from './pause.ts';
import { awaitReady } from './ready.ts';
import { redo } from './relocation.ts';
import { runWrite } from './write.ts';

/** Runs one step to its end. */
export async function runStep(execution: Execution, step: PlanStep): Promise<StepEnd> {
  return execution.memory.isRedo(step.id) ? redo(execution, step, () => runKind(execution, step)) : runKind(execution, step);
}

async function runKind(execution: Execution, step: PlanStep): Promise<StepEnd> {
  if (step.kind === 'manual') return runManual(execution, step);
  if (step.kind === 'include') return runInclude(execution, step);
  if (step.kind === 'file') return writeDataFile(execution, step);
  const server = execution.background.awaiting(step.id);
  if (server !== undefined) return awaitReady(execution, step, server);
  if (step.gate !== undefined) return runGate(execution, step);
  if (step.effect === 'write') return runWrite(execution, step);
  return runReading(execution, step);
}

/** A step that may be repeated freely: it changes nothing, or only the work folder. */
async function runReading(execution: Execution, step: PlanStep): Promise<StepEnd> {
  for (let attempt = startAttempt(execution, step); ; attempt = startAttempt(execution, step)) {
    const result = await attemptBlock(execution, step, { isVerifier: false, ...limitOf(step) });
    const isLast = attempt > step.retry || result.kind === 'done' || result.kind === 'withheld' || isAborted(result);
    if (isLast) return endOf(execution, step, result);
    if (!(await pauseBeforeRetry(execution, step, attempt))) return endOfPause(result);
  }
}
