// Which proxy is asked, by the variables of the environment, and a real one that is.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWriteLock } from '@runbook/access';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from './door.ts';
import { proxyOf } from './proxy.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('the variables', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['https://a.example/x', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.example/x', { https_proxy: 'p:3128', HTTPS_PROXY: 'http://other:1' }, 'http://p:3128/'],
    ['https://a.example/x', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://a.example/x', { ALL_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.example/x', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'b.example, example' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: 'http://p:1', no_proxy: '.example' }, undefined],
    ['https://A.example/x', { HTTPS_PROXY: 'http://p:1', no_proxy: '*.EXAMPLE' }, undefined],
    ['https://an.example/x', { HTTPS_PROXY: 'http://p:1', no_proxy: 'n.example' }, 'http://p:1/'],
    ['https://a.example/x', { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example:8443' }, 'http://p:1/'],
    ['https://a.example:8443/x', { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example:8443' }, undefined],
    ['http://127.0.0.1:5000/x', { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' }, undefined],
    ['http://localhost:5000/x', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: '' }, undefined],
  ])('%s %j → %s', (url, env, proxy) => {
    expect(proxyOf(url, env)?.proxy.href).toBe(proxy);
  });

  test.each([['socks5://p:1', 'names a proxy of socks5://'], ['http://', 'is no address']])('a wrong one is told by its name: %s', (value, says) => {
    expect(() => proxyOf('https://a.example/', { HTTPS_PROXY: value })).toThrow(`bad-address: HTTPS_PROXY ${says}`);
  });
});

interface Connect {
  readonly target: string;
  readonly login: string | undefined;
}

/** A proxy that leads every tunnel to one port, or refuses. */
async function proxy(port: number | undefined): Promise<{ readonly port: number; readonly seen: Connect[] }> {
  const seen: Connect[] = [];
  const sockets: Socket[] = [];
  const server = createServer().on('connect', (request, socket: Socket) => {
    sockets.push(socket);
    seen.push({ target: request.url ?? '', login: request.headers['proxy-authorization'] });
    if (port === undefined) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.push(onward);
    for (const end of [socket, onward]) end.on('error', () => undefined);
    return undefined;
  });
  closers.push(() => sockets.forEach((socket) => socket.destroy()), () => server.close());
  return { port: await listen(server), seen };
}

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const door = (env: Record<string, string>): ReturnType<typeof createHttp> => createHttp({ env, lock: createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined), deadlineMs: 5000, sleep: () => Promise.resolve() });
const ask = { service: 'registry', method: 'GET', url: 'https://registry.invalid/v2/' };

test('a proxy that does not let one through is named, its login is not', async () => {
  const { port, seen } = await proxy(undefined);
  const http = door({ HTTPS_PROXY: `http://me:s3cret-word@127.0.0.1:${port}` });
  const error: unknown = await http.request(ask).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(new RegExp(`^OutsideError: unreachable: could not reach registry\\.invalid: .*407.*\\(through the proxy 127\\.0\\.0\\.1:${port} of HTTPS_PROXY\\)`));
  expect(String(error)).not.toContain('s3cret');
  expect(seen[0]).toEqual({ target: 'registry.invalid:443', login: `Basic ${Buffer.from('me:s3cret-word').toString('base64')}` });
});

test('nothing listens where the proxy should be', async () => {
  const error: unknown = await door({ HTTPS_PROXY: 'http://127.0.0.1:1' }).request(ask).catch((reason: unknown) => reason);
  expect(String(error)).toContain('connection refused: nothing listens there (through the proxy 127.0.0.1:1 of HTTPS_PROXY)');
});

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined;

test.skipIf(!hasOpenssl)('a tunnel does not make a far side trusted: its certificate is looked at (skipped without openssl)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-test-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=registry.invalid', '-addext', 'subjectAltName=DNS:registry.invalid']);
  const far = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => response.end(`hello ${request.headers.host ?? ''}`));
  closers.push(() => far.close());
  const { port } = await proxy(await listen(far));
  const refused: unknown = await door({ HTTPS_PROXY: `http://127.0.0.1:${port}` }).request(ask).catch((reason: unknown) => reason);
  expect(String(refused)).toContain('its certificate or TLS is not valid');
});
