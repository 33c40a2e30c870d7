// What a job has in its work folder: for a push the pushed commit, for a pull request its merge into the base, made the way
// Prow's clonerefs makes it. The merge is an object only; no ref ever names it.
import type { Git } from '../services.ts';
import type { Checkout, ProwRun } from './run.ts';

/** Finds or makes the commit of a run; undefined when the pull request does not merge. For a push, `base` is the first parent (HEAD^), or the commit itself for a first commit. */
export async function checkOut(git: Git, run: ProwRun): Promise<Checkout | undefined> {
  const base = await git.resolve(run.repo, `${run.baseSha}^{commit}`);
  if (base === undefined) return undefined;
  if (run.pull === undefined) return { head: base, base: (await git.resolve(run.repo, `${base}^1`)) ?? base };
  try {
    const tree = (await git.run(run.repo, ['merge-tree', '--write-tree', base, run.pull.sha])).split('\n')[0] ?? '';
    const head = (await git.run(run.repo, ['commit-tree', tree, '-p', base, '-p', run.pull.sha, '-m', `Merge pull request ${run.pull.number}`])).trim();
    return { base, head };
  } catch {
    return undefined; // a conflict: the caller says so
  }
}
