// A run that was begun earlier: found by its id, or the newest one, and read back into a plan.
import { homeAt, listRuns, documentOf, type StoredRun } from '@runbook/runner';
import { foldReport, parseRunbook, type Included, type Plan, type Report, type RunEvent } from '@runbook/model';
import { say } from './console.ts';
import { planWith, relink } from './document.ts';
import { UsageError } from './exit.ts';
import { keptTexts, loadKept } from './included.ts';

/** A stored run with the plan it follows. */
export interface RecalledRun extends StoredRun {
  /** The start of the run; inputs and hash are those of the text it goes by now. */
  readonly started: Extract<RunEvent, { kind: 'run-started' }>;
  /** The text it goes by. */
  readonly text: string;
  /** The texts of included documents, by file. */
  readonly texts: Readonly<Record<string, string>>;
  readonly includes: ReadonlyMap<string, Included>;
  readonly plan: Plan;
  readonly report: Report;
}

/** The home of the working folder. */
export function homeHere(): string {
  return homeAt(process.cwd());
}

/** Every stored run of the working folder's home, oldest first. Runs that cannot be read are said, and left out. */
export function storedRuns(): StoredRun[] {
  return listRuns(homeHere(), (_, error) => say(error.message));
}

/**
 * A run by its id or the beginning of it; without one, the newest that is wanted.
 * @param isWanted which runs count when no id is given.
 */
export function recallRun(id: string | undefined, isWanted: (run: RecalledRun) => boolean = () => true): RecalledRun {
  if (id !== undefined) {
    const runs = listRuns(homeHere(), (damaged, error) => {
      if (damaged.startsWith(id)) throw error;
    });
    const found = runs.filter((run) => run.folder.id === id || run.folder.id.startsWith(id));
    const [only] = found;
    if (only === undefined) throw new UsageError(`there is no run ${id} below ${homeHere()}. runbook runs lists them.`);
    if (found.length > 1 && only.folder.id !== id) throw new UsageError(`${id} fits ${found.length} runs: ${found.map((run) => run.folder.id).join(', ')}.`);
    return recall(only);
  }
  const damaged: { readonly id: string; readonly error: Error }[] = [];
  const runs = listRuns(homeHere(), (run, error) => damaged.push({ id: run, error }));
  const newest = runs.toReversed().map(recall).find(isWanted);
  if (newest === undefined && damaged[0] !== undefined) throw damaged[0].error;
  if (newest === undefined) throw new UsageError(`there is no such run below ${homeHere()}. runbook runs lists them.`);
  // ids begin with the time: a newer run that cannot be read may be the one that is meant
  const newer = damaged.find((run) => run.id > newest.folder.id);
  if (newer !== undefined) throw newer.error;
  return newest;
}

/** A run by its id or the beginning of it, if it is here. */
export function findRun(id: string): RecalledRun | undefined {
  const found = listRuns(homeHere(), () => undefined).filter((run) => run.folder.id.startsWith(id));
  return found.length === 1 && found[0] !== undefined ? recall(found[0]) : undefined;
}

/** Reads the plan of a stored run back from the document it began with. */
export function recall(run: StoredRun): RecalledRun {
  const started = run.events.find((event) => event.kind === 'run-started');
  if (started?.kind !== 'run-started') throw new UsageError(`the journal ${run.folder.journal} has no start.`);
  const edited = run.events.findLast((event) => event.kind === 'edited');
  const current = edited?.kind === 'edited' ? edited : started;
  const text = documentOf(run);
  const { runbook } = parseRunbook(text, started.file);
  const texts = keptTexts(run.folder.path, edited?.kind === 'edited' ? edited.document : undefined);
  const includes = relink(runbook, loadKept(texts));
  const plan = planWith(runbook, current.inputs, { includes, inputs: current.scopes ?? {} });
  const { scopes: _, ...rest } = started;
  return { ...run, started: { ...rest, hash: current.hash, inputs: current.inputs, ...(current.scopes === undefined ? {} : { scopes: current.scopes }) }, text, texts, includes, plan, report: foldReport(plan, run.events) };
}
