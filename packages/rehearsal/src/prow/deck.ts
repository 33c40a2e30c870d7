// prow.k8s.io: Deck's pages and JSON over the world's runs (domain facts §4.5). Reads only; reruns are denied as they are for
// most people, with status 200 and a sentence.
import { Hono } from 'hono';
import { stringify } from 'yaml';
import type { Core, HostedApp } from '../services.ts';
import type { Bucket } from './bucket.ts';
import { bucketName, isOver, prowRuns, runPrefix, runUrl } from './run.ts';
import type { ProwRun } from './run.ts';
import { prowJobOf } from './prow-job.ts';

/** Sinker removes ProwJobs that are older; the bucket keeps their files. */
const keptMs = 48 * 3_600_000;

/** Makes the app of prow.k8s.io. */
export function deckApp(core: Core, bucket: Bucket): HostedApp {
  const app = new Hono();
  const kept = (): ProwRun[] => prowRuns(core).runs.filter((run) => core.now() - run.created <= keptMs || !isOver(run));
  app.get('/prowjobs.js', (c) => {
    const query = new URL(c.req.url).searchParams;
    const text = JSON.stringify({ items: kept().filter((run) => matches(run, query)).map((run) => reduced(prowJobOf(run), query.get('omit') ?? '')) });
    const name = query.get('var');
    if (name === null) return c.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
    return /^[A-Za-z_$][\w$]*$/.test(name) ? c.body(`var ${name} = ${text};`, 200, { 'content-type': 'application/javascript' }) : c.text('invalid var', 400);
  });
  app.get('/data.js', (c) => c.json(kept().reverse().map(dataOf)));
  app.get('/prowjob', (c) => {
    const run = kept().find((other) => other.id === c.req.query('prowjob'));
    return run === undefined ? c.text('ProwJob not found', 404) : c.body(stringify(prowJobOf(run)), 200, { 'content-type': 'application/x-yaml' });
  });
  app.get('/rerun', (c) => {
    const run = kept().find((other) => other.id === c.req.query('prowjob'));
    return run === undefined ? c.text('ProwJob not found', 404) : c.body(stringify({ ...prowJobOf(run), status: { state: 'triggered' } }), 200, { 'content-type': 'application/x-yaml' });
  });
  app.post('/rerun', (c) => c.text("You don't have permission to rerun that job."));
  app.get('/log', async (c) => {
    const run = kept().find((other) => other.job === c.req.query('job') && other.buildId === c.req.query('id'));
    const text = run === undefined ? undefined : await bucket.read(`${runPrefix(run)}build-log.txt`);
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/plain; charset=utf-8' };
    return text === undefined ? c.body('Log not found: no such pod\n', 404, headers) : c.body(text, 200, headers);
  });
  app.get(`/view/gs/${bucketName}/*`, async (c) => {
    const path = decodeURIComponent(new URL(c.req.url).pathname).slice(`/view/gs/${bucketName}/`.length).replace(/\/?$/, '/');
    return c.html(await runPage(bucket, path), bucket.names(path).length === 0 ? 404 : 200);
  });
  app.get(`/job-history/gs/${bucketName}/*`, (c) => {
    const url = new URL(c.req.url);
    return c.html(historyPage(core, decodeURIComponent(url.pathname).replace(/\/$/, ''), url.searchParams.get('buildId')));
  });
  app.get('/', (c) => c.html(jobsPage(kept().filter((run) => [null, run.job].includes(new URL(c.req.url).searchParams.get('job'))))));
  return { service: 'prow', app, serves: (host) => host === 'prow.k8s.io', writes: (method) => method !== 'GET' && method !== 'HEAD' };
}

function matches(run: ProwRun, query: URLSearchParams): boolean {
  const [org, repo] = run.repo.split('/');
  const is = (name: string, value: string | undefined): boolean => [null, '', value].includes(query.get(name));
  return is('org', org) && is('repo', repo) && is('author', run.pull?.author) && is('job', run.job);
}

