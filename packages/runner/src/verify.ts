// A verifier's word, three-valued: done, not done, or it could not look. It runs in a copy of the session.
import type { Json, PlanStep, Verification } from '@runbook/model';
import { attemptBlock, type Attempt } from './attempt.ts';
import type { Execution } from './execution.ts';
import { limitOf } from './ending.ts';

/** What a verifier found. */
export interface Answer {
  readonly answer: Verification;
  /** Why, when it is not plainly done. */
  readonly detail: string;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly tail: readonly string[];
}

/** Runs a verifier: exit 0 or truthy exports mean done, an exit code of `absent=` or a falsy export not done, anything else unknown. */
export async function verify(execution: Execution, verifier: PlanStep): Promise<Answer> {
  const attempt = await attemptBlock(execution, verifier, { isVerifier: true, ...limitOf(verifier) });
  return { ...judge(attempt, verifier), tail: attempt.tail };
}

function judge(attempt: Attempt, verifier: PlanStep): Omit<Answer, 'tail'> {
  if (attempt.kind === 'done') {
    if (attempt.isUnmet) return { answer: 'absent', detail: '', outputs: {} };
    return { answer: 'done', detail: '', outputs: attempt.outputs };
  }
  if (attempt.kind === 'failed' && attempt.exitCode !== undefined && verifier.absent.includes(attempt.exitCode)) return { answer: 'absent', detail: '', outputs: {} };
  if (attempt.kind === 'withheld') return { answer: 'unknown', detail: 'it tried to write', outputs: {} };
  const last = attempt.tail.findLast((line) => line.trim() !== '');
  return { answer: 'unknown', detail: last === undefined || attempt.kind === 'cut-off' ? attempt.reason : `${attempt.reason} (${last})`, outputs: {} };
}
