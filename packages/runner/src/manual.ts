// A step that a person does. Nothing but a person ticks it; how many must, and how they are known, the document says.
import type { PlanStep } from '@runbook/model';
import type { Execution } from './execution.ts';
import type { Memory } from './memory.ts';
import { startAttempt, type StepEnd } from './ending.ts';

/** Waits for as many people as the step asks for. Without anybody at hand the step is `waiting` and the run ends there. */
export async function runManual(execution: Execution, step: PlanStep): Promise<StepEnd> {
  const { ports, options, memory, tell } = execution;
  if (options.mode === 'dry-run') return { state: 'withheld', reason: 'a person ticks this in a run' };
  startAttempt(execution, step);
  for (;;) {
    for (const signal of ports.signals()) tell(signal);
    const end = verdict(memory, step);
    if (end !== undefined) return end;
    const tick = await ports.people.tick(step, options.signal);
    if (options.signal.aborted) return { state: 'interrupted', reason: 'stopped while waiting for a person' };
    if (tick === undefined) return { state: 'waiting', reason: `waits for ${people(step, memory)}` };
    tell({ kind: 'signal', step: step.id, ...tick });
  }
}

/** Whether enough distinct people have ticked. With several approvers only verified ones count, and the same one counts once. */
function verdict(memory: Memory, step: PlanStep): StepEnd | undefined {
  const signals = memory.signals(step.id);
  const declined = signals.find((signal) => signal.decision === 'decline');
  if (declined !== undefined) return { state: 'declined', reason: declined.evidence ?? 'declined', by: declined.by };
  const counted = countedApprovals(memory, step);
  if (counted.length < step.approvers) return undefined;
  const last = counted.at(-1);
  const evidence = counted.flatMap((signal) => signal.evidence ?? []).join('; ');
  return { state: 'passed', ...(last === undefined ? {} : { by: last.by }), ...(evidence === '' ? {} : { evidence }) };
}

function countedApprovals(memory: Memory, step: PlanStep): ReturnType<Memory['signals']> {
  const names = new Set<string>();
  return memory.signals(step.id).filter((signal) => {
    if (signal.decision !== 'approve') return false;
    if (step.approvers > 1 && signal.by.verified === 'none') return false;
    if (names.has(signal.by.name)) return false;
    names.add(signal.by.name);
    return true;
  });
}

function people(step: PlanStep, memory: Memory): string {
  const missing = step.approvers - countedApprovals(memory, step).length;
  return missing === 1 ? 'a person' : `${missing} people`;
}
