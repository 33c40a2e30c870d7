// One suite for every registry: what the client promises holds at Debian's docker-registry, at those of a rehearsal world, and at
// one that makes trouble wherever it may.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWriteLock } from '@runbook/access';
import { createHttp } from '@runbook/http';
import { createRegistry, type Registry } from '@runbook/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type World } from '@runbook/rehearsal';
import { repositoryFolder } from './command-harness.ts';
import { startNastyRegistry, type NastyRegistry } from './nasty-registry.ts';

const hasRegistry = spawnSync('docker-registry', ['--version']).status === 0;
if (!hasRegistry) console.warn('skipped: docker-registry is not installed');

/** More than two parts of an upload. */
const partsBytes = 33 * 1024 * 1024 + 7;

/** An index that every world starts with. */
const origin = 'registry.k8s.io/apisnoop/snoopdb:v0.2.0';
const closers: (() => Promise<void> | void)[] = [];
let world: World;
let registry: Registry;
let nasty: NastyRegistry | undefined;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'registry-suite-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  world = await startWorld({ dir, defaultSeed: join(repositoryFolder, 'packages/rehearsal/seed') });
  closers.push(() => world.close());
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined);
  registry = createRegistry({ http: createHttp({ lock, env: world.env, sleep: () => Promise.resolve() }), credentials: () => ({ username: 'oauth2accesstoken', password: world.env['GITHUB_TOKEN'] ?? '' }) });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startDockerRegistry(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'docker-registry-'));
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\nlog: {accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:0", secret: x}\n`);
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  closers.push(() => new Promise((resolve) => {
    child.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
    child.kill('SIGTERM');
  }));
  return new Promise((resolve) => {
    let text = '';
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (host !== undefined) resolve(host);
    });
  });
}

/** Puts an image with one large layer into a registry, by hand. */
async function putLarge(host: string): Promise<string> {
  const put = async (bytes: Uint8Array<ArrayBuffer>, mediaType: string): Promise<{ readonly mediaType: string; readonly digest: string; readonly size: number }> => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const opened = await fetch(`http://${host}/v2/large/blobs/uploads/`, { method: 'POST' });
    const place = new URL(opened.headers.get('location') ?? '', `http://${host}`);
    place.searchParams.set('digest', digest);
    expect((await fetch(place, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes })).status).toBe(201);
    return { mediaType, digest, size: bytes.length };
  };
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const config = await put(Buffer.from('{"os":"linux","architecture":"amd64"}'), 'application/vnd.oci.image.config.v1+json');
  const layer = await put(Buffer.alloc(partsBytes, 'large'), 'application/vnd.oci.image.layer.v1.tar');
  expect((await fetch(`http://${host}/v2/large/manifests/v1`, { method: 'PUT', headers: { 'content-type': type }, body: JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [layer] }) })).status).toBe(201);
  return `${host}/large:v1`;
}

async function openNasty(): Promise<NastyRegistry> {
  nasty ??= await startNastyRegistry(await startDockerRegistry());
  const { close } = nasty;
  closers.push(close);
  return nasty;
}

const places: readonly (readonly [name: string, isHere: boolean, open: () => Promise<string>])[] = [
  ['docker-registry', hasRegistry, startDockerRegistry],
  ['the registries of a world', true, () => Promise.resolve('gcr.io/k8s-staging-apisnoop')],
  ['a nasty registry', hasRegistry, async () => (await openNasty()).host],
];

