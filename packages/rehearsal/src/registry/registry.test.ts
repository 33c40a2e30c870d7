// The registries of a world with foreign eyes: plain HTTP, by the distribution specification's endpoints.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { ask, createWorlds } from '../served.test.world.ts';
import type { Answer } from '../served.test.world.ts';
import type { World } from '../world.ts';

const worlds = createWorlds();
let world: World;
beforeAll(async () => {
  world = await worlds.start();
});
afterAll(() => worlds.close());

const imageType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const emptyType = 'application/vnd.oci.empty.v1+json';
const digestOf = (text: string, algorithm = 'sha256'): string => `${algorithm}:${createHash(algorithm).update(text).digest('hex')}`;
const repo = 'gcr.io/v2/k8s-staging-test/thing';
const anonymous = { authorization: '' };

async function pushBlob(text: string, into = repo): Promise<string> {
  const digest = digestOf(text);
  expect((await ask(world, `POST ${into}/blobs/uploads/?digest=${digest}`, text)).status).toBe(201);
  return digest;
}

/** An image manifest whose blobs are there already, as text. */
async function makeImage(words: string, extra: Readonly<Record<string, unknown>> = {}, into = repo): Promise<string> {
  const [config, layer] = [JSON.stringify({ created: '2026-01-02T03:04:05Z', words }), `layer of ${words}`];
  const blob = async (text: string, mediaType: string): Promise<unknown> => ({ mediaType, digest: await pushBlob(text, into), size: text.length });
  return JSON.stringify({ schemaVersion: 2, mediaType: imageType, config: await blob(config, 'application/vnd.oci.image.config.v1+json'), layers: [await blob(layer, 'application/vnd.oci.image.layer.v1.tar')], ...extra });
}

async function pushImage(words: string, reference: string, into = repo): Promise<string> {
  const text = await makeImage(words, {}, into);
  expect((await ask(world, `PUT ${into}/manifests/${reference}`, text, { 'content-type': imageType })).status).toBe(201);
  return digestOf(text);
}

