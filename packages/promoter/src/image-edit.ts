// Adds one image to an images.yaml by the smallest edit: a line in the file's own style and order. Nothing else moves.
// The result is read again and compared; an edit that would say anything else is refused.
// Source: domain facts §5.6 (K#3626 and K#4047 show what full rewrites cost reviewers).
import { isMap, isNode, isSeq, type Node } from 'yaml';
import type { Problem } from '@runbook/problem';
import { changedDigestsOfLine } from './diff.ts';
import { digestPattern, parseImages, tagPattern, type ImageDigest, type ImageEntry, type ImagesFile } from './images-file.ts';
import { scanImages } from './image-lines.ts';
import { findLineStyle, findSeparator, formatLine, isPlainText, quoteTag } from './line-style.ts';
import type { ProblemCode } from './problem-code.ts';
import { findOrder, placeOf } from './tag-order.ts';
import { entriesOf, follow, offsetOf, readYaml } from './yaml-document.ts';

/** What to promote: one digest under one tag. */
export interface ImageAddition {
  readonly image: string;
  readonly digest: string;
  readonly tag: string;
}

/** The edited text. `added` and `changed` are both empty when the entry was there already. */
export interface ImageEdit {
  readonly text: string;
  /** Lines of the new text that were not there, without line endings, in order. */
  readonly added: readonly string[];
  /** A line that had to change: its digest was there and gets one more tag, or it was the `[]` of an empty file. */
  readonly changed: readonly { readonly before: string; readonly after: string }[];
}

/** An edit, or why there is none. */
export type ImageEditResult = ImageEdit | { readonly problem: Problem };

/**
 * Adds an image to the text of an images.yaml. The text comes back unchanged when the tag is there with this digest; the
 * tag with another digest is a problem, since promoted tags never move. A new image goes to the end of the file.
 */
export function addImage(text: string, addition: ImageAddition): ImageEditResult {
  const refused = checkAddition(addition);
  if (refused !== undefined) return refused;
  const { images, problems } = parseImages(text, 'images.yaml');
  if (images === undefined) return { problem: problems[0] ?? problemAt(1, 'yaml-syntax', 'the file cannot be read', 'Correct it first.') };
  const spoilt = problems.find(({ code }) => refusedByKpromo.includes(code));
  if (spoilt !== undefined) return { problem: { ...spoilt, hint: `${spoilt.hint} kpromo refuses the file as it is` } };
  const entries = images.images.filter((entry) => entry.name === addition.image);
  const digests = entries.flatMap((entry) => entry.digests);
  const taken = digests.find((one) => one.digest !== addition.digest && one.tags.includes(addition.tag));
  if (taken !== undefined) {
    return { problem: problemAt(taken.line, 'tag-with-two-digests', `${addition.image}:${addition.tag} is there already, for ${taken.digest}, not ${addition.digest}`, 'Promoted tags never move; use another tag.') };
  }
  if (digests.some((one) => one.digest === addition.digest && one.tags.includes(addition.tag))) return { text, added: [], changed: [] };
  const file = openFile(text, images);
  const same = digests.find((one) => one.digest === addition.digest);
  const edit = same !== undefined ? addTag(file, same, addition) : entries.length > 0 ? addDigest(file, entries, addition) : addEntry(file, addition);
  if (edit === undefined || !saysOnlyMore(images, edit.text, addition)) {
    return { problem: problemAt(entries[0]?.line ?? 1, 'unsupported-layout', 'the file is laid out in a way that cannot be edited line by line', 'Add the entry by hand, one digest to a line.') };
  }
  return edit;
}

/** Problems with which kpromo takes nothing of a file, or stops every promotion. */
const refusedByKpromo: readonly string[] = ['wrong-type', 'unknown-field', 'no-name', 'tag-with-two-digests'] satisfies readonly ProblemCode[];

