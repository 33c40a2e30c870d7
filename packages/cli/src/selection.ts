// The selection flags of a run: read, and insisted on before anything is begun.
import { selectSteps, type Plan, type RunEvent, type Selection } from '@runbook/model';
import { UsageError } from './exit.ts';

/** The selection that flags ask for; undefined when they ask for none. */
export function selectionOf({ from, until, only, tag }: { readonly from?: string; readonly until?: string; readonly only?: readonly string[]; readonly tag?: readonly string[] }): Selection | undefined {
  if (from === undefined && until === undefined && only === undefined && tag === undefined) return undefined;
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }), ...(only === undefined ? {} : { only }), ...(tag === undefined ? {} : { tags: tag }) };
}

/**
 * The selected steps; undefined without a selection.
 * @param done steps of the run that are done already.
 * @throws UsageError with every reason why the selection cannot run.
 */
export function insistOnSelection(plan: Plan, selection: Selection | undefined, done?: ReadonlySet<string>): ReadonlySet<string> | undefined {
  if (selection === undefined) return undefined;
  const { steps, refusals } = selectSteps(plan, selection, done);
  if (refusals.length > 0) throw new UsageError(refusals.join('\n'));
  return steps;
}

/** The steps that a journal tells to be done. */
export function doneSteps(events: readonly RunEvent[]): ReadonlySet<string> {
  const done = new Set<string>();
  for (const event of events) {
    if (event.kind !== 'step-ended') continue;
    if (event.state === 'passed' || event.state === 'skipped') done.add(event.step);
    else done.delete(event.step);
  }
  return done;
}
