import type { Problem } from '@runbook/problem';
/** One digest of an image and the tags it is promoted under. */
export interface ImageDigest {
  readonly digest: string;
  readonly tags: readonly string[];
  /** 1-based place of the digest in the file. */
  readonly line: number;
  readonly column: number;
}
/** One `- name:` entry of images.yaml; a name may occur in several entries. */
export interface ImageEntry {
  readonly name: string;
  readonly digests: readonly ImageDigest[];
  readonly line: number;
  readonly column: number;
}
/** A parsed images.yaml. */
export interface ImagesFile {
  readonly file: string;
  readonly images: readonly ImageEntry[];
}
export function parseImages(text: string, file: string): { readonly images?: ImagesFile; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${text.length} ${file}`);
}