function checkAddition({ image, digest, tag }: ImageAddition): { problem: Problem } | undefined {
  if (/^[^/]*[.:][^/]*\//.test(image)) return { problem: problemAt(1, 'bad-name', `${JSON.stringify(image)} begins with a registry`, 'Give the name without registry and tag: the promoter-manifest says the registry.') };
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/.test(image)) return { problem: problemAt(1, 'bad-name', `${JSON.stringify(image)} is not an image name`, 'Give the name without registry and tag.') };
  if (!digestPattern.test(digest)) return { problem: problemAt(1, 'bad-digest', `${JSON.stringify(digest)} is not a digest`, 'Give "sha256:" and 64 characters of 0-9 and a-f.') };
  if (!tagPattern.test(tag)) return { problem: problemAt(1, 'bad-tag', `${JSON.stringify(tag)} is not a tag a registry takes`, 'Use letters, digits, "_", "." and "-", at most 128.') };
  if (tag === 'latest') return { problem: problemAt(1, 'moving-tag', 'the tag "latest" moves, and promoted tags never do', 'Promote a version instead.') };
  return undefined;
}

/** How the tags behind a digest are written. */
type TagList =
  /** `[…]`: where one more tag goes, and whether there are others. */
  | { readonly kind: 'flow'; readonly end: number; readonly isEmpty: boolean }
  /** One below the other. */
  | { readonly kind: 'block' };

/** The file as lines, and where its lists lie. */
interface OpenFile {
  readonly text: string;
  readonly lines: readonly string[];
  readonly eol: string;
  readonly images: ImagesFile;
  /** The tags behind a digest; undefined where it has none that can be added to. */
  tagsOf(digest: ImageDigest): TagList | undefined;
  /** 1-based line on which what starts at the digest ends, tags included. */
  lastLineOf(digest: ImageDigest): number;
  /** The node of an empty list `[]`, if that is all there is. */
  readonly emptyList?: Node;
}

function openFile(text: string, images: ImagesFile): OpenFile {
  const lines = text.split(/\r\n|\n/);
  const common = { text, lines, images, eol: text.includes('\r\n') ? '\r\n' : '\n' };
  return scanImages(text) === undefined ? { ...common, ...openYaml(text, images) } : { ...common, tagsOf: (digest) => tagsOnLine(text, lines, digest), lastLineOf: (digest) => digest.line };
}

/** In a plainly laid out file the tags stand on the line of their digest, and no tag holds a bracket. */
function tagsOnLine(text: string, lines: readonly string[], digest: ImageDigest): TagList {
  const line = lines[digest.line - 1] ?? '';
  const open = line.indexOf('[') + 1;
  const inner = line.slice(open, line.indexOf(']'));
  return { kind: 'flow', end: offsetOfLine(text, digest.line) + open + inner.trimEnd().length, isEmpty: inner.trim() === '' };
}

function openYaml(text: string, images: ImagesFile): Pick<OpenFile, 'tagsOf' | 'lastLineOf' | 'emptyList'> {
  const { document, at } = readYaml(text, images.file);
  const tags = new Map<string, Node>();
  const roots = isSeq(document.contents) ? document.contents.items : [];
  for (const item of roots.map((node) => follow(node, document))) {
    const dmap = isMap(item) ? entriesOf(item, document).find((field) => field.key === 'dmap')?.value : undefined;
    for (const entry of isMap(dmap) ? entriesOf(dmap, document) : []) {
      const { line, column } = at(entry.offset);
      if (isNode(entry.value)) tags.set(`${line}:${column}`, entry.value);
    }
  }
  const nodeOf = (digest: ImageDigest): Node | undefined => tags.get(`${digest.line}:${digest.column}`);
  return {
    ...(isSeq(document.contents) && document.contents.flow === true ? { emptyList: document.contents } : {}),
    tagsOf(digest) {
      const node = nodeOf(digest);
      if (!isSeq(node)) return undefined;
      if (node.flow !== true) return { kind: 'block' };
      const last = node.items.at(-1);
      const end = isNode(last) ? last.range?.[1] : (node.range?.[0] ?? 0) + 1;
      return end === undefined ? undefined : { kind: 'flow', end, isEmpty: last === undefined };
    },
    lastLineOf(digest) {
      let end = nodeOf(digest)?.range?.[1] ?? 0;
      while (end > 0 && /\s/.test(text.charAt(end - 1))) end -= 1;
      return Math.max(digest.line, at(Math.max(end - 1, 0)).line);
    },
  };
}

