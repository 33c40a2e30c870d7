// The Prow client: Deck knows the last 48 hours, the bucket everything that started. Reads only.
// It never says "no such run" when it could not look, and never turns a build id into a number.
import { AddressError, OutsideError, type Http } from '@runbook/http';
import { explainLog, readBuild, readPushedImages } from './build-log.ts';
import { createBucket, refusePage, streamFrom, type Bucket } from './bucket.ts';
import { asFields, compareIds, readProwJob, withLoss, type Places } from './decode.ts';
import { runAgain, runAt, type RunSources } from './one-run.ts';
import { explainPromoterLog, isPromoterJob } from './promoter-log.ts';
import { parseRunUrl } from './run-url.ts';
import { createShelf, type Shelf } from './shelf.ts';
import type { Prow, ProwOptions } from './prow.ts';
import type { Run, RunQuery } from './run.ts';

/** How many runs of the bucket `findRun` looks at, newest first. */
const mostRuns = 200;
/** prow.k8s.io has some tens of MB of jobs; with `omit` and a repository far less. */
const deckBytes = 256 * 1024 * 1024;
const tailForReasons = 200_000;
/** Of one run's artifacts. */
const mostFolders = 2000;

interface Parts extends Places {
  readonly http: Http;
  readonly store: Bucket;
  readonly shelf: Shelf;
  readonly now: () => number;
}

/** Makes the client. Nothing is sent before the first call. */
export function createProw(options: ProwOptions): Prow {
  const env = options.env ?? {};
  const deckUrl = (options.deckUrl ?? env['RUNBOOK_PROW_URL'] ?? 'https://prow.k8s.io').replace(/\/+$/, '');
  const logsUrl = (options.logsUrl ?? env['RUNBOOK_LOGS_URL'] ?? 'https://storage.googleapis.com').replace(/\/+$/, '');
  const store = createBucket(options.http, logsUrl);
  const places: Places = { deckUrl, bucket: options.bucket ?? 'kubernetes-ci-logs' };
  const parts: Parts = { ...places, http: options.http, store, shelf: createShelf(store, places), now: options.now ?? Date.now };
  const sources: RunSources = { store, places, deck: (query) => fromDeck(parts, query), now: parts.now };
  return {
    findRun: (query) => findRun(parts, query),
    listRuns: (query) => listRuns(parts, query, query.limit ?? 50),
    async findRunAt(url) {
      const place = parseRunUrl(url);
      if (place === undefined) throw new AddressError(`"${url}" is no page of a run, expected one such as https://prow.k8s.io/view/gs/BUCKET/logs/JOB/ID.`);
      return runAt(sources, place);
    },
    refreshRun: (run) => runAgain(sources, run, (query) => findRun(parts, query)),
    async readArtifact(run, path) {
      return (await parts.store.find(run.bucket, place(run, path), undefined)) ?? raiseAbsent(run, path);
    },
    findArtifact: async (run, path) => (run.prefix === undefined ? undefined : parts.store.find(run.bucket, place(run, path))),
    listArtifacts: (run) => listArtifacts(parts, run),
    log: async (run, { tailBytes } = {}) => readLog(parts, run, tailBytes),
    streamLog: (run, from, onPiece) => streamLog(parts, run, { from, onPiece }),
    pushedImages: async (run) => (await buildLogs(parts, run)).flatMap(readPushedImages),
    async buildOf(run) {
      for (const log of await buildLogs(parts, run)) {
        const build = readBuild(log);
        if (build !== undefined) return build;
      }
      return undefined;
    },
    explainFailure: (run) => explainFailure(parts, run),
    explainPromotion: async (run) => (isPromoterJob(run.job) ? explainPromoterLog(await readLog(parts, run, undefined)) : []),
  };
}

async function findRun(parts: Parts, query: RunQuery): Promise<Run | undefined> {
  const deck = await fromDeck(parts, query).catch(keepOutsideError);
  if (!(deck instanceof OutsideError) && deck[0] !== undefined) return deck[0];
  const [stored] = await parts.shelf.search(query, { most: mostRuns, first: true });
  // Without Deck, a run that just started may be missing in the bucket: that is not absence.
  if (deck instanceof OutsideError) {
    if (stored === undefined) throw deck;
    return stored;
  }
  return stored === undefined ? undefined : withLoss(stored, parts.now());
}

async function listRuns(parts: Parts, query: RunQuery, limit: number): Promise<readonly Run[]> {
  const deck = await fromDeck(parts, query);
  const stored = await parts.shelf.search(query, { most: limit, first: false });
  const known = new Set(deck.map((run) => run.prefix));
  return [...deck, ...stored.filter((run) => !known.has(run.prefix)).map((run) => withLoss(run, parts.now()))].sort(newestFirst);
}

function keepOutsideError(error: unknown): OutsideError {
  if (error instanceof OutsideError) return error;
  throw error;
}

/** Matching runs that Deck knows, newest first. */
async function fromDeck(parts: Parts, query: RunQuery): Promise<readonly Run[]> {
  const url = new URL(`${parts.deckUrl}/prowjobs.js`);
  url.searchParams.set('omit', 'annotations,labels,decoration_config,pod_spec');
  // Deck filters by repository since 2025-11 (kubernetes-sigs/prow#549), but then hides periodics.
  const [owner, name] = query.kind === 'periodic' ? [] : (query.repo ?? '').split('/');
  if (owner !== undefined && owner !== '' && name !== undefined) {
    url.searchParams.set('org', owner);
    url.searchParams.set('repo', name);
  }
  const answer = await parts.http.request({ service: 'prow', method: 'GET', url: url.href, maxBytes: deckBytes });
  if (!answer.ok) throw await answer.error();
  const items = asFields(await answer.json())['items'];
  // Go writes an empty list as null.
  if (!Array.isArray(items) && items !== null) throw answer.unexpected('the answer is no list of ProwJobs');
  const runs = (items ?? []).flatMap((item) => readProwJob(item, parts) ?? []);
  return (await parts.shelf.matching(runs, query)).toSorted(newestFirst);
}

