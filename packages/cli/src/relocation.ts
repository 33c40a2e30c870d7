// A run that goes on at another place: on another machine, in another folder, or without its work folder. A person has said that
// it is no second copy; what the work folder needs is made again, and who said so is recorded.
import { existsSync, mkdirSync } from 'node:fs';
import { isSamePlace, lastPlace, openJournal, placeOf, type Claim } from '@runbook/runner';
import { exitCodes, UsageError } from './exit.ts';
import { hasTerminal, terminalPeople, thisPerson } from './people.ts';
import { doneSteps } from './selection.ts';
import type { RecalledRun } from './stored-run.ts';

/** Records that a run goes on here, where it has not been. The caller owns the run. @returns whether there was anything to record */
export function relocate({ folder, events, plan }: RecalledRun, at: number): boolean {
  const from = lastPlace(events);
  const place = placeOf(folder.journal);
  const isEmpty = !existsSync(folder.work);
  if (from === undefined ? !isEmpty : isSamePlace(from, place) && from.path === place.path && !isEmpty) return false;
  for (const path of [folder.work, folder.logs, folder.state]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const done = doneSteps(events);
  const due = plan.steps.filter((step) => step.role === 'step' && step.effect === 'local' && done.has(step.id)).map((step) => step.id);
  const journal = openJournal(folder.journal);
  journal.append({ at, kind: 'moved', place, by: thisPerson(), due });
  journal.close();
  return true;
}

/** Asks the person who says `--take-over` whether it really is so; without a terminal the option is the answer. @throws UsageError (3) */
export async function insistOnTakeOver(run: string, claim: Exclude<Claim, { readonly kind: 'won' | 'owned' | 'copy' }>): Promise<void> {
  if (!hasTerminal()) return;
  const people = terminalPeople({ suspend: () => undefined, resume: () => undefined });
  if ((await people.confirm(`${questions[claim.kind](claim as never)} Go on with ${run} here?`)) !== true) throw new UsageError('Nothing was changed.', exitCodes.waiting);
}

const questions: { readonly [K in 'elsewhere' | 'moved' | 'handed-over']: (claim: Extract<Claim, { readonly kind: K }>) => string } = {
  elsewhere: ({ owner }) => `It was last run on ${owner.host}. If it still runs there, everything would be done twice.`,
  moved: ({ from }) => `It was last run in ${from.path}. If a copy goes on from there, everything would be done twice.`,
  'handed-over': () => 'It was handed over. If it goes on there, everything would be done twice.',
};

/** Why a run cannot be claimed, and what to do. */
export function refusal(run: string, claim: Exclude<Claim, { readonly kind: 'won' }>): UsageError {
  return new UsageError(refusals[claim.kind](run, claim as never), exitCodes.waiting);
}

const refusals: { readonly [K in Exclude<Claim['kind'], 'won'>]: (run: string, claim: Extract<Claim, { readonly kind: K }>) => string } = {
  owned: (run, { owner }) => `${run} is being run by process ${owner.pid} on this machine. Stop it first, or let it go on.`,
  elsewhere: (run, { owner }) => `${run} was last run on ${owner.host}. Make sure that it is stopped there, then: runbook resume ${run} --take-over`,
  copy: (run, { original }) => `${run} here is a copy of the run in ${original}, which is still there. Two of them would do everything twice. Go on there, or move one of the two out of the way of the other.`,
  moved: (run, { from }) => `${run} was last run in ${from.path}, and lies here as another file: moved, restored or copied. If nothing goes on from there any more: runbook resume ${run} --take-over`,
  'handed-over': (run) => `${run} was handed over and goes on elsewhere. Should that copy be lost, and only then: runbook resume ${run} --take-over`,
};