/** Where a line begins. @param line 1-based */
function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let before = 1; before < line; before += 1) {
    const next = text.indexOf('\n', offset);
    if (next === -1) return text.length;
    offset = next + 1;
  }
  return offset;
}

/**
 * One more tag on the line of a digest that is there. Where the tags stand elsewhere, a comment names the digest: the promotion job
 * promotes those that it finds in double quotes on the lines of the diff, and is green when it finds none (domain facts §5.2).
 */
function addTag(file: OpenFile, digest: ImageDigest, { tag }: ImageAddition): ImageEdit | undefined {
  const list = file.tagsOf(digest);
  if (list === undefined) return undefined;
  const { quote } = findLineStyle([file.lines[digest.line - 1] ?? '', ...file.lines]);
  if (list.kind === 'block') {
    const line = file.lastLineOf(digest);
    const dash = /^(\s*-\s+)/.exec(file.lines[line - 1] ?? '')?.[1];
    return dash === undefined ? undefined : insertLines(file, line, [`${dash}${quoteTag(tag, quote === '' ? '"' : quote)} # "${digest.digest}"`]);
  }
  const separator = findSeparator([file.lines[digest.line - 1] ?? '', ...file.lines]);
  const start = file.text.lastIndexOf('\n', list.end - 1) + 1;
  const before = /.*/.exec(file.text.slice(start))?.[0].replace(/\r$/, '') ?? '';
  const rest = before.slice(list.end - start);
  const line = before.slice(0, list.end - start) + (list.isEmpty ? '' : separator) + quoteTag(tag, quote) + rest;
  const after = isSeen(line, digest) ? line : `${line}${/\s#/.test(rest) ? '' : ' #'} "${digest.digest}"`;
  if (!isSeen(after, digest)) return undefined;
  return { text: file.text.slice(0, start) + after + file.text.slice(start + before.length), added: [], changed: [{ before, after }] };
}

/** Whether the promotion job finds the digest on a line, and no other. */
function isSeen(line: string, { digest }: ImageDigest): boolean {
  const found = changedDigestsOfLine(line);
  return found.length === 1 && found[0] === digest;
}

/** A digest line among those of an image that is there; of several entries of one name, the last takes it. */
function addDigest(file: OpenFile, entries: readonly ImageEntry[], { digest, tag }: ImageAddition): ImageEdit | undefined {
  const entry = entries.findLast((one) => one.digests.length > 0);
  const first = entry?.digests[0];
  if (entry === undefined || first === undefined) return undefined;
  const keys = (one: ImageEntry): readonly string[] => one.digests.map((line) => line.tags[0] ?? '');
  const others = file.images.images.filter((one) => one !== entry).map(keys);
  const at = placeOf(tag, keys(entry), findOrder(keys(entry), others));
  const before = entry.digests[at - 1];
  const near = entry.digests.slice(Math.max(at - 1, 0)).map((line) => file.lines[line.line - 1] ?? '');
  const indent = (file.lines[first.line - 1] ?? '').slice(0, first.column - 1);
  if (indent.trim() !== '') return undefined;
  const line = formatLine(indent, digest, tag, findLineStyle([...near, ...file.lines]));
  return insertLines(file, before === undefined ? headOf(file, first.line) : file.lastLineOf(before), [line]);
}

