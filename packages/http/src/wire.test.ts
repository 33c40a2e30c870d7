// What goes over the wire by itself: bodies that are streams, packed answers, answers that come early, connections that are kept.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createWriteLock } from '@runbook/access';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from './door.ts';
import { OutsideError } from './outside-error.ts';
import type { Http, HttpOptions, StreamedBody } from './http.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<{ readonly base: string; readonly lines: () => number }> {
  let lines = 0;
  const server = createServer(listener).on('connection', () => (lines += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lines: () => lines };
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function door(options: Partial<HttpOptions> = {}): Http {
  return createHttp({ lock: createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined), env: {}, sleep: () => Promise.resolve(), ...options });
}

/** A body of some parts; counts how often it was opened. */
function streamed(parts: readonly string[], size = parts.join('').length): StreamedBody & { opened: number } {
  const body = {
    size,
    opened: 0,
    async *open() {
      body.opened += 1;
      for (const part of parts) yield await Promise.resolve(Buffer.from(part));
    },
  };
  return body;
}

const wires = [['Node\u2019s http', {}], ['a fetch', { fetch: globalThis.fetch }]] as const;

describe.each(wires)('a streamed body over %s', (_, options) => {
  test('goes with its length, and anew for each attempt', async () => {
    const seen: [string | undefined, string][] = [];
    const { base } = await serve((req, res) => void bytesOf(req).then((bytes) => {
      seen.push([req.headers['content-length'], bytes.toString()]);
      res.writeHead(seen.length === 1 ? 503 : 200).end();
    }));
    const body = streamed(['one ', 'two ', 'three']);
    expect((await door(options).request({ service: 'x', method: 'PUT', url: base, body, retry: 1 })).status).toBe(200);
    expect(seen).toEqual([['13', 'one two three'], ['13', 'one two three']]);
    expect(body.opened).toBe(2);
  });

  test('that fails fails with its own words, not as the far side, and is not asked for again', async () => {
    const { base } = await serve((req) => void bytesOf(req).catch(() => undefined));
    let opened = 0;
    const body: StreamedBody = {
      size: 10,
      async *open() {
        opened += 1;
        yield await Promise.resolve(Buffer.from('half'));
        throw new Error('the disk is gone');
      },
    };
    await expect(door(options).request({ service: 'x', method: 'PUT', url: base, body, retry: 3 })).rejects.toThrow('the disk is gone');
    expect(opened).toBe(1);
  });

  test.each([['more', 3, 'the body to send has more than 3 bytes'], ['fewer', 9, 'the body to send has 4 bytes, expected 9']])('of %s bytes than it said is an error', async (__, size, says) => {
    const { base } = await serve((req) => void bytesOf(req).catch(() => undefined));
    await expect(door(options).request({ service: 'x', method: 'PUT', url: base, body: streamed(['four'], size) })).rejects.toThrow(says);
  });

  test('is left as soon as nobody wants it', async () => {
    const { base } = await serve((req, res) => void req.once('data', () => res.writeHead(401).end('who are you?')));
    const gone: string[] = [];
    const body: StreamedBody = {
      size: 100_000_000,
      async *open(signal) {
        signal.addEventListener('abort', () => gone.push('told'));
        try {
          for (let i = 0; i < 1000; i += 1) yield await Promise.resolve(Buffer.alloc(100_000));
        } finally {
          gone.push('left');
        }
      },
    };
    const answer = await door(options).request({ service: 'x', method: 'PUT', url: base, body });
    expect([answer.status, gone]).toEqual([401, expect.arrayContaining(['told'])]);
    await answer.body.cancel();
  });
});

