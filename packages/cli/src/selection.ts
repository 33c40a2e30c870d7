// The selection flags of a run: read, and insisted on before anything is begun.
import type { Mode } from '@runbook/access';
import { selectSteps, type Plan, type PlanStep, type RunEvent, type Selection } from '@runbook/model';
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

/** What of a plan runs this time. */
export interface Part {
  readonly mode: Mode;
  /** The selected steps; without a selection all that the document does not exclude. */
  readonly selected: ReadonlySet<string> | undefined;
  readonly done?: ReadonlySet<string>;
}

/** Whether a step does not run this time: done, not selected, or withheld by a dry run. */
export function isLeftOut({ id, effect, excludeFromRunAll }: PlanStep, { mode, selected, done }: Part): boolean {
  return done?.has(id) === true || (selected === undefined ? excludeFromRunAll : !selected.has(id)) || (mode === 'dry-run' && effect === 'write');
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