describe.each(places)('%s', (_, isHere, open) => {
  let place = '';
  beforeAll(async () => {
    if (isHere) place = await open();
  });

  test.skipIf(!isHere)('takes an index, and gives back the same bytes', async () => {
    const copied = await registry.copy(origin, `${place}/suite/app:v1`);
    const [there, here] = [await registry.manifest(origin), await registry.manifest(`${place}/suite/app:v1`)];
    expect([copied.digest, Buffer.from(here.bytes)]).toEqual([there.digest, Buffer.from(there.bytes)]);
    expect(await registry.platforms(`${place}/suite/app@${copied.digest}`)).toEqual(await registry.platforms(origin));
    expect(await registry.isMultiArch(`${place}/suite/app:v1`)).toBe(await registry.isMultiArch(origin));
    expect((await registry.copy(origin, `${place}/suite/app:v1`)).steps.filter(({ kind, how }) => kind === 'blob' && how !== 'there')).toEqual([]);
  });

  test.skipIf(!isHere)('finds what is there, by tag and digest, and nothing else', async () => {
    const { digest } = await registry.copy(origin, `${place}/suite/found:v1`);
    expect(await registry.find(`${place}/suite/found:v1`)).toMatchObject({ digest });
    expect(await registry.find(`${place}/suite/found@${digest}`)).toMatchObject({ digest });
    expect(await registry.find(`${place}/suite/found:v2`)).toBeUndefined();
    expect(await registry.find(`${place}/suite/found@sha256:${'a'.repeat(64)}`)).toBeUndefined();
    await expect(registry.get(`${place}/suite/found:v2`)).rejects.toMatchObject({ code: 'absent' });
  });

  test.skipIf(!isHere)('lists every tag', async () => {
    for (const tag of ['v1', 'v2', 'v10']) await registry.copy(origin, `${place}/suite/listed:${tag}`);
    expect((await registry.listTags(`${place}/suite/listed`)).toSorted()).toEqual(['v1', 'v10', 'v2']);
    await expect(registry.listTags(`${place}/suite/none`)).rejects.toMatchObject({ code: 'absent' });
  });

  test.skipIf(!isHere)('mounts blobs of another repository', async () => {
    await registry.copy(origin, `${place}/suite/from:v1`);
    const { steps } = await registry.copy(`${place}/suite/from:v1`, `${place}/suite/to:v1`);
    expect(steps.filter(({ kind, how }) => kind === 'blob' && how === 'uploaded')).toEqual([]);
    expect(await registry.platforms(`${place}/suite/to:v1`)).toEqual(await registry.platforms(origin));
  });

  test.skipIf(!isHere)('has no referrers of an image that nobody refers to', async () => {
    const { digest } = await registry.copy(origin, `${place}/suite/alone:v1`);
    expect(await registry.listReferrers(`${place}/suite/alone`, digest)).toEqual([]);
    expect(await registry.findSignature(`${place}/suite/alone`, digest)).toBeUndefined();
    expect(await registry.listAttachments(`${place}/suite/alone`, digest)).toEqual([]);
  });

  test.skipIf(!isHere)('finds what cosign would keep beside an image', async () => {
    const { digest } = await registry.copy(origin, `${place}/suite/signed:v1`);
    const tag = `${digest.replace(':', '-')}.sig`;
    await registry.copy(origin, `${place}/suite/signed:${tag}`);
    expect(await registry.findSignature(`${place}/suite/signed`, digest)).toMatchObject({ digest });
    expect(await registry.listAttachments(`${place}/suite/signed`, digest)).toEqual([expect.objectContaining({ kind: 'signature', tag, digest })]);
  });

  test.skipIf(!hasRegistry || !isHere)('takes a blob in parts', async () => {
    const source = await putLarge(await startDockerRegistry());
    const { digest } = await registry.copy(source, `${place}/suite/large:v1`);
    const image = await registry.manifest(`${place}/suite/large@${digest}`);
    if (image.kind !== 'image') throw new Error(image.kind);
    expect((await registry.blob(`${place}/suite/large`, image.layers[0]?.digest ?? '')).byteLength).toBe(partsBytes);
  });

  test.skipIf(!isHere)('a copy that was cut off goes on where it was', async () => {
    const told: string[] = [];
    const progress = ({ digest }: { readonly digest: string }): void => {
      told.push(digest);
      if (told.length === 2) throw new Error('pulled the plug');
    };
    await expect(registry.copy(origin, `${place}/suite/resumed:v1`, { concurrency: 1, progress })).rejects.toThrow('pulled the plug');
    expect(await registry.find(`${place}/suite/resumed:v1`), 'the tag is set last').toBeUndefined();
    const { steps } = await registry.copy(origin, `${place}/suite/resumed:v1`);
    expect(steps.filter(({ how }) => how === 'there').map(({ digest }) => digest)).toEqual(expect.arrayContaining(told));
    expect(await registry.platforms(`${place}/suite/resumed:v1`)).toEqual(await registry.platforms(origin));
  });

  test.skipIf(!isHere)('gives blobs whole and verified', async () => {
    await registry.copy(origin, `${place}/suite/blobs:v1`);
    const index = await registry.manifest(`${place}/suite/blobs:v1`);
    const image = index.kind === 'index' ? await registry.manifest(`${place}/suite/blobs@${index.entries[0]?.digest ?? ''}`) : index;
    if (image.kind !== 'image') throw new Error(image.kind);
    expect((await registry.blob(`${place}/suite/blobs`, image.config.digest)).byteLength).toBe(image.config.size);
    const whole = await registry.blob(`${place}/suite/blobs`, image.config.digest);
    expect(await registry.blob(`${place}/suite/blobs`, image.config.digest, { start: 3, end: 9 }), 'a part is that part').toEqual(whole.subarray(3, 9));
    await expect(registry.blob(`${place}/suite/blobs`, `sha256:${'b'.repeat(64)}`)).rejects.toMatchObject({ code: 'absent' });
  });

  test.skipIf(!isHere)('deletes by digest, once', async () => {
    const { digest } = await registry.copy(origin, `${place}/suite/gone:v1`);
    expect(await registry.delete(`${place}/suite/gone@${digest}`)).toBe(true);
    expect(await registry.find(`${place}/suite/gone@${digest}`)).toBeUndefined();
    expect(await registry.delete(`${place}/suite/gone@${digest}`)).toBe(false);
  });
});

