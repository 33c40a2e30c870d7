// Tag lists with paging, and what Google's registries add to them: child repositories and every manifest
// with its tags and times, all numbers as strings. end-8 of the distribution specification.
import { apiVersion, failure } from './call.ts';
import type { Call } from './call.ts';
import { parseManifest } from './manifest.ts';
import type { RepositoryRecord } from './store.ts';

/** Answers `/v2/<name>/tags/list`. */
export async function tags(call: Call): Promise<Response> {
  const google = isGoogle(call.host);
  const children = google ? childrenOf(call) : [];
  const repository = call.store.repository(call.repository);
  if (repository === undefined && children.length === 0) return failure(404, 'NAME_UNKNOWN', `repository ${call.name} is not known`);
  const count = call.query.get('n');
  if (count !== null && !/^\d+$/.test(count)) return failure(400, 'PAGINATION_NUMBER_INVALID', `n must be a number, got ${count}`);
  const last = call.query.get('last');
  const rest = (await call.store.tags(call.repository)).filter((tag) => last === null || tag > last);
  const page = count === null ? rest : rest.slice(0, Number(count));
  const headers = new Headers(apiVersion);
  if (page.length < rest.length && page.length > 0) headers.set('link', `<${nextPage(call, page)}>; rel="next"`);
  const extension = google && last === null ? { child: children, manifest: manifestsOf(call, repository) } : {};
  return Response.json({ name: call.name, tags: page, ...extension }, { headers });
}

function isGoogle(host: string): boolean {
  return host === 'gcr.io' || host.endsWith('.gcr.io') || host.endsWith('.pkg.dev');
}

function nextPage(call: Call, page: readonly string[]): string {
  const query = new URLSearchParams({ n: String(page.length), last: page.at(-1) ?? '' });
  return `${call.where(`/v2/${call.repository.slice(call.host.length + 1)}/tags/list`)}?${query.toString()}`;
}

function childrenOf(call: Call): readonly string[] {
  const below = call.store.repositories().flatMap((name) => (name.startsWith(`${call.repository}/`) ? [name.slice(call.repository.length + 1).split('/')[0] ?? ''] : []));
  return [...new Set(below)].sort();
}

function manifestsOf(call: Call, repository: RepositoryRecord | undefined): Readonly<Record<string, unknown>> {
  const entries = Object.entries(repository?.manifests ?? {}).map(([digest, record]) => {
    const tagged = Object.entries(repository?.tags ?? {}).flatMap(([tag, target]) => (target === digest ? [tag] : []));
    const bytes = call.store.read(digest);
    const blobs = parseManifest(bytes)?.blobs ?? [];
    const size = blobs.reduce((sum, blob) => sum + (repository?.blobs[blob] ?? 0), record.size);
    const created = blobs[0] === undefined ? undefined : createdAt(call, blobs[0]);
    return [digest, { imageSizeBytes: String(size), layerId: '', mediaType: record.mediaType, tag: tagged.sort(), timeCreatedMs: String(created ?? record.uploadedAt), timeUploadedMs: String(record.uploadedAt) }] as const;
  });
  return Object.fromEntries(entries);
}

/** `created` of an image's config, in milliseconds. */
function createdAt(call: Call, config: string): number | undefined {
  const bytes = call.store.blob(call.repository, config);
  if (bytes === undefined || bytes.length > 1_000_000) return undefined;
  const [, text = ''] = /"created"\s*:\s*"([^"]+)"/.exec(bytes.toString('utf8')) ?? [];
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
