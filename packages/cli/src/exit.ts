// How the command ends. The numbers are part of its contract (DESIGN §4).
import type { RunState } from '@runbook/model';

/** Exit codes of the command. */
export const exitCodes = { done: 0, failed: 1, usage: 2, waiting: 3, bug: 70, interrupted: 130 } as const;

/** Something the person at the keyboard can put right. `main` prints its message without a stack. */
export class UsageError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.usage, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
    this.exitCode = exitCode;
  }
}

/** The exit code of a run's state. A run that was stopped by a signal exits with 130; one that needs a person with 3. */
export function exitCodeOf(state: RunState, wasSignalled: boolean): number {
  if (state === 'passed' || state === 'rehearsed' || state === 'dry') return exitCodes.done;
  if (state === 'failed' || state === 'cancelled') return exitCodes.failed;
  return wasSignalled ? exitCodes.interrupted : exitCodes.waiting;
}