describe('tokens', () => {
  test('reading goes by way of an anonymous token, as at gcr.io', async () => {
    await pushImage('token', 'token');
    const path = `${world.url}/${repo}/manifests/token`;
    const refused = await fetch(path);
    expect([refused.status, await refused.json()]).toMatchObject([401, { errors: [{ code: 'UNAUTHORIZED' }] }]);
    const [, realm = '', service, scope] = /^Bearer realm="([^"]+)",service="([^"]+)",scope="([^"]+)"$/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    expect([realm, service, scope]).toEqual([`${world.url}/gcr.io/v2/token`, 'gcr.io', 'repository:k8s-staging-test/thing:pull']);
    const given = (await (await fetch(`${realm}?service=${service}&scope=${scope}`)).json()) as { readonly token: string };
    const headers = { authorization: `Bearer ${given.token}` };
    expect((await fetch(path, { headers })).status).toBe(200);
    expect((await fetch(path.replace('/thing/', '/other/'), { headers })).status).toBe(401);
    expect((await fetch(`${world.url}/${repo}/blobs/uploads/`, { method: 'POST', headers })).headers.get('www-authenticate')).toMatch(/pull,push",error="insufficient_scope"$/);
    expect((await fetch(path, { headers: { authorization: `${headers.authorization}x` } })).status).toBe(401);
  });

  test('the realm is public for who knows the routes', async () => {
    const refused = await ask(world, `GET ${repo}/manifests/token`, undefined, anonymous);
    expect(refused.headers.get('www-authenticate')).toContain('realm="https://gcr.io/v2/token"');
  });

  test('the token of the world gets a token to push, another one none, and production is closed', async () => {
    const scope = 'repository:k8s-staging-test/thing:pull,push';
    const basic = (token: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`robin:${token}`).toString('base64')}` });
    const given = await ask(world, `GET gcr.io/v2/token?service=gcr.io&scope=${scope}`, undefined, basic(world.env['GITHUB_TOKEN'] ?? ''));
    const { token } = given.json as { readonly token: string };
    expect((await ask(world, `POST ${repo}/blobs/uploads/`, undefined, { authorization: `Bearer ${token}` })).status).toBe(202);
    expect((await ask(world, `GET gcr.io/v2/token?scope=${scope}`, undefined, basic('wrong'))).status).toBe(401);
    const denied = await ask(world, 'POST us-central1-docker.pkg.dev/v2/k8s-artifacts-prod/images/x/y/blobs/uploads/');
    expect([denied.status, denied.json]).toMatchObject([403, { errors: [{ code: 'DENIED' }] }]);
  });
});

describe('blobs', () => {
  test('every way to push one', async () => {
    const text = 'hello, blob';
    const digest = digestOf(text);
    const single = await ask(world, `POST ${repo}/blobs/uploads/?digest=${digest}`, text);
    expect([single.status, single.headers.get('location'), single.headers.get('docker-content-digest')]).toEqual([201, `https://gcr.io/v2/k8s-staging-test/thing/blobs/${digest}`, digest]);

    const begun = await ask(world, `POST ${repo}/blobs/uploads/`);
    const place = (begun.headers.get('location') ?? '').replace('https://', '');
    expect(begun.status).toBe(202);
    const first = await ask(world, `PATCH ${place}`, 'chunk one,', { 'content-range': '0-9' });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-9']);
    expect((await ask(world, `PATCH ${place}`, 'x', { 'content-range': '20-20' })).status).toBe(416);
    const where = await ask(world, `GET ${place}`);
    expect([where.status, where.headers.get('range')]).toEqual([204, '0-9']);
    const whole = 'chunk one, chunk two';
    expect((await ask(world, `PUT ${place}?digest=${digestOf('other')}`, ' chunk two')).json).toMatchObject({ errors: [{ code: 'DIGEST_INVALID' }] });
    expect((await ask(world, `PUT ${place}?digest=${digestOf(whole)}`, ' chunk two', { 'content-range': '10-19' })).status).toBe(201);
    expect((await ask(world, `GET ${place}`)).status).toBe(404);
    expect((await ask(world, `GET ${repo}/blobs/${digestOf(whole)}`)).text).toBe(whole);
  });

  test('mounted, with and without naming where from; taken back; sha512', async () => {
    const digest = await pushBlob('to be mounted');
    const other = 'gcr.io/v2/k8s-staging-test/other';
    expect((await ask(world, `POST ${other}/blobs/uploads/?mount=${digest}&from=k8s-staging-test/thing`)).status).toBe(201);
    expect((await ask(world, `POST gcr.io/v2/k8s-staging-test/third/blobs/uploads/?mount=${digest}`)).status).toBe(201);
    const fallback = await ask(world, `POST ${other}/blobs/uploads/?mount=${digestOf('nowhere')}&from=k8s-staging-test/thing`);
    expect(fallback.status).toBe(202);
    const place = (fallback.headers.get('location') ?? '').replace('https://', '');
    expect([(await ask(world, `DELETE ${place}`)).status, (await ask(world, `GET ${place}`)).status]).toEqual([204, 404]);
    const long = digestOf('long', 'sha512');
    expect((await ask(world, `POST ${repo}/blobs/uploads/?digest=${long}`, 'long')).status).toBe(201);
    expect((await ask(world, `HEAD ${repo}/blobs/${long}`)).status).toBe(200);
  });

  test.each([
    ['bytes=0-4', 206, '01234', 'bytes 0-4/10'],
    ['bytes=5-', 206, '56789', 'bytes 5-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ])('range %s', async (range, status, text, answer) => {
    const digest = await pushBlob('0123456789');
    const part = await ask(world, `GET ${repo}/blobs/${digest}`, undefined, { range });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([status, text, answer]);
  });

  test('a range outside, an unknown blob, a blob of another repository, a deleted one', async () => {
    const digest = await pushBlob('0123456789');
    expect((await ask(world, `GET ${repo}/blobs/${digest}`, undefined, { range: 'bytes=10-' })).status).toBe(416);
    expect((await ask(world, `GET ${repo}/blobs/${digestOf('unknown')}`)).json).toMatchObject({ errors: [{ code: 'BLOB_UNKNOWN' }] });
    expect((await ask(world, `HEAD gcr.io/v2/k8s-staging-test/elsewhere/blobs/${digest}`)).status).toBe(404);
    expect((await ask(world, `DELETE ${repo}/blobs/${digest}`)).status).toBe(202);
    expect((await ask(world, `HEAD ${repo}/blobs/${digest}`)).status).toBe(404);
  });
});

