// The tags of a repository, and Google's extended listing of it, as data. Pure. (domain §6.3)
import { isDigestText, isRecord } from './manifest.ts';
import type { GoogleListing, GoogleManifest } from './registry.ts';

/** The tags of a `tags/list` answer; `tags: null` is an empty list. Undefined when it is none. */
export function readTags(value: unknown): readonly string[] | undefined {
  if (!isRecord(value)) return undefined;
  const tags = value['tags'];
  if (tags === null) return [];
  return isStrings(tags) ? tags : undefined;
}

/** Google's listing. All its numbers are strings. Undefined when the answer lacks the extension. */
export function readGoogleListing(value: unknown): GoogleListing | undefined {
  const tags = readTags(value);
  if (tags === undefined || !isRecord(value) || !isRecord(value['manifest'])) return undefined;
  const child = value['child'];
  const manifests = Object.entries(value['manifest']).map(([digest, entry]) => readManifest(digest, entry));
  if (!manifests.every((entry) => entry !== undefined)) return undefined;
  return { tags, children: isStrings(child) ? child : [], manifests };
}

function readManifest(digest: string, value: unknown): GoogleManifest | undefined {
  if (!isRecord(value)) return undefined;
  const { mediaType, imageSizeBytes, tag } = value;
  const created = readTime(value['timeCreatedMs']);
  const uploaded = readTime(value['timeUploadedMs']);
  const size = Number(imageSizeBytes ?? 0);
  if (typeof mediaType !== 'string' || !Number.isFinite(size) || !isDigestText(digest)) return undefined;
  return {
    digest,
    mediaType,
    size,
    tags: isStrings(tag) ? tag : [],
    ...(created === undefined ? {} : { createdAt: created }),
    ...(uploaded === undefined ? {} : { uploadedAt: uploaded }),
  };
}

/** Google writes 0 (or the year 1) for "not known". */
function readTime(value: unknown): string | undefined {
  const ms = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  return ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : undefined;
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
