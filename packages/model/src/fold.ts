// From a plan and events to a report. Everything that is shown of a run is this fold; it remembers nothing else.
import type { RunEvent } from './event.ts';
import type { Plan } from './plan.ts';
import type { Report } from './report.ts';

/** A report that grows with the journal. */
export interface Fold {
  add(event: RunEvent): void;
  /** The report as of the events so far. */
  report(): Report;
}

/** Starts a fold. Before the first event every step is `pending`. */
export function createFold(plan: Plan): Fold {
  void plan;
  throw new Error('being written');
}

/** The report of a whole journal. */
export function foldReport(plan: Plan, events: readonly RunEvent[]): Report {
  const fold = createFold(plan);
  for (const event of events) fold.add(event);
  return fold.report();
}