describe('manifests', () => {
  test('come back byte for byte, by tag and by digest, and HEAD tells length and digest', async () => {
    const digest = await pushImage('bytes', 'v1');
    for (const reference of ['v1', digest]) {
      const answer = await ask(world, `GET ${repo}/manifests/${reference}`);
      expect([answer.status, digestOf(answer.text), answer.headers.get('docker-content-digest'), answer.headers.get('content-type')]).toEqual([200, digest, digest, imageType]);
      const head = await ask(world, `HEAD ${repo}/manifests/${reference}`);
      expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, String(answer.text.length), '']);
    }
  });

  test.each([
    ['missing', 404, 'MANIFEST_UNKNOWN'],
    [`sha256:${'0'.repeat(64)}`, 404, 'MANIFEST_UNKNOWN'],
  ])('GET %s: %i %s', async (reference, status, code) => {
    await pushImage('there', 'there');
    expect(await ask(world, `GET ${repo}/manifests/${reference}`)).toMatchObject({ status, json: { errors: [{ code }] } });
  });

  test('what is refused: a wrong digest, a bad tag, no JSON, another type, missing blobs, an unknown repository, a bad name', async () => {
    const text = await makeImage('refused');
    const put = async (reference: string, body: string, type = imageType): Promise<unknown> => {
      const answer = await ask(world, `PUT ${repo}/manifests/${reference}`, body, { 'content-type': type });
      return [answer.status, (answer.json as { readonly errors: readonly { readonly code: string }[] }).errors[0]?.code];
    };
    expect(await put(digestOf('other'), text)).toEqual([400, 'DIGEST_INVALID']);
    expect(await put('-bad', text)).toEqual([400, 'MANIFEST_INVALID']);
    expect(await put('v1', 'no json')).toEqual([400, 'MANIFEST_INVALID']);
    expect(await put('v1', text, indexType)).toEqual([400, 'MANIFEST_INVALID']);
    expect(await put('v1', JSON.stringify({ schemaVersion: 2, layers: [{ digest: digestOf('absent') }] }))).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
    expect((await ask(world, 'GET gcr.io/v2/k8s-staging-test/never/manifests/v1')).json).toMatchObject({ errors: [{ code: 'NAME_UNKNOWN' }] });
    expect((await ask(world, 'GET gcr.io/v2/Upper/manifests/v1')).json).toMatchObject({ errors: [{ code: 'NAME_INVALID' }] });
  });

  test('an index needs its children; a client that takes no index is told so', async () => {
    const child = await pushImage('child', 'child');
    const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [{ mediaType: imageType, digest: child, size: 1, platform: { os: 'linux', architecture: 'amd64' } }] });
    expect((await ask(world, `PUT ${repo}/manifests/multi`, index.replace(child, digestOf('none')), { 'content-type': indexType })).status).toBe(400);
    expect((await ask(world, `PUT ${repo}/manifests/multi`, index, { 'content-type': indexType })).status).toBe(201);
    expect((await ask(world, `GET ${repo}/manifests/multi`, undefined, { accept: imageType })).status).toBe(404);
    expect((await ask(world, `GET ${repo}/manifests/multi`, undefined, { accept: `${imageType}, ${indexType}` })).status).toBe(200);
  });

  test('deleting a tag keeps the manifest, deleting the digest takes its tags along', async () => {
    const digest = await pushImage('gone', 'gone');
    await pushImage('gone', 'gone-too');
    expect((await ask(world, `DELETE ${repo}/manifests/gone`)).status).toBe(202);
    expect([(await ask(world, `HEAD ${repo}/manifests/gone`)).status, (await ask(world, `HEAD ${repo}/manifests/${digest}`)).status]).toEqual([404, 200]);
    expect((await ask(world, `DELETE ${repo}/manifests/${digest}`)).status).toBe(202);
    expect((await ask(world, `HEAD ${repo}/manifests/gone-too`)).status).toBe(404);
  });

  test('tags given with a digest', async () => {
    const text = await makeImage('tagged');
    const answer = await ask(world, `PUT ${repo}/manifests/${digestOf(text)}?tag=one&tag=two`, text, { 'content-type': imageType });
    expect([answer.status, answer.headers.get('oci-tag')]).toEqual([201, 'one, two']);
    expect((await ask(world, `HEAD ${repo}/manifests/two`)).headers.get('docker-content-digest')).toBe(digestOf(text));
  });
});

