// A step that changes the outside. Its verifier is asked before (is it done already?) and after (is it done now?), so that no
// write happens twice and none is called done that is not. A verifier that could not look stops the step.
import { isDeepStrictEqual } from 'node:util';
import type { Json, PlanStep } from '@runbook/model';
import { attemptBlock, type Attempt } from './attempt.ts';
import type { Execution } from './execution.ts';
import { endOf, isAborted, limitOf, publish, startAttempt, type StepEnd } from './ending.ts';
import { endOfPause, pause, pauseBeforeRetry } from './pause.ts';
import { verify, type Answer } from './verify.ts';

/** How often, and how long apart, a verifier is asked again when a write that succeeded cannot be seen yet. */
const settling = { tries: 3, pauseMs: 5000 };

/** Runs a writing step. */
export async function runWrite(execution: Execution, step: PlanStep): Promise<StepEnd> {
  const verifier = execution.index.find(step.verifier);
  const before = await check(execution, step, verifier, 'before');
  if (before?.answer === 'done') return { state: 'skipped', reason: `${verifier?.id ?? ''} says it is done already`, ...publish(execution, step, ownOutputs(step, before)) };
  if (before?.answer === 'unknown') return { state: 'failed', reason: `not run: ${verifier?.id ?? ''} could not tell whether it is done: ${before.detail}`, tail: before.tail };
  const settled = verifier === undefined && isInDoubt(execution, step) ? await settleByPerson(execution, step) : undefined;
  if (settled !== undefined) return settled;
  for (let attempt = startAttempt(execution, step); ; attempt = startAttempt(execution, step)) {
    const result = await attemptBlock(execution, step, { isVerifier: false, ...limitOf(step) });
    if (result.kind === 'withheld') return endOf(execution, step, result);
    if (isAborted(result)) return endOf(execution, step, result);
    if (verifier === undefined) return endUnverified(execution, step, result);
    const after = await lookAfter(execution, step, verifier, result);
    if (after.answer !== 'absent' || result.kind === 'done' || attempt > step.retry) return endVerified(execution, step, result, after, verifier);
    if (!(await pauseBeforeRetry(execution, step, attempt))) return endOfPause(result);
  }
}

/** A write that was begun in an earlier execution and did not end well may have happened. */
function isInDoubt({ memory, options }: Execution, step: PlanStep): boolean {
  const state = memory.state(step.id);
  return options.mode !== 'dry-run' && (state === 'running' || state === 'interrupted' || state === 'failed');
}

/** Without a verifier only a person can say whether it happened. @returns the step's end; undefined when it has to run. */
export async function settleByPerson({ ports, tell, settle }: Execution, step: PlanStep): Promise<StepEnd | undefined> {
  settle();
  const settlement = await ports.people.settle(step);
  if (settlement === undefined) return { state: 'interrupted', reason: 'it was begun before and may have happened; it has no verifier, so a person must look' };
  tell({ kind: 'settled', step: step.id, ...settlement });
  return settlement.found === 'absent' ? undefined : { state: 'passed', reason: `${settlement.by.name} looked, and it was done`, by: settlement.by };
}

async function check(execution: Execution, step: PlanStep, verifier: PlanStep | undefined, moment: 'before' | 'after'): Promise<Answer | undefined> {
  if (verifier === undefined) return undefined;
  const answer = await verify(execution, verifier);
  const outputs = publish(execution, step, answer.outputs).outputs;
  execution.tell({
    kind: 'verified',
    step: step.id,
    verifier: verifier.id,
    moment,
    answer: answer.answer,
    ...(answer.detail === '' ? {} : { detail: answer.detail }),
    ...(outputs === undefined ? {} : { outputs }),
  });
  return answer;
}

/** Asks the verifier after an attempt; where the attempt succeeded, gives the outside a little time to show it. */
async function lookAfter(execution: Execution, step: PlanStep, verifier: PlanStep, result: Attempt): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await check(execution, step, verifier, 'after');
    if (answer === undefined) throw new Error('a verifier always answers');
    if (answer.answer !== 'absent' || result.kind !== 'done' || tries === settling.tries) return answer;
    if (!(await pause(execution, settling.pauseMs))) return answer;
  }
}

/** Without a verifier a failed write may still have happened in part: it is interrupted, never simply due again. */
function endUnverified(execution: Execution, step: PlanStep, result: Attempt): StepEnd {
  const end = endOf(execution, step, result);
  return end.state === 'failed' ? { ...end, state: 'interrupted', reason: `${end.reason ?? 'failed'}; it has no verifier, so whether it happened is not known` } : end;
}

function endVerified(execution: Execution, step: PlanStep, result: Attempt, after: Answer, verifier: PlanStep): StepEnd {
  const end = endOf(execution, step, result);
  if (after.answer === 'unknown') return { ...end, state: 'failed', reason: `${verifier.id} could not tell whether it is done: ${after.detail}`, tail: after.tail };
  if (after.answer === 'absent') {
    const reason = result.kind === 'done' ? `it ended well, but ${verifier.id} does not find it` : (end.reason ?? 'failed');
    return { ...end, state: 'failed', reason };
  }
  if (result.kind !== 'done') return { state: 'passed', reason: `the attempt failed, but ${verifier.id} finds it done`, ...publish(execution, step, ownOutputs(step, after)) };
  const contradiction = contradictionOf(result.outputs, after.outputs);
  if (contradiction !== undefined) return { ...end, state: 'failed', reason: `${step.id} and ${verifier.id} disagree about ${contradiction}` };
  return end;
}

/** What a verifier found of the outputs that the step itself would have published; its further ones stay its own. */
function ownOutputs(step: PlanStep, answer: Answer): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(answer.outputs).filter(([name]) => step.publishes.includes(name)));
}

function contradictionOf(own: Readonly<Record<string, Json>>, verified: Readonly<Record<string, Json>>): string | undefined {
  return Object.keys(own).find((name) => name in verified && !isDeepStrictEqual(own[name], verified[name]));
}
