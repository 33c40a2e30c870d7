// A gate: try, and try again, until what is awaited is there or the time is over. Nothing is published before it is met.
import { formatDuration } from './duration.ts';
import type { PlanStep } from '@runbook/model';
import { attemptBlock, type Attempt } from './attempt.ts';
import type { Execution } from './execution.ts';
import { endOf, isAborted, limitOf, startAttempt, type StepEnd } from './ending.ts';

/** Errors of a client that mean "ask again later". (DESIGN §3, `poll`.) */
const passing: ReadonlySet<string> = new Set(['rate-limited', 'unreachable']);
/** The wait grows up to eight times. */
const longestBackoff = 3;

/** Waits at a gate. The deadline is set when the gate is first reached and keeps over resume. */
export async function runGate(execution: Execution, step: PlanStep): Promise<StepEnd> {
  const { ports, options, memory } = execution;
  const gate = step.gate;
  if (gate === undefined) throw new Error(`step ${step.id} is no gate`);
  const deadline = memory.deadline(step.id) ?? ports.clock.now() + gate.timeoutMs;
  startAttempt(execution, step);
  let unasked = 0;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptBlock(execution, step, { isVerifier: false, ...limitOf(step) });
    if (!isNotYet(result)) {
      for (const line of result.kind === 'done' ? result.tail : []) ports.output(step.id, Buffer.from(`${line}\n`));
      return endOf(execution, step, result);
    }
    const answer = answerOf(result);
    if (options.mode === 'dry-run') return { state: 'waiting', reason: `not there at the one try of a dry run${said(answer)}; a run would wait up to ${formatDuration(gate.timeoutMs)}` };
    const now = ports.clock.now();
    if (now >= deadline) return { state: 'failed', reason: `timed out: waited ${formatDuration(gate.timeoutMs)}${said(answer)}`, tail: result.tail };
    unasked = isUnasked(result) ? unasked + 1 : 0;
    const next = Math.min(now + Math.round(gate.pollMs * 2 ** Math.min(unasked, longestBackoff) * ports.clock.jitter()), deadline);
    execution.tell({ kind: 'gate-waiting', step: step.id, attempt, deadline, next, ...(answer === undefined ? {} : { answer }) });
    if (options.detachOnGate === true) return { state: 'waiting', reason: `not there yet${said(answer)}; it is awaited until ${new Date(deadline).toISOString()}` };
    const { trouble } = execution.background;
    try {
      await ports.clock.sleepUntil(next, AbortSignal.any([options.signal, trouble]), deadline);
    } catch (error) {
      if (!options.signal.aborted && !trouble.aborted) throw error;
      return { state: 'interrupted', reason: `stopped while waiting${said(answer)}` };
    }
  }
}

/** A client could not ask: the other side is spared by asking more seldom. */
function isUnasked(attempt: Attempt): boolean {
  return attempt.kind === 'failed' && attempt.code !== undefined && passing.has(attempt.code);
}

/** Met or not: exit 1, a falsy export, or a client that could not ask just now. */
export function isNotYet(attempt: Attempt): boolean {
  if (attempt.kind === 'done') return attempt.isUnmet;
  if (attempt.kind === 'failed') return attempt.exitCode === 1 || isUnasked(attempt);
  return attempt.kind === 'cut-off' && attempt.why === 'timed-out' && !isAborted(attempt);
}

/** What the last try said, in one line. */
export function answerOf(attempt: Attempt): string | undefined {
  const last = attempt.tail.findLast((line) => line.trim() !== '');
  if (attempt.kind === 'failed' && attempt.code !== undefined) return attempt.reason;
  return last ?? (attempt.kind === 'failed' || attempt.kind === 'cut-off' ? attempt.reason : undefined);
}

/** The last answer, to stand behind a sentence. */
export function said(answer: string | undefined): string {
  return answer === undefined ? '' : ` (last answer: ${answer})`;
}
