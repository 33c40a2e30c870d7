// What a document may say that this runner does not do. Refused by name before a run begins, never half done.
import type { Problem } from '@runbook/problem';
import type { Runbook, Step } from '@runbook/model';

/** A problem for each step that cannot be run. */
export function unsupportedSteps(runbook: Runbook): readonly Problem[] {
  return runbook.steps.flatMap((step) => {
    const what = whatOf(step);
    if (what === undefined) return [];
    const { line, column } = step;
    return [{ code: 'unsupported-step', severity: 'error', message: `${step.id} ${what}, which this version of runbook does not run`, hint: 'Leave the attribute out, or run this part by hand', file: runbook.file, line, column } satisfies Problem];
  });
}

function whatOf(step: Step): string | undefined {
  if (step.interactive) return 'is interactive';
  return undefined;
}