/** Build ids grow with time; a run that has none yet is newer than any that has. */
function newestFirst(a: Run, b: Run): number {
  if (a.id !== undefined && b.id !== undefined) return compareIds(a.id, b.id);
  if (a.id === undefined && b.id === undefined) return (b.startedAt ?? '').localeCompare(a.startedAt ?? '');
  return a.id === undefined ? -1 : 1;
}

/** The path of a run's file. It stays inside the run's folder. */
function place(run: Run, path: string): string {
  if (run.prefix === undefined) return raiseAbsent(run, path);
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) throw new AddressError(`"${path}" is no path below a run, expected one such as artifacts/build.log.`);
  return `${run.prefix}/${path}`;
}

function raiseAbsent(run: Run, path: string): never {
  const detail = run.prefix === undefined ? `${run.job} has not started, so it has no ${path} yet` : run.finished ? `the run has no ${path}` : `the run is ${run.state} and has no ${path} yet`;
  throw new OutsideError({ code: 'absent', service: 'prow', request: `GET ${run.url}`, detail });
}

async function listArtifacts(parts: Parts, run: Run): Promise<readonly string[]> {
  if (run.prefix === undefined) return [];
  const found: string[] = [];
  const open = ['artifacts'];
  let folders = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    folders += 1;
    if (folders > mostFolders) throw new OutsideError({ code: 'unexpected-answer', service: 'prow', request: `GET ${run.url}`, detail: `the run has more than ${mostFolders} folders of artifacts` });
    const listed = await parts.store.list(run.bucket, `${run.prefix}/${folder}`);
    found.push(...listed.objects.map((name) => `${folder}/${name}`));
    open.push(...listed.folders.map((name) => `${folder}/${name}`));
  }
  return found.sort();
}

async function readLog(parts: Parts, run: Run, tailBytes: number | undefined): Promise<string> {
  const stored = run.prefix === undefined ? undefined : await parts.store.find(run.bucket, place(run, 'build-log.txt'), tailBytes);
  if (stored !== undefined) return stored;
  const answer = await parts.http.request({ service: 'prow', method: 'GET', url: deckLog(parts, run) });
  if (answer.status === 404) return raiseAbsent(run, 'build-log.txt');
  if (!answer.ok) throw await answer.error();
  refusePage(answer, 'build-log.txt');
  const text = await answer.text();
  return tailBytes === undefined ? text : text.slice(-tailBytes);
}

/** Where Deck shows the log of a pod that runs, or ran just now. (domain §4.5) */
function deckLog({ deckUrl }: Parts, run: Run): string {
  if (run.id === undefined) return raiseAbsent(run, 'build-log.txt');
  const url = new URL(`${deckUrl}/log`);
  url.searchParams.set('job', run.job);
  url.searchParams.set('id', run.id);
  return url.href;
}

/** The bucket's log once it is there, else what Deck shows: the same bytes, so that one goes on where the other ended. */
async function streamLog(parts: Parts, run: Run, { from, onPiece }: { readonly from: number; readonly onPiece: (piece: Uint8Array) => void }): Promise<number> {
  const stored = run.prefix === undefined ? undefined : await parts.store.stream(run.bucket, place(run, 'build-log.txt'), from, onPiece);
  if (stored !== undefined) return stored;
  const answer = await parts.http.request({ service: 'prow', method: 'GET', url: deckLog(parts, run), headers: { range: `bytes=${from}-`, 'accept-encoding': 'identity' }, maxBytes: Number.MAX_SAFE_INTEGER });
  return (await streamFrom(answer, { path: 'build-log.txt', from, onPiece })) ?? raiseAbsent(run, 'build-log.txt');
}

/**
 * The logs that may name pushed images: image-builder writes `artifacts/build.log`, or one file a variant; without
 * `--log-dir`, and after a failure, the same text is in build-log.txt. (domain §2.4)
 */
async function buildLogs(parts: Parts, run: Run): Promise<readonly string[]> {
  const usual = run.prefix === undefined ? undefined : await parts.store.find(run.bucket, place(run, 'artifacts/build.log'));
  if (usual !== undefined) return [usual];
  const names = run.prefix === undefined ? [] : (await parts.store.list(run.bucket, place(run, 'artifacts'))).objects.filter((name) => name.endsWith('.log'));
  const variants = await Promise.all(names.map((name) => parts.store.find(run.bucket, place(run, `artifacts/${name}`))));
  const found = variants.filter((text) => text !== undefined);
  return found.length > 0 ? found : [await readLog(parts, run, undefined)];
}

async function explainFailure(parts: Parts, run: Run): Promise<readonly string[]> {
  if (!run.failed) return [];
  const texts: string[] = [run.description ?? ''];
  try {
    texts.push(await readLog(parts, run, tailForReasons), ...(await buildLogs(parts, run)));
  } catch (error) {
    // A pod that never uploaded has no log; its description still says something.
    if (!(error instanceof OutsideError) || error.code !== 'absent') throw error;
  }
  return [...new Set(texts.flatMap(explainLog))];
}


