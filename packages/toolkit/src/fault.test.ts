// Every client against everything that goes wrong outside: it ends in the right typed error, with a sentence that says what to do,
// or recovers; and nothing hangs beyond its deadline.
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { createGithub } from '@runbook/github';
import { createHttp, OutsideError } from '@runbook/http';
import { createProw } from '@runbook/prow';
import { createRegistry } from '@runbook/registry';
import { afterEach, describe, expect, test } from 'vitest';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listen(server: Server, destroy: () => void = () => undefined): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    destroy();
  }));
  return (server.address() as AddressInfo).port;
}

/** How many requests came to a server that speaks HTTP. */
let asked = 0;

async function serve(handler: (res: ServerResponse) => unknown): Promise<string> {
  const server = createServer((req, res) => {
    asked += 1;
    req.resume();
    void handler(res);
  });
  return `http://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`;
}

const json = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): unknown => res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const status = (code: number, headers: Record<string, string> = {}) => () => serve((res) => json(res, code, { message: 'no', errors: [{ code: 'X', message: 'no' }] }, headers));

/** Where a fault leads requests: the target of a route, or undefined for the real, unreachable names. */
const faults: readonly (readonly [what: string, open: () => Promise<string | undefined>, code: string])[] = [
  ['a refused port', async () => { const server = createSocketServer(); const port = await listen(server); await closers.pop()?.(); return `http://127.0.0.1:${port}`; }, 'unreachable'],
  ['a reset connection', async () => { const server = createSocketServer((socket) => socket.destroy()); return `http://127.0.0.1:${await listen(server)}`; }, 'unreachable'],
  ['a name that is unknown', () => Promise.resolve(undefined), 'unreachable'],
  ['a server that speaks no TLS', async () => (await serve((res) => res.end())).replace('http:', 'https:'), 'unreachable'],
  ['401', status(401), 'unauthorized'],
  ['403', status(403), 'forbidden'],
  ['404', status(404), 'absent'],
  ['409', status(409), 'conflict'],
  ['422', status(422), 'unexpected-answer'],
  ['429', status(429, { 'retry-after': '3600' }), 'rate-limited'],
  ['500', status(500), 'unreachable'],
  ['502', status(502), 'unreachable'],
  ['503', status(503, { 'retry-after': 'Fri, 27 Nov 2099 00:00:00 GMT' }), 'unreachable'],
  ['a body that never ends', () => serve((res) => res.writeHead(200, { 'content-type': 'application/json' }).write('{"a":')), 'unreachable'],
  ['a body that breaks off', () => serve((res) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }); res.write('{"a":'); setImmediate(() => res.destroy()); }), 'unreachable'],
  ['invalid JSON', () => serve((res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{"a":')), 'unexpected-answer'],
  ['a web page', () => serve((res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>')), 'unexpected-answer'],
  ['JSON of something else', () => serve((res) => json(res, 200, [])), 'unexpected-answer'],
];

const clients = {
  github: (env: Record<string, string>) => {
    const { http, lock } = door(env);
    return createGithub({ http, lock, env: { ...env, GITHUB_API_URL: 'https://api.invalid' } }).getRepository('a/b');
  },
  prow: (env: Record<string, string>) => createProw({ http: door(env).http, deckUrl: 'https://deck.invalid', logsUrl: 'https://logs.invalid' }).listRuns({ job: 'x' }),
  registry: (env: Record<string, string>) => createRegistry({ http: door(env).http }).listTags('registry.invalid/a'),
} as const;

/** Writes of the clients that write, each of which is one request. */
const writes = {
  github: (env: Record<string, string>) => {
    const { http, lock } = door(env);
    return createGithub({ http, lock, env: { ...env, GITHUB_API_URL: 'https://api.invalid' } }).comment('a/b', 1, 'hello');
  },
  registry: (env: Record<string, string>) => createRegistry({ http: door(env).http }).delete(`registry.invalid/a@sha256:${'0'.repeat(64)}`),
} as const;

/** Faults after which nobody knows whether a write has happened. */
const doubtful: ReadonlySet<string> = new Set(['a reset connection', '500', '502', '503', 'a body that never ends', 'a body that breaks off']);

function door(env: Record<string, string>): { readonly http: ReturnType<typeof createHttp>; readonly lock: ReturnType<typeof createWriteLock> } {
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined);
  return { lock, http: createHttp({ lock, env, deadlineMs: 600, sleep: () => Promise.resolve() }) };
}

describe.each(Object.entries(clients))('%s', (name, ask) => {
  test.each(faults)('%s', async (_, open, code) => {
    const target = await open();
    const found: unknown = await ask(target === undefined ? {} : { RUNBOOK_ROUTES: `https://*=${target}/*` }).then((value) => value, (error: unknown) => error);
    expect(found).toBeInstanceOf(OutsideError);
    expect(found).toMatchObject({ code, service: name });
    // The sentence: what happened, where, and what to do.
    expect(String(found)).toMatch(new RegExp(`^OutsideError: ${code}: .+\\(GET https://[a-z]+\\.invalid/.*\\)\\. .+\\.$`, 's'));
  });

  test('a failure that passes is not told at all', async () => {
    let answers = 0;
    const target = await serve((res) => {
      answers += 1;
      return answers === 1 ? json(res, 503, {}) : json(res, 404, { errors: [{ code: 'NAME_UNKNOWN', message: 'no' }] });
    });
    await expect(ask({ RUNBOOK_ROUTES: `https://*=${target}/*` })).rejects.toMatchObject({ code: 'absent' });
    expect(answers).toBe(2);
  });
});

describe.each(Object.entries(writes))('a write of %s', (name, ask) => {
  // a registry's answer to a deletion has no body that matters, and says itself that there was nothing
  const told = faults.filter(([what]) => name === 'github' || !['404', 'a body that never ends', 'a body that breaks off', 'invalid JSON', 'a web page', 'JSON of something else'].includes(what));

  test.each(told)('%s', async (what, open, code) => {
    asked = 0;
    const target = await open();
    const found: unknown = await ask(target === undefined ? {} : { RUNBOOK_ROUTES: `https://*=${target}/*` }).then((value) => value, (error: unknown) => error);
    expect(found).toBeInstanceOf(OutsideError);
    expect(found).toMatchObject({ code, service: name, ...(doubtful.has(what) ? { maybeDone: true } : {}) });
    expect(String(found)).toMatch(doubtful.has(what) ? /It is not known whether the write happened; look before you repeat it\.$/ : /^OutsideError: .+\((POST|DELETE) https:\/\/[a-z]+\.invalid\/.*\)\. .+\.$/s);
    expect(asked, 'a write is never repeated').toBeLessThanOrEqual(1);
  });
});

test('a deletion of what is not there is told as that', async () => {
  await expect(writes.registry({ RUNBOOK_ROUTES: `https://*=${await status(404)()}/*` })).resolves.toBe(false);
});
