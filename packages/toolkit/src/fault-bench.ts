// For tests: everything that goes wrong outside, as a server on this machine does it, and clients that are led there.
// Only tests import this; nothing here is part of the toolkit.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { createGithub, type Github } from '@runbook/github';
import { createHttp } from '@runbook/http';
import { createProw, type Prow } from '@runbook/prow';
import { createRegistry, type Registry } from '@runbook/registry';
import { afterAll } from 'vitest';

/** Answers a request, or breaks its line. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** One thing that goes wrong. */
export interface Fault {
  readonly name: string;
  /** The code of the error that it ends in, unless an operation has its own. */
  readonly code: string;
  /** What the server does; absent where there is none to be reached. */
  readonly handle?: Handler;
  /** How it is not reached. */
  readonly line?: 'refused' | 'unknown name' | 'no TLS';
  /** True when only the deadline ends it. */
  readonly isSlow?: boolean;
  /** True when nobody knows whether a write has happened. */
  readonly isDoubtful?: boolean;
}

const json = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): unknown => res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const status = (code: number, headers: Record<string, string> = {}): Handler => (_req, res) => json(res, code, { message: 'no', errors: [{ message: 'no' }] }, headers);

/** All of them. Every client is put before each. */
export const faults: readonly Fault[] = [
  { name: 'a refused port', line: 'refused', code: 'unreachable' },
  { name: 'a reset connection', handle: (req) => req.socket.destroy(), code: 'unreachable', isDoubtful: true },
  { name: 'a name that is unknown', line: 'unknown name', code: 'unreachable' },
  { name: 'a server that speaks no TLS', line: 'no TLS', code: 'unreachable' },
  { name: '401', handle: status(401), code: 'unauthorized' },
  { name: '403', handle: status(403), code: 'forbidden' },
  { name: '404', handle: status(404), code: 'absent' },
  { name: '409', handle: status(409), code: 'conflict' },
  { name: '422', handle: status(422), code: 'unexpected-answer' },
  { name: '429', handle: status(429, { 'retry-after': '3600' }), code: 'rate-limited' },
  { name: '500', handle: status(500), code: 'unreachable', isDoubtful: true },
  { name: '502', handle: status(502), code: 'unreachable', isDoubtful: true },
  { name: '503', handle: status(503, { 'retry-after': 'Fri, 27 Nov 2099 00:00:00 GMT' }), code: 'unreachable', isDoubtful: true },
  { name: 'a body that never ends', handle: (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).write('{"a":'), code: 'unreachable', isDoubtful: true, isSlow: true },
  { name: 'a body that breaks off', handle: (_req, res) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"a":'); setImmediate(() => res.destroy()); }, code: 'unreachable', isDoubtful: true },
  { name: 'a huge body', handle: (req, res) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': String(2 ** 40) }); if (req.method === 'HEAD') return res.end(); res.write('{"a":'); return setTimeout(() => res.destroy(), 200); }, code: 'unexpected-answer', isDoubtful: true },
  { name: 'invalid JSON', handle: (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{"a":'), code: 'unexpected-answer', isDoubtful: true },
  { name: 'a web page', handle: (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>'), code: 'unexpected-answer', isDoubtful: true },
  { name: 'JSON of something else', handle: (_req, res) => json(res, 200, []), code: 'unexpected-answer', isDoubtful: true },
];

/** Clients whose every address leads to a fault. */
export interface Stage {
  readonly github: Github;
  /** The same as a GitHub App, which needs a token first. */
  readonly app: Github;
  readonly prow: Prow;
  readonly registry: Registry;
  /** What came to the server, as `GET /path`. */
  readonly seen: readonly string[];
}

let pem: string | undefined;
function privateKey(): string {
  pem ??= generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } }).privateKey;
  return pem;
}

const closers: (() => Promise<void>)[] = [];

/** Registers what ends the servers of a test file. Its tests run side by side, so that none waits for another's deadline. */
export function setUpFaults(): void {
  afterAll(async () => {
    for (const close of closers.splice(0)) await close();
  });
}

async function serve(handle: Handler, seen: string[]): Promise<number> {
  const server = createServer((req, res) => {
    seen.push(`${req.method ?? ''} ${req.url ?? ''}`);
    req.resume();
    req.on('end', () => void handle(req, res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens: too low to be given out, and none that fetch refuses by itself. */
const closedPort = 2;

/**
 * Opens clients before a fault.
 * @param healthy answers what the fault does not meet, and says so
 */
export async function stage(fault: Fault, healthy: (req: IncomingMessage, res: ServerResponse) => boolean = () => false): Promise<Stage> {
  const seen: string[] = [];
  const handle: Handler = (req, res) => healthy(req, res) || (fault.handle ?? ((_req, answer) => answer.end()))(req, res);
  const port = fault.line === 'refused' ? closedPort : await serve(handle, seen);
  const env: Record<string, string> = fault.line === 'unknown name' ? {} : { RUNBOOK_ROUTES: `https://*=${fault.line === 'no TLS' ? 'https' : 'http'}://127.0.0.1:${port}/*` };
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined);
  const http = createHttp({ lock, env, deadlineMs: fault.isSlow === true ? 400 : 60_000, sleep: () => Promise.resolve() });
  const githubEnv = { ...env, GITHUB_API_URL: 'https://api.invalid' };
  return {
    github: createGithub({ http, lock, env: githubEnv }),
    app: createGithub({ http, lock, env: githubEnv, app: { id: '1', privateKey: privateKey(), installation: '2' } }),
    prow: createProw({ http, deckUrl: 'https://deck.invalid', logsUrl: 'https://logs.invalid' }),
    registry: createRegistry({ http }),
    seen,
  };
}
