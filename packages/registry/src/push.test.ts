// Uploads to a registry that keeps what has arrived, and referrers: what docker-registry cannot show.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { createHttp } from '@runbook/http';
import { afterEach, describe, expect, test } from 'vitest';
import { createRegistry } from './client.ts';
import type { Registry } from './registry.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(handler: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(): Registry {
  const lock = createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined);
  return createRegistry({ http: createHttp({ lock, env: {}, sleep: () => Promise.resolve() }) });
}

const sha = (data: string | Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
const layer = Buffer.alloc(20 * 1024 * 1024, 'layer');
const config = '{"os":"linux","architecture":"amd64"}';
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: imageType, config: { digest: sha(config), mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length }, layers: [{ digest: sha(layer), mediaType: 'application/vnd.oci.image.layer.v1.tar', size: layer.length }] });

/** Holds the image; `ranges` says whether it knows ranges. */
const source = (ranges: boolean) => (req: IncomingMessage, res: ServerResponse): void => {
  if (req.url?.includes('/manifests/')) return void res.setHeader('content-type', imageType).end(manifest);
  const body = req.url?.endsWith(sha(config)) === true ? Buffer.from(config) : layer;
  const range = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '');
  if (range === null || !ranges) return void res.end(body);
  res.writeHead(206).end(body.subarray(Number(range[1]), Number(range[2]) + 1));
};

interface Target {
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  readonly stored: Map<string, Buffer>;
  readonly patches: string[];
}

/** Takes uploads, keeps what has arrived of a broken part, and breaks the line of the first PATCH after 3 MiB unless told otherwise. */
function target({ breaksFirst = true }: { readonly breaksFirst?: boolean } = {}): Target {
  const stored = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer[]>();
  const arrived = (id: string): number => (uploads.get(id) ?? []).reduce((sum, part) => sum + part.length, 0);
  const patches: string[] = [];
  let isBroken = !breaksFirst;
  const bytesOf = async (req: IncomingMessage): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };
  const patch = async (req: IncomingMessage, res: ServerResponse, id: string): Promise<void> => {
    patches.push(req.headers['content-range'] ?? '');
    const breaks = !isBroken;
    for await (const part of req) {
      uploads.get(id)?.push(part as Buffer);
      if (!breaks || arrived(id) < 3 * 1024 * 1024) continue;
      isBroken = true;
      return void req.socket.destroy();
    }
    res.writeHead(202, { location: `${id}?state=1`, range: `0-${arrived(id) - 1}` }).end();
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://x');
    if (req.method === 'HEAD') return void res.writeHead(stored.has(pathname.split('/').at(-1) ?? '') ? 200 : 404).end();
    if (req.method === 'POST') {
      const id = `/v2/to/blobs/uploads/${uploads.size + 1}`;
      uploads.set(id, []);
      return void res.writeHead(202, { location: id }).end();
    }
    if (req.method === 'PATCH') return patch(req, res, pathname);
    if (req.method === 'DELETE') return void res.writeHead(uploads.delete(pathname) ? 204 : 404).end();
    if (req.method === 'GET') return void res.writeHead(204, { location: pathname, range: `0-${arrived(pathname) - 1}` }).end();
    const body = await bytesOf(req);
    const digest = searchParams.get('digest') ?? pathname.split('/').at(-1) ?? '';
    stored.set(digest, pathname.includes('/uploads/') ? Buffer.concat([...(uploads.get(pathname) ?? []), body]) : body);
    res.writeHead(201, { 'docker-content-digest': pathname.includes('/manifests/') ? sha(body) : digest }).end();
  };
  return { stored, patches, handler: (req, res) => void answer(req, res).catch(() => res.destroy()) };
}

