// A GitHub App logs in against a server that looks at its signature as GitHub does.
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { createHttp } from '@runbook/http';
import { afterEach, describe, expect, test } from 'vitest';
import { createGithub } from './client.ts';
import type { AppLogin } from './app-token.ts';
import type { Github } from './github.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } });
const start = Date.parse('2026-08-22T07:00:00Z');

interface Stage {
  readonly github: Github;
  /** `METHOD path as who`. */
  readonly seen: string[];
  wait(minutes: number): void;
}

async function stage(login: Partial<AppLogin> = {}, installations: readonly object[] = [{ id: 7, account: { login: 'kubernetes-sigs' } }]): Promise<Stage> {
  const seen: string[] = [];
  let now = start;
  let made = 0;
  const app = (header: string): string => {
    const [head = '', body = '', signature = ''] = header.replace(/^Bearer /, '').split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { iss: string; iat: number; exp: number };
    const isSound = createVerify('sha256').update(`${head}.${body}`).verify(publicKey, signature, 'base64url') && claims.iat <= now / 1000 && claims.exp > now / 1000 && claims.exp - claims.iat <= 600;
    return isSound ? `app ${claims.iss}` : 'nobody';
  };
  const server = createServer((request, response) => {
    request.resume();
    const header = request.headers.authorization ?? '';
    const path = (request.url ?? '').replace('/api.github.com', '');
    seen.push(`${request.method ?? ''} ${path} as ${header.startsWith('Bearer ') ? app(header) : header}`);
    const answer = path === '/app/installations' ? installations : path.endsWith('/access_tokens') ? { token: `ghs_made${(made += 1)}`, expires_at: new Date(now + 3_600_000).toISOString() } : { login: 'robot[bot]' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close(), () => server.closeAllConnections());
  const env = { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${(server.address() as AddressInfo).port}/*` };
  const http = createHttp({ env, lock: createWriteLock(() => ({ mode: 'dry-run', effect: 'read' }), () => undefined), sleep: () => Promise.resolve() });
  return { seen, wait: (minutes) => void (now += minutes * 60_000), github: createGithub({ http, env, app: { id: '123', privateKey, ...login }, now: () => now }) };
}

describe('a GitHub App', () => {
  test('gets a token for its only installation, keeps it, and renews it before it runs out; in a dry run too', async () => {
    const { github, seen, wait } = await stage();
    await Promise.all([github.viewer(), github.viewer()]);
    wait(54);
    await github.viewer();
    wait(2);
    await github.viewer();
    expect(seen).toEqual([
      'GET /app/installations as app 123', 'POST /app/installations/7/access_tokens as app 123', 'GET /user as token ghs_made1', 'GET /user as token ghs_made1', 'GET /user as token ghs_made1',
      'GET /app/installations as app 123', 'POST /app/installations/7/access_tokens as app 123', 'GET /user as token ghs_made2',
    ]);
  });

  test('acts for the installation that it is told; a key with its line ends written out is one', async () => {
    const { github, seen } = await stage({ installation: '9', privateKey: privateKey.replaceAll('\n', '\\n') });
    await github.viewer();
    expect(seen[0]).toBe('POST /app/installations/9/access_tokens as app 123');
  });

  test('several installations, or none, are told by name', async () => {
    const several = await stage({}, [{ id: 7, account: { login: 'a' } }, { id: 8, account: { login: 'b' } }]);
    await expect(several.github.viewer()).rejects.toThrow('bad-login: the GitHub App needs an installation to act for, and it is installed for a (7), b (8). Set GITHUB_APP_INSTALLATION_ID to one of its numbers.');
    await expect((await stage({}, [])).github.viewer()).rejects.toThrow('it is installed nowhere');
  });

  test('a key that is none is told, and nothing of it is shown', async () => {
    await expect(stage({ privateKey: 'planted-secret' })).rejects.toThrow(/^bad-login: the private key of the GitHub App cannot be read/);
    await expect(stage({ privateKey: privateKey.slice(0, 200) })).rejects.toThrow(expect.not.stringContaining(privateKey.slice(100, 120)));
    const { privateKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
    await expect(stage({ privateKey: other })).rejects.toThrow('is of the kind ec, expected RSA');
  });
});
