// A run that was begun earlier: found by its id, or the newest one, and read back into a plan.
import { homeAt, listRuns, runFolder, documentOf, type StoredRun } from '@runbook/runner';
import { foldReport, parseRunbook, type Plan, type Report, type RunEvent } from '@runbook/model';
import { planWith } from './document.ts';
import { UsageError } from './exit.ts';

/** A stored run with the plan it follows. */
export interface RecalledRun extends StoredRun {
  readonly started: Extract<RunEvent, { kind: 'run-started' }>;
  readonly plan: Plan;
  readonly report: Report;
}

/** The home of the working folder. */
export function homeHere(): string {
  return homeAt(process.cwd());
}

/** Every stored run of the working folder's home, oldest first. */
export function storedRuns(): StoredRun[] {
  return listRuns(homeHere());
}

/**
 * A run by its id or the beginning of it; without one, the newest that is wanted.
 * @param isWanted which runs count when no id is given.
 */
export function recallRun(id: string | undefined, isWanted: (run: RecalledRun) => boolean = () => true): RecalledRun {
  const runs = storedRuns();
  if (id !== undefined) {
    const found = runs.filter((run) => run.folder.id === id || run.folder.id.startsWith(id));
    const [only] = found;
    if (only === undefined) throw new UsageError(`there is no run ${id} below ${homeHere()}. runbook runs lists them.`);
    if (found.length > 1 && only.folder.id !== id) throw new UsageError(`${id} fits ${found.length} runs: ${found.map((run) => run.folder.id).join(', ')}.`);
    return recall(only);
  }
  const newest = runs.toReversed().map(recall).find(isWanted);
  if (newest === undefined) throw new UsageError(`there is no such run below ${homeHere()}. runbook runs lists them.`);
  return newest;
}

/** Reads the plan of a stored run back from the document it began with. */
export function recall(run: StoredRun): RecalledRun {
  const started = run.events.find((event) => event.kind === 'run-started');
  if (started?.kind !== 'run-started') throw new UsageError(`the journal ${run.folder.journal} has no start.`);
  const text = documentOf(runFolder(homeHere(), run.folder.id));
  const { runbook } = parseRunbook(text, started.file);
  const plan = planWith(runbook, started.inputs, text);
  return { ...run, started, plan, report: foldReport(plan, run.events) };
}
