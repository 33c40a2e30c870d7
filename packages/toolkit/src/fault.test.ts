// Every question of every client against everything that goes wrong outside: it ends in the right typed error, with a sentence that
// says what to do, or recovers; and nothing hangs beyond its deadline. Writes have a table of their own in `fault-write.test.ts`.
import { OutsideError } from '@runbook/http';
import type { Run } from '@runbook/prow';
import { describe, expect, test } from 'vitest';
import { faults, setUpFaults, stage, type Stage } from './fault-bench.ts';
import { readHoldings } from './holdings.ts';
import { readInventories } from './inventory.ts';
import { productionAnswers } from './production.ts';
import { promotionStatus } from './promotion-status.ts';

setUpFaults();

const digest = `sha256:${'0'.repeat(64)}`;
const run: Run = { job: 'x', kind: 'postsubmit', state: 'success', finished: true, succeeded: true, failed: false, url: 'https://deck.invalid/view/gs/b/logs/x/1', bucket: 'b', prefix: 'logs/x/1', id: '1' as never };
const project = { name: 'a', staging: 'registry.invalid/a', destinations: ['registry.invalid/p'], publicPrefix: 'registry.invalid/a', imagesPath: 'i', manifestPath: 'm' };

interface Question {
  readonly service: string;
  readonly ask: (stage: Stage) => Promise<unknown>;
  /** Where an operation ends otherwise: a code, or `fine` with what it gives. */
  readonly but?: Readonly<Record<string, string | { readonly fine: unknown }>>;
}

const absence = { '404': { fine: undefined } } as const;
/** What is no JSON by nature cannot be invalid JSON; a web page in its place is told all the same. */
const anyText = { 'invalid JSON': { fine: '{"a":' }, 'JSON of something else': { fine: '[]' } } as const;

const questions: Readonly<Record<string, Question>> = {
  'github.getRepository': { service: 'github', ask: ({ github }) => github.getRepository('a/b') },
  'github.findRef': { service: 'github', ask: ({ github }) => github.findRef('a/b', 'tags/v1'), but: absence },
  'github.compare': { service: 'github', ask: ({ github }) => github.compare('a/b', 'x', 'y') },
  'github.getFile': { service: 'github', ask: ({ github }) => github.getFile('a/b', 'f') },
  'github.listFolder': { service: 'github', ask: ({ github }) => github.listFolder('a/b', 'd'), but: { 'JSON of something else': { fine: [] } } },
  'github.findPullRequest': { service: 'github', ask: ({ github }) => github.findPullRequest('a/b', { head: 'me:x', base: 'main' }), but: { 'JSON of something else': { fine: undefined } } },
  'github.listComments': { service: 'github', ask: ({ github }) => github.listComments('a/b', 1), but: { 'JSON of something else': { fine: [] } } },
  'github.listStatuses': { service: 'github', ask: ({ github }) => github.listStatuses('a/b', 'c') },
  'github.listCheckRuns': { service: 'github', ask: ({ github }) => github.listCheckRuns('a/b', 'c') },
  'github.explainPullRequest': { service: 'github', ask: ({ github }) => github.explainPullRequest('a/b', 1) },
  'github.findRelease': { service: 'github', ask: ({ github }) => github.findRelease('a/b', 'v1'), but: absence },
  'github.generateNotes': { service: 'github', ask: ({ github }) => github.generateNotes('a/b', { tag: 'v1' }) },
  'the token of a GitHub App': { service: 'github', ask: ({ app }) => app.rateLimit() },
  'github.rateLimit': { service: 'github', ask: ({ github }) => github.rateLimit() },
  'prow.listRuns (Deck)': { service: 'prow', ask: ({ prow }) => prow.listRuns({ job: 'x' }) },
  'prow.findRun (Deck, bucket)': { service: 'prow', ask: ({ prow }) => prow.findRun({ job: 'x' }) },
  'prow.findRunAt (bucket, Deck)': { service: 'prow', ask: ({ prow }) => prow.findRunAt(run.url) },
  'prow.listArtifacts (bucket)': { service: 'prow', ask: ({ prow }) => prow.listArtifacts(run), but: { 'JSON of something else': 'unexpected-answer' } },
  'prow.readArtifact (bucket)': { service: 'prow', ask: ({ prow }) => prow.readArtifact(run, 'a.txt'), but: anyText },
  'prow.log (bucket, Deck)': { service: 'prow', ask: ({ prow }) => prow.log(run), but: anyText },
  // a stream has no end that would be too far: it is read as it comes, until its deadline
  'prow.streamLog (bucket, Deck)': { service: 'prow', ask: ({ prow }) => prow.streamLog(run, 0, () => undefined), but: { 'invalid JSON': { fine: 5 }, 'JSON of something else': { fine: 2 }, 'a huge body': 'unreachable' } },
  'registry.find': { service: 'registry', ask: ({ registry }) => registry.find('registry.invalid/a:v1'), but: absence },
  'registry.manifest': { service: 'registry', ask: ({ registry }) => registry.manifest('registry.invalid/a:v1') },
  'registry.listTags': { service: 'registry', ask: ({ registry }) => registry.listTags('registry.invalid/a') },
  'registry.listGoogle': { service: 'registry', ask: ({ registry }) => registry.listGoogle('registry.invalid/a') },
  'registry.blob': { service: 'registry', ask: ({ registry }) => registry.blob('registry.invalid/a', digest) },
  'registry.listReferrers': { service: 'registry', ask: ({ registry }) => registry.listReferrers('registry.invalid/a', digest), but: { '404': { fine: [] } } },
  'registry.findSignature': { service: 'registry', ask: ({ registry }) => registry.findSignature('registry.invalid/a', digest), but: absence },
  'the inventories of a promotion plan': { service: 'registry', ask: ({ registry }) => readInventories(registry, new Map([['registry.invalid/a', new Set([digest])]])), but: { '404': { fine: new Map([['registry.invalid/a', { digests: new Set(), tags: new Map() }]]) } } },
  'the production registries of a release': { service: 'registry', ask: ({ registry }) => productionAnswers(registry, project, 'i', 'v1'), but: { '404': { fine: [{ reference: 'registry.invalid/a/i:v1' }, { reference: 'registry.invalid/p/i:v1' }] } } },
};

