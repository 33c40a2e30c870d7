// Reads an images.yaml line by line, when every line has the plain shape that nearly all real ones have. Files of ten thousand
// lines are common here, and a YAML document of one is large and slow. Whatever is not plainly right is left to the YAML reader:
// this one either says exactly what that would say, without a problem, or nothing.
// Source: domain facts §5.6, shapes of real files.
import { isPlainText } from './line-style.ts';

/** One digest of a scanned file. Lines and columns are 1-based. */
export interface ScannedDigest {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly line: number;
  readonly column: number;
}

/** One image of a scanned file. */
export interface ScannedImage {
  readonly name: string;
  readonly digests: readonly ScannedDigest[];
  readonly line: number;
  readonly column: number;
}

const skipped = /^ *(?:#.*)?$/;
const entryLine = /^( *)-( +)name: +(?:"([^"\\]+)"|'([^']+)'|([a-z][^\s"'#:]*)) *(?: #.*)?$/;
const dmapLine = /^( *)dmap: *(?: #.*)?$/;
const digestLine = /^( *)"(sha256:[0-9a-f]{64})" *: +\[([^\][{}]*)\] *(?: #.*)?$/;
const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** The images of a plainly laid out file, or undefined when a YAML reader has to look. Never throws. */
export function scanImages(text: string): readonly ScannedImage[] | undefined {
  if (/\r(?!\n)|\t|^\ufeff/.test(text)) return undefined;
  const images: OpenImage[] = [];
  let number = 0;
  for (const line of text.split(/\r?\n/)) {
    number += 1;
    if (skipped.test(line)) continue;
    const current = images.at(-1);
    if (current?.inDmap === true && addDigest(current, line, number)) continue;
    if (current?.inDmap === false && openDmap(current, line)) continue;
    const opened = current === undefined || current.digests.length > 0 ? openEntry(line, number, images[0]) : undefined;
    if (opened === undefined) return undefined;
    images.push(opened);
  }
  // An empty file, and an image without digests, are for the YAML reader to judge.
  if (images.length === 0 || images.some((image) => image.digests.length === 0)) return undefined;
  return images.map(({ name, digests, line, column }) => ({ name, digests, line, column }));
}

interface OpenImage extends ScannedImage {
  readonly digests: ScannedDigest[];
  readonly seen: Set<string>;
  /** Columns before the dash. */
  readonly dash: number;
  inDmap: boolean;
}

function openEntry(line: string, number: number, first: OpenImage | undefined): OpenImage | undefined {
  const match = entryLine.exec(line);
  const plain = match?.[5];
  const name = match?.[3] ?? match?.[4] ?? plain;
  if (match === null || name === undefined || !namePattern.test(name) || (plain !== undefined && !isPlainText(plain))) return undefined;
  const dash = (match[1] ?? '').length;
  if (first !== undefined && first.dash !== dash) return undefined;
  return { name, digests: [], seen: new Set(), dash, line: number, column: dash + 1 + (match[2] ?? '').length + 1, inDmap: false };
}

function openDmap(image: OpenImage, line: string): boolean {
  const indent = dmapLine.exec(line)?.[1]?.length;
  if (indent !== image.column - 1) return false;
  image.inDmap = true;
  return true;
}

function addDigest(image: OpenImage, line: string, number: number): boolean {
  const match = digestLine.exec(line);
  const digest = match?.[2];
  const tags = match?.[3] === undefined ? undefined : readTags(match[3]);
  if (match === null || digest === undefined || tags === undefined || image.seen.has(digest)) return false;
  const column = (match[1] ?? '').length + 1;
  // Deeper than dmap, and as deep as the first: anything else is another mapping for YAML.
  if (column <= image.column || (image.digests[0]?.column ?? column) !== column) return false;
  image.seen.add(digest);
  image.digests.push({ digest, tags, line: number, column });
  return true;
}

const tagItem = /^ *(?:"([^"\\]*)"|'([^']*)'|([A-Za-z][A-Za-z0-9._-]*)) *$/;

/** The tags between the brackets, or undefined when there is anything to say about them. */
function readTags(inner: string): readonly string[] | undefined {
  if (inner.trim() === '') return [];
  const tags: string[] = [];
  for (const part of inner.split(',')) {
    const match = tagItem.exec(part);
    const plain = match?.[3];
    const tag = match?.[1] ?? match?.[2] ?? plain;
    if (tag === undefined || !tagPattern.test(tag) || tag === 'latest' || tags.includes(tag) || (plain !== undefined && !isPlainText(plain))) return undefined;
    tags.push(tag);
  }
  return tags;
}
