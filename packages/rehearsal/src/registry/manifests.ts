// Manifests over HTTP: pull by tag or digest, push with checks, delete. The bytes stay exactly as they came.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md end-3, end-7, end-9
import { apiVersion, empty, failure, isKnown } from './call.ts';
import type { Call } from './call.ts';
import { parseManifest } from './manifest.ts';
import type { ManifestFacts } from './manifest.ts';
import { digestOf, isDigest } from './store.ts';

/** Largest manifest that a registry has to take. */
const largest = 4 * 1024 * 1024;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Answers `/v2/<name>/manifests/<reference>`. */
export async function manifests(call: Call, reference: string): Promise<Response> {
  if (call.method === 'PUT') return put(call, reference);
  if (call.method === 'DELETE') return remove(call, reference);
  if (call.method !== 'GET' && call.method !== 'HEAD') return failure(405, 'UNSUPPORTED', `${call.method} is not for manifests`);
  if (!isKnown(call)) return failure(404, 'NAME_UNKNOWN', `repository ${call.name} is not known`);
  const found = await call.store.manifest(call.repository, reference);
  if (found === undefined) return failure(404, 'MANIFEST_UNKNOWN', `no manifest ${reference} in ${call.name}`);
  if (!accepts(call.request.headers.get('accept'), found.mediaType)) return failure(404, 'MANIFEST_UNKNOWN', `the manifest has media type ${found.mediaType}, which the client does not accept`);
  const headers = { ...apiVersion, 'content-type': found.mediaType, 'docker-content-digest': found.digest, 'content-length': String(found.bytes.length), etag: `"${found.digest}"` };
  return new Response(call.method === 'HEAD' ? null : new Uint8Array(found.bytes), { headers });
}

function accepts(accept: string | null, mediaType: string): boolean {
  if (accept === null) return true;
  const types = accept.split(',').map((one) => one.split(';')[0]?.trim());
  return types.some((type) => type === mediaType || type === '*/*' || type === 'application/*');
}

async function put(call: Call, reference: string): Promise<Response> {
  const bytes = Buffer.from(await call.request.arrayBuffer());
  if (bytes.length > largest) return failure(413, 'SIZE_INVALID', `a manifest may have ${largest} bytes, this one has ${bytes.length}`);
  const mediaType = call.request.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  const facts = parseManifest(bytes);
  if (facts === undefined || mediaType === '') return failure(400, 'MANIFEST_INVALID', 'a manifest is a JSON object with a Content-Type');
  if (facts.mediaType !== undefined && facts.mediaType !== mediaType) return failure(400, 'MANIFEST_INVALID', `the manifest says ${facts.mediaType}, its Content-Type ${mediaType}`);
  const byDigest = reference.includes(':');
  if (byDigest && !isDigest(reference)) return failure(400, 'DIGEST_INVALID', `not a digest: ${reference}`);
  const digest = digestOf(bytes, byDigest ? reference.split(':')[0] : 'sha256');
  if (byDigest && digest !== reference) return failure(400, 'DIGEST_INVALID', `the content has the digest ${digest}, not ${reference}`);
  const tags = byDigest ? call.query.getAll('tag') : [reference];
  const badTag = tags.find((tag) => !tagPattern.test(tag));
  if (badTag !== undefined) return failure(400, 'MANIFEST_INVALID', `not a tag: ${badTag}`);
  const missing = await firstMissing(call, facts);
  if (missing !== undefined) return failure(400, 'MANIFEST_BLOB_UNKNOWN', `${call.name} does not hold ${missing}`);
  call.store.addManifest(call.repository, bytes, { mediaType, tags, digest });
  const response = empty(201, { location: call.where(`/v2/${call.repository.slice(call.host.length + 1)}/manifests/${digest}`), 'docker-content-digest': digest, ...(facts.subject === undefined ? {} : { 'oci-subject': facts.subject }) });
  if (byDigest) for (const tag of tags) response.headers.append('oci-tag', tag);
  return response;
}

async function firstMissing(call: Call, facts: ManifestFacts): Promise<string | undefined> {
  const blob = facts.blobs.find((digest) => !call.store.hasBlob(call.repository, digest));
  if (blob !== undefined) return blob;
  for (const child of facts.children) {
    if ((await call.store.manifest(call.repository, child)) === undefined) return child;
  }
  return undefined;
}

function remove(call: Call, reference: string): Response {
  if (!isKnown(call)) return failure(404, 'NAME_UNKNOWN', `repository ${call.name} is not known`);
  const done = reference.includes(':') ? call.store.deleteManifest(call.repository, reference) : call.store.deleteTag(call.repository, reference);
  return done ? empty(202) : failure(404, 'MANIFEST_UNKNOWN', `no manifest ${reference} in ${call.name}`);
}
