// `runbook prow runs|history|log|wait`: what Prow did, read from Deck and from the log bucket. Nothing is started or stopped.
import { StringDecoder } from 'node:string_decoder';
import { safeText } from '@runbook/access';
import { parseDuration } from '@runbook/model';
import { adviseRerun, parseRunUrl, type JobKind, type Prow, type Run, type RunQuery } from '@runbook/prow';
import { formatDuration, oneLine } from '@runbook/render';
import { withClients, type Clients } from '../clients.ts';
import { print, say, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readConfig } from './prow-jobs.ts';

/** Which runs are meant. */
export interface QueryFlags {
  readonly repo?: string;
  readonly baseRef?: string;
  readonly sha?: string;
  readonly pull?: string;
  readonly type?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

const kinds: readonly JobKind[] = ['presubmit', 'postsubmit', 'periodic', 'batch'];

function readQuery(job: string, { repo, baseRef, sha, pull, type }: QueryFlags): RunQuery {
  const kind = kinds.find((known) => known === type);
  if (type !== undefined && kind === undefined) throw new UsageError(`--type ${type}: expected ${kinds.join(', ')}.`);
  if (repo !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new UsageError(`--repo ${repo}: expected ORG/REPO.`);
  if (pull !== undefined && !/^\d{1,9}$/.test(pull)) throw new UsageError(`--pull ${pull}: expected the number of a pull request.`);
  return { job, ...(repo === undefined ? {} : { repo }), ...(baseRef === undefined ? {} : { baseRef: baseRef.replace(/^refs\/(?:heads|tags)\//, '') }), ...(sha === undefined ? {} : { sha }), ...(pull === undefined ? {} : { pull: Number(pull) }), ...(kind === undefined ? {} : { kind }) };
}

function readLimit(limit: string | undefined, usual: number): number {
  const count = limit === undefined ? usual : Number(limit);
  if (!Number.isInteger(count) || count < 1) throw new UsageError(`--limit ${limit ?? ''}: expected a number of runs.`);
  return count;
}

/** `prow runs`: runs of a job, newest first. */
export function prowRuns(job: string, flags: QueryFlags): Promise<number> {
  const query = readQuery(job, flags);
  const limit = readLimit(flags.limit, 20);
  return withClients({}, async ({ prow }) => {
    const runs = (await prow.listRuns({ ...query, limit })).slice(0, limit);
    if (flags.json === true) print(JSON.stringify({ runs }, null, 2));
    else if (runs.length > 0) print(runs.map(renderRun).join('\n'));
    if (runs.length === 0) say(`There is no such run of ${oneLine(job)}.`);
    return exitCodes.done;
  });
}

/** `prow history`: how the runs of a job ended, and how long they took. */
export function prowHistory(job: string, flags: QueryFlags): Promise<number> {
  const query = readQuery(job, flags);
  const limit = readLimit(flags.limit, 50);
  return withClients({}, async ({ prow }) => {
    const runs = (await prow.listRuns({ ...query, limit })).slice(0, limit);
    const over = runs.filter((run) => run.finished);
    const succeeded = over.filter((run) => run.succeeded).length;
    const times = over.map(tookMs).filter((ms) => ms !== undefined).sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    const summary = { runs: runs.length, finished: over.length, succeeded, ...(median === undefined ? {} : { medianMs: median }) };
    if (flags.json === true) print(JSON.stringify({ job, summary, runs }, null, 2));
    else {
      if (runs.length > 0) print(runs.map(renderRun).join('\n'));
      print(over.length === 0 ? `no run of ${oneLine(job)} is over` : `${succeeded} of ${over.length} succeeded${median === undefined ? '' : `, half of them within ${formatDuration(median)}`}`);
    }
    return exitCodes.done;
  });
}

function tookMs({ startedAt, finishedAt }: Run): number | undefined {
  return startedAt === undefined || finishedAt === undefined ? undefined : Date.parse(finishedAt) - Date.parse(startedAt);
}

function renderRun(run: Run): string {
  const { palette } = stdoutStyle();
  const paint = run.succeeded ? palette.green : run.failed ? palette.red : palette.yellow;
  const took = tookMs(run);
  return `${paint(run.state.padEnd(9))} ${(run.startedAt ?? '').slice(0, 16).padEnd(16)}  ${(took === undefined ? '' : formatDuration(took)).padStart(9)}  ${oneLine(run.baseRef ?? '')}${run.pull === undefined ? '' : ` #${run.pull}`} ${oneLine((run.sha ?? '').slice(0, 10))}  ${palette.dim(oneLine(run.url))}`;
}

/** The flags of `prow log`. */
export interface LogFlags extends QueryFlags {
  readonly lines?: string;
  readonly follow?: boolean;
  readonly artifact?: string;
  readonly json?: boolean;
}

/** `prow log`: the log of a run, given by its page or as the newest of a job. */
export function prowLog(target: string, flags: LogFlags): Promise<number> {
  const lines = flags.lines === undefined ? undefined : readLines(flags.lines);
  if (flags.json === true && flags.follow === true) throw new UsageError('--json gives a log as a whole, --follow as it comes: say one of them.');
  return withClients({}, async (clients) => {
    const run = await findTarget(clients.prow, target, flags);
    if (flags.json === true) {
      const text = flags.artifact === undefined ? await clients.prow.log(run) : await clients.prow.readArtifact(run, flags.artifact);
      print(JSON.stringify({ run, text: lines === undefined ? text : lastLines(text, lines) }, null, 2));
      return exitCodes.done;
    }
    if (flags.artifact !== undefined) {
      print(safeText(await clients.prow.readArtifact(run, flags.artifact)));
      return exitCodes.done;
    }
    const screen = linePrinter(lines);
    const isFollowed = flags.follow === true && !run.finished;
    const from = await streamOn(clients, run, { from: 0, screen, mayBeAbsent: isFollowed });
    screen.flush();
    if (isFollowed) return followLog(clients, run, { from, screen });
    screen.end();
    return exitCodes.done;
  });
}

function readLines(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--lines ${text}: expected a number of lines.`);
  return Number(text);
}

function lastLines(text: string, count: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.slice(Math.max(0, lines.length - count)).join('\n');
}

async function findTarget(prow: Prow, target: string, flags: QueryFlags): Promise<Run> {
  const place = parseRunUrl(target);
  if (/^https?:/.test(target) && place === undefined) throw new UsageError(`${target}: expected the page of a run, such as https://prow.k8s.io/view/gs/BUCKET/logs/JOB/ID.`);
  const query = readQuery(place?.job ?? target, flags);
  const run = place === undefined ? await prow.findRun(query) : await prow.findRunAt(target);
  if (run === undefined) throw new UsageError(`There is no such run of ${query.job}${place === undefined ? '' : ` with the id ${place.id}`}.`, exitCodes.failed);
  return run;
}

const followEveryMs = 5_000;

/** Shows whole lines as they come, made safe; with a number, first only the last so many of what there is until `flush`. */
function linePrinter(first: number | undefined): { take(piece: Uint8Array): void; flush(): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let last = first;
  let rest = '';
  let kept: string[] = [];
  const flush = (): void => {
    // an unfinished line counts as one of the last
    const whole = last === undefined ? kept : kept.slice(Math.max(0, kept.length - last + (rest === '' ? 0 : 1)));
    if (whole.length > 0 && last !== 0) print(safeText(whole.join('\n')));
    if (last === 0) rest = '';
    kept = [];
    last = undefined;
  };
  return {
    take(piece) {
      const lines = (rest + decoder.write(Buffer.from(piece))).split('\n');
      rest = lines.pop() ?? '';
      kept.push(...lines);
      if (last === undefined) flush();
      else if (kept.length > 2 * last) kept = kept.slice(kept.length - last);
    },
    flush,
    end() {
      if (rest !== '') print(safeText(rest));
      rest = '';
    },
  };
}

/** Shows what is new. A run that has only just begun may have no log yet. */
async function streamOn({ prow }: Clients, run: Run, { from, screen, mayBeAbsent }: { readonly from: number; readonly screen: ReturnType<typeof linePrinter>; readonly mayBeAbsent: boolean }): Promise<number> {
  try {
    return await prow.streamLog(run, from, screen.take);
  } catch (error) {
    if (mayBeAbsent && error instanceof Error && 'code' in error && error.code === 'absent') return from;
    throw error;
  }
}

/** Goes on from a byte until the run is over. Each turn asks for what is new, and only for that. */
async function followLog(clients: Clients, first: Run, { from, screen }: { readonly from: number; readonly screen: ReturnType<typeof linePrinter> }): Promise<number> {
  let shown = from;
  for (let run: Run = first; ; ) {
    await clients.sleep(followEveryMs);
    run = await clients.prow.refreshRun(run);
    shown = await streamOn(clients, run, { from: shown, screen, mayBeAbsent: !run.finished });
    if (!run.finished) continue;
    screen.end();
    return run.succeeded ? exitCodes.done : exitCodes.failed;
  }
}

/** The flags of `prow wait`. */
export interface WaitFlags extends QueryFlags {
  readonly config?: readonly string[];
  readonly timeout: string;
  readonly poll: string;
}

/** `prow wait`: until a run is over. 0 when it succeeded, 1 with the reasons when not or when the promoter left something out, 3 when the time is up before. */
export function prowWait(job: string, flags: WaitFlags): Promise<number> {
  const query = readQuery(job, flags);
  const timeout = readTime('--timeout', flags.timeout);
  const poll = readTime('--poll', flags.poll);
  const config = flags.config;
  return withClients({}, async (clients) => {
    const deadline = clients.time() + timeout;
    let told = '';
    for (;;) {
      const run = await look(clients.prow, query);
      const line = run === undefined ? `no run of ${oneLine(job)} yet` : `${run.state} ${oneLine(run.url)}`;
      if (line !== told) say(line);
      told = line;
      if (run?.finished === true) return endWait(clients, run, { json: flags.json === true, config });
      if (clients.time() + poll > deadline) {
        if (flags.json === true) print(JSON.stringify({ run: run ?? null, reasons: [] }, null, 2));
        say(`It is not over within ${flags.timeout}. Call it again to wait on.`);
        return exitCodes.waiting;
      }
      await clients.sleep(poll);
    }
  });
}

/** A service that does not answer just now is asked again at the next turn. */
async function look(prow: Prow, query: RunQuery): Promise<Run | undefined> {
  try {
    return await prow.findRun(query);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || (error.code !== 'unreachable' && error.code !== 'rate-limited')) throw error;
    say(safeText(error.message));
    return undefined;
  }
}

async function endWait({ prow }: Clients, run: Run, { json, config }: { readonly json: boolean; readonly config: readonly string[] | undefined }): Promise<number> {
  const leftOut = run.succeeded ? await prow.explainPromotion(run) : [];
  const reasons = [...(await prow.explainFailure(run)), ...leftOut];
  const images = run.succeeded ? await prow.pushedImages(run).catch(() => []) : [];
  const jobs = config === undefined || !run.failed ? [] : (await readConfig(config)).jobs;
  const rerun = adviseRerun(run, jobs.find((job) => job.name === run.job && job.kind === run.kind && job.repo === run.repo));
  if (json) print(JSON.stringify({ run, reasons, rerun, images }, null, 2));
  else {
    for (const image of images) print(oneLine(image.reference));
    for (const line of [...reasons, ...rerun]) say(oneLine(line));
  }
  return run.succeeded && leftOut.length === 0 ? exitCodes.done : exitCodes.failed;
}

function readTime(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new UsageError(`${flag} ${text}: expected a time such as 30s, 10m or 2h.`);
  return ms;
}