describe('a large blob', () => {
  test.each([[true, 'that knows ranges'], [false, 'that gives the whole']])('goes on where the line broke, from a source %s', async (ranges) => {
    const to = target();
    const [from, into] = [await serve(source(ranges)), await serve(to.handler)];
    await client().copy(`${from}/from:v1`, `${into}/to:v1`, { concurrency: 1 });
    expect(sha(to.stored.get(sha(layer)) ?? '')).toBe(sha(layer));
    expect(to.stored.get('v1')?.toString()).toBe(manifest);
    const [first = '', second = '', ...more] = to.patches;
    expect([first, more], 'a stream from the beginning says no range').toEqual(['', []]);
    const [start, end] = second.split('-').map(Number);
    expect(start).toBeGreaterThanOrEqual(3 * 1024 * 1024);
    expect(start).toBeLessThan(layer.length);
    expect(end).toBe(layer.length - 1);
  });

  test.each([[true, 'that knows ranges'], [false, 'that gives the whole']])('is asked for again from where the source broke off, in the same upload; from one %s', async (ranges) => {
    const to = target({ breaksFirst: false });
    const asked: (string | undefined)[] = [];
    const from = await serve((req, res) => {
      if (req.url?.endsWith(sha(layer)) !== true) return source(ranges)(req, res);
      asked.push(req.headers.range);
      if (asked.length > 1) return source(ranges)(req, res);
      res.writeHead(200, { 'content-length': layer.length });
      res.write(layer.subarray(0, 5_000_000), () => res.destroy());
    });
    await client().copy(`${from}/from:v1`, `${await serve(to.handler)}/to:v1`, { concurrency: 1 });
    expect(sha(to.stored.get(sha(layer)) ?? '')).toBe(sha(layer));
    expect(to.patches).toHaveLength(1);
    expect(asked).toEqual([undefined, expect.stringMatching(new RegExp(`^bytes=[1-9]\\d*-${layer.length - 1}$`))]);
  });

  test('whose source never gets any further is given up', async () => {
    const to = target({ breaksFirst: false });
    let asked = 0;
    const from = await serve((req, res) => {
      if (req.url?.endsWith(sha(layer)) !== true) return source(true)(req, res);
      asked += 1;
      res.writeHead(200, { 'content-length': layer.length });
      res.write('a little', () => res.destroy());
    });
    await expect(client().copy(`${from}/from:v1`, `${await serve(to.handler)}/to:v1`)).rejects.toMatchObject({ code: 'unreachable', request: `GET http://${from}/v2/from/blobs/${sha(layer)}` });
    expect(asked).toBe(4);
    expect(to.stored.has('v1')).toBe(false);
  });

  test.each([
    ['of other bytes', Buffer.alloc(layer.length, 'other'), /wrong digest/],
    ['that is too short', layer.subarray(0, layer.length - 1), /the blob has 20971519 bytes, expected 20971520/],
    ['that is too long', Buffer.concat([layer, Buffer.from('x')]), /larger than|more than 20971520 bytes/],
  ])('%s is not left under its digest', async (_, bytes, says) => {
    const to = target({ breaksFirst: false });
    const from = await serve((req, res) => (req.url?.endsWith(sha(layer)) === true ? void res.end(bytes) : source(true)(req, res)));
    await expect(client().copy(`${from}/from:v1`, `${await serve(to.handler)}/to:v1`)).rejects.toMatchObject({ code: 'unexpected-answer', message: expect.stringMatching(says) });
    expect([...to.stored.keys()]).toEqual([sha(config)]);
  });

  test('that is refused before it has gone says why', async () => {
    const to = target({ breaksFirst: false });
    const into = await serve((req, res) => (req.method === 'PATCH' ? void res.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":[{"code":"DENIED","message":"quota is full"}]}') : to.handler(req, res)));
    await expect(client().copy(`${await serve(source(true))}/from:v1`, `${into}/to:v1`)).rejects.toMatchObject({ code: 'forbidden', detail: expect.stringContaining('quota is full') });
  });
});

describe('a mount', () => {
  test('asks to be let into both repositories; where it is not done, the bytes are sent', async () => {
    const to = target();
    const seen: string[] = [];
    const both = await serve((req, res) => {
      const path = req.url ?? '';
      if (path.startsWith('/token')) {
        seen.push(decodeURIComponent(path));
        return void res.end('{"token":"tok-tok"}');
      }
      if (req.headers.authorization === undefined) return void res.writeHead(401, { 'www-authenticate': `Bearer realm="http://${req.headers.host ?? ''}/token"` }).end();
      if (path.includes('mount=')) {
        seen.push('mount');
        return void res.writeHead(403).end();
      }
      return path.startsWith('/v2/from/') ? source(true)(req, res) : to.handler(req, res);
    });
    const { steps } = await client().copy(`${both}/from:v1`, `${both}/to:v1`, { concurrency: 1 });
    expect(steps.filter(({ kind }) => kind === 'blob').map(({ how }) => how)).toEqual(['uploaded', 'uploaded']);
    expect(seen).toContain('/token?scope=repository:to:pull,push&scope=repository:from:pull');
    expect(seen.filter((one) => one === 'mount')).toHaveLength(2);
  });
});

describe('referrers', () => {
  const index = (...digests: string[]): string => JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: digests.map((digest, at) => ({ mediaType: imageType, digest, size: 1, artifactType: at % 2 === 0 ? 'a/sig' : 'a/sbom', annotations: { n: String(at) } })) });
  const subject = sha('subject');

  test('come from the registry, over pages, and by type even where it does not filter', async () => {
    const host = await serve((req, res) => {
      const page = new URL(req.url ?? '', 'http://x').searchParams.get('page');
      if (page === null) res.setHeader('link', `</v2/a/referrers/${subject}?page=2>; rel="next"`);
      res.setHeader('content-type', 'application/vnd.oci.image.index.v1+json').end(page === null ? index(sha('1'), sha('2')) : index(sha('3')));
    });
    expect((await client().listReferrers(`${host}/a`, subject)).map(({ digest, artifactType }) => [digest, artifactType])).toEqual([[sha('1'), 'a/sig'], [sha('2'), 'a/sbom'], [sha('3'), 'a/sig']]);
    expect((await client().listReferrers(`${host}/a`, subject, 'a/sbom')).map(({ digest }) => digest)).toEqual([sha('2')]);
  });

  test('come from the tag that clients keep where the registry has no such question', async () => {
    const host = await serve((req, res) => (req.url?.includes('/referrers/') === true ? res.writeHead(404).end() : req.url?.endsWith(`/manifests/${subject.replace(':', '-')}`) === true ? res.end(index(sha('1'))) : res.writeHead(500).end()));
    expect((await client().listReferrers(`${host}/a`, subject)).map(({ annotations }) => annotations)).toEqual([{ n: '0' }]);
  });

  test('a page on another host is not followed, and a 403 is not "none"', async () => {
    const host = await serve((req, res) => (req.url?.includes('/denied/') === true ? res.writeHead(403).end() : res.setHeader('link', '<https://evil.test/v2/>; rel="next"').end(index())));
    await expect(client().listReferrers(`${host}/a`, subject)).rejects.toMatchObject({ code: 'unexpected-answer' });
    await expect(client().listReferrers(`${host}/denied`, subject)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
