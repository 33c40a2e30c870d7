// The gate that says when a background block can be used. It waits for a real process, which does not start faster because the
// world's clock goes on: so its time is the machine's, in a rehearsal too, and nothing of single tries is journalled, so that two
// rehearsals tell the same. It never ends the run as waiting, because the block would end with it.
import { setTimeout as wait } from 'node:timers/promises';
import type { PlanStep } from '@runbook/model';
import { attemptBlock } from './attempt.ts';
import type { RunningBlock } from './background.ts';
import { formatDuration } from './duration.ts';
import { endOf, limitOf, startAttempt, type StepEnd } from './ending.ts';
import type { Execution } from './execution.ts';
import { answerOf, isNotYet, said } from './gate.ts';

/** Asks until the block can be used, it has ended, or the time is over. */
export async function awaitReady(execution: Execution, step: PlanStep, server: RunningBlock): Promise<StepEnd> {
  const { options, ports } = execution;
  const { pollMs, timeoutMs } = step.gate ?? { pollMs: 1000, timeoutMs: 0 };
  startAttempt(execution, step);
  const limit = AbortSignal.timeout(timeoutMs);
  const stopping = AbortSignal.any([options.signal, server.over]);
  for (;;) {
    const result = await attemptBlock(execution, step, { isVerifier: false, signal: stopping, ...limitOf(step) });
    const answer = answerOf(result);
    if (options.signal.aborted) return { state: 'interrupted', reason: `stopped while waiting${said(answer)}` };
    if (server.over.aborted) return { state: 'failed', reason: `${server.step.id} has ended before it was ready${result.kind === 'cut-off' ? '' : said(answer)}`, tail: result.tail };
    if (!isNotYet(result)) return endOf(execution, step, result);
    if (limit.aborted) return { state: 'failed', reason: `timed out: waited ${formatDuration(timeoutMs)} for ${server.step.id}${said(answer)}`, tail: result.tail };
    if (answer !== undefined) ports.progress(step.id, answer);
    // the next look tells why a wait ended early
    await wait(pollMs, undefined, { signal: AbortSignal.any([stopping, limit]) }).catch(() => undefined);
  }
}
