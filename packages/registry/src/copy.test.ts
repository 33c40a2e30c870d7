// Copies between real registries, read back by skopeo; and between registries that fail in the middle.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWriteLock, UndeclaredWriteError, WithheldError, type Mode, type Effect } from '@runbook/access';
import { createHttp, OutsideError } from '@runbook/http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Credentials } from './auth.ts';
import { createRegistry } from './client.ts';
import { dockerCredentials } from './docker-config.ts';
import { hasRealRegistry, skopeo, startRealRegistry, writeLayout, type RealRegistry } from './real-registry.ts';
import type { Registry } from './registry.ts';

if (!hasRealRegistry) console.warn('skipped: docker-registry or skopeo is not installed');

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: { readonly login?: boolean } = {}): Promise<RealRegistry> {
  const registry = await startRealRegistry(options);
  closers.push(() => registry.close());
  return registry;
}

function client({ credentials, mode = 'live', effect = 'write' }: { readonly credentials?: Credentials; readonly mode?: Mode; readonly effect?: Effect } = {}): Registry {
  const lock = createWriteLock(() => ({ mode, effect }), () => undefined);
  return createRegistry({ http: createHttp({ lock, env: {}, sleep: () => Promise.resolve() }), ...(credentials === undefined ? {} : { credentials }) });
}

/** Pushes a fresh image with skopeo. */
function seed(host: string, options: Parameters<typeof writeLayout>[0], ...login: string[]): { readonly source: string; readonly digest: string } {
  const layout = writeLayout(options);
  closers.push(() => rmSync(layout.folder, { recursive: true, force: true }));
  skopeo('copy', '--all', '--preserve-digests', '--dest-tls-verify=false', ...login, `oci:${layout.folder}:it`, `docker://${host}/team/app:v1`);
  return { source: `${host}/team/app:v1`, digest: layout.digest };
}

/** Every byte of an image as skopeo reads it. */
function whole(reference: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopeo-sync-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  skopeo('copy', '--all', '--src-tls-verify=false', `docker://${reference}`, `dir:${folder}`);
  return skopeo('inspect', '--raw', '--tls-verify=false', `docker://${reference}`);
}

const pair = ['linux/amd64', 'linux/arm64'];