describe('lists', () => {
  test('tags in order, in pages, with what Google adds', async () => {
    const into = 'gcr.io/v2/k8s-staging-test/listed';
    const digest = await pushImage('listed', 'v2', into);
    await pushImage('listed', 'v10', into);
    await pushImage('below', 'v1', `${into}/sub`);
    const whole = (await ask(world, `GET ${into}/tags/list`)).json as { readonly manifest: Readonly<Record<string, unknown>> };
    expect(whole).toMatchObject({ name: 'k8s-staging-test/listed', tags: ['v10', 'v2'], child: ['sub'] });
    expect(whole.manifest[digest]).toEqual({ imageSizeBytes: expect.stringMatching(/^\d+$/), layerId: '', mediaType: imageType, tag: ['v10', 'v2'], timeCreatedMs: String(Date.parse('2026-01-02T03:04:05Z')), timeUploadedMs: String(world.now()) });
    const page = await ask(world, `GET ${into}/tags/list?n=1`);
    expect([page.json, page.headers.get('link')]).toMatchObject([{ tags: ['v10'] }, '<https://gcr.io/v2/k8s-staging-test/listed/tags/list?n=1&last=v10>; rel="next"']);
    const last = await ask(world, `GET ${into}/tags/list?n=1&last=v10`);
    expect([last.json, last.headers.get('link')]).toMatchObject([{ tags: ['v2'] }, null]);
    expect((await ask(world, `GET ${into}/tags/list?n=x`)).status).toBe(400);
    expect((await ask(world, 'GET gcr.io/v2/k8s-staging-test/tags/list')).json).toMatchObject({ tags: [], child: expect.arrayContaining(['listed', 'thing']) });
    expect((await ask(world, 'GET gcr.io/v2/k8s-staging-none/x/tags/list')).json).toMatchObject({ errors: [{ code: 'NAME_UNKNOWN' }] });
  });

  test('referrers of a manifest, filtered by type', async () => {
    const subject = await pushImage('subject', 'subject');
    const blob = await pushBlob('{}');
    const artifact = JSON.stringify({ schemaVersion: 2, mediaType: imageType, artifactType: 'application/vnd.example.sbom', config: { mediaType: emptyType, digest: blob, size: 2 }, layers: [], subject: { mediaType: imageType, digest: subject, size: 1 }, annotations: { note: 'x' } });
    const put = await ask(world, `PUT ${repo}/manifests/${digestOf(artifact)}`, artifact, { 'content-type': imageType });
    expect(put.headers.get('oci-subject')).toBe(subject);
    const all = await ask(world, `GET ${repo}/referrers/${subject}`);
    expect([all.headers.get('content-type'), all.json]).toMatchObject([indexType, { schemaVersion: 2, manifests: [{ digest: digestOf(artifact), size: artifact.length, artifactType: 'application/vnd.example.sbom', annotations: { note: 'x' } }] }]);
    const none = await ask(world, `GET ${repo}/referrers/${subject}?artifactType=other`);
    expect([none.headers.get('oci-filters-applied'), none.json]).toMatchObject(['artifactType', { manifests: [] }]);
    expect((await ask(world, `GET ${repo}/referrers/${digestOf('nobody')}`)).json).toMatchObject({ manifests: [] });
  });
});

