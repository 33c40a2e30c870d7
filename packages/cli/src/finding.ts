// What somebody says of writes that were cut off: `resume --done STEP` and `--not-done STEP`. A word about a step that is in no
// doubt is refused: it would change what a run does without a question.
import { nearest } from '@runbook/problem';
import type { Finding } from '@runbook/model';
import { UsageError } from './exit.ts';
import type { RecalledRun } from './stored-run.ts';

/** Findings by step. @throws UsageError for a step that needs none. */
export function findingsOf({ plan, report, folder }: RecalledRun, { done = [], notDone = [] }: { readonly done?: readonly string[]; readonly notDone?: readonly string[] }): ReadonlyMap<string, Finding> {
  const states = new Map(report.steps.map((step) => [step.id, step.state]));
  const doubtful = plan.steps.filter((step) => step.effect === 'write' && step.verifier === undefined && ['running', 'interrupted', 'failed'].includes(states.get(step.id) ?? '')).map((step) => step.id);
  const findings = new Map<string, Finding>([...done.map((step) => [step, 'done'] as const), ...notDone.map((step) => [step, 'absent'] as const)]);
  for (const step of findings.keys()) {
    if (done.includes(step) && notDone.includes(step)) throw new UsageError(`--done ${step} and --not-done ${step} contradict each other.`);
    if (doubtful.includes(step)) continue;
    const near = nearest(step, doubtful);
    throw new UsageError(`${step} is no write of ${folder.id} that was cut off and that nothing verifies${near === undefined ? '.' : `; did you mean ${near}?`} ${doubtful.length === 0 ? 'There is none.' : `Those are: ${doubtful.join(', ')}.`}`);
  }
  return findings;
}
