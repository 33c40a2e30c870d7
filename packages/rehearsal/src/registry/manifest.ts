// What a manifest says: its children, blobs, subject. Read tolerantly, since the store keeps the exact bytes
// of whatever kind: OCI and Docker images, indexes and lists, artifacts. Pure.

/** What the registry needs to know of a manifest. */
export interface ManifestFacts {
  readonly mediaType: string | undefined;
  /** Digests of manifests in an index or list. */
  readonly children: readonly string[];
  /** Digests of config and layers. */
  readonly blobs: readonly string[];
  readonly subject: string | undefined;
  /** `artifactType`, or the config's media type of an image manifest. */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** Reads a manifest; undefined when the bytes are not a JSON object. */
export function parseManifest(bytes: Uint8Array): ManifestFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined; // not JSON: no manifest
  }
  if (!isRecord(value)) return undefined;
  const config = isRecord(value['config']) ? value['config'] : {};
  return {
    mediaType: text(value['mediaType']),
    children: digests(value['manifests']),
    blobs: [...digests([value['config']]), ...digests(value['layers']), ...digests(value['blobs'])],
    subject: digests([value['subject']])[0],
    artifactType: text(value['artifactType']) ?? text(config['mediaType']),
    annotations: isRecord(value['annotations']) ? (value['annotations'] as Record<string, string>) : undefined,
  };
}

function digests(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => (isRecord(one) && typeof one['digest'] === 'string' ? [one['digest']] : []));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