describe.skipIf(!hasRealRegistry)('with docker-registry and skopeo', () => {
  test('an index is copied to another registry, byte for byte, and a second time nothing is uploaded', async () => {
    const [one, two] = [await start(), await start()];
    const { source, digest } = seed(one.host, { platforms: pair });
    const registry = client();
    const copied = await registry.copy(source, `${two.host}/prod/app:v1.0.0`);
    expect([copied.digest, copied.steps.filter(({ how, kind }) => kind === 'blob' && how === 'uploaded').length]).toEqual([digest, 5]);
    expect(whole(`${two.host}/prod/app:v1.0.0`)).toBe(skopeo('inspect', '--raw', '--tls-verify=false', `docker://${source}`));
    expect(await registry.platforms(`${two.host}/prod/app@${digest}`)).toEqual(pair);
    const again = await registry.copy(source, `${two.host}/prod/app:v1.0.0`);
    expect(again.steps.filter(({ kind }) => kind === 'blob').map(({ how }) => how)).toEqual(['there', 'there', 'there', 'there', 'there', 'there']);
  });

  test('what skopeo copied on from our copy is the same to us, every blob of it', async () => {
    const [one, two, three] = [await start(), await start(), await start()];
    const { source } = seed(one.host, { platforms: pair });
    const registry = client();
    await registry.copy(source, `${two.host}/prod/app:v1`);
    skopeo('copy', '--all', '--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests', `docker://${two.host}/prod/app:v1`, `docker://${three.host}/far/app:v1`);
    const [ours, theirs] = [await registry.manifest(source), await registry.manifest(`${three.host}/far/app:v1`)];
    expect(Buffer.from(theirs.bytes)).toEqual(Buffer.from(ours.bytes));
    if (ours.kind !== 'index') throw new Error(ours.kind);
    for (const { digest } of ours.entries) {
      const image = await registry.manifest(`${three.host}/far/app@${digest}`);
      if (image.kind !== 'image') throw new Error(image.kind);
      for (const blob of [image.config, ...image.layers]) expect(Buffer.from(await registry.blob(`${three.host}/far/app`, blob.digest))).toEqual(Buffer.from(await registry.blob(`${one.host}/team/app`, blob.digest)));
    }
  });

  test('within one registry the blobs are mounted', async () => {
    const one = await start();
    const { source, digest } = seed(one.host, { platforms: ['linux/amd64'] });
    const copied = await client().copy(source, `${one.host}/other/place:v2`);
    expect(new Set(copied.steps.filter(({ kind }) => kind === 'blob').map(({ how }) => how))).toEqual(new Set(['mounted']));
    whole(`${one.host}/other/place:v2`);
    expect((await client().find(`${one.host}/other/place:v2`))?.digest).toBe(digest);
  });

  test('a large blob goes through, also where the line breaks in its middle', async () => {
    const [one, two] = [await start(), await start()];
    const { source, digest } = seed(one.host, { platforms: ['linux/amd64'], layerBytes: 40 * 1024 * 1024 });
    const cut = await startCuttingProxy(two.host);
    const registry = client();
    await registry.copy(source, `${cut.host}/prod/app:v1`);
    expect(cut.cuts()).toBe(1);
    whole(`${two.host}/prod/app:v1`);
    expect((await registry.find(`${two.host}/prod/app:v1`))?.digest).toBe(digest);
  }, 60_000);

  test('a copy that was cut off is made again, and goes on where it was', async () => {
    const [one, two] = [await start(), await start()];
    const { source } = seed(one.host, { platforms: pair });
    const told: string[] = [];
    const stop = client().copy(source, `${two.host}/prod/app:v1`, {
      concurrency: 1,
      progress: ({ digest }) => {
        told.push(digest);
        if (told.length === 2) throw new Error('pulled the plug');
      },
    });
    await expect(stop).rejects.toThrow('pulled the plug');
    expect(await client().find(`${two.host}/prod/app:v1`)).toBeUndefined();
    const { steps } = await client().copy(source, `${two.host}/prod/app:v1`);
    expect(steps.filter(({ how }) => how === 'there').map(({ digest }) => digest)).toEqual(expect.arrayContaining(told));
    whole(`${two.host}/prod/app:v1`);
  });

  test('tags are listed, what skopeo wrote is read, and deleted things are gone', async () => {
    const one = await start();
    const { source, digest } = seed(one.host, { platforms: pair });
    const registry = client();
    expect(await registry.listTags(`${one.host}/team/app`)).toEqual(['v1']);
    expect(await registry.listReferrers(`${one.host}/team/app`, digest)).toEqual([]);
    expect(await registry.delete(`${one.host}/team/app@${digest}`)).toBe(true);
    expect(await registry.find(source)).toBeUndefined();
    expect(await registry.delete(`${one.host}/team/app@${digest}`)).toBe(false);
  });

  test('a login comes from docker\'s file or a helper, and without one nothing is let in', async () => {
    const [open, closed] = [await start(), await start({ login: true })];
    const { source } = seed(open.host, { platforms: ['linux/amd64'] });
    const target = `${closed.host}/prod/app:v1`;
    await expect(client().copy(source, target)).rejects.toMatchObject({ code: 'unauthorized' });
    const home = mkdtempSync(join(tmpdir(), 'docker-home-'));
    closers.push(() => rmSync(home, { recursive: true, force: true }));
    mkdirSync(join(home, '.docker'));
    const auth = Buffer.from('tester:secret-password').toString('base64');
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths: { [closed.host]: { auth } } }));
    await client({ credentials: dockerCredentials({ HOME: home }) }).copy(source, target);
    writeFileSync(join(home, 'docker-credential-test'), `#!/bin/sh\nread -r host\n[ "$1 $host" = "get ${closed.host}" ] || exit 1\necho '{"ServerURL":"x","Username":"tester","Secret":"secret-password"}'\n`, { mode: 0o755 });
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ credHelpers: { [closed.host]: 'test' } }));
    const helped = client({ credentials: dockerCredentials({ HOME: home, PATH: `${home}:${process.env['PATH'] ?? ''}` }) });
    expect(await helped.listTags(`${closed.host}/prod/app`)).toEqual(['v1']);
  });

  test('the write lock is asked before the first write', async () => {
    const [one, two] = [await start(), await start()];
    const { source } = seed(one.host, { platforms: ['linux/amd64'] });
    await expect(client({ effect: 'read' }).copy(source, `${two.host}/a:v1`)).rejects.toBeInstanceOf(UndeclaredWriteError);
    await expect(client({ mode: 'dry-run' }).copy(source, `${two.host}/a:v1`)).rejects.toBeInstanceOf(WithheldError);
    expect(await client().find(`${two.host}/a:v1`)).toBeUndefined();
  });
});

/** Passes everything on to a registry, but breaks the line of the first PATCH in its middle. */
async function startCuttingProxy(target: string): Promise<{ readonly host: string; readonly cuts: () => number }> {
  let patches = 0;
  let cuts = 0;
  const server = createServer((req, res) => {
    patches += req.method === 'PATCH' ? 1 : 0;
    const breaks = req.method === 'PATCH' && patches === 1;
    const up = forward({ host: '127.0.0.1', port: Number(target.split(':')[1]), method: req.method, path: req.url, headers: { ...req.headers, host: `127.0.0.1:${(server.address() as AddressInfo).port}` } }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    up.on('error', () => res.destroy());
    if (!breaks) return void req.pipe(up);
    let passed = 0;
    req.on('data', (part: Buffer) => {
      passed += part.length;
      if (passed < 5 * 1024 * 1024) return void up.write(part);
      cuts += 1;
      req.removeAllListeners('data');
      up.destroy();
      req.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, cuts: () => cuts };
}

test('a manifest that the registry calls otherwise, and bytes that are not of their digest, are refused', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const server = createServer((req, res) => {
    if (req.url?.includes('/from/manifests/')) return res.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json').end(JSON.stringify({ schemaVersion: 2, config: { digest, mediaType: 'x/y', size: 3 }, layers: [] }));
    if (req.method === 'HEAD') return res.writeHead(404).end();
    return res.end('abc');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const failed: unknown = await client().copy(`${host}/from:v1`, `localhost:${host.split(':')[1] ?? ''}/to:v1`).then(() => undefined, (error: unknown) => error);
  expect(failed).toBeInstanceOf(OutsideError);
  expect(String(failed)).toContain(`wrong digest: expected ${digest}`);
});
