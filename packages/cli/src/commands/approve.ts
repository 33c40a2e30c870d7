// `runbook approve`: ticks a manual step of a run from any process. The tick is recorded; `resume` goes on from there.
import { appendFileSync } from 'node:fs';
import { say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { personHere } from '../people.ts';
import { recallRun } from '../stored-run.ts';

/** Records an approval of a manual step. */
export function approve(id: string, step: string, flags: { readonly evidence?: string }): number {
  const run = recallRun(id);
  const planned = run.plan.steps.find((candidate) => candidate.id === step);
  const manual = run.plan.steps.filter((candidate) => candidate.kind === 'manual').map((candidate) => candidate.id);
  if (planned?.kind !== 'manual') throw new UsageError(`${run.folder.id} has no manual step ${step}; its manual steps are: ${manual.join(', ') || 'none'}.`);
  const state = run.report.steps.find((candidate) => candidate.id === step)?.state;
  if (state === 'passed') {
    say(`${step} is ticked already.`);
    return exitCodes.done;
  }
  const signal = {
    at: Date.now(),
    kind: 'signal',
    step,
    decision: 'approve',
    by: personHere(),
    ...(flags.evidence === undefined ? {} : { evidence: flags.evidence }),
  };
  appendFileSync(run.folder.signals, `${JSON.stringify(signal)}\n`, { mode: 0o600 });
  say(`${step} ticked by ${signal.by.name}. Go on with: runbook resume ${run.folder.id}`);
  return exitCodes.done;
}