describe('an answer', () => {
  test('that is packed is unpacked; one that is cut off is not short', async () => {
    const text = 'long '.repeat(50_000);
    const packed = gzipSync(text);
    const { base } = await serve((req, res) => {
      if (req.url === '/whole') return void res.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
      if (req.url === '/empty') return void res.writeHead(200, { 'content-encoding': 'gzip' }).end();
      if (req.url === '/half') return void res.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length / 2));
      res.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
      return void res.write(packed.subarray(0, packed.length / 2), () => res.destroy());
    });
    const http = door();
    const get = async (path: string): Promise<string> => (await http.request({ service: 'x', method: 'GET', url: `${base}${path}` })).text();
    expect(await get('/whole')).toBe(text);
    expect(await get('/empty')).toBe('');
    await expect(get('/half')).rejects.toMatchObject({ code: 'unreachable' });
    await expect(get('/cut')).rejects.toMatchObject({ code: 'unreachable', detail: 'the connection was closed before the answer was complete' });
  });

  test('that is asked for as it is comes as it is: nothing is packed', async () => {
    const { base } = await serve((req, res) => void res.end(req.headers['accept-encoding']));
    const http = door();
    expect(await (await http.request({ service: 'x', method: 'GET', url: base, headers: { 'accept-encoding': 'identity' } })).text()).toBe('identity');
    expect(await (await http.request({ service: 'x', method: 'GET', url: base })).text()).toBe('gzip');
  });

  test('leaves the line to the next request: read, short and unwanted, or without a body', async () => {
    const { base, lines } = await serve((req, res) => void (req.method === 'HEAD' ? res.setHeader('content-length', 5).end() : req.url === '/none' ? res.writeHead(204).end() : res.end('short')));
    const http = door();
    for (let i = 0; i < 3; i += 1) {
      expect(await (await http.request({ service: 'x', method: 'GET', url: base })).text()).toBe('short');
      await (await http.request({ service: 'x', method: 'GET', url: base })).body.cancel();
      await http.request({ service: 'x', method: 'HEAD', url: base });
      await http.request({ service: 'x', method: 'GET', url: `${base}/none` });
    }
    expect(lines()).toBeLessThanOrEqual(2); // an unwanted rest may still be on its way when the next one goes
  });

  test('that is long and unwanted is not read to its end', async () => {
    let closed: (() => void) | undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const { base } = await serve((_req, res: ServerResponse) => {
      res.writeHead(200).on('close', () => closed?.());
      const more = (): void => void (res.writable && res.write(Buffer.alloc(100_000), () => setImmediate(more)));
      more();
    });
    const answer = await door().request({ service: 'x', method: 'GET', url: base });
    await answer.body.read();
    await answer.body.cancel();
    await isClosed;
  });

  test('that is no HTTP is told as it is', async () => {
    const server = createSocketServer((socket: Socket) => void socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => void server.close(() => resolve())));
    const error: unknown = await door().request({ service: 'x', method: 'GET', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, retry: 0 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OutsideError);
    expect(error).toMatchObject({ code: 'unreachable' });
  });
});

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined;

test.skipIf(!hasOpenssl)('a far side that nobody vouches for is not spoken to (skipped without openssl)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wire-test-'));
  closers.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']);
  let asked = 0;
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_req, res) => {
    asked += 1;
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  closers.push(() => new Promise((resolve) => void server.close(() => resolve())));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  await expect(door().request({ service: 'x', method: 'GET', url })).rejects.toMatchObject({ code: 'unreachable', detail: expect.stringContaining('its certificate or TLS is not valid') });
  expect(asked).toBe(0);
});

describe.each(wires)('a part of an answer over %s', (_, options) => {
  test('is asked for as it is, the whole may come packed', async () => {
    const asked: unknown[] = [];
    const { base } = await serve((req, res) => {
      asked.push(req.headers['accept-encoding']?.includes('gzip') === true ? 'packed' : 'as it is');
      res.end('x');
    });
    for (const headers of [{}, { range: 'bytes=1-' }]) await (await door(options).request({ service: 'test', method: 'GET', url: base, headers })).text();
    expect(asked).toEqual(['packed', 'as it is']);
  });
});
