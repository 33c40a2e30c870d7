// What the OCI distribution specification asks of a registry, one behaviour at a time, by plain HTTP: a rehearsal world's registry
// has them all; what Debian's docker-registry lacks is listed by name. Then tools of others, without special flags but for TLS.
// Source: opencontainers/distribution-spec (spec.md, conformance/); domain facts §6.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startWorld, type World } from '@runbook/rehearsal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryFolder } from './command-harness.ts';

const run = promisify(execFile);
const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const closers: (() => Promise<void> | void)[] = [];
let world: World;
let docker: string | undefined;
beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'registry-behaviour-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  world = await startWorld({ dir, defaultSeed: join(repositoryFolder, 'packages/rehearsal/seed') });
  closers.push(() => world.close());
  if (has('docker-registry')) docker = await startDockerRegistry();
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

/** A registry as plain HTTP sees it. */
interface At {
  /** Asks below `/v2/`. */
  (call: string, body?: string, headers?: Record<string, string>): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;
  /** A repository of this check alone. */
  readonly repo: string;
  readonly other: string;
}

function at(base: string, authorization: string | undefined, name: string, prefix: string): At {
  const ask = async (call: string, body?: string, headers: Record<string, string> = {}): ReturnType<At> => {
    const [method = 'GET', path = ''] = call.split(' ');
    const url = /^https?:/.test(path) ? path.replace(/^https?:\/\/[^/]+\/v2\//, `${base}/v2/`) : path.startsWith('/') ? `${base}${path}` : `${base}/v2/${path}`;
    const answer = await fetch(url, { method, redirect: 'manual', headers: { ...(authorization === undefined ? {} : { authorization }), ...headers }, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return Object.assign(ask, { repo: `${prefix}${name}`, other: `${prefix}${name}-other` });
}

const digestOf = (text: string, algorithm = 'sha256'): string => `${algorithm}:${createHash(algorithm).update(text).digest('hex')}`;
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const codeOf = (text: string): string => (JSON.parse(text) as { errors: readonly { code: string }[] }).errors[0]?.code ?? '';

async function putBlob(ask: At, text: string, repo = ask.repo): Promise<string> {
  const begun = await ask(`POST ${repo}/blobs/uploads/`);
  const location = begun.headers.get('location') ?? '';
  const put = await ask(`PUT ${location}${location.includes('?') ? '&' : '?'}digest=${digestOf(text)}`, text, { 'content-type': 'application/octet-stream' });
  expect(put.status).toBe(201);
  return digestOf(text);
}

async function putImage(ask: At, words: string, reference: string, more: Readonly<Record<string, unknown>> = {}): Promise<{ readonly text: string; readonly digest: string }> {
  const blob = async (text: string, mediaType: string): Promise<unknown> => ({ mediaType, digest: await putBlob(ask, text), size: text.length });
  const text = JSON.stringify({ schemaVersion: 2, mediaType: imageType, config: await blob(`{"words":"${words}"}`, 'application/vnd.oci.image.config.v1+json'), layers: [await blob(`layer of ${words}`, 'application/vnd.oci.image.layer.v1.tar')], ...more });
  const put = await ask(`PUT ${ask.repo}/manifests/${reference === '' ? digestOf(text) : reference}`, text, { 'content-type': imageType });
  expect(put.status).toBe(201);
  return { text, digest: digestOf(text) };
}

/** Each behaviour by the name under which a registry may lack it. */
const behaviours: Readonly<Record<string, (ask: At) => Promise<void>>> = {
  'end-1: /v2/ answers': async (ask) => expect((await ask('GET /v2/')).status).toBe(200),
  'end-2: blobs by GET and HEAD': async (ask) => {
    const digest = await putBlob(ask, 'blob');
    expect((await ask(`GET ${ask.repo}/blobs/${digest}`)).text).toBe('blob');
    const head = await ask(`HEAD ${ask.repo}/blobs/${digest}`);
    expect([head.status, head.headers.get('content-length'), head.headers.get('docker-content-digest')]).toEqual([200, '4', digest]);
    expect((await ask(`HEAD ${ask.repo}/blobs/${digestOf('nothing')}`)).status).toBe(404);
  },
  'end-2: parts of blobs': async (ask) => {
    const digest = await putBlob(ask, '0123456789');
    const part = await ask(`GET ${ask.repo}/blobs/${digest}`, undefined, { range: 'bytes=2-4' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
  },
  'end-2: a part outside of a blob is 416': async (ask) => {
    const digest = await putBlob(ask, '0123456789');
    expect((await ask(`GET ${ask.repo}/blobs/${digest}`, undefined, { range: 'bytes=10-' })).status).toBe(416);
  },
  'end-3: manifests by tag and digest, byte for byte': async (ask) => {
    const { text, digest } = await putImage(ask, 'bytes', 'v1');
    for (const reference of ['v1', digest]) {
      const got = await ask(`GET ${ask.repo}/manifests/${reference}`, undefined, { accept: imageType });
      expect([got.status, got.text, got.headers.get('docker-content-digest'), got.headers.get('content-type')]).toEqual([200, text, digest, imageType]);
    }
    expect(codeOf((await ask(`GET ${ask.repo}/manifests/none`, undefined, { accept: imageType })).text)).toBe('MANIFEST_UNKNOWN');
  },
  'end-4a/6: a blob by POST and PUT': async (ask) => void (await putBlob(ask, 'two requests')),
  'end-4b: a blob by one POST': async (ask) => {
    const digest = digestOf('one request');
    expect((await ask(`POST ${ask.repo}/blobs/uploads/?digest=${digest}`, 'one request', { 'content-type': 'application/octet-stream' })).status).toBe(201);
    expect((await ask(`HEAD ${ask.repo}/blobs/${digest}`)).status).toBe(200);
  },
  'end-5: a blob in chunks': async (ask) => {
    const begun = await ask(`POST ${ask.repo}/blobs/uploads/`);
    const first = await ask(`PATCH ${begun.headers.get('location') ?? ''}`, 'chunk one,', { 'content-range': '0-9', 'content-type': 'application/octet-stream' });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-9']);
    const location = first.headers.get('location') ?? '';
    const whole = 'chunk one, chunk two';
    expect((await ask(`PUT ${location}${location.includes('?') ? '&' : '?'}digest=${digestOf(whole)}`, ' chunk two', { 'content-range': '10-19', 'content-type': 'application/octet-stream' })).status).toBe(201);
    expect((await ask(`GET ${ask.repo}/blobs/${digestOf(whole)}`)).text).toBe(whole);
  },
  'end-5: a chunk out of order is 416': async (ask) => {
    const begun = await ask(`POST ${ask.repo}/blobs/uploads/`);
    expect((await ask(`PATCH ${begun.headers.get('location') ?? ''}`, 'late', { 'content-range': '20-23', 'content-type': 'application/octet-stream' })).status).toBe(416);
  },
  'end-6: other bytes than the digest says are refused': async (ask) => {
    const location = (await ask(`POST ${ask.repo}/blobs/uploads/`)).headers.get('location') ?? '';
    const put = await ask(`PUT ${location}${location.includes('?') ? '&' : '?'}digest=${digestOf('something else')}`, 'bytes', { 'content-type': 'application/octet-stream' });
    expect([put.status, codeOf(put.text)]).toEqual([400, 'DIGEST_INVALID']);
  },
  'end-7: a manifest whose blobs are missing is refused': async (ask) => {
    const missing = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('missing'), size: 7 };
    const put = await ask(`PUT ${ask.repo}/manifests/v1`, JSON.stringify({ schemaVersion: 2, mediaType: imageType, config: missing, layers: [] }), { 'content-type': imageType });
    expect([put.status >= 400 && put.status < 500, ['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'MANIFEST_INVALID'].includes(codeOf(put.text))]).toEqual([true, true]);
  },
  'end-7: a manifest under another digest is refused': async (ask) => {
    const { text } = await putImage(ask, 'x', 'v1');
    expect((await ask(`PUT ${ask.repo}/manifests/${digestOf('other')}`, text, { 'content-type': imageType })).status).toBe(400);
  },
  'end-7: an index of images': async (ask) => {
    const { text, digest } = await putImage(ask, 'child', '');
    const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [{ mediaType: imageType, digest, size: text.length, platform: { os: 'linux', architecture: 'amd64' } }] });
    expect((await ask(`PUT ${ask.repo}/manifests/all`, index, { 'content-type': indexType })).status).toBe(201);
    expect((await ask(`GET ${ask.repo}/manifests/all`, undefined, { accept: `${indexType}, ${imageType}` })).text).toBe(index);
  },
  'end-8a: tags, in order': async (ask) => {
    for (const tag of ['b', 'a', 'c']) await putImage(ask, 'same', tag);
    expect(JSON.parse((await ask(`GET ${ask.repo}/tags/list`)).text)).toMatchObject({ name: expect.stringContaining(ask.repo.split('/').at(-1) ?? ''), tags: ['a', 'b', 'c'] });
  },
  'end-8b: tags in pages': async (ask) => {
    for (const tag of ['a', 'b', 'c']) await putImage(ask, 'same', tag);
    const first = await ask(`GET ${ask.repo}/tags/list?n=2`);
    expect((JSON.parse(first.text) as { tags: unknown }).tags).toEqual(['a', 'b']);
    expect(first.headers.get('link')).toMatch(/rel="?next"?/);
    expect((JSON.parse((await ask(`GET ${ask.repo}/tags/list?n=2&last=b`)).text) as { tags: unknown }).tags).toEqual(['c']);
  },
  'end-8b: a page of none is empty': async (ask) => {
    await putImage(ask, 'same', 'a');
    const none = await ask(`GET ${ask.repo}/tags/list?n=0`);
    expect([none.status, (JSON.parse(none.text) as { tags?: unknown }).tags ?? []]).toEqual([200, []]);
  },
  'end-9: a manifest is deleted by digest, and its tags with it': async (ask) => {
    const { digest } = await putImage(ask, 'gone', 'v1');
    expect((await ask(`DELETE ${ask.repo}/manifests/${digest}`)).status).toBe(202);
    expect((await ask(`HEAD ${ask.repo}/manifests/v1`, undefined, { accept: imageType })).status).toBe(404);
  },
  'end-9: a tag is deleted alone': async (ask) => {
    const { digest } = await putImage(ask, 'kept', 'v1');
    expect((await ask(`DELETE ${ask.repo}/manifests/v1`)).status).toBe(202);
    expect((await ask(`HEAD ${ask.repo}/manifests/${digest}`, undefined, { accept: imageType })).status).toBe(200);
  },
  'end-10: a blob is deleted': async (ask) => {
    const digest = await putBlob(ask, 'gone');
    expect((await ask(`DELETE ${ask.repo}/blobs/${digest}`)).status).toBe(202);
    expect((await ask(`HEAD ${ask.repo}/blobs/${digest}`)).status).toBe(404);
  },
  'end-11: a blob is mounted': async (ask) => {
    const digest = await putBlob(ask, 'mounted');
    const from = ask.repo;
    expect((await ask(`POST ${ask.other}/blobs/uploads/?mount=${digest}&from=${from}`)).status).toBe(201);
    expect((await ask(`HEAD ${ask.other}/blobs/${digest}`)).status).toBe(200);
    expect((await ask(`POST ${ask.other}/blobs/uploads/?mount=${digestOf('nowhere')}&from=${from}`)).status).toBe(202);
  },
  'end-12: referrers, by the subject that a push names': async (ask) => {
    const { text, digest } = await putImage(ask, 'signed', 'v1');
    const subject = { mediaType: imageType, digest, size: text.length };
    const signature = JSON.stringify({ schemaVersion: 2, mediaType: imageType, artifactType: 'application/x.signature', config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: await putBlob(ask, '{}'), size: 2 }, layers: [], subject });
    const put = await ask(`PUT ${ask.repo}/manifests/${digestOf(signature)}`, signature, { 'content-type': imageType });
    expect([put.status, put.headers.get('oci-subject')]).toEqual([201, digest]);
    const all = await ask(`GET ${ask.repo}/referrers/${digest}`);
    expect([all.headers.get('content-type'), JSON.parse(all.text)]).toMatchObject([indexType, { manifests: [{ digest: digestOf(signature), artifactType: 'application/x.signature' }] }]);
    const filtered = await ask(`GET ${ask.repo}/referrers/${digest}?artifactType=application/x.other`);
    expect([filtered.headers.get('oci-filters-applied'), (JSON.parse(filtered.text) as { manifests: unknown }).manifests]).toEqual(['artifactType', []]);
  },
  'end-13: how far an upload is': async (ask) => {
    const begun = await ask(`POST ${ask.repo}/blobs/uploads/`);
    const first = await ask(`PATCH ${begun.headers.get('location') ?? ''}`, 'chunk one,', { 'content-range': '0-9', 'content-type': 'application/octet-stream' });
    const where = await ask(`GET ${first.headers.get('location') ?? ''}`);
    expect([where.status, where.headers.get('range')]).toEqual([204, '0-9']);
  },
  'an upload is cancelled': async (ask) => {
    const location = (await ask(`POST ${ask.repo}/blobs/uploads/`)).headers.get('location') ?? '';
    expect((await ask(`DELETE ${location}`)).status).toBe(204);
    expect((await ask(`GET ${location}`)).status).toBe(404);
  },
  'sha512': async (ask) => {
    const digest = digestOf('long', 'sha512');
    const location = (await ask(`POST ${ask.repo}/blobs/uploads/`)).headers.get('location') ?? '';
    expect((await ask(`PUT ${location}${location.includes('?') ? '&' : '?'}digest=${digest}`, 'long', { 'content-type': 'application/octet-stream' })).status).toBe(201);
    expect((await ask(`HEAD ${ask.repo}/blobs/${digest}`)).status).toBe(200);
  },
  'errors are JSON with a code': async (ask) => {
    const answer = await ask(`GET ${ask.repo}-nowhere/tags/list`);
    expect([answer.status, codeOf(answer.text)]).toEqual([404, 'NAME_UNKNOWN']);
  },
};

/** What Debian's docker-registry 2.8 does not do. It grows only when this list does. */
const lackedByDocker = [
  'end-12: referrers, by the subject that a push names', 'end-2: a part outside of a blob is 416', 'end-4b: a blob by one POST', 'end-5: a chunk out of order is 416',
  'end-8a: tags, in order', 'end-8b: a page of none is empty', 'end-8b: tags in pages', 'end-9: a tag is deleted alone',
];

describe('the distribution specification', () => {
  test.each(Object.entries(behaviours))('a world: %s', async (name, holds) => {
    await holds(at(world.url, `Bearer ${world.env['GITHUB_TOKEN'] ?? ''}`, `b${Object.keys(behaviours).indexOf(name)}`, 'gcr.io/k8s-staging-test/'));
  });

  test.skipIf(!has('docker-registry'))('docker-registry does all of it but what is listed (skipped without docker-registry)', async () => {
    const lacked: string[] = [];
    for (const [index, [name, holds]] of Object.entries(behaviours).entries()) {
      await holds(at(`http://${docker ?? ''}`, undefined, `b${index}`, 'conformance/')).catch(() => lacked.push(name));
    }
    expect(lacked.sort()).toEqual(lackedByDocker);
  });
});

describe('tools of others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-tools-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const host = (): string => new URL(world.url).host;
  const login = (): readonly string[] => ['--creds', `robin:${world.env['GITHUB_TOKEN'] ?? ''}`];
  const staging = (name: string): string => `${host()}/gcr.io/k8s-staging-test/${name}`;

  test.skipIf(!has('skopeo') || !has('umoci'))('a layout made by umoci travels through skopeo: copied in, inspected, listed, copied out the same, deleted (skipped without them)', async () => {
    const layout = join(folder, 'layout');
    await run('umoci', ['init', '--layout', layout]);
    await run('umoci', ['new', '--image', `${layout}:v1`]);
    await run('umoci', ['config', '--image', `${layout}:v1`, '--config.cmd', '/hello', '--author', 'runbook']);
    await run('skopeo', ['copy', '--dest-tls-verify=false', '--dest-creds', login()[1] ?? '', `oci:${layout}:v1`, `docker://${staging('umoci')}:v1`]);
    const { stdout: inspected } = await run('skopeo', ['inspect', '--tls-verify=false', ...login(), `docker://${staging('umoci')}:v1`]);
    const { Digest: digest } = JSON.parse(inspected) as { Digest: string };
    expect(JSON.parse((await run('skopeo', ['list-tags', '--tls-verify=false', ...login(), `docker://${staging('umoci')}`])).stdout)).toMatchObject({ Tags: ['v1'] });
    await run('skopeo', ['copy', '--src-tls-verify=false', '--src-creds', login()[1] ?? '', `docker://${staging('umoci')}:v1`, `oci:${join(folder, 'back')}:v1`]);
    const back = JSON.parse(readFileSync(join(folder, 'back/index.json'), 'utf8')) as { manifests: readonly { digest: string }[] };
    expect(back.manifests.map((manifest) => manifest.digest)).toEqual([digest]);
    await run('skopeo', ['delete', '--tls-verify=false', ...login(), `docker://${staging('umoci')}:v1`]);
    await expect(run('skopeo', ['inspect', '--tls-verify=false', ...login(), `docker://${staging('umoci')}:v1`])).rejects.toThrow(/manifest unknown|no manifest|404/);
  });

  test.skipIf(!has('buildah'))('buildah pushes an image and pulls it back (skipped without buildah, or where it may not run)', async (context) => {
    const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
    const buildah = async (...args: string[]): Promise<string> => (await run('buildah', [...storage, ...args], { env: { PATH: process.env['PATH'], HOME: folder, BUILDAH_ISOLATION: 'chroot' } })).stdout.trim();
    const container = await buildah('from', 'scratch').catch((error: unknown) => error);
    if (typeof container !== 'string') return context.skip(`buildah may not run here: ${String(container).slice(0, 200)}`);
    writeFileSync(join(folder, 'hello'), 'hello\n');
    await buildah('copy', container, join(folder, 'hello'), '/hello');
    await buildah('commit', container, 'made');
    await buildah('push', '--tls-verify=false', ...login(), 'made', `docker://${staging('buildah')}:v1`);
    await buildah('rmi', '--all', '--force');
    await buildah('pull', '--tls-verify=false', ...login(), `docker://${staging('buildah')}:v1`);
    expect(await buildah('images', '--quiet')).not.toBe('');
    return undefined;
  });
});
