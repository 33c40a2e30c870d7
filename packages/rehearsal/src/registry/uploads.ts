// Pushing blobs: in one go, by chunks, by mounting, and taking it back. Half-done uploads lie in
// `dir/registry/uploads`, so that they survive a restart. end-4 to end-6, end-11, end-13, end-14.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { empty, failure } from './call.ts';
import type { Call } from './call.ts';
import { digestOf, isDigest } from './store.ts';

/** Which repository each open upload belongs to. */
type Uploads = Record<string, string>;

/** Answers `/v2/<name>/blobs/uploads/[<id>]`. */
export async function uploads(call: Call, id: string): Promise<Response> {
  if (id === '') return call.method === 'POST' ? begin(call) : failure(405, 'UNSUPPORTED', `${call.method} does not begin an upload`);
  if (open(call)[id] !== call.repository || !existsSync(fileOf(call, id))) return failure(404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${id} in ${call.name}`);
  switch (call.method) {
    case 'GET':
      return empty(204, { location: locationOf(call, id), range: rangeOf(call, id), 'docker-upload-uuid': id });
    case 'PATCH':
      return append(call, id);
    case 'PUT':
      return finish(call, id);
    case 'DELETE':
      forget(call, id);
      return empty(204);
    default:
      return failure(405, 'UNSUPPORTED', `${call.method} is not for uploads`);
  }
}

async function begin(call: Call): Promise<Response> {
  const mount = call.query.get('mount');
  const from = call.query.get('from');
  if (mount !== null && isDigest(mount) && call.store.mount(call.repository, mount, from === null ? undefined : repositoryOf(call, from))) return created(call, mount);
  const digest = call.query.get('digest');
  if (digest !== null) return store(call, digest, Buffer.from(await call.request.arrayBuffer()));
  const id = `upload-${call.core.id('upload')}`;
  mkdirSync(join(call.core.dir, 'registry', 'uploads'), { recursive: true });
  writeFileSync(fileOf(call, id), '');
  open(call)[id] = call.repository;
  return empty(202, { location: locationOf(call, id), range: '0-0', 'docker-upload-uuid': id });
}

async function append(call: Call, id: string): Promise<Response> {
  const size = statSync(fileOf(call, id)).size;
  const range = call.request.headers.get('content-range');
  const bytes = Buffer.from(await call.request.arrayBuffer());
  const [, first, last] = /^(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const wrong = range !== null && (Number(first) !== size || Number(last) !== size + bytes.length - 1);
  if (wrong) return failure(416, 'BLOB_UPLOAD_INVALID', `the upload has ${size} bytes, the chunk says ${range} and has ${bytes.length}`, { location: locationOf(call, id), range: rangeOf(call, id) });
  appendFileSync(fileOf(call, id), bytes);
  return empty(202, { location: locationOf(call, id), range: rangeOf(call, id), 'docker-upload-uuid': id });
}

async function finish(call: Call, id: string): Promise<Response> {
  const range = call.request.headers.get('content-range');
  if (range !== null && Number(/^(\d+)-/.exec(range)?.[1]) !== statSync(fileOf(call, id)).size) return failure(416, 'BLOB_UPLOAD_INVALID', `the last chunk ${range} does not follow`, { location: locationOf(call, id), range: rangeOf(call, id) });
  const digest = call.query.get('digest');
  if (digest === null) return failure(400, 'DIGEST_INVALID', 'the upload is closed with ?digest=');
  const bytes = Buffer.concat([readFileSync(fileOf(call, id)), Buffer.from(await call.request.arrayBuffer())]);
  const response = store(call, digest, bytes);
  if (response.status === 201) forget(call, id);
  return response;
}

function store(call: Call, digest: string, bytes: Buffer): Response {
  if (!isDigest(digest)) return failure(400, 'DIGEST_INVALID', `not a digest: ${digest}`);
  const found = digestOf(bytes, digest.split(':')[0]);
  if (found !== digest) return failure(400, 'DIGEST_INVALID', `the content has the digest ${found}, not ${digest}`);
  call.store.addBlob(call.repository, bytes, digest);
  return created(call, digest);
}

function created(call: Call, digest: string): Response {
  return empty(201, { location: call.where(`${basePath(call)}/${digest}`), 'docker-content-digest': digest });
}

/** `from=` names a repository as the caller sees it. */
function repositoryOf(call: Call, name: string): string {
  return call.entrance === 'v2' ? name : `${call.host}/${name}`;
}

function open(call: Call): Uploads {
  return call.core.state<Uploads>('registry-uploads', () => ({}));
}

function forget(call: Call, id: string): void {
  rmSync(fileOf(call, id), { force: true });
  delete open(call)[id];
}

function fileOf(call: Call, id: string): string {
  return join(call.core.dir, 'registry', 'uploads', id);
}

function basePath(call: Call): string {
  return `/v2/${call.repository.slice(call.host.length + 1)}/blobs`;
}

function locationOf(call: Call, id: string): string {
  return call.where(`${basePath(call)}/uploads/${id}`);
}

function rangeOf(call: Call, id: string): string {
  return `0-${Math.max(0, statSync(fileOf(call, id)).size - 1)}`;
}
