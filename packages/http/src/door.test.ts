import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { createRedactor, createWriteLock, type Call, type Mode, type Effect, type WriteRecord } from '@runbook/access';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from './door.ts';
import { OutsideError } from './outside-error.ts';
import type { Http, HttpOptions } from './http.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on loopback that remembers what it was asked. */
async function serve(listener: RequestListener): Promise<{ readonly base: string; readonly port: number; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString() });
      listener(req, res);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const { port } = server.address() as AddressInfo;
  return { base: `http://127.0.0.1:${port}`, port, seen };
}

interface Kit {
  readonly http: Http;
  readonly calls: Call[];
  readonly writes: WriteRecord[];
  readonly pauses: number[];
}

function kit(options: Partial<HttpOptions> & { mode?: Mode; effect?: Effect } = {}): Kit {
  const { mode = 'live', effect = 'write', ...rest } = options;
  const calls: Call[] = [];
  const writes: WriteRecord[] = [];
  const pauses: number[] = [];
  const inner = createWriteLock(() => ({ mode, effect }), (record) => writes.push(record));
  const lock = { enter: (call: Call) => { calls.push(call); inner.enter(call); } };
  let clock = Date.parse('2026-08-22T07:00:00Z');
  const sleep = (ms: number): Promise<void> => {
    pauses.push(ms);
    clock += ms;
    return Promise.resolve();
  };
  return { http: createHttp({ lock, env: {}, now: () => clock, sleep, random: () => 0.5, ...rest }), calls, writes, pauses };
}

async function failure(work: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutsideError);
  return error as OutsideError;
}

describe('the write lock', () => {
  test.each([
    ['a dry run', { mode: 'dry-run', effect: 'write' }, 'withheld'],
    ['an undeclared step', { mode: 'live', effect: 'read' }, 'undeclared-write'],
  ] as const)('%s sends no write at all', async (_, posture, code) => {
    const server = await serve((_req, res) => res.end('{}'));
    const { http } = kit(posture);
    await expect(http.request({ service: 'x', method: 'post', url: `${server.base}/a`, body: '{}' })).rejects.toMatchObject({ code });
    expect(server.seen).toEqual([]);
  });

  test('sees every request with its public address and its redacted body, before it leaves', async () => {
    const server = await serve((_req, res) => res.end('{}'));
    const { http, calls, writes } = kit({ redactor: createRedactor(['hunter2hunter2']) });
    await http.request({ service: 'x', method: 'GET', url: `${server.base}/a?token=abc&b=1#c` });
    await http.request({ service: 'x', method: 'POST', url: `${server.base}/a`, body: '{"password":"hunter2hunter2"}' });
    await http.request({ service: 'x', method: 'PUT', url: `${server.base}/a`, body: new Uint8Array(3) });
    expect(calls.map(({ effect, target, body }) => [effect, target.slice(server.base.length), body])).toEqual([
      ['read', '/a?token=***&b=1', undefined],
      ['write', '/a', '{"password":"***"}'],
      ['write', '/a', '(3 bytes)'],
    ]);
    expect(writes).toHaveLength(2);
    expect(server.seen.map(({ body }) => body)).toEqual(['', '{"password":"hunter2hunter2"}', '\0\0\0']);
  });

  test('a POST that only reads passes in a dry run', async () => {
    const server = await serve((_req, res) => res.end('{}'));
    const { http } = kit({ mode: 'dry-run', effect: 'read' });
    await http.request({ service: 'x', method: 'POST', url: server.base, effect: 'read' });
    expect(server.seen).toHaveLength(1);
  });

  test('an admission is asked once, and counts only for its own request', async () => {
    const server = await serve((_req, res) => res.end('{}'));
    const { http, writes } = kit();
    const write = { service: 'x', method: 'POST', url: `${server.base}/a` };
    const admission = http.admit(write);
    await http.request({ ...write, admission });
    await http.request({ ...write, admission });
    expect(writes).toHaveLength(1);
    await http.request({ ...write, url: `${server.base}/b`, admission });
    await http.request({ ...write, admission: { method: 'POST', url: `${server.base}/a` } });
    expect(writes).toHaveLength(3);
    expect(() => kit({ mode: 'dry-run' }).http.admit(write)).toThrow('withheld');
  });
});

