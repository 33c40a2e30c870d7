// Waiting between tries, on the run's clock, so that a rehearsal does not wait and a stopped run does not go on waiting.
import { formatDuration } from './duration.ts';
import type { PlanStep } from '@runbook/model';
import type { Attempt } from './attempt.ts';
import type { StepEnd } from './ending.ts';
import type { Execution } from './execution.ts';

/** The wait before the second attempt; it doubles with each further one. Milliseconds. */
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** Waits. @returns false where the run was stopped meanwhile */
export async function pause({ ports, options, background }: Execution, ms: number): Promise<boolean> {
  const signal = AbortSignal.any([options.signal, background.trouble]);
  try {
    await ports.clock.sleepUntil(ports.clock.now() + Math.round(ms), signal);
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    return false;
  }
}

/** Waits before a step is tried again: longer each time, and not in step with others who failed at the same moment. */
export function pauseBeforeRetry(execution: Execution, step: PlanStep, attempt: number): Promise<boolean> {
  const ms = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) * execution.ports.clock.jitter();
  execution.ports.progress(step.id, `attempt ${attempt} failed, trying again in ${formatDuration(Math.round(ms))}`);
  return pause(execution, ms);
}

/** The end of a step whose run was stopped in the pause: nobody knows whether the next try would have failed too. */
export function endOfPause(last: Attempt): StepEnd {
  return { state: 'interrupted', reason: `stopped before it was tried again${last.kind === 'failed' ? ` (last: ${last.reason})` : ''}` };
}
