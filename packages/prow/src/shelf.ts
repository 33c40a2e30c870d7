// Runs as the bucket keeps them: `logs/<job>/<id>/…`. What identifies a run never changes, so it is read once and kept;
// its end is read anew each time until there is one.
import { compareIds, isRecord, jobFolder, readBuildId, readProwJob, readStarted, withRecords, type Places } from './decode.ts';
import type { Bucket } from './bucket.ts';
import { parseRecord } from './one-run.ts';
import type { BuildId, JobKind, Run, RunQuery } from './run.ts';

/** Searches the bucket. */
export interface Shelf {
  /** Matching runs among the newest `most` ones, newest first; with `first`, only the newest match. */
  search(query: RunQuery, how: { readonly most: number; readonly first: boolean }): Promise<readonly Run[]>;
  /** Those of the given runs that match; an annotated tag's run by its checked-out commit too, which only the bucket knows. */
  matching(runs: readonly Run[], query: RunQuery): Promise<readonly Run[]>;
}

interface Slot {
  readonly id: BuildId;
  /** Folder of the run, or the object that points to it. */
  readonly prefix?: string;
  readonly pointer?: string;
}

/** How many runs are looked at side by side. */
const abreast = 8;

/** Makes it. */
export function createShelf(store: Bucket, places: Places): Shelf {
  const identities = new Map<string, Run>();
  const commits = new Map<string, string>();
  const readJson = async (path: string): Promise<unknown> => {
    return parseRecord(await store.find(places.bucket, path));
  };

  const slots = async (query: RunQuery, kind: JobKind): Promise<readonly Slot[]> => {
    const folder = jobFolder({ ...query, kind });
    if (folder !== undefined) {
      const { folders } = await store.list(places.bucket, folder);
      return folders.flatMap((name) => readBuildId(name) ?? []).map((id) => ({ id, prefix: `${folder}/${id}` }));
    }
    const { objects } = await store.list(places.bucket, `pr-logs/directory/${query.job}`);
    return objects.flatMap((name) => readBuildId(name.replace(/\.txt$/, '')) ?? []).map((id) => ({ id, pointer: `pr-logs/directory/${query.job}/${id}.txt` }));
  };

  const identify = async (slot: Slot, query: RunQuery, kind: JobKind): Promise<Run | undefined> => {
    const prefix = slot.prefix ?? (await follow(store, places, slot.pointer ?? ''));
    if (prefix === undefined) return undefined;
    const kept = identities.get(prefix);
    if (kept !== undefined) return kept;
    const job = readProwJob(await readJson(`${prefix}/prowjob.json`), places);
    const run = job ?? (await startedOnly(prefix, slot.id, { query, kind }));
    const placed = run === undefined ? undefined : { ...run, id: slot.id, prefix };
    if (placed !== undefined) identities.set(prefix, placed);
    return placed;
  };
  const startedOnly = async (prefix: string, id: BuildId, { query, kind }: { query: RunQuery; kind: JobKind }): Promise<Run | undefined> => {
    const started = await readJson(`${prefix}/started.json`);
    return isRecord(started) ? readStarted(started, { job: query.job, kind, id, prefix }, places) : undefined;
  };

  const withCommit = async (run: Run): Promise<Run> => {
    if (run.prefix === undefined || run.commit !== undefined) return run;
    const kept = commits.get(run.prefix);
    if (kept !== undefined) return { ...run, commit: kept };
    const read = withRecords(run, await readJson(`${run.prefix}/started.json`), undefined);
    const clone = read.commit === undefined || read.commit === run.sha ? await readJson(`${run.prefix}/clone-records.json`) : undefined;
    const commit = clonedCommit(clone) ?? read.commit;
    // While it runs, the clone's record may still come.
    if (commit !== undefined && (clone !== undefined || commit !== run.sha || run.finished)) commits.set(run.prefix, commit);
    return commit === undefined ? read : { ...read, commit };
  };

  const match = async (run: Run, query: RunQuery): Promise<Run | undefined> => {
    if (!matchesApartFromSha(run, query)) return undefined;
    if (query.sha === undefined || run.sha === query.sha || run.commit === query.sha) return run;
    const known = run.kind === 'postsubmit' ? await withCommit(run) : run;
    return known.commit === query.sha ? known : undefined;
  };

  return {
    async search(query, { most, first }) {
      const kind = query.kind ?? (query.pull === undefined ? 'postsubmit' : 'presubmit');
      const all = (await slots(query, kind)).toSorted((a, b) => compareIds(a.id, b.id)).slice(0, most);
      const found: Run[] = [];
      for (let at = 0; at < all.length && !(first && found.length > 0); at += abreast) {
        const part = await Promise.all(all.slice(at, at + abreast).map(async (slot) => {
          const run = await identify(slot, query, kind);
          return run === undefined ? undefined : match(run, query);
        }));
        found.push(...part.filter((run) => run !== undefined));
      }
      const wanted = first ? found.slice(0, 1) : found;
      return Promise.all(wanted.map(async (run) => withRecords(run, await readJson(`${run.prefix}/started.json`), await readJson(`${run.prefix}/finished.json`))));
    },
    async matching(runs, query) {
      const found = await Promise.all(runs.map((run) => match(run, query)));
      return found.filter((run) => run !== undefined);
    },
  };
}

function matchesApartFromSha(run: Run, query: RunQuery): boolean {
  return (
    run.job === query.job &&
    (query.kind === undefined || run.kind === query.kind) &&
    (query.repo === undefined || run.repo === query.repo) &&
    (query.baseRef === undefined || run.baseRef === query.baseRef) &&
    (query.pull === undefined || run.pull === query.pull)
  );
}

/** A presubmit's alias holds `gs://bucket/path`. */
async function follow(store: Bucket, places: Places, pointer: string): Promise<string | undefined> {
  const text = await store.find(places.bucket, pointer);
  const match = /^gs:\/\/([^/]+)\/(.+?)\/?\s*$/.exec(text ?? '');
  return match?.[1] === places.bucket ? match[2] : undefined;
}

/** The commit that the clone ended at, from clone-records.json; the first record is the job's own repository. */
function clonedCommit(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  const sha = typeof first === 'object' && first !== null ? (first as Record<string, unknown>)['final_sha'] : undefined;
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
}