describe('answers', () => {
  test('are given whatever the status, and read once', async () => {
    const server = await serve((_req, res) => res.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}'));
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: `${server.base}/a` });
    expect([answer.status, answer.ok, answer.url, answer.request]).toEqual([404, false, `${server.base}/a`, `GET ${server.base}/a`]);
    const error = await answer.error();
    expect(error).toMatchObject({ code: 'absent', status: 404, detail: 'Not Found', service: 'x', request: `GET ${server.base}/a` });
    expect(error.message).toBe(`absent: 127.0.0.1:${server.port} answered 404: Not Found (GET ${server.base}/a). Check the name and the address.`);
  });

  test.each([
    ['<!DOCTYPE html><p>log in', 'text/html', /HTML page where JSON was expected/],
    ['{"a":', 'application/json', /not JSON \(application\/json\)/],
    ['', 'text/plain', /not JSON/],
  ])('that are not JSON are unexpected: %s', async (body, type, words) => {
    const server = await serve((_req, res) => res.setHeader('content-type', type).end(body));
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: server.base });
    const error = await failure(answer.json());
    expect(error.code).toBe('unexpected-answer');
    expect(error.message).toMatch(words);
  });

  test('that are too large are refused', async () => {
    const server = await serve((_req, res) => res.end('x'.repeat(200_000)));
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: server.base, maxBytes: 1000 });
    expect(await failure(answer.text())).toMatchObject({ code: 'unexpected-answer', detail: 'the answer is larger than 1000 bytes' });
  });

  test('that break off are unreachable, not short', async () => {
    const server = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '1000' });
      res.write('half', () => res.destroy());
    });
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: server.base });
    expect(await failure(answer.text())).toMatchObject({ code: 'unreachable' });
  });

  test('carry no foreign control characters into errors', async () => {
    const server = await serve((_req, res) => res.writeHead(403).end('no \u001b[31mred\u0007 ghp_abcdefghijklmnop1234'));
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: server.base });
    expect((await answer.error()).detail).toBe('no red\u2407 ***');
  });
});

describe('retries', () => {
  test('repeat a read after temporary failures and honour Retry-After', async () => {
    let count = 0;
    const server = await serve((_req, res) => {
      count += 1;
      if (count === 1) return res.writeHead(503).end();
      if (count === 2) return res.writeHead(429, { 'retry-after': '7' }).end();
      if (count === 3) return res.writeHead(502, { 'retry-after': 'Sat, 22 Aug 2026 07:00:20 GMT' }).end();
      return res.end('good');
    });
    const told: string[] = [];
    const { http, pauses } = kit({ progress: (text) => told.push(text) });
    const answer = await http.request({ service: 'x', method: 'GET', url: server.base });
    expect(await answer.text()).toBe('good');
    expect(pauses).toEqual([300, 7000, 12_700]);
    expect(told, 'people see why nothing happens').toEqual([`127.0.0.1:${server.port}: answered 429; trying again in 7 s`, `127.0.0.1:${server.port}: answered 502; trying again in 13 s`]);
  });

  test('stop at the deadline instead of waiting beyond it', async () => {
    const server = await serve((_req, res) => res.writeHead(429, { 'retry-after': '3600' }).end());
    const { http, pauses } = kit();
    const answer = await http.request({ service: 'x', method: 'GET', url: server.base });
    expect(pauses).toEqual([]);
    const error = await answer.error();
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 3_600_000 });
    expect(error.message).toContain('Wait and try again (3600 s).');
  });

  test('give the last answer when they are used up', async () => {
    const server = await serve((_req, res) => res.writeHead(500).end('boom'));
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: server.base });
    expect(await answer.error()).toMatchObject({ code: 'unreachable', status: 500, detail: 'boom' });
    expect(server.seen).toHaveLength(4);
  });

  test('never repeat a write unless told', async () => {
    const server = await serve((_req, res) => res.writeHead(503).end());
    const { http } = kit();
    const answer = await http.request({ service: 'x', method: 'POST', url: server.base });
    expect(server.seen).toHaveLength(1);
    expect((await answer.error()).message).toContain('It is not known whether the write happened');
    await http.request({ service: 'x', method: 'POST', url: server.base, retry: 2 });
    expect(server.seen).toHaveLength(4);
  });

  test('never repeat what is plainly wrong', async () => {
    const server = await serve((_req, res) => res.writeHead(404).end());
    await kit().http.request({ service: 'x', method: 'GET', url: server.base });
    expect(server.seen).toHaveLength(1);
  });

  test('repeat a read whose connection was reset, and say so when it stays so', async () => {
    let count = 0;
    const server = await serve((req, res) => {
      count += 1;
      if (count < 3) return req.socket.resetAndDestroy();
      return res.end('good');
    });
    expect(await (await kit().http.request({ service: 'x', method: 'GET', url: server.base })).text()).toBe('good');
    count = -100;
    const error = await failure(kit().http.request({ service: 'x', method: 'GET', url: server.base }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(/could not reach 127\.0\.0\.1:\d+: the connection was (reset|closed)/);
    const write = await failure(kit().http.request({ service: 'x', method: 'POST', url: server.base }));
    expect(write.maybeDone).toBe(true);
  });
});