/** The line behind which a first digest goes: above the comments that belong to the digest that was first. */
function headOf(file: OpenFile, line: number): number {
  let above = line - 1;
  while (/^\s*#/.test(file.lines[above - 1] ?? '')) above -= 1;
  return above;
}

/** A new image at the end of the file. */
function addEntry(file: OpenFile, { image, digest, tag }: ImageAddition): ImageEdit | undefined {
  const last = file.images.images.at(-1);
  const lines = last === undefined ? [] : file.lines;
  const dash = /^(\s*)-(\s+)/.exec(lines[(last?.line ?? 0) - 1] ?? '');
  const start = dash === null ? '- ' : `${dash[1] ?? ''}-${dash[2] ?? ' '}`;
  const indent = ' '.repeat(start.length);
  const inner = last?.digests[0] === undefined ? `${indent}  ` : ' '.repeat(last.digests[0].column - 1);
  const style = findLineStyle([...lines].reverse());
  const added = [`${start}name: ${isPlainText(image) ? image : `"${image}"`}`, `${indent}dmap:`, formatLine(inner, digest, tag, style)];
  if (file.emptyList !== undefined) return replaceEmptyList(file, file.emptyList, added);
  if (file.text === '') return { text: added.map((line) => line + file.eol).join(''), added, changed: [] };
  let end = file.lines.length;
  while (end > 0 && (file.lines[end - 1] ?? '').trim() === '') end -= 1;
  if (!separatesImages(file)) return insertLines(file, end, added);
  const blank = (file.lines[end] ?? '').trim() === '' && end + 1 < file.lines.length;
  return insertLines(file, blank ? end + 1 : end, blank ? added : ['', ...added]);
}

/** True when every image is set off from the one before by a blank line. */
function separatesImages(file: OpenFile): boolean {
  const starts = file.images.images.map((image) => image.line).slice(1);
  return starts.length > 0 && starts.every((line) => {
    let above = line - 1;
    while (/^\s*#/.test(file.lines[above - 1] ?? '')) above -= 1;
    return (file.lines[above - 1] ?? '').trim() === '';
  });
}

/** `[]` gives way to the first image. */
function replaceEmptyList(file: OpenFile, list: Node, added: readonly string[]): ImageEdit | undefined {
  const start = offsetOf(list);
  if (file.images.images.length > 0 || start === undefined) return undefined;
  const end = list.range?.[1] ?? start;
  const before = file.text.slice(start, end);
  const text = file.text.slice(0, start) + added.join(file.eol) + file.text.slice(end);
  return { text: text.endsWith(file.eol) ? text : text + file.eol, added: added.slice(1), changed: [{ before, after: added[0] ?? '' }] };
}

function insertLines(file: OpenFile, behind: number, added: readonly string[]): ImageEdit {
  const offset = offsetOfLine(file.text, behind + 1);
  const gap = offset > 0 && !file.text.slice(0, offset).endsWith('\n') ? file.eol : '';
  const block = added.map((line) => line + file.eol).join('');
  return { text: file.text.slice(0, offset) + gap + block + file.text.slice(offset), added, changed: [] };
}

/** True when the new text says what the old one said, and the addition, and nothing more. */
function saysOnlyMore(old: ImagesFile, text: string, { image, digest, tag }: ImageAddition): boolean {
  const { images } = parseImages(text, 'images.yaml');
  if (images === undefined) return false;
  const facts = (file: ImagesFile): readonly string[] => file.images.flatMap((one) => one.digests.flatMap((line) => [`${one.name} ${line.digest}`, ...line.tags.map((each) => `${one.name} ${line.digest} ${each}`)]));
  const expected = [...facts(old), `${image} ${digest} ${tag}`];
  if (!expected.includes(`${image} ${digest}`)) expected.push(`${image} ${digest}`);
  return isPermutation(facts(images), expected);
}

/** Whether two lists hold the same texts, each as often, in whatever order. Counted, as sorting takes longer in large files. */
function isPermutation(some: readonly string[], others: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const text of some) counts.set(text, (counts.get(text) ?? 0) + 1);
  return some.length === others.length && others.every((text) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count > 0;
  });
}

function problemAt(line: number, code: ProblemCode, message: string, hint: string): Problem {
  return { code, severity: 'error', message, hint, file: 'images.yaml', line, column: 1 };
}
