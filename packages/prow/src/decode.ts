// From Prow's wire shapes to runs: ProwJobs of Deck, and prowjob.json, started.json, finished.json of the bucket. Pure.
// Unknown fields are ignored; a missing one is absent, never guessed. (domain §4.4, §4.6)
import { parseRunUrl } from './run-url.ts';
import type { BuildId, JobKind, Run, RunState } from './run.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where runs without an address of their own lie. */
export interface Places {
  readonly deckUrl: string;
  readonly bucket: string;
}

const states: readonly string[] = ['scheduling', 'triggered', 'pending', 'success', 'failure', 'aborted', 'error'];
const kinds: readonly string[] = ['presubmit', 'postsubmit', 'periodic', 'batch'];

/** A build id, or undefined when the text is none. */
export function readBuildId(value: unknown): BuildId | undefined {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? (value as BuildId) : undefined;
}

/** Newest first: longer ids are newer, equal lengths compare as text. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return b.length - a.length;
  return a < b ? 1 : a > b ? -1 : 0;
}

/** A ProwJob as a run, or undefined when it is none. */
export function readProwJob(value: unknown, places: Places): Run | undefined {
  const job = asFields(value);
  const spec = asFields(job['spec']);
  const status = asFields(job['status']);
  const name = text(spec['job']);
  const kind = kinds.find((known) => known === spec['type']) as JobKind | undefined;
  const state = states.find((known) => known === status['state']) as RunState | undefined;
  if (name === undefined || kind === undefined || state === undefined) return undefined;
  const refs = readRefs(spec['refs']);
  const url = text(status['url']);
  const place = url === undefined ? undefined : parseRunUrl(url);
  const id = readBuildId(status['build_id']) ?? place?.id;
  const bucket = place?.bucket ?? places.bucket;
  const prefix = place?.prefix ?? (id === undefined ? undefined : runFolder({ job: name, kind, ...refs }, id));
  const uuid = text(asFields(job['metadata'])['name']) ?? '';
  return {
    job: name,
    kind,
    ...given('id', id),
    ...outcome(state),
    url: url ?? (prefix === undefined ? `${places.deckUrl}/prowjob?prowjob=${encodeURIComponent(uuid)}` : runUrl(places.deckUrl, bucket, prefix)),
    ...given('description', text(status['description'])),
    ...given('startedAt', isoTime(status['startTime'])),
    ...given('finishedAt', isoTime(status['completionTime'])),
    ...refs,
    bucket,
    ...given('prefix', prefix),
  };
}

/** What started.json and finished.json add to a run; they outlive and outrank the ProwJob's last upload. */
export function withRecords(run: Run, started: unknown, finished: unknown): Run {
  const commit = text(asFields(started)['repo-commit']);
  const startedAt = unixTime(asFields(started)['timestamp']) ?? run.startedAt;
  const known: Run = { ...run, ...given('commit', isSha(commit) ? commit : undefined), ...given('startedAt', startedAt) };
  if (!isRecord(finished)) return known;
  const fields = asFields(finished);
  const finishedAt = unixTime(fields['timestamp']) ?? run.finishedAt;
  return { ...known, ...outcome(finalState(fields, run.state)), ...given('finishedAt', finishedAt) };
}

/** Deck keeps what is over for so long (sinker's max_prowjob_age, domain §4.5), and what is not over for longer. Milliseconds. */
const deckKeepsMs = 48 * 3_600_000;

/**
 * A run that the bucket says has begun, that Deck does not know, and of which no end was ever written: its pod was lost, and waiting
 * for it is in vain. (domain §4.6)
 */
export function withLoss(run: Run, now: number): Run {
  const age = run.startedAt === undefined ? 0 : now - Date.parse(run.startedAt);
  if (run.finished || age <= deckKeepsMs) return run;
  return { ...run, ...outcome('error'), description: `Lost: it began ${Math.floor(age / 86_400_000)} days ago, Deck does not know it any more, and its end was never written.` };
}

