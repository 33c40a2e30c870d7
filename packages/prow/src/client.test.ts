import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { OutsideError, createHttp } from '@runbook/http';
import { afterEach, describe, expect, test } from 'vitest';
import { createProw } from './client.ts';
import type { Prow } from './prow.ts';
import type { Run } from './run.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const job = 'apisnoop-push-snoopdb-images';
const [shaA, shaB, shaTag, shaHead] = ['a', 'b', 'c', 'd'].map((c) => c.repeat(40)) as [string, string, string, string];
const id1 = '1826789012345678848';
const id2 = '1826789012345678849';
const hex = (c: string): string => `sha256:${c.repeat(64)}`;

/** A ProwJob as Deck and prowjob.json have it. */
function prowJob(facts: { id?: string; state?: string; sha?: string; base?: string; name?: string; type?: string; pull?: { number: number; sha: string }; start?: string; url?: string }): object {
  const { id, state = 'success', sha = shaA, base = 'main', name = job, type = 'postsubmit', pull, start = '2026-08-22T07:00:00Z' } = facts;
  const folder = pull === undefined ? `logs/${name}` : `pr-logs/pull/k8s.io/${pull.number}/${name}`;
  return {
    apiVersion: 'prow.k8s.io/v1', kind: 'ProwJob', metadata: { name: 'uuid-1' },
    spec: { type, job: name, refs: { org: pull === undefined ? 'kubernetes-sigs' : 'kubernetes', repo: pull === undefined ? 'apisnoop' : 'k8s.io', base_ref: base, base_sha: sha, ...(pull === undefined ? {} : { pulls: [pull] }) } },
    status: { state, startTime: start, description: `Job ${state}.`, ...(id === undefined ? {} : { build_id: id, url: facts.url ?? `https://prow.k8s.io/view/gs/kubernetes-ci-logs/${folder}/${id}` }) },
  };
}

interface Field {
  deck?: object[] | null | number | string;
  /** Objects of the bucket by path; folders follow from them. */
  objects?: Record<string, string | object>;
  /** Deck's live logs by id. */
  live?: Record<string, string>;
  pageSize?: number;
}

