// Who points at a manifest: signatures, attestations and other artifacts whose `subject` it is. end-12.
import { apiVersion, failure } from './call.ts';
import type { Call } from './call.ts';
import { parseManifest } from './manifest.ts';
import { isDigest } from './store.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';

/** Answers `/v2/<name>/referrers/<digest>`: an index, empty where nobody refers. */
export function referrers(call: Call, digest: string): Response {
  if (call.method !== 'GET' && call.method !== 'HEAD') return failure(405, 'UNSUPPORTED', `${call.method} is not for referrers`);
  if (!isDigest(digest)) return failure(400, 'DIGEST_INVALID', `not a digest: ${digest}`);
  const wanted = call.query.get('artifactType');
  const records = Object.entries(call.store.repository(call.repository)?.manifests ?? {});
  const manifests = records.flatMap(([candidate, record]) => {
    const facts = parseManifest(call.store.read(candidate));
    if (facts?.subject !== digest || (wanted !== null && facts.artifactType !== wanted)) return [];
    const { artifactType, annotations } = facts;
    return [{ mediaType: record.mediaType, digest: candidate, size: record.size, ...(artifactType === undefined ? {} : { artifactType }), ...(annotations === undefined ? {} : { annotations }) }];
  });
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
  return new Response(body, { headers: { ...apiVersion, 'content-type': indexType, ...(wanted === null ? {} : { 'oci-filters-applied': 'artifactType' }) } });
}