test('production takes nothing from anybody but the promoter: that is "forbidden", never "absent"', async () => {
  await expect(registry.copy(origin, 'us-central1-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop/snoopdb:v9')).rejects.toMatchObject({ code: 'forbidden' });
});

describe.skipIf(!hasRegistry)('what nobody may bear', () => {
  const bad = async (name: string): Promise<{ readonly reference: string; readonly digest: string; readonly repository: string }> => {
    const { host } = await openNasty();
    const { digest } = await registry.copy(origin, `${host}/bad/${name}:v1`);
    return { reference: `${host}/bad/${name}:v1`, repository: `${host}/bad/${name}`, digest };
  };
  const under = async <T>(malice: Parameters<NastyRegistry['turn']>[0], ask: () => Promise<T>): Promise<unknown> => {
    const server = await openNasty();
    server.turn(malice);
    try {
      return await ask().then((value) => value, (error: unknown) => error);
    } finally {
      server.turn(undefined);
    }
  };

  test.each([
    ['wrong-digest', 'unexpected-answer', /digest/],
    ['truncated', 'unreachable', /closed|terminated|not complete/],
    ['loop', 'unexpected-answer', /circle/],
    ['html', 'unexpected-answer', /HTML|web page|content type/i],
    ['html-absent', 'unexpected-answer', /a web page says that there is nothing, not the registry/],
    ['to-this-machine-elsewhere', 'unexpected-answer', /not spoken to/],
  ] as const)('%s', async (malice, code, says) => {
    const { repository, digest } = await bad(malice);
    const found = await under(malice, () => registry.manifest(`${repository}@${digest}`));
    expect(found, String(found)).toMatchObject({ code, service: 'registry', message: expect.stringMatching(says) });
    expect(String(found)).toMatch(/\. .+\.$/);
    expect(await registry.manifest(`${repository}@${digest}`), 'afterwards all is well').toMatchObject({ digest });
  });

  test('a blob of other bytes is refused, and so is a copy of it: the tag is not set', async () => {
    const { repository, reference } = await bad('blob');
    const index = await registry.manifest(reference);
    const image = index.kind === 'index' ? await registry.manifest(`${repository}@${index.entries[0]?.digest ?? ''}`) : index;
    if (image.kind !== 'image') throw new Error(image.kind);
    expect(await under('wrong-digest', () => registry.blob(repository, image.config.digest))).toMatchObject({ code: 'unexpected-answer' });
    expect(await under('wrong-digest', () => registry.copy(reference, 'gcr.io/k8s-staging-apisnoop/suite/never:v1'))).toMatchObject({ code: 'unexpected-answer' });
    expect(await registry.find('gcr.io/k8s-staging-apisnoop/suite/never:v1')).toBeUndefined();
  });

  test('every kind of trouble was made, and no credential went where none belongs', () => {
    expect([...(nasty?.made.keys() ?? [])].sort()).toEqual(['429', '502', 'challenge', 'expired token', 'no HEAD', 'other host']);
    expect(nasty?.caught).toEqual([]);
  });
});