/** `omit` leaves out the parts of a ProwJob that make the list large; Deck knows these four. */
function reduced(job: Record<string, unknown>, omit: string): unknown {
  const names = new Set(omit.split(','));
  const copy = structuredClone(job) as { metadata: Record<string, unknown>; spec: Record<string, unknown> };
  if (names.has('annotations')) delete copy.metadata['annotations'];
  if (names.has('labels')) delete copy.metadata['labels'];
  if (names.has('decoration_config')) delete copy.spec['decoration_config'];
  if (names.has('pod_spec')) delete copy.spec['pod_spec'];
  return copy;
}

function dataOf(run: ProwRun): Record<string, unknown> {
  const job = prowJobOf(run) as { spec: { refs: unknown } };
  const end = run.completed;
  return {
    type: run.type, refs: job.spec.refs, refs_key: `${run.repo}`, job: run.job, build_id: run.buildId ?? '', context: run.context,
    started: String(Math.floor(run.created / 1000)), finished: end === undefined ? '' : `${new Date(end).toISOString().slice(0, 19)}Z`,
    duration: end === undefined ? '' : goDuration(end - run.created), state: run.state, description: run.description, url: runUrl(run), pod_name: run.buildId === undefined ? '' : run.id, agent: 'kubernetes', prow_job: run.id,
  };
}

function goDuration(ms: number): string {
  const total = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  return h > 0 ? `${h}h${m}m${s}s` : m > 0 ? `${m}m${s}s` : `${s}s`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body><h1>${escaped(title)}</h1>${body}</body></html>`;
}

function jobsPage(runs: readonly ProwRun[]): string {
  const rows = [...runs].reverse().map((run) => `<tr><td>${escaped(run.state)}</td><td><a href="${escaped(runUrl(run))}">${escaped(run.job)}</a></td><td>${escaped(run.repo)}</td><td>${escaped(run.baseRef)}</td></tr>`);
  return page('Prow Status', `<table>${rows.join('')}</table>`);
}

async function runPage(bucket: Bucket, prefix: string): Promise<string> {
  const names = bucket.names(prefix);
  if (names.length === 0) return page('Not found', `<p>There is no run at ${escaped(prefix)}</p>`);
  const log = (await bucket.read(`${prefix}build-log.txt`)) ?? '';
  const links = names.map((name) => `<li><a href="https://storage.googleapis.com/${bucketName}/${escaped(name)}">${escaped(name.slice(prefix.length))}</a></li>`);
  return page(prefix, `<ul>${links.join('')}</ul><pre>${escaped(log.slice(-20_000))}</pre>`);
}

/** Runs of one job, newest first, 20 a page, as data in a script. `path` is that of the page. */
function historyPage(core: Core, path: string, before: string | null): string {
  const match = /^\/job-history\/gs\/[^/]+\/(logs|pr-logs\/directory)\/([^/]+)$/.exec(path);
  const type = match?.[1] === 'logs' ? 'postsubmit' : 'presubmit';
  const all = prowRuns(core).runs.filter((run) => run.job === match?.[2] && run.type === type && run.buildId !== undefined).sort((a, b) => (BigInt(a.buildId ?? '0') < BigInt(b.buildId ?? '0') ? 1 : -1));
  const builds = all.filter((run) => before === null || BigInt(run.buildId ?? '0') <= BigInt(/^\d+$/.test(before) ? before : '0')).slice(0, 20).map((run) => {
    const job = prowJobOf(run) as { spec: { refs: unknown } };
    return {
      SpyglassLink: `/view/gs/${bucketName}/${runPrefix(run).replace(/\/$/, '')}`, ID: run.buildId ?? '', Started: `${new Date(run.pending ?? run.created).toISOString().slice(0, 19)}Z`,
      Duration: ((run.completed ?? core.now()) - (run.pending ?? run.created)) * 1_000_000, Result: isOver(run) ? run.state.toUpperCase() : 'PENDING', Refs: job.spec.refs,
    };
  });
  return page(`Job History: ${match?.[2] ?? ''}`, `<script>var allBuilds = ${JSON.stringify(builds).replaceAll('<', '\\u003c')};</script>`);
}
