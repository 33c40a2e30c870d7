// From a run's public page to its place in the bucket.
import type { BuildId } from './run.ts';

/** Where a run lies in the log bucket. */
export interface RunPlace {
  readonly bucket: string;
  /** Folder without a slash at its end. */
  readonly prefix: string;
  readonly job: string;
  readonly id: BuildId;
}

/** Reads the address of a run's page (`/view/gs/BUCKET/…/JOB/ID`, or a gcsweb address). Undefined when it is none. (domain §4.6) */
export function parseRunUrl(text: string): RunPlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const match = /^\/(?:view\/gs|gcs)\/([^/]+)\/(.+?)\/?$/.exec(new URL(text).pathname);
  const bucket = match?.[1];
  const prefix = match?.[2];
  const [, job, id] = /([^/]+)\/(\d{1,20})$/.exec(prefix ?? '') ?? [];
  if (bucket === undefined || prefix === undefined || job === undefined || id === undefined) return undefined;
  return { bucket, prefix, job, id: id as BuildId };
}
