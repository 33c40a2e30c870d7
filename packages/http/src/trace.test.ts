// The transcript: every attempt, and nothing that is secret.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactor, createWriteLock } from '@runbook/access';
import { afterEach, expect, test } from 'vitest';
import { createHttp } from './door.ts';
import type { TracedAttempt } from './trace.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test('each attempt is a line with its time, its place and its headers; no token, no body, no secret query', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trace-test-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    asked += 1;
    response.writeHead(asked === 1 ? 503 : 200, { 'set-cookie': 'session=planted-cookie', 'retry-after': '0', 'content-type': 'application/json' }).end('{"token":"planted-token-in-answer"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = join(folder, 'trace.jsonl');
  const env = { RUNBOOK_TRACE: file, RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${port}/*` };
  const http = createHttp({ env, redactor: createRedactor(['planted-secret']), now: () => 1_000, lock: createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined), sleep: () => Promise.resolve() });
  await (await http.request({ service: 'registry', method: 'GET', url: 'https://r.invalid/planted-secret?token=planted-query&n=5', headers: { authorization: 'Bearer planted-bearer', accept: 'a/b' } })).text();
  await (await http.request({ service: 'registry', method: 'POST', url: 'https://r.invalid/x', body: 'planted-body' })).text();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await http.request({ service: 'registry', method: 'GET', url: 'https://r.invalid/gone', retry: 0 }).catch(() => undefined);
  const text = readFileSync(file, 'utf8');
  const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line) as TracedAttempt);
  expect(text).not.toContain('planted');
  expect(lines.map(({ method, url, attempt, status, failure }) => [method, url, attempt, status ?? failure])).toEqual([
    ['GET', 'https://r.invalid/***?token=***&n=5', 1, 503],
    ['GET', 'https://r.invalid/***?token=***&n=5', 2, 200],
    ['POST', 'https://r.invalid/x', 1, 200],
    ['GET', 'https://r.invalid/gone', 1, expect.stringMatching(/refused|reset|closed/)],
  ]);
  expect(lines[0]).toMatchObject({ at: '1970-01-01T00:00:01.000Z', service: 'registry', sent: 0, request: { accept: 'a/b' }, answer: { 'content-type': 'application/json', 'retry-after': '0' } });
  expect(lines[2]?.sent).toBe(12);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