async function field(state: Field): Promise<{ readonly prow: Prow; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '', 'http://x');
    seen.push(`${url.pathname}${url.search}`);
    const [, host, ...rest] = url.pathname.split('/');
    const path = `/${rest.join('/')}`;
    if (host === 'prow.k8s.io') answerDeck(state, path, url, res);
    else answerBucket(state, path, { url, range: req.headers.range }, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const { port } = server.address() as AddressInfo;
  const lock = createWriteLock(() => ({ mode: 'dry-run', effect: 'read' }), () => undefined);
  const http = createHttp({ lock, env: { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${port}/*` }, sleep: () => Promise.resolve() });
  return { prow: createProw({ http, now: () => Date.parse('2025-08-24T12:00:00Z') }), seen };
}

function answerDeck({ deck = [], live = {} }: Field, path: string, url: URL, res: ServerResponse): void {
  if (path === '/log') {
    const text = live[url.searchParams.get('id') ?? ''];
    res.writeHead(text === undefined ? 404 : 200).end(text ?? 'Log not found: x');
  } else if (typeof deck === 'number') res.writeHead(deck).end('no');
  else if (typeof deck === 'string') res.end(deck);
  else res.end(JSON.stringify({ items: deck }));
}

function answerBucket({ objects = {}, pageSize = 2 }: Field, path: string, { url, range }: { url: URL; range: string | undefined }, res: ServerResponse): void {
  if (path.startsWith('/storage/v1/b/kubernetes-ci-logs/o')) {
    const prefix = url.searchParams.get('prefix') ?? '';
    const below = Object.keys(objects).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    const prefixes = [...new Set(below.filter((name) => name.includes('/')).map((name) => `${prefix}${name.split('/')[0]}/`))].sort();
    const from = Number(url.searchParams.get('pageToken') ?? 0);
    const items = from === 0 ? below.filter((name) => !name.includes('/')).map((name) => ({ name: prefix + name })) : [];
    const more = from + pageSize < prefixes.length;
    res.end(JSON.stringify({ prefixes: prefixes.slice(from, from + pageSize), ...(items.length === 0 ? {} : { items }), ...(more ? { nextPageToken: String(from + pageSize) } : {}) }));
    return;
  }
  const found = objects[decodeURIComponent(path).replace('/kubernetes-ci-logs/', '')];
  if (found === undefined) return void res.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  if (range === undefined || text.startsWith('no ranges')) return void res.end(text);
  const [, from] = /^bytes=(\d+)-$/.exec(range) ?? [];
  if (from !== undefined) return void (Number(from) >= text.length ? res.writeHead(416).end('InvalidRange') : res.writeHead(206).end(text.slice(Number(from))));
  const count = Number(/^bytes=-(\d+)$/.exec(range)?.[1]);
  res.writeHead(206).end(text.slice(-count));
}

async function failure(work: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutsideError);
  return error as OutsideError;
}

describe('one run', () => {
  const page = (id: string, folder = `logs/${job}`, bucket = 'kubernetes-ci-logs'): string => `https://prow.k8s.io/view/gs/${bucket}/${folder}/${id}`;

  test('is read by its page, however many came later, without a look at the others', async () => {
    const others = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`logs/${job}/${2000 + n}/prowjob.json`, prowJob({ id: String(2000 + n) })]));
    const { prow, seen } = await field({ objects: { ...others, [`logs/${job}/999/prowjob.json`]: prowJob({ id: '999', state: 'pending', sha: shaB }), [`logs/${job}/999/finished.json`]: { timestamp: 1755900123, passed: false, result: 'FAILURE' } } });
    expect(await prow.findRunAt(page('999'))).toMatchObject({ id: '999', job, state: 'failure', sha: shaB, prefix: `logs/${job}/999` });
    expect(seen).toHaveLength(3);
    expect(await prow.findRunAt(page('998'))).toBeUndefined();
    await expect(prow.findRunAt('https://prow.k8s.io/')).rejects.toThrow('is no page of a run');
  });

  test('of a presubmit of which only its start is left', async () => {
    const folder = 'pr-logs/pull/k8s.io/1962/pull-k8sio-cip';
    const { prow } = await field({ objects: { [`${folder}/7/started.json`]: { timestamp: Date.parse('2025-08-24T11:00:00Z') / 1000, repos: { 'kubernetes/k8s.io': `main:${shaA},1962:${shaHead}` } } } });
    expect(await prow.findRunAt(page('7', folder))).toMatchObject({ kind: 'presubmit', job: 'pull-k8sio-cip', pull: 1962, sha: shaHead, state: 'pending' });
  });

  test('is refreshed from Deck while it runs, and from the bucket once it is over', async () => {
    const state: Field = { deck: [prowJob({ state: 'triggered' })] };
    const { prow, seen } = await field(state);
    const first = (await prow.findRun({ job })) as Run;
    expect([first.state, first.id]).toEqual(['triggered', undefined]);
    state.deck = [prowJob({ id: id1, state: 'pending' })];
    const second = await prow.refreshRun(first);
    expect(second).toMatchObject({ state: 'pending', id: id1 });
    seen.length = 0;
    state.objects = { [`logs/${job}/${id1}/finished.json`]: { timestamp: 1755900123, passed: true, result: 'SUCCESS' } };
    expect(await prow.refreshRun(second)).toMatchObject({ state: 'success', finishedAt: '2025-08-22T22:02:03.000Z' });
    expect(seen, 'its start and its end, and nothing else').toHaveLength(2);
    state.objects = {};
    state.deck = [];
    expect(await prow.refreshRun(first), 'nothing more is known').toEqual(first);
  });
});

describe('findRun', () => {
  test('asks Deck first, filtered, and takes the newest match', async () => {
    const { prow, seen } = await field({ deck: [
      prowJob({ id: id1, state: 'failure', start: '2026-08-22T07:00:00Z' }),
      prowJob({ id: id2, state: 'pending', start: '2026-08-22T08:00:00Z' }),
      prowJob({ id: '1', name: 'other' }),
    ] });
    const run = await prow.findRun({ job, sha: shaA, baseRef: 'main', repo: 'kubernetes-sigs/apisnoop' });
    expect(run).toEqual({
      job, kind: 'postsubmit', id: id2, state: 'pending', finished: false, succeeded: false, failed: false,
      url: `https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/${job}/${id2}`, description: 'Job pending.', startedAt: '2026-08-22T08:00:00.000Z',
      repo: 'kubernetes-sigs/apisnoop', baseRef: 'main', sha: shaA, bucket: 'kubernetes-ci-logs', prefix: `logs/${job}/${id2}`,
    });
    expect(seen).toEqual(['/prow.k8s.io/prowjobs.js?omit=annotations%2Clabels%2Cdecoration_config%2Cpod_spec&org=kubernetes-sigs&repo=apisnoop']);
  });

  test('a run without an id yet has a page, but no folder', async () => {
    const { prow } = await field({ deck: [prowJob({ state: 'triggered' })] });
    const run = await prow.findRun({ job });
    expect(run).toMatchObject({ state: 'triggered', url: 'https://prow.k8s.io/prowjob?prowjob=uuid-1' });
    expect(run?.prefix).toBeUndefined();
    expect((await failure(prow.readArtifact(run as Run, 'artifacts/build.log'))).code).toBe('absent');
    expect(await prow.findArtifact(run as Run, 'artifacts/build.log')).toBeUndefined();
  });

  test('finds older runs in the bucket, through all pages, with what their records say', async () => {
    const { prow } = await field({ deck: null, objects: {
      [`logs/${job}/999/prowjob.json`]: prowJob({ id: '999', sha: shaB }),
      [`logs/${job}/${id1}/prowjob.json`]: prowJob({ id: id1, state: 'pending' }),
      [`logs/${job}/${id1}/started.json`]: { timestamp: 1755900000, 'repo-commit': shaA },
      [`logs/${job}/${id1}/finished.json`]: { timestamp: 1755900123, passed: true, result: 'SUCCESS' },
      [`logs/${job}/${id2}/started.json`]: { timestamp: 1755990000, repos: { 'kubernetes-sigs/apisnoop': `main:${shaB}` } },
      [`logs/${job}/latest-build.txt`]: id2,
    } });
    expect(await prow.findRun({ job, sha: shaA, baseRef: 'main' })).toMatchObject({ id: id1, state: 'success', succeeded: true, startedAt: '2025-08-22T22:00:00.000Z', finishedAt: '2025-08-22T22:02:03.000Z' });
    expect(await prow.findRun({ job, sha: shaB })).toMatchObject({ id: id2, state: 'pending', finished: false, repo: 'kubernetes-sigs/apisnoop' });
    expect(await prow.findRun({ job, sha: shaTag })).toBeUndefined();
    expect((await prow.listRuns({ job })).map((run) => run.id)).toEqual([id2, id1, '999']);
  });

  test('a run of an annotated tag is found by the commit too', async () => {
    const tagRun = prowJob({ id: id1, sha: shaTag, base: 'v1.0.0' });
    const { prow } = await field({ deck: [tagRun], objects: { [`logs/${job}/${id1}/started.json`]: { 'repo-commit': shaTag }, [`logs/${job}/${id1}/clone-records.json`]: [{ final_sha: shaA }] } });
    expect(await prow.findRun({ job, sha: shaTag, baseRef: 'v1.0.0' })).toMatchObject({ id: id1, sha: shaTag });
    expect(await prow.findRun({ job, sha: shaA, baseRef: 'v1.0.0' })).toMatchObject({ id: id1, sha: shaTag, commit: shaA });
    expect(await prow.findRun({ job, sha: shaA, baseRef: 'main' })).toBeUndefined();
  });

  test('presubmits are found by pull request, and through their alias', async () => {
    const name = 'pull-k8sio-cip';
    const folder = `pr-logs/pull/k8s.io/1962/${name}/${id1}`;
    const objects = { [`${folder}/prowjob.json`]: prowJob({ id: id1, name, type: 'presubmit', pull: { number: 1962, sha: shaHead } }), [`pr-logs/directory/${name}/${id1}.txt`]: `gs://kubernetes-ci-logs/${folder}` };
    const { prow } = await field({ objects });
    expect(await prow.findRun({ job: name, sha: shaHead, repo: 'kubernetes/k8s.io', pull: 1962 })).toMatchObject({ id: id1, pull: 1962, sha: shaHead, prefix: folder });
    expect(await prow.findRun({ job: name, sha: shaHead, kind: 'presubmit' })).toMatchObject({ id: id1 });
  });

  test('absence is only said when Deck could be asked', async () => {
    const down = await field({ deck: 503 });
    expect((await failure(down.prow.findRun({ job }))).code).toBe('unreachable');
    const stored = await field({ deck: 503, objects: { [`logs/${job}/${id1}/prowjob.json`]: prowJob({ id: id1 }) } });
    expect((await stored.prow.findRun({ job }))?.id).toBe(id1);
    const page = await field({ deck: '<html>sorry' });
    expect((await failure(page.prow.findRun({ job }))).code).toBe('unexpected-answer');
  });

  test.each([
    [{ passed: false, result: 'FAILURE' }, 'failure'],
    [{ passed: false, result: 'ABORTED' }, 'aborted'],
    [{ passed: false, result: 'error', metadata: { uploader: 'crier' } }, 'error'],
    [{ result: 'SUCCESS' }, 'success'],
    [{}, 'failure'],
  ])('finished.json %o means %s', async (finished, state) => {
    const { prow } = await field({ objects: { [`logs/${job}/${id1}/prowjob.json`]: prowJob({ id: id1, state: 'pending' }), [`logs/${job}/${id1}/finished.json`]: finished } });
    expect(await prow.findRun({ job })).toMatchObject({ state, finished: true, failed: state !== 'success' });
  });

  test('a run whose end was never written is lost once Deck has forgotten it, and not before', async () => {
    const started = (id: string, timestamp: number) => ({ [`logs/${job}/${id}/prowjob.json`]: prowJob({ id, state: 'pending' }), [`logs/${job}/${id}/started.json`]: { timestamp } });
    const [old, young] = [started(id1, Date.parse('2025-08-22T11:00:00Z') / 1000), started(id2, Date.parse('2025-08-22T13:00:00Z') / 1000)];
    const lost = { state: 'error', finished: true, failed: true, description: 'Lost: it began 2 days ago, Deck does not know it any more, and its end was never written.' };
    expect(await (await field({ objects: old })).prow.findRun({ job })).toMatchObject(lost);
    expect((await (await field({ objects: { ...old, ...young } })).prow.listRuns({ job })).map(({ id, state }) => [id, state])).toEqual([[id2, 'pending'], [id1, 'error']]);
    expect(await (await field({ objects: old, deck: [prowJob({ id: id1, state: 'pending' })] })).prow.findRun({ job }), 'Deck still has it').toMatchObject({ state: 'pending', finished: false });
    expect(await (await field({ objects: old, deck: 503 })).prow.findRun({ job }), 'Deck could not be asked').toMatchObject({ state: 'pending', finished: false });
  });

  test('reads what identifies a run only once', async () => {
    const { prow, seen } = await field({ objects: Object.fromEntries([id1, id2].map((id) => [`logs/${job}/${id}/prowjob.json`, prowJob({ id, sha: shaB })])) });
    await prow.findRun({ job, sha: shaA, baseRef: 'release' });
    await prow.findRun({ job, sha: shaA, baseRef: 'release' });
    expect(seen.filter((path) => path.endsWith('prowjob.json'))).toHaveLength(2);
  });
});

describe('what a run left', () => {
  const prefix = `logs/${job}/${id1}`;
  const log = `Created [https://cloudbuild.googleapis.com/v1/projects/p/locations/global/builds/12345678-1234-1234-1234-123456789abc].\nThe push refers to repository [gcr.io/p/a]\nv1: digest: ${hex('a')} size: 1\n`;
  const open = async (objects: Record<string, string | object>, more: Field = {}): Promise<{ prow: Prow; run: Run }> => {
    const { prow } = await field({ ...more, deck: [prowJob({ id: id1, state: 'failure' })], objects });
    return { prow, run: (await prow.findRun({ job })) as Run };
  };

  test.each([
    ['artifacts/build.log', { [`${prefix}/artifacts/build.log`]: log, [`${prefix}/build-log.txt`]: 'Finished.' }],
    ['one log a variant', { [`${prefix}/artifacts/v1-29.log`]: log, [`${prefix}/build-log.txt`]: 'Finished.' }],
    ['build-log.txt', { [`${prefix}/build-log.txt`]: log }],
  ])('images and Cloud Build come from %s', async (_, objects) => {
    const { prow, run } = await open(objects);
    expect((await prow.pushedImages(run)).map(({ reference }) => reference)).toEqual([`gcr.io/p/a:v1@${hex('a')}`]);
    expect((await prow.buildOf(run))?.id).toBe('12345678-1234-1234-1234-123456789abc');
  });

  test('no log at all is told, not taken for no images', async () => {
    const { prow, run } = await open({});
    expect((await failure(prow.pushedImages(run))).code).toBe('absent');
  });

  test('the log comes from the bucket, its end alone when asked, and from Deck while it runs', async () => {
    const stored = await open({ [`${prefix}/build-log.txt`]: 'one two three' });
    expect(await stored.prow.log(stored.run)).toBe('one two three');
    expect(await stored.prow.log(stored.run, { tailBytes: 5 })).toBe('three');
    const live = await open({}, { live: { [id1]: 'still going' } });
    expect(await live.prow.log(live.run, { tailBytes: 5 })).toBe('going');
  });

  test('artifacts are listed, read, and stay inside the run', async () => {
    const { prow, run } = await open({ [`${prefix}/artifacts/a b.txt`]: 'A', [`${prefix}/artifacts/x/y/z.json`]: {}, 'logs/secret/1/started.json': '{}' });
    expect(await prow.listArtifacts(run)).toEqual(['artifacts/a b.txt', 'artifacts/x/y/z.json']);
    expect(await prow.readArtifact(run, 'artifacts/a b.txt')).toBe('A');
    expect((await failure(prow.readArtifact(run, 'artifacts/none'))).code).toBe('absent');
    await expect(prow.findArtifact(run, '../../secret/1/started.json')).rejects.toMatchObject({ code: 'bad-address' });
  });

  test('folders and pages without end are not followed for ever', async () => {
    let asked = 0;
    const answer = (body: object): Response => new Response(JSON.stringify(body));
    const endless = (body: () => object): Prow => {
      const fetch = (): Promise<Response> => {
        asked += 1;
        return Promise.resolve(answer(body()));
      };
      return createProw({ http: createHttp({ lock: createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined), env: {}, fetch }) });
    };
    const run: Run = { job, kind: 'postsubmit', state: 'success', finished: true, succeeded: true, failed: false, url: 'https://prow.k8s.io/x', bucket: 'b', prefix: `logs/${job}/1` };
    expect((await failure(endless(() => ({ prefixes: [`logs/${job}/1/artifacts/`.concat(`${'d/'.repeat(asked)}`)] })).listArtifacts(run))).detail).toBe('the run has more than 2000 folders of artifacts');
    asked = 0;
    expect((await failure(endless(() => ({ items: [], nextPageToken: String(asked) })).listArtifacts(run))).detail).toBe('the list has more than 1000 pages');
  });

  test('known reasons are explained, unknown ones are not invented', async () => {
    const dirty = await open({ [`${prefix}/build-log.txt`]: 'the working copy is dirty' });
    expect(await dirty.prow.explainFailure(dirty.run)).toEqual([expect.stringContaining('checkout was dirty')]);
    const unknown = await open({});
    expect(await unknown.prow.explainFailure(unknown.run)).toEqual([]);
  });
});

describe('a log piece by piece', () => {
  const run = (id: string): Run => ({ job, kind: 'postsubmit', state: 'pending', finished: false, succeeded: false, failed: false, id: id as unknown as NonNullable<Run['id']>, url: `https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/${job}/${id}`, bucket: 'kubernetes-ci-logs', prefix: `logs/${job}/${id}` });
  const read = async (prow: Prow, from: number, id = id1): Promise<[string, number]> => {
    let text = '';
    const next = await prow.streamLog(run(id), from, (piece) => void (text += Buffer.from(piece).toString()));
    return [text, next];
  };

  test('begins at a byte; when there is nothing new it stays where it was', async () => {
    const { prow } = await field({ objects: { [`logs/${job}/${id1}/build-log.txt`]: 'one\ntwo\n' } });
    expect([await read(prow, 0), await read(prow, 4), await read(prow, 8), await read(prow, 9)]).toEqual([['one\ntwo\n', 8], ['two\n', 8], ['', 8], ['', 9]]);
  });

  test('passes over what was seen where a server knows no ranges', async () => {
    const { prow } = await field({ objects: { [`logs/${job}/${id1}/build-log.txt`]: 'no ranges: one\ntwo\n' } });
    expect([await read(prow, 15), await read(prow, 19), await read(prow, 40)]).toEqual([['two\n', 19], ['', 19], ['', 40]]);
  });

  test('goes on in the bucket where Deck ended, and is absent where there is none', async () => {
    const state: Field = { live: { [id1]: 'one\n' }, objects: {} };
    const { prow } = await field(state);
    expect(await read(prow, 0)).toEqual(['one\n', 4]);
    state.objects = { [`logs/${job}/${id1}/build-log.txt`]: 'one\ntwo\n' };
    expect(await read(prow, 4)).toEqual(['two\n', 8]);
    await expect(read(prow, 0, id2)).rejects.toMatchObject({ code: 'absent' });
  });
});
