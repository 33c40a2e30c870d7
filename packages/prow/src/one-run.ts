// One run whose place is known, read without a look through all those of its job: however old it is, and cheap enough to follow.
import type { Bucket } from './bucket.ts';
import { isRecord, readProwJob, readStarted, withLoss, withRecords, type Places } from './decode.ts';
import type { RunPlace } from './run-url.ts';
import type { JobKind, Run, RunQuery } from './run.ts';

/** What is asked. */
export interface RunSources {
  readonly store: Bucket;
  readonly places: Places;
  /** Runs that Deck knows, newest first. */
  readonly deck: (query: RunQuery) => Promise<readonly Run[]>;
  readonly now: () => number;
}

/** The run at a place, as it is now; undefined where neither bucket nor Deck knows it. Deck is asked only while its end is not written. */
export async function runAt({ store, places, deck, now }: RunSources, place: RunPlace, known?: Run): Promise<Run | undefined> {
  const read = async (name: string): Promise<unknown> => parseRecord(await store.find(place.bucket, `${place.prefix}/${name}`));
  const started = await read('started.json');
  const written = readProwJob(known === undefined ? await read('prowjob.json') : undefined, places) ?? known ?? (!isRecord(started) ? undefined : readStarted(started, { job: place.job, kind: kindOf(place.prefix), id: place.id, prefix: place.prefix }, places));
  const run = written === undefined ? undefined : withRecords({ ...written, id: place.id, prefix: place.prefix, bucket: place.bucket }, started, await read('finished.json'));
  if (run?.finished === true) return run;
  const running = (await deck({ job: place.job, ...(run === undefined ? {} : { kind: run.kind, ...(run.repo === undefined ? {} : { repo: run.repo }) }) })).find(({ id }) => id === place.id);
  return running ?? (run === undefined ? undefined : withLoss(run, now()));
}

/** A run as it is now. One that has no id yet is looked for by what started it. */
export async function runAgain(sources: RunSources, run: Run, find: (query: RunQuery) => Promise<Run | undefined>): Promise<Run> {
  const { job, kind, id, prefix, bucket, sha, baseRef, repo, pull } = run;
  if (id !== undefined && prefix !== undefined) return (await runAt(sources, { job, id, prefix, bucket }, run)) ?? run;
  const given = { ...(sha === undefined ? {} : { sha }), ...(baseRef === undefined ? {} : { baseRef }), ...(repo === undefined ? {} : { repo }), ...(pull === undefined ? {} : { pull }) };
  return (await find({ job, kind, ...given })) ?? run;
}

/** By the folder; a periodic's is that of a postsubmit. (domain §4.6) */
function kindOf(prefix: string): JobKind {
  if (prefix.startsWith('pr-logs/pull/batch/')) return 'batch';
  return prefix.startsWith('pr-logs/') ? 'presubmit' : 'postsubmit';
}

/** A half-written file is not there yet. */
export function parseRecord(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