describe('registry.k8s.io', () => {
  test.each([
    ['/v2/apisnoop/snoopdb/manifests/v1', '/v2/k8s-artifacts-prod/images/apisnoop/snoopdb/manifests/v1'],
    ['/v2/apisnoop/snoopdb/tags/list?n=5', '/v2/k8s-artifacts-prod/images/apisnoop/snoopdb/tags/list'],
    [`/v2/kueue/blobs/sha256:${'a'.repeat(64)}`, `/v2/k8s-artifacts-prod/images/kueue/blobs/sha256:${'a'.repeat(64)}`],
  ])('%s leads to a region, without the query', async (path, target) => {
    const routed = await ask(world, `GET registry.k8s.io${path}`);
    expect([routed.status, routed.headers.get('location')]).toEqual([307, `https://us-central1-docker.pkg.dev${target}`]);
    const foreign = await fetch(`${world.url}/registry.k8s.io${path}`, { redirect: 'manual' });
    expect(foreign.headers.get('location')).toBe(`${world.url}/us-central1-docker.pkg.dev${target}`);
  });

  test('is for reading only, and answers the ping without a token', async () => {
    expect((await ask(world, 'PUT registry.k8s.io/v2/x/manifests/v1', '{}')).status).toBe(405);
    const ping = await ask(world, 'GET registry.k8s.io/v2/', undefined, anonymous);
    expect([ping.status, ping.text, ping.headers.get('docker-distribution-api-version')]).toEqual([200, '', 'registry/2.0']);
    expect((await ask(world, 'GET registry.k8s.io/v2/_catalog')).status).toBe(404);
  });
});

describe('clients without routes, under /v2/<host>/…', () => {
  test('pull without a token; push with one; names and places hold the host', async () => {
    const digest = await pushImage('foreign', 'foreign');
    const base = `${world.url}/v2/gcr.io/k8s-staging-test/thing`;
    const pulled = await fetch(`${base}/manifests/foreign`);
    expect([pulled.status, pulled.headers.get('docker-content-digest')]).toEqual([200, digest]);
    expect(await (await fetch(`${base}/tags/list?n=1`)).json()).toMatchObject({ name: 'gcr.io/k8s-staging-test/thing' });
    const refused = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
    const [, realm = '', scope = ''] = /realm="([^"]+)".*scope="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    expect([refused.status, realm, scope]).toEqual([401, `${world.url}/v2/token`, 'repository:gcr.io/k8s-staging-test/thing:pull,push']);
    const basic = { authorization: `Basic ${Buffer.from(`x:${world.env['GITHUB_TOKEN']}`).toString('base64')}` };
    const { token } = (await (await fetch(`${realm}?scope=${scope}`, { headers: basic })).json()) as { readonly token: string };
    const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect([begun.status, begun.headers.get('location')]).toEqual([202, expect.stringMatching(/^\/v2\/gcr\.io\/k8s-staging-test\/thing\/blobs\/uploads\/upload-\d+$/)]);
    expect(world.ledger().at(-1)).toMatchObject({ service: 'registry', host: 'gcr.io', path: '/v2/k8s-staging-test/thing/blobs/uploads/', write: true });
    expect((await fetch(`${world.url}/v2/`)).status).toBe(401);
    const front = await fetch(`${world.url}/v2/registry.k8s.io/test/thing/manifests/v1`, { redirect: 'manual' });
    expect(front.headers.get('location')).toBe('/v2/us-central1-docker.pkg.dev/k8s-artifacts-prod/images/test/thing/manifests/v1');
  });
});

test('what was pushed is there after a restart, half-done uploads too', async () => {
  const first = await worlds.start();
  const text = 'kept';
  await ask(first, `POST ${repo}/blobs/uploads/?digest=${digestOf(text)}`, text);
  const begun = await ask(first, `POST ${repo}/blobs/uploads/`);
  const place = (begun.headers.get('location') ?? '').replace('https://', '');
  await ask(first, `PATCH ${place}`, 'half');
  await first.close();
  const second = await worlds.start({ dir: first.dir });
  expect((await ask(second, `GET ${repo}/blobs/${digestOf(text)}`)).text).toBe(text);
  const done: Answer = await ask(second, `PUT ${place}?digest=${digestOf('half and half')}`, ' and half');
  expect(done.status).toBe(201);
});
