// Reads that are asked again: the service is spared, and an answer never passes to other credentials. A real server.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { afterEach, expect, test } from 'vitest';
import { createHttp } from './door.ts';
import type { Http } from './http.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Stage {
  readonly http: Http;
  /** `If-None-Match` of each request, or `-`. */
  readonly seen: string[];
}

async function stage(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Stage> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    seen.push(request.headers['if-none-match'] ?? '-');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close(), () => server.closeAllConnections());
  const env = { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${(server.address() as AddressInfo).port}/*` };
  return { seen, http: createHttp({ env, lock: createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined), sleep: () => Promise.resolve() }) };
}

/** A server that has one text and its ETag, and counts like GitHub. */
function having(text: () => string): (request: IncomingMessage, response: ServerResponse) => void {
  let left = 10;
  return (request, response) => {
    const etag = `"${text()}"`;
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag, 'x-ratelimit-remaining': left }).end();
    left -= 1;
    return response.writeHead(200, { etag, 'content-type': 'application/json', 'x-ratelimit-remaining': left }).end(JSON.stringify(text()));
  };
}

const ask = (http: Http, headers: Record<string, string> = {}, path = ''): ReturnType<Http['request']> => http.request({ service: 'github', method: 'GET', url: `https://api.invalid/${path}`, headers });

test('the same question is answered from what is kept, as a whole answer with fresh headers', async () => {
  let text = 'one';
  const { http, seen } = await stage(having(() => text));
  for (const expected of ['one', 'one']) expect(await (await ask(http)).json()).toBe(expected);
  const again = await ask(http);
  expect([again.status, again.ok, again.headers.get('content-type'), again.headers.get('x-ratelimit-remaining'), await again.json()]).toEqual([200, true, 'application/json', '9', 'one']);
  text = 'two';
  expect(await (await ask(http)).json()).toBe('two');
  expect(await (await ask(http)).json()).toBe('two');
  expect(seen).toEqual(['-', '"one"', '"one"', '"one"', '"two"']);
});

test('another token, another form or another path is another question', async () => {
  const { http, seen } = await stage(having(() => 'one'));
  await (await ask(http, { authorization: 'token a' })).json();
  await (await ask(http, { authorization: 'token b' })).json();
  await (await ask(http)).json();
  await (await ask(http, { authorization: 'token a', accept: 'text/plain' })).json();
  await (await ask(http, { authorization: 'token a' }, 'b')).json();
  expect(seen).toEqual(['-', '-', '-', '-', '-']);
  await (await ask(http, { authorization: 'token a' })).json();
  expect(seen.at(-1)).toBe('"one"');
});

test('what is no whole read is asked and told as it is', async () => {
  const { http, seen } = await stage(having(() => 'one'));
  await (await ask(http)).json();
  expect((await ask(http, { 'if-none-match': '"one"' })).status).toBe(304);
  await (await ask(http, { range: 'bytes=0-1' })).text();
  await (await http.request({ service: 'github', method: 'POST', url: 'https://api.invalid/', body: 'x' })).text();
  expect(seen).toEqual(['-', '"one"', '-', '-']);
});

test('an answer that broke off, is too large or must not be stored is not kept', async () => {
  const big = 'x'.repeat(1024 * 1024 + 1);
  const { http, seen } = await stage((request, response) => {
    const path = (request.url ?? '').slice(1).replace('api.invalid/', '');
    if (path === 'broken') {
      response.writeHead(200, { etag: '"e"', 'content-length': '100' }).write('half');
      return setImmediate(() => response.destroy());
    }
    if (path === 'secret') return response.writeHead(200, { etag: '"e"', 'cache-control': 'private, no-store' }).end('s');
    return response.writeHead(200, { etag: '"e"' }).end(big);
  });
  for (const path of ['broken', 'broken', 'secret', 'secret', 'big', 'big']) await (await ask(http, {}, path)).text().catch(() => undefined);
  expect(new Set(seen)).toEqual(new Set(['-']));
});

test('not everything is kept for ever: the least lately used goes', async () => {
  const { http, seen } = await stage(having(() => 'one'));
  for (let i = 0; i < 257; i += 1) await (await ask(http, {}, `p${i}`)).text();
  await (await ask(http, {}, 'p0')).text();
  expect(seen.at(-1)).toBe('-');
  await (await ask(http, {}, 'p256')).text();
  expect(seen.at(-1)).toBe('"one"');
});
