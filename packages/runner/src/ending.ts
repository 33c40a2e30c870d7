// How a step's beginning and end are told: the claim before an attempt, and the `step-ended` that its outcome amounts to.
import { recordWrite } from '@runbook/access';
import type { Json, PlanStep, RunEvent } from '@runbook/model';
import { logName, snapshotOf, type Attempt } from './attempt.ts';
import { join } from 'node:path';
import type { Execution } from './execution.ts';
import { keepLog } from './step-log.ts';

/** How a step ended: the body of its `step-ended` event. */
export type StepEnd = Omit<Extract<RunEvent, { kind: 'step-ended' }>, 'kind' | 'step' | 'at'>;

/** Journals that an attempt begins (the claim) and gives its number. */
export function startAttempt(execution: Execution, step: PlanStep): number {
  const attempt = execution.memory.attempts(step.id) + 1;
  execution.tell({ kind: 'step-started', step: step.id, attempt, effect: step.effect, hash: step.hash });
  return attempt;
}

/** The time limit of one attempt. */
export function limitOf(step: PlanStep): { timeoutMs?: number } {
  const limit = step.gate === undefined ? step.timeoutMs : step.gate.attemptTimeoutMs;
  return limit === undefined ? {} : { timeoutMs: limit };
}

/** Whether somebody stopped the run in the middle of the attempt. */
export function isAborted(attempt: Attempt): boolean {
  return attempt.kind === 'cut-off' && attempt.why === 'aborted';
}

/** The end of a step whose attempt speaks for itself. */
export function endOf(execution: Execution, step: PlanStep, attempt: Attempt): StepEnd {
  const { ports } = execution;
  const log = logName(step.id);
  // what did not end well is looked after, also where it said nothing
  if (attempt.kind !== 'done') keepLog(join(ports.folders.run, log));
  switch (attempt.kind) {
    case 'done': {
      const snapshot = snapshotOf(execution, attempt);
      return {
        state: 'passed',
        ...(attempt.tail.length === 0 ? {} : { log }),
        ...publish(execution, step, attempt.outputs),
        ...(attempt.exitCode === undefined ? {} : { exitCode: attempt.exitCode }),
        ...(snapshot === undefined ? {} : { snapshot }),
      };
    }
    case 'withheld':
      execution.tell({ kind: 'write', step: step.id, write: recordWrite({ ...attempt.call, target: ports.redactor.redact(attempt.call.target), ...(attempt.call.body === undefined ? {} : { body: ports.redactor.redact(attempt.call.body) }) }, true) });
      return { state: 'withheld', reason: 'a dry run writes nothing outside', log };
    case 'cut-off':
      if (attempt.why === 'aborted') return { state: 'interrupted', reason: attempt.reason, log, tail: attempt.tail };
      return { state: 'failed', reason: attempt.reason, log, tail: attempt.tail };
    case 'failed':
      return {
        state: 'failed',
        reason: ports.redactor.redact(attempt.reason),
        log,
        tail: attempt.tail,
        ...(attempt.exitCode === undefined ? {} : { exitCode: attempt.exitCode }),
      };
  }
}

/** Outputs as the journal may hold them: one that contains a secret is only named, and kept in memory. */
export function publish(execution: Execution, step: PlanStep, outputs: Readonly<Record<string, Json>>): Pick<StepEnd, 'outputs' | 'omitted'> {
  const { redactor } = execution.ports;
  const shown: Record<string, Json> = {};
  const omitted: string[] = [];
  for (const [name, value] of Object.entries(outputs)) {
    const text = JSON.stringify(value);
    if (redactor.redact(text) === text) shown[name] = value;
    else {
      omitted.push(name);
      execution.memory.keep(step.id, name, value);
    }
  }
  return { ...(Object.keys(shown).length === 0 ? {} : { outputs: shown }), ...(omitted.length === 0 ? {} : { omitted }) };
}