const outcome = (work: Promise<unknown>): Promise<unknown> => work.then((value) => ({ fine: value }), (error: unknown) => error);

describe.concurrent.each(Object.entries(questions))('%s', (_, { service, ask, but = {} }) => {
  test.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (name, fault) => {
    const found = await outcome(ask(await stage(fault)));
    const wanted = but[name] ?? fault.code;
    if (typeof wanted !== 'string') return expect(found).toEqual(wanted);
    expect(found).toBeInstanceOf(OutsideError);
    expect(found).toMatchObject({ code: wanted, service });
    // The sentence: what happened, where, and what to do.
    expect(String(found)).toMatch(new RegExp(`^OutsideError: ${wanted}: .+\\((?:GET|HEAD|POST) https://[a-z]+\\.invalid/.*\\)\\. .+\\.$`, 's'));
    return undefined;
  });
});

describe.concurrent('what must not stop at one registry tells the sentence instead of throwing it', () => {
  const without404 = faults.filter(({ name }) => name !== '404');
  test.each(without404.map((fault) => [fault.name, fault] as const))('promoter check --online, promoter status: %s', async (_, fault) => {
    const { registry } = await stage(fault);
    const held = await readHoldings(registry, { staging: 'registry.invalid/s', publicPrefix: 'registry.invalid/p' }, [{ image: 'i', digest, isNew: true }]);
    expect([...held.values()]).toEqual([{ kind: 'unknown', why: expect.stringMatching(new RegExp(`^${fault.code}: .+`)) }]);
    // the production registries have names of their own: here one is enough
    const status = await promotionStatus({ ...registry, find: () => registry.find('registry.invalid/p:v1') }, 'a/i:v1');
    if ('problem' in status) throw new Error(status.problem);
    expect(status.complete).toBe(false);
    for (const place of status.registries) expect(place).toMatchObject({ state: 'unknown', why: expect.stringMatching(new RegExp(`^${fault.code}: .+\\.$`, 's')) });
  });

  test('404 is an absence there', async () => {
    const fault = faults.find(({ name }) => name === '404');
    if (fault === undefined) throw new Error('no such fault');
    const { registry } = await stage(fault);
    expect([...(await readHoldings(registry, { staging: 'registry.invalid/s', publicPrefix: 'registry.invalid/p' }, [{ image: 'i', digest, isNew: true }])).values()]).toEqual([{ kind: 'lost' }]);
  });
});

describe.concurrent('the token service of a registry', () => {
  test.each(faults.filter(({ line }) => line === undefined).map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const open = await stage(fault, (req, res) => {
      if (!(req.url ?? '').includes('/v2/')) return false;
      res.writeHead(401, { 'www-authenticate': 'Bearer realm="https://token.invalid/token",service="registry.invalid"' }).end();
      return true;
    });
    const found = await outcome(open.registry.listTags('registry.invalid/a'));
    expect(found).toBeInstanceOf(OutsideError);
    expect(found).toMatchObject({ code: fault.code, service: 'registry' });
  });
});

describe.concurrent('a failure that passes is not told at all', () => {
  test.each(['500', '502', '503', 'a reset connection'])('%s', async (name) => {
    for (const ask of [questions['github.getRepository'], questions['prow.listRuns (Deck)'], questions['registry.listTags']]) {
      const fault = faults.find((one) => one.name === name);
      if (fault === undefined || ask === undefined) throw new Error(name);
      let answers = 0;
      const open = await stage({ ...fault, handle: (req, res) => ((answers += 1) === 1 ? (name === '503' ? res.writeHead(503).end() : fault.handle?.(req, res)) : res.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"NAME_UNKNOWN","message":"no"}]}')) });
      await expect(ask.ask(open)).rejects.toMatchObject({ code: 'absent' });
      expect(open.seen).toHaveLength(2);
    }
  });
});
