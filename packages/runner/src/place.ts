// Where a run's journal lies, so that a copy of a run folder is never taken for the run: two of them would do everything twice.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Place, RunEvent } from '@runbook/model';

/** The place of a journal that exists. */
export function placeOf(journalFile: string): Place {
  const { dev, ino } = statSync(journalFile, { bigint: true });
  return { host: hostname(), path: realpathSync(dirname(journalFile)), device: String(dev), inode: String(ino) };
}

/** The place where a run last went on; undefined where its journal does not say. */
export function lastPlace(events: readonly RunEvent[]): Place | undefined {
  const event = events.findLast((candidate) => candidate.kind === 'moved' || (candidate.kind === 'run-started' && candidate.place !== undefined));
  return event?.kind === 'moved' || event?.kind === 'run-started' ? event.place : undefined;
}

/** Whether two places are one file: then there is one journal, and its election of owners holds. A disk may get another number after a boot. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.host === b.host && a.inode === b.inode && (a.device === b.device || a.path === b.path);
}

/** What a journal is, seen from where its run last went on. */
export type Whereabouts =
  | { readonly kind: 'here' }
  /** The journal is another file, and the run's own is still where it was. */
  | { readonly kind: 'copy'; readonly original: string }
  /** The journal is another file, and nothing is where the run was. */
  | { readonly kind: 'moved'; readonly from: Place };

/** Compares a journal's place with the one its events name. What was handed over and taken in may lie anywhere. */
export function whereabouts(journalFile: string, events: readonly RunEvent[]): Whereabouts {
  const from = lastPlace(events);
  const here = placeOf(journalFile);
  const isTakenIn = events.findLast((event) => event.kind === 'moved' || event.kind === 'taken-in')?.kind === 'taken-in';
  if (from === undefined || isTakenIn || from.host !== here.host || isSamePlace(from, here)) return { kind: 'here' };
  return from.path !== here.path && isRun(from.path, events) ? { kind: 'copy', original: from.path } : { kind: 'moved', from };
}

/** Whether a folder still holds the run. */
function isRun(folder: string, events: readonly RunEvent[]): boolean {
  const id = events.find((event) => event.kind === 'run-started')?.run;
  try {
    return readFileSync(join(folder, 'journal.jsonl'), 'utf8').includes(`"run":${JSON.stringify(id)}`);
  } catch (error) {
    // what cannot be read may well be the run
    return !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'));
  }
}
