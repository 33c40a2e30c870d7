// The log bucket: objects in files below `<world>/bucket`, read over HTTP as storage.googleapis.com serves a public bucket
// (XML names and JSON API). Nobody outside can write it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import type { Core, HostedApp } from '../services.ts';
import { bucketName } from './run.ts';

interface StoredObject {
  readonly size: number;
  readonly updated: number;
  readonly contentType: string;
  readonly md5: string;
}

/** The bucket as the robots use it. */
export interface Bucket {
  /** Writes an object. Names are made by the robots and never leave the bucket's folder. */
  put(name: string, text: string): Promise<void>;
  /** The text of an object, or undefined. */
  read(name: string): Promise<string | undefined>;
  /** Names below a prefix, sorted. */
  names(prefix: string): readonly string[];
}

interface Index {
  readonly objects: Record<string, StoredObject>;
}

/** Opens the bucket of a world. */
export function createBucket(core: Core): Bucket {
  const { objects } = core.state<Index>('bucket', () => ({ objects: {} }));
  const file = (name: string): string => join(core.dir, 'bucket', ...name.split('/'));
  return {
    async put(name, text) {
      if (name.split('/').some((part) => part === '' || part === '.' || part === '..') || /[\0\\]/.test(name)) throw new Error(`not the name of an object: ${JSON.stringify(name)}`);
      await mkdir(dirname(file(name)), { recursive: true });
      await writeFile(file(name), text);
      const bytes = Buffer.from(text);
      objects[name] = { size: bytes.length, updated: core.now(), contentType: contentType(name), md5: createHash('md5').update(bytes).digest('base64') };
    },
    async read(name) {
      return Object.hasOwn(objects, name) ? readFile(file(name), 'utf8') : undefined;
    },
    names: (prefix) => Object.keys(objects).filter((name) => name.startsWith(prefix)).sort(),
  };
}

function contentType(name: string): string {
  return name.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8';
}

/** storage.googleapis.com, for this one bucket. */
export function bucketApp(core: Core, bucket: Bucket): HostedApp {
  const app = new Hono();
  const index = core.state<Index>('bucket', () => ({ objects: {} }));
  app.get(`/${bucketName}/*`, async (c) => {
    const name = decoded(new URL(c.req.url).pathname.slice(bucketName.length + 2));
    const text = name === undefined ? undefined : await bucket.read(name);
    if (name === undefined || text === undefined) return c.body(xmlError('NoSuchKey', 'The specified key does not exist.'), 404, { 'content-type': 'application/xml; charset=UTF-8' });
    return media(text, index.objects[name], c.req.header('range'));
  });
  app.get(`/storage/v1/b/${bucketName}/o`, (c) => c.json(listing(bucket, index, new URL(c.req.url).searchParams)));
  app.get(`/storage/v1/b/${bucketName}/o/*`, async (c) => {
    const url = new URL(c.req.url);
    const name = decoded(url.pathname.slice(`/storage/v1/b/${bucketName}/o/`.length));
    const text = name === undefined ? undefined : await bucket.read(name);
    if (name === undefined || text === undefined) return c.json({ error: { code: 404, message: `No such object: ${bucketName}/${name ?? ''}`, errors: [{ message: `No such object: ${bucketName}/${name ?? ''}`, domain: 'global', reason: 'notFound' }] } }, 404);
    if (url.searchParams.get('alt') === 'media') return media(text, index.objects[name], c.req.header('range'));
    return c.json(resource(name, index.objects[name]));
  });
  return { service: 'gcs', app, serves: (host) => host === 'storage.googleapis.com', writes: (method) => method !== 'GET' && method !== 'HEAD' };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function xmlError(code: string, message: string): string {
  return `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

/** The object's bytes; one `Range: bytes=` of any form is obeyed (RFC 9110 §14). */
function media(text: string, object: StoredObject | undefined, range: string | undefined): Response {
  const bytes = new Uint8Array(Buffer.from(text));
  const headers: Record<string, string> = {
    'content-type': object?.contentType ?? 'text/plain; charset=utf-8',
    'accept-ranges': 'bytes',
    etag: `"${Buffer.from(object?.md5 ?? '', 'base64').toString('hex')}"`,
    'last-modified': new Date(object?.updated ?? 0).toUTCString(),
  };
  const wanted = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  if (wanted === null || (wanted[1] === '' && wanted[2] === '')) return new Response(bytes, { headers: { ...headers, 'content-length': String(bytes.length) } });
  const first = wanted[1] === '' ? Math.max(0, bytes.length - Number(wanted[2])) : Number(wanted[1]);
  const last = wanted[1] === '' || wanted[2] === '' ? bytes.length - 1 : Math.min(Number(wanted[2]), bytes.length - 1);
  if (first >= bytes.length || first > last) return new Response(xmlError('InvalidRange', 'The requested range cannot be satisfied.'), { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } });
  const part = bytes.slice(first, last + 1);
  return new Response(part, { status: 206, headers: { ...headers, 'content-length': String(part.length), 'content-range': `bytes ${first}-${last}/${bytes.length}` } });
}

function resource(name: string, object: StoredObject | undefined): Record<string, string> {
  const encoded = encodeURIComponent(name);
  return {
    kind: 'storage#object',
    name,
    bucket: bucketName,
    size: String(object?.size ?? 0),
    updated: new Date(object?.updated ?? 0).toISOString(),
    contentType: object?.contentType ?? 'text/plain; charset=utf-8',
    md5Hash: object?.md5 ?? '',
    mediaLink: `https://storage.googleapis.com/download/storage/v1/b/${bucketName}/o/${encoded}?alt=media`,
  };
}

/** `objects.list` of the JSON API: prefix, delimiter, maxResults, pageToken; `fields` chooses top-level keys. */
function listing(bucket: Bucket, index: Index, query: URLSearchParams): Record<string, unknown> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const size = Math.min(Math.max(Number(query.get('maxResults') ?? '1000') || 1000, 1), 1000);
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString('utf8');
  const found = new Map<string, 'item' | 'prefix'>();
  for (const name of bucket.names(prefix)) {
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    if (cut === -1) found.set(name, 'item');
    else found.set(name.slice(0, cut + delimiter.length), 'prefix');
  }
  const all = [...found].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const page = all.slice(0, size);
  const items = page.filter(([, kind]) => kind === 'item').map(([name]) => resource(name, index.objects[name]));
  const prefixes = page.filter(([, kind]) => kind === 'prefix').map(([name]) => name);
  const last = page.at(-1)?.[0];
  const answer: Record<string, unknown> = {
    kind: 'storage#objects',
    ...(all.length > size && last !== undefined ? { nextPageToken: Buffer.from(last).toString('base64url') } : {}),
    ...(prefixes.length > 0 ? { prefixes } : {}),
    ...(items.length > 0 ? { items } : {}),
  };
  const fields = query.get('fields');
  if (fields === null) return answer;
  const wanted = new Set(fields.replace(/\([^)]*\)/g, '').split(',').map((field) => field.split('/')[0]?.trim()));
  return Object.fromEntries(Object.entries(answer).filter(([key]) => wanted.has(key)));
}
