import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { OutsideError, createHttp } from '@runbook/http';
import { afterEach, describe, expect, test } from 'vitest';
import { createRegistry } from './client.ts';
import type { Credentials } from './auth.ts';
import type { Registry } from './registry.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Seen {
  readonly method: string;
  /** Public host and path. */
  readonly target: string;
  readonly authorization: string | undefined;
}
type Handler = (ask: { readonly target: string; readonly host: string; readonly path: string; readonly method: string; readonly authorization: string | undefined }, res: ServerResponse, req: IncomingMessage) => unknown;

/** One server stands for every https host, by a route. */
async function world(handler: Handler, credentials?: Credentials): Promise<{ readonly registry: Registry; readonly seen: Seen[]; readonly port: number }> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    const host = String(req.headers['x-forwarded-host'] ?? req.headers.host);
    const full = req.url ?? '';
    const path = req.headers['x-forwarded-host'] === undefined ? full : full.slice(host.length + 1);
    const target = `${host}${path}`;
    seen.push({ method: req.method ?? '', target, authorization: req.headers.authorization });
    handler({ target, host, path, method: req.method ?? '', authorization: req.headers.authorization }, res, req);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const { port } = server.address() as AddressInfo;
  const lock = createWriteLock(() => ({ mode: 'dry-run', effect: 'read' }), () => undefined);
  const http = createHttp({ lock, env: { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${port}/*` }, sleep: () => Promise.resolve() });
  return { registry: createRegistry({ http, ...(credentials === undefined ? {} : { credentials }) }), seen, port };
}

async function failure(work: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutsideError);
  return error as OutsideError;
}

const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const indexType = 'application/vnd.oci.image.index.v1+json';
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const config = JSON.stringify({ os: 'linux', architecture: 'arm', variant: 'v7' });
const image = JSON.stringify({ schemaVersion: 2, mediaType: imageType, config: { digest: sha(config), mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length }, layers: [] });
const entry = (platform: object, more: object = {}): object => ({ digest: sha('x'), mediaType: imageType, size: 1, platform, ...more });
const attestation = entry({ os: 'unknown', architecture: 'unknown' }, { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } });
const makeIndex = (...entries: object[]): string => JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: entries });

/** Serves manifests by path. */
function serveBodies(bodies: Record<string, { readonly body: string; readonly type?: string; readonly digest?: string | null }>): Handler {
  return ({ target, method }, res) => {
    const found = bodies[target];
    if (found === undefined) return res.writeHead(404, { 'content-type': 'application/json' }).end(method === 'HEAD' ? '' : '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]}');
    res.setHeader('content-type', found.type ?? indexType);
    res.setHeader('content-length', Buffer.byteLength(found.body));
    if (found.digest !== null) res.setHeader('docker-content-digest', found.digest ?? sha(found.body));
    return res.end(method === 'HEAD' ? '' : found.body);
  };
}

describe('manifests', () => {
  test('are found by HEAD, absent after a 404', async () => {
    const body = makeIndex(entry({ os: 'linux', architecture: 'amd64' }));
    const { registry, seen } = await world(serveBodies({ 'r.test/v2/a/b/manifests/v1': { body } }));
    expect(await registry.find('r.test/a/b:v1')).toEqual({ digest: sha(body), mediaType: indexType, size: body.length });
    expect(seen.map(({ method }) => method)).toEqual(['HEAD']);
    expect(await registry.find('r.test/a/b:v2')).toBeUndefined();
    expect(await failure(registry.get('r.test/a/b:v2'))).toMatchObject({ code: 'absent', detail: 'MANIFEST_UNKNOWN: unknown' });
  });

  test('are fetched where HEAD or its digest is missing', async () => {
    const body = makeIndex();
    const noDigest = await world(serveBodies({ 'r.test/v2/a/manifests/v1': { body, digest: null } }));
    expect((await noDigest.registry.find('r.test/a:v1'))?.digest).toBe(sha(body));
    const noHead = await world(({ method }, res) => (method === 'HEAD' ? res.writeHead(405).end() : res.setHeader('content-type', `${indexType}; charset=utf-8`).end(body)));
    expect(await noHead.registry.find('r.test/a:v1')).toEqual({ digest: sha(body), mediaType: indexType, size: body.length });
  });

  test.each([
    [403, 'application/json', '{"errors":[{"code":"DENIED","message":"Permission denied (or it may not exist)"}]}', 'forbidden'],
    [404, 'text/html', '<html>no such page</html>', 'unexpected-answer'],
    [412, 'text/plain', 'Container Registry is deprecated and shutting down', 'unexpected-answer'],
    [500, 'text/plain', 'x', 'unreachable'],
    [200, 'text/html', '<html>log in</html>', 'unexpected-answer'],
  ])('a %i in %s is never taken for absence', async (status, type, body, code) => {
    const { registry } = await world(({ method }, res) => res.writeHead(status, { 'content-type': type }).end(method === 'HEAD' ? '' : body));
    expect((await failure(registry.find('r.test/a:v1'))).code).toBe(code);
  });

  test('whose bytes are not what was asked for are refused', async () => {
    const body = makeIndex();
    const wrong = sha('other');
    const { registry } = await world(serveBodies({
      [`r.test/v2/a/manifests/${wrong}`]: { body },
      'r.test/v2/a/manifests/lie': { body, digest: wrong },
    }));
    expect((await failure(registry.find(`r.test/a@${wrong}`))).detail).toBe(`wrong digest: expected ${wrong}, the bytes are ${sha(body)}`);
    expect((await failure(registry.manifest(`r.test/a@${wrong}`))).code).toBe('unexpected-answer');
    expect((await failure(registry.manifest('r.test/a:lie'))).detail).toContain('wrong digest');
  });

  test('tell platforms, attestations left out', async () => {
    const { registry } = await world(serveBodies({
      'r.test/v2/a/manifests/two': { body: makeIndex(entry({ os: 'linux', architecture: 'amd64' }), entry({ os: 'linux', architecture: 'arm64', variant: 'v8' }), attestation) },
      'r.test/v2/a/manifests/one': { body: makeIndex(entry({ os: 'linux', architecture: 'amd64' }), attestation) },
      'r.test/v2/a/manifests/image': { body: image, type: imageType },
      [`r.test/v2/a/blobs/${sha(config)}`]: { body: config },
    }));
    expect(await registry.platforms('r.test/a:two')).toEqual(['linux/amd64', 'linux/arm64/v8']);
    expect(await registry.platforms('r.test/a:image')).toEqual(['linux/arm/v7']);
    expect(await Promise.all(['two', 'one', 'image'].map((tag) => registry.isMultiArch(`r.test/a:${tag}`)))).toEqual([true, false, false]);
  });

  test('a signature is found by its tag', async () => {
    const { registry } = await world(serveBodies({ [`r.test/v2/a/manifests/${sha('i').replace(':', '-')}.sig`]: { body: image, type: imageType } }));
    expect((await registry.findSignature('r.test/a', sha('i')))?.digest).toBe(sha(image));
    expect(await registry.findSignature('r.test/a', sha('j'))).toBeUndefined();
  });

  test.each([
    ['../../other/manifests/v1', 1], ['sha256:\u001b[2J', 1], ['', 1], [sha('x'), -1], [sha('x'), 1.5],
  ])('an index with the entry %j of %d bytes is none', async (digest, size) => {
    const { registry } = await world(serveBodies({ 'r.test/v2/a/manifests/v1': { body: JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [{ mediaType: imageType, digest, size }] }) } }));
    expect((await failure(registry.manifest('r.test/a:v1'))).detail).toBe('the index has entries without digest, size or media type');
  });

  test('a list without end is not listened to for ever', async () => {
    let page = 0;
    const { registry, seen } = await world((_ask, res) => res.writeHead(200, { link: `</v2/a/tags/list?last=${(page += 1)}>; rel="next"` }).end('{"name":"a","tags":["v1"]}'));
    expect((await failure(registry.listTags('r.test/a'))).detail).toBe('there are more than 1000 pages of tags');
    expect(seen).toHaveLength(1000);
  });

  test('what cosign keeps beside an image is listed by kind', async () => {
    const tag = (end: string): string => `${sha('i').replace(':', '-')}.${end}`;
    const at = (end: string): string => `r.test/v2/a/manifests/${tag(end)}`;
    const { registry } = await world(serveBodies({ [at('att')]: { body: image, type: imageType }, [at('sbom')]: { body: makeIndex() } }));
    expect((await registry.listAttachments('r.test/a', sha('i'))).map((one) => [one.kind, one.tag, one.digest])).toEqual([['attestation', tag('att'), sha(image)], ['sbom', tag('sbom'), sha(makeIndex())]]);
    expect(await registry.listAttachments('r.test/a', sha('j'))).toEqual([]);
    const { registry: closed } = await world((_ask, res) => res.writeHead(403, { 'content-type': 'application/json' }).end('{}'));
    expect((await failure(closed.listAttachments('r.test/a', sha('i')))).code).toBe('forbidden');
  });

  test('a part of a blob is that part, also where the registry gives the whole, and never another one', async () => {
    const body = '0123456789';
    const answers: Readonly<Record<string, Handler>> = {
      whole: (_ask, res) => res.end(body),
      part: (_ask, res, req) => res.writeHead(206, { 'content-range': `bytes 2-4/10`, 'x-asked': req.headers.range ?? '' }).end('234'),
      other: (_ask, res) => res.writeHead(206, { 'content-range': 'bytes 0-2/10' }).end('012'),
    };
    const ask = async (how: keyof typeof answers, digest = sha(body)): Promise<string> => Buffer.from(await (await world(answers[how] ?? (() => undefined))).registry.blob('r.test/a', digest, { start: 2, end: 5 })).toString();
    expect([await ask('whole'), await ask('part')]).toEqual(['234', '234']);
    expect((await failure(ask('other'))).detail).toBe('the answer is another part of the blob (bytes 0-2/10)');
    expect((await failure(ask('whole', sha('x')))).detail).toMatch(/^wrong digest/);
    await expect((await world((_ask, res) => res.end())).registry.blob('r.test/a', sha(body), { start: 5, end: 5 })).rejects.toMatchObject({ code: 'bad-reference' });
  });

  test('a reference without host, tag or digest is refused before anything is sent', async () => {
    const { registry, seen } = await world((_ask, res) => res.end());
    await expect(registry.find('alpine:3')).rejects.toMatchObject({ code: 'bad-reference' });
    await expect(registry.find('r.test/a')).rejects.toThrow('neither tag nor digest');
    expect(seen).toEqual([]);
  });
});

describe('the auth dance', () => {
  const guarded = (challenge: string, good: string, token: object = { token: 'tok-tok', expires_in: 300 }): Handler => ({ path, authorization, method }, res) => {
    if (path.startsWith('/token')) return res.end(JSON.stringify(token));
    if (authorization !== good) return res.writeHead(401, { 'www-authenticate': challenge }).end();
    return serveBodies({ 'r.test/v2/a/b/manifests/v1': { body: image, type: imageType } })({ target: 'r.test/v2/a/b/manifests/v1', host: '', path, method, authorization }, res, {} as IncomingMessage);
  };

  test('an anonymous token is fetched once and kept', async () => {
    const { registry, seen } = await world(guarded('Bearer realm="https://auth.test/token",service=r.test', 'Bearer tok-tok'));
    await registry.get('r.test/a/b:v1');
    await registry.get('r.test/a/b:v1');
    expect(seen.map(({ method, target, authorization }) => [method, target, authorization])).toEqual([
      ['HEAD', 'r.test/v2/a/b/manifests/v1', undefined],
      ['GET', 'auth.test/token?service=r.test&scope=repository%3Aa%2Fb%3Apull', undefined],
      ['HEAD', 'r.test/v2/a/b/manifests/v1', 'Bearer tok-tok'],
      ['HEAD', 'r.test/v2/a/b/manifests/v1', 'Bearer tok-tok'],
    ]);
  });

  test('a refused token is replaced once, then the 401 is told', async () => {
    const { registry, seen } = await world(guarded('Bearer realm="https://auth.test/token"', 'Bearer never'));
    expect((await failure(registry.manifest('r.test/a/b:v1'))).code).toBe('unauthorized');
    expect(seen).toHaveLength(3);
  });

  test('credentials go to the token service and to Basic challenges of their own host only', async () => {
    const credentials: Credentials = (host) => (host === 'r.test' ? { username: 'u', password: 'password1' } : undefined);
    const basic = `Basic ${Buffer.from('u:password1').toString('base64')}`;
    const bearer = await world(guarded('Basic realm="x", Bearer realm="https://auth.test/token",scope="repository:a/b:pull"', 'Bearer tok-tok', { access_token: 'tok-tok' }), credentials);
    await bearer.registry.get('r.test/a/b:v1');
    expect(bearer.seen[1]).toEqual({ method: 'GET', target: 'auth.test/token?scope=repository%3Aa%2Fb%3Apull', authorization: basic });
    const plain = await world(guarded('Basic realm="x"', basic), credentials);
    await plain.registry.get('r.test/a/b:v1');
    expect(plain.seen.map(({ authorization }) => authorization)).toEqual([undefined, basic]);
    expect((await failure((await world(guarded('Basic realm="x"', basic))).registry.get('r.test/a/b:v1'))).code).toBe('unauthorized');
  });

  test('an identity token is asked with as OAuth wants it, in a dry run too, and goes nowhere else', async () => {
    const forms: string[] = [];
    const plain = guarded('Bearer realm="https://auth.test/token",service=r.test', 'Bearer tok-tok', { access_token: 'tok-tok' });
    const { registry, seen } = await world((ask, res, req) => {
      req.on('data', (part: Buffer) => forms.push(part.toString()));
      return plain(ask, res, req);
    }, () => ({ identityToken: 'identity-of-me' }));
    await registry.get('r.test/a/b:v1');
    expect(seen.map(({ method, target, authorization }) => [method, target, authorization])).toEqual([
      ['HEAD', 'r.test/v2/a/b/manifests/v1', undefined], ['POST', 'auth.test/token', undefined], ['HEAD', 'r.test/v2/a/b/manifests/v1', 'Bearer tok-tok'],
    ]);
    expect(Object.fromEntries(new URLSearchParams(forms.join('')))).toEqual({ grant_type: 'refresh_token', service: 'r.test', scope: 'repository:a/b:pull', client_id: 'runbook', refresh_token: 'identity-of-me' });
    const basic = await world(guarded('Basic realm="x"', 'x'), () => ({ identityToken: 'identity-of-me' }));
    expect((await failure(basic.registry.get('r.test/a/b:v1'))).code).toBe('unauthorized');
    expect(JSON.stringify(basic.seen)).not.toContain('identity-of-me');
  });

  test('of several scopes each is asked for, that of the question among them', async () => {
    const { registry, seen } = await world(guarded('Bearer realm="https://auth.test/token",scope="repository:a/b:pull repository:c:pull"', 'Bearer tok-tok'));
    await registry.get('r.test/a/b:v1');
    expect(seen[1]?.target).toBe('auth.test/token?scope=repository%3Aa%2Fb%3Apull&scope=repository%3Ac%3Apull');
  });

  test.each(['http://auth.test/token', 'http://127.0.0.1:1/token', 'https://10.0.0.1/token', 'https://169.254.169.254/token', 'file:///etc/passwd', 'token', 'https://u:p@auth.test/'])(
    'the token service %s is not spoken to',
    async (realm) => {
      const { registry, seen } = await world(guarded(`Bearer realm="${realm}"`, 'x'));
      expect((await failure(registry.find('r.test/a/b:v1'))).detail).toContain('token service that is not spoken to');
      expect(seen).toHaveLength(1);
    },
  );

  test.each([[{}], [{ token: 7 }], [{ token: 'a\r\nx-evil: 1' }]])('a token answer %o is unexpected', async (token) => {
    const { registry } = await world(guarded('Bearer realm="https://auth.test/token"', 'x', token));
    expect((await failure(registry.find('r.test/a/b:v1'))).detail).toBe('its token service gave no token');
  });

  test('a redirect to another host never sees the token; that host gets a dance of its own', async () => {
    const { registry, seen } = await world(({ target, authorization, method }, res) => {
      if (target.startsWith('front.test/token')) return res.end('{"token":"front-token"}');
      if (target.startsWith('region.test/v2/token')) return res.end('{"token":"region-token"}');
      if (target.startsWith('front.test/')) {
        if (authorization === undefined) return res.writeHead(401, { 'www-authenticate': 'Bearer realm="https://front.test/token"' }).end();
        return res.writeHead(307, { location: 'https://region.test/v2/prod/images/a/manifests/v1' }).end();
      }
      if (authorization !== 'Bearer region-token') return res.writeHead(401, { 'www-authenticate': 'Bearer realm="https://region.test/v2/token",service="region.test"' }).end();
      return res.writeHead(200, { 'content-type': imageType, 'docker-content-digest': sha(image), 'content-length': image.length }).end(method === 'HEAD' ? '' : image);
    }, (host) => (host === 'front.test' ? { username: 'u', password: 'password1' } : undefined));
    expect((await registry.find('front.test/a:v1'))?.digest).toBe(sha(image));
    const region = seen.filter(({ target }) => target.startsWith('region.test'));
    expect(region.every(({ authorization }) => authorization === undefined || authorization === 'Bearer region-token')).toBe(true);
    expect(region.find(({ target }) => target.includes('/token'))?.target).toBe('region.test/v2/token?service=region.test&scope=repository%3Aprod%2Fimages%2Fa%3Apull');
  });
});

describe('listings', () => {
  test('follow every page on the host that answered, behind a redirect that drops the query', async () => {
    const { registry, seen } = await world(({ target }, res) => {
      if (target.startsWith('registry.test/')) return res.writeHead(307, { location: 'https://region.test/v2/prod/a/tags/list' }).end();
      if (target === 'region.test/v2/prod/a/tags/list') return res.setHeader('link', '</v2/prod/a/tags/list?n=2&last=b>; rel="next"').end('{"name":"a","tags":["a","b"]}');
      return res.end('{"tags":["b","c"]}');
    });
    expect(await registry.listTags('registry.test/a')).toEqual(['a', 'b', 'c']);
    expect(seen.map(({ target }) => target)).toEqual(['registry.test/v2/a/tags/list?n=1000', 'region.test/v2/prod/a/tags/list', 'region.test/v2/prod/a/tags/list?n=2&last=b']);
  });

  test.each([
    ['https://evil.test/v2/a/tags/list?last=b', 'leads to another host (evil.test)'],
    ['/v2/a/tags/list?n=1000', 'go round in a circle'],
  ])('the next page %s is refused', async (link, words) => {
    const { registry } = await world((_ask, res) => res.setHeader('link', `<${link}>; rel="next"`).end('{"tags":["a"]}'));
    expect((await failure(registry.listTags('r.test/a'))).detail).toContain(words);
  });

  test('no tags and no repository differ', async () => {
    const { registry } = await world(({ path }, res) => (path.startsWith('/v2/empty/') ? res.end('{"name":"empty","tags":null}') : res.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN"}]}')));
    expect(await registry.listTags('r.test/empty')).toEqual([]);
    expect((await failure(registry.listTags('r.test/none'))).code).toBe('absent');
  });

  test("Google's listing with other things than digests is none", async () => {
    const { registry } = await world((_ask, res) => res.end(JSON.stringify({ tags: [], manifest: { '\u001b[2J': { mediaType: 'x', imageSizeBytes: '1', tag: [] } } })));
    expect((await failure(registry.listGoogle('r.test/a'))).code).toBe('unexpected-answer');
  });

  test("Google's listing is read, and missed where there is none", async () => {
    const { registry } = await world(({ path }, res) => res.end(JSON.stringify(path.startsWith('/v2/plain/') ? { tags: [] } : {
      name: 'a', tags: ['v1'], child: ['sub'],
      manifest: { [sha('m')]: { imageSizeBytes: '123', mediaType: indexType, tag: ['v1'], timeCreatedMs: '1754000000000', timeUploadedMs: '0' } },
    })));
    expect(await registry.listGoogle('r.test/a')).toEqual({
      tags: ['v1'], children: ['sub'],
      manifests: [{ digest: sha('m'), mediaType: indexType, size: 123, tags: ['v1'], createdAt: '2025-07-31T22:13:20.000Z' }],
    });
    expect((await failure(registry.listGoogle('r.test/plain'))).code).toBe('unexpected-answer');
  });
});

test('a registry on this machine is spoken to in plain http, and its token service may be there too', async () => {
  const { registry, port } = await world(({ path, authorization, host }, res) => {
    if (path.startsWith('/token')) return res.end('{"token":"local-token"}');
    if (authorization === undefined) return res.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    return res.end('{"tags":["v1"]}');
  });
  expect(await registry.listTags(`127.0.0.1:${port}/a`)).toEqual(['v1']);
});
