// A step that a person does. Nothing but a person ticks it; how many must, and how they are known, the document says.
import { weighApprovals, type Person, type PlanStep, type Weighing } from '@runbook/model';
import type { Execution } from './execution.ts';
import { startAttempt, type StepEnd } from './ending.ts';
import type { Tick } from './ports.ts';

/** Waits for as many people as the step asks for. Without anybody at hand the step is `waiting` and the run ends there. */
export async function runManual(execution: Execution, step: PlanStep): Promise<StepEnd> {
  const { ports, options, tell } = execution;
  if (options.mode === 'dry-run') return { state: 'withheld', reason: 'a person ticks this in a run' };
  startAttempt(execution, step);
  for (let before = -1; ; ) {
    for (const signal of ports.signals()) tell({ ...signal, ...hidden(execution, signal) });
    const weighing = weigh(execution, step);
    const end = verdict(weighing);
    if (end !== undefined) return end;
    // somebody who was asked and did not help: asking the same one again and again would never end
    if (weighing.counted.length === before) return { state: 'waiting', reason: waitsFor(step, weighing) };
    const tick = await ports.people.tick(step, options.signal, { ...weighing, hasNews: () => ports.signals().length > 0 });
    if (options.signal.aborted) return { state: 'interrupted', reason: 'stopped while waiting for a person' };
    if (tick === undefined) return { state: 'waiting', reason: waitsFor(step, weighing) };
    if (tick === 'look-again') continue;
    before = weighing.counted.length;
    tell({ kind: 'signal', step: step.id, hash: step.hash, ...tick, ...hidden(execution, tick) });
  }
}

/** What was said, without secrets. */
function hidden({ ports }: Execution, { evidence, by }: Pick<Tick, 'evidence' | 'by'>): { evidence?: string; by: Person } {
  const { redact } = ports.redactor;
  return {
    by: { ...by, name: redact(by.name), ...(by.claims === undefined ? {} : { claims: by.claims.map(redact) }) },
    ...(evidence === undefined ? {} : { evidence: redact(evidence) }),
  };
}

function weigh({ memory }: Execution, step: PlanStep): Weighing {
  return weighApprovals(memory.signals(step.id), { approvers: step.approvers, hash: step.hash, ...(memory.forge === undefined ? {} : { forge: memory.forge }) });
}

/** Whether the step is over by what was said of it. */
function verdict({ declined, counted, missing }: Weighing): StepEnd | undefined {
  if (declined !== undefined) return { state: 'declined', reason: declined.evidence ?? 'declined', by: declined.by };
  if (missing > 0) return undefined;
  const last = counted.at(-1);
  const evidence = counted.flatMap((signal) => signal.evidence ?? []).join('; ');
  return { state: 'passed', ...(last === undefined ? {} : { by: last.by }), ...(evidence === '' ? {} : { evidence }) };
}

function waitsFor(step: PlanStep, { missing, uncounted }: Weighing): string {
  const people = missing === 1 ? 'a person' : `${missing} people`;
  const more = step.approvers > 1 ? ` (${step.approvers - missing} of ${step.approvers} have approved)` : '';
  const why = uncounted.map(({ signal, why: reason }) => `; ${signal.by.name} does not count: ${reason}`).join('');
  return `waits for ${people}${more}${why}`;
}