describe('deadlines', () => {
  test('end a request that gets no answer', async () => {
    const server = await serve(() => undefined);
    const error = await failure(kit().http.request({ service: 'x', method: 'GET', url: server.base, deadlineMs: 40 }));
    expect(error).toMatchObject({ code: 'unreachable', detail: 'no complete answer within 1 s' });
  });

  test('end a body that drips', async () => {
    const server = await serve((_req, res) => {
      res.writeHead(200);
      res.write('drip');
    });
    // on a busy machine the deadline may be over before the answer begins, which ends the same
    const read = kit().http.request({ service: 'x', method: 'GET', url: server.base, deadlineMs: 60 }).then((answer) => answer.text());
    expect(await failure(read)).toMatchObject({ code: 'unreachable', detail: 'no complete answer within 1 s' });
  });

  test('a caller who gives up gets their own reason back', async () => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    const work = kit().http.request({ service: 'x', method: 'GET', url: server.base, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });
});

describe('no answer, in plain words', () => {
  test('a refused port, at once and without retry', async () => {
    const closed = createSocketServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise<void>((resolve) => closed.close(() => resolve()));
    const { http, pauses } = kit();
    const error = await failure(http.request({ service: 'x', method: 'POST', url: `http://127.0.0.1:${port}/a` }));
    expect(error.message).toBe(`unreachable: could not reach 127.0.0.1:${port}: connection refused: nothing listens there (POST http://127.0.0.1:${port}/a). Try again later.`);
    expect(error.maybeDone).toBeUndefined();
    expect(pauses).toEqual([]);
    const routed = kit({ env: { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${port}/*` } }).http;
    const hidden = await failure(routed.request({ service: 'x', method: 'GET', url: 'https://api.github.com/user' }));
    expect(hidden.message).toContain('could not reach api.github.com');
    expect(hidden.message).toContain('RUNBOOK_ROUTES');
    expect(hidden.message).not.toContain('127.0.0.1');
  });

  test.each([
    ['ENOTFOUND', /its name is not known \(DNS\)/],
    ['EAI_AGAIN', /could not be looked up/],
    ['UND_ERR_CONNECT_TIMEOUT', /connecting timed out/],
    ['CERT_HAS_EXPIRED', /certificate or TLS is not valid \(CERT_HAS_EXPIRED\)/],
  ])('%s', async (code, words) => {
    const fetch = (): Promise<Response> => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) }));
    const error = await failure(kit({ fetch }).http.request({ service: 'x', method: 'GET', url: 'https://example.test/' }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(words);
  });
});

describe('redirects', () => {
  test('stay with the credentials on one origin, and drop them on the way to another', async () => {
    const far = await serve((_req, res) => res.end('far'));
    const near = await serve((req, res) => {
      if (req.url === '/one') return res.writeHead(302, { location: '/two' }).end();
      return res.writeHead(307, { location: `${far.base}/three` }).end();
    });
    const headers = { authorization: 'Bearer secret-secret', Cookie: 'a=b', accept: 'x/y' };
    const answer = await kit().http.request({ service: 'x', method: 'GET', url: `${near.base}/one`, headers });
    expect(await answer.text()).toBe('far');
    expect(answer.url).toBe(`${far.base}/three`);
    expect(near.seen.map(({ headers: got }) => got.authorization)).toEqual(['Bearer secret-secret', 'Bearer secret-secret']);
    expect(far.seen[0]?.headers).toMatchObject({ accept: 'x/y' });
    expect(far.seen[0]?.headers.authorization).toBeUndefined();
    expect(far.seen[0]?.headers.cookie).toBeUndefined();
  });

  test('in a circle, without end, to nowhere or to plain http are refused', async () => {
    const server = await serve((req, res) => {
      const target = { '/circle': '/circle', '/plain': 'http://example.test/', '/file': 'file:///etc/passwd', '/bad': 'http://[' }[req.url ?? ''];
      res.writeHead(302, { location: target ?? `/step${Number(req.url?.slice(5) || 0) + 1}` }).end();
    });
    const { http } = kit();
    for (const [path, words] of [['/circle', /circle/], ['/step0', /more than 10 redirects/], ['/plain', /plain http/], ['/file', /not spoken to/], ['/bad', /no address/]] as const) {
      const error = await failure(http.request({ service: 'x', method: 'GET', url: `${server.base}${path}` }));
      expect(error).toMatchObject({ code: 'unexpected-answer', status: 302 });
      expect(error.message).toMatch(words);
    }
  });

  test('of a public service to this machine are refused', async () => {
    const world = await serve((_req, res) => res.writeHead(302, { location: 'http://127.0.0.1:1/admin' }).end());
    const { http } = kit({ env: { RUNBOOK_ROUTES: `https://*=${world.base}/*` } });
    expect((await failure(http.request({ service: 'x', method: 'GET', url: 'https://a.test/' }))).detail).toBe('the answer redirects to this machine');
  });

  test.each(['https://10.0.0.1/', 'https://169.254.169.254/latest', 'https://[fd00::1]/', 'https://0.0.0.0/'])('of a public service into a private network are refused: %s', async (location) => {
    const world = await serve((_req, res) => res.writeHead(302, { location }).end());
    const { http } = kit({ env: { RUNBOOK_ROUTES: `https://*=${world.base}/*` } });
    expect((await failure(http.request({ service: 'x', method: 'GET', url: 'https://a.test/' }))).detail).toBe(`the answer redirects into a private network (${new URL(location).host})`);
    expect(world.seen).toHaveLength(1);
  });

  test('of a write: asked again on the same origin, refused to another one or with 302, a read after 303', async () => {
    const other = await serve((_req, res) => res.end('other'));
    const server = await serve((req, res) => {
      const answers: Record<string, [number, string]> = { '/same': [308, '/there'], '/other': [307, other.base], '/found': [302, '/there'], '/see': [303, '/there'] };
      const [status, location] = answers[req.url ?? ''] ?? [200, ''];
      res.writeHead(status, location === '' ? {} : { location }).end('ok');
    });
    const { http, writes } = kit();
    const post = (path: string): Promise<unknown> => http.request({ service: 'x', method: 'POST', url: `${server.base}${path}`, body: 'b' });
    await post('/same');
    expect(writes.map(({ target }) => target.slice(server.base.length))).toEqual(['/same', '/there']);
    expect(await failure(post('/other'))).toMatchObject({ code: 'unexpected-answer', detail: `the write is redirected to 127.0.0.1:${other.port}` });
    expect((await failure(post('/found'))).detail).toContain('302');
    await post('/see');
    expect(server.seen.at(-1)).toMatchObject({ method: 'GET', url: '/there', body: '' });
    expect(other.seen).toEqual([]);
  });

  test('are left alone when asked', async () => {
    const server = await serve((_req, res) => res.writeHead(307, { location: 'https://far.test/' }).end());
    expect((await kit().http.request({ service: 'x', method: 'GET', url: server.base, redirect: 'manual' })).status).toBe(307);
  });
});

describe('routes', () => {
  test('lead a public address to the world, which is told the public name', async () => {
    const world = await serve((req, res) => {
      if (req.url === '/gcr.io/v2/') return res.writeHead(307, { location: 'https://us.pkg.dev/v2/?x=1' }).end();
      if (req.url === '/us.pkg.dev/v2/?x=1') return res.writeHead(307, { location: `${world.base}/cdn.test:8443/blob` }).end();
      return res.end('blob');
    });
    const { http, calls } = kit({ env: { RUNBOOK_ROUTES: `https://*=${world.base}/*` } });
    const answer = await http.request({ service: 'x', method: 'GET', url: 'https://gcr.io/v2/', headers: { authorization: 'Bearer x' } });
    expect(answer.url).toBe('https://cdn.test:8443/blob');
    expect(world.seen.map(({ url, headers }) => [url, headers['x-forwarded-host'], headers['x-forwarded-proto'], headers.authorization])).toEqual([
      ['/gcr.io/v2/', 'gcr.io', 'https', 'Bearer x'],
      ['/us.pkg.dev/v2/?x=1', 'us.pkg.dev', 'https', undefined],
      ['/cdn.test:8443/blob', 'cdn.test:8443', 'https', undefined],
    ]);
    expect(calls.map(({ target }) => target)).toEqual(['https://gcr.io/v2/', 'https://us.pkg.dev/v2/?x=1', 'https://cdn.test:8443/blob']);
  });
});

test.each(['ftp://a.test/', 'http://a.test/', 'https://u:pw@a.test/', 'nonsense', 'http://127.0.0.1.evil.test/'])('the address %s is refused before anything leaves', async (url) => {
  const { http, calls } = kit();
  await expect(http.request({ service: 'x', method: 'GET', url })).rejects.toMatchObject({ code: 'bad-address' });
  await expect(http.request({ service: 'x', method: 'GET', url })).rejects.toThrow(/^(?!.*pw)/);
  expect(calls).toEqual([]);
});