/** A run of which only the bucket's started.json is left. */
export function readStarted(value: unknown, place: { readonly job: string; readonly kind: JobKind; readonly id: BuildId; readonly prefix: string }, places: Places): Run {
  const fields = asFields(value);
  const [repo, refs] = Object.entries(asFields(fields['repos']))[0] ?? [];
  const [base = '', ...pulls] = (text(refs) ?? '').split(',');
  const [baseRef = '', baseSha] = base.split(':');
  const [number, pullSha] = (pulls[0] ?? '').split(':');
  const pull = /^\d{1,9}$/.test(number ?? '') ? Number(number) : undefined;
  const sha = [pullSha, baseSha, text(fields['repo-version'])].find(isSha);
  return {
    ...place,
    ...outcome('pending'),
    url: runUrl(places.deckUrl, places.bucket, place.prefix),
    ...given('startedAt', unixTime(fields['timestamp'])),
    ...given('repo', repo),
    ...given('baseRef', baseRef === '' ? undefined : baseRef),
    ...given('sha', sha),
    ...given('pull', pull),
    bucket: places.bucket,
  };
}

/** The public page of a run. */
function runUrl(deckUrl: string, bucket: string, prefix: string): string {
  return `${deckUrl}/view/gs/${bucket}/${prefix}`;
}

/** The folder of a run in the bucket. (domain §4.6, path strategy `legacy`) */
function runFolder(run: { readonly job: string; readonly kind: JobKind; readonly repo?: string; readonly pull?: number }, id: BuildId): string | undefined {
  const folder = jobFolder(run);
  return folder === undefined ? undefined : `${folder}/${id}`;
}

/** The folder of a job's runs, or undefined when repository and pull request are needed for it and not known. */
export function jobFolder(run: { readonly job: string; readonly kind: JobKind; readonly repo?: string; readonly pull?: number }): string | undefined {
  if (run.kind === 'postsubmit' || run.kind === 'periodic') return `logs/${run.job}`;
  if (run.kind === 'batch') return `pr-logs/pull/batch/${run.job}`;
  if (run.repo === undefined || run.pull === undefined) return undefined;
  const [owner = '', name = ''] = run.repo.split('/');
  const segment = run.repo === 'kubernetes/kubernetes' ? '' : owner === 'kubernetes' ? `${name}/` : `${owner}_${name}/`;
  return `pr-logs/pull/${segment}${run.pull}/${run.job}`;
}

function outcome(state: RunState): Pick<Run, 'state' | 'finished' | 'succeeded' | 'failed'> {
  const finished = state === 'success' || state === 'failure' || state === 'aborted' || state === 'error';
  return { state, finished, succeeded: state === 'success', failed: finished && state !== 'success' };
}

/** `SUCCESS`, `FAILURE`, `ABORTED` of a pod, or crier's lower-case words when the pod never uploaded. */
function finalState(finished: Fields, before: RunState): RunState {
  const result = text(finished['result'])?.toLowerCase();
  if (finished['passed'] === true) return 'success';
  if (result === 'success' || result === 'aborted' || result === 'error') return result;
  return before === 'aborted' || before === 'error' ? before : 'failure';
}

function readRefs(value: unknown): Pick<Run, 'repo' | 'baseRef' | 'sha' | 'pull'> {
  const refs = asFields(value);
  const pulls = Array.isArray(refs['pulls']) ? refs['pulls'].map(asFields) : [];
  const org = text(refs['org']);
  const repo = text(refs['repo']);
  // A batch tests several heads at once: no single one is its commit.
  const single = pulls.length === 1 ? pulls[0] : undefined;
  const number = single?.['number'];
  return {
    ...given('repo', org === undefined || repo === undefined ? undefined : `${org}/${repo}`),
    ...given('baseRef', text(refs['base_ref'])),
    ...given('sha', single === undefined ? text(refs['base_sha']) : text(single['sha'])),
    ...given('pull', typeof number === 'number' ? number : undefined),
  };
}

/** The value as an object; anything else has no fields. */
export function asFields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** True for a JSON object: what else stands in the place of a record is none. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isSha(value: string | undefined): value is string {
  return value !== undefined && /^[0-9a-f]{40,64}$/.test(value);
}

function isoTime(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function unixTime(value: unknown): string | undefined {
  return typeof value === 'number' && value > 0 && value < 8.64e12 ? new Date(value * 1000).toISOString() : undefined;
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}
