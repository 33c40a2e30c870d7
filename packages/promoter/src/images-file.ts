// Reads an images.yaml: which digests of which images are promoted under which tags. Reports what kpromo refuses, and
// what it takes without a word although it then does not do what the author meant.
// Source: PT:promoter/image/schema/manifest.go; domain facts §5.1, §5.2, §5.6.
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { nearest, type Problem } from '@runbook/problem';
import { changedDigestsOfLine } from './diff.ts';
import { scanImages } from './image-lines.ts';
import type { ProblemCode } from './problem-code.ts';
import { entriesOf, follow, nounOf, offsetOf, readYaml, scalarText, type Entry, type YamlText } from './yaml-document.ts';

/** One digest of an image and the tags it is promoted under. */
export interface ImageDigest {
  /** `sha256:` and 64 hex digits, when the file is right; else as written. */
  readonly digest: string;
  readonly tags: readonly string[];
  /** 1-based place of the digest in the file. */
  readonly line: number;
  readonly column: number;
}

/** One `- name:` entry of images.yaml; a name may occur in several entries. */
export interface ImageEntry {
  /** May hold slashes: `charts/kueue`. */
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

/** `sha256:` and 64 lower-case hex digits. */
export const digestPattern = /^sha256:[0-9a-f]{64}$/;
/** What a registry takes as a tag. */
export const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

type Report = (offset: number, code: ProblemCode, message: string, hint: string, severity?: Problem['severity']) => void;

/**
 * Parses an images.yaml. Never throws. `images` is absent when the text is not a YAML list; otherwise it holds what could
 * be read. An empty file, comments alone and `[]` are a list without images.
 */
export function parseImages(text: string, file: string): { readonly images?: ImagesFile; readonly problems: readonly Problem[] } {
  const plain = scanImages(text);
  if (plain === undefined) return parseImagesYaml(text, file);
  return { images: { file, images: plain }, problems: checkAll(plain, text, file) };
}

/** The same from a YAML document, for texts of any layout. */
function parseImagesYaml(text: string, file: string): { readonly images?: ImagesFile; readonly problems: readonly Problem[] } {
  const yaml = readYaml(text, file);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const problems: Problem[] = [];
  const report: Report = (offset, code, message, hint, severity = 'error') => {
    problems.push({ code, severity, message, hint, ...yaml.at(offset) });
  };
  const contents = yaml.document.contents;
  if (contents !== null && !(isScalar(contents) && contents.value === null) && !isSeq(contents)) {
    report(offsetOf(contents) ?? 0, 'wrong-type', `the file holds ${nounOf(contents)}, expected a list of images`, 'Start each image with "- name:".');
    return { problems };
  }
  const images = (isSeq(contents) ? contents.items : []).map((item) => readImage(yaml, follow(item, yaml.document), report)).filter((image) => image !== undefined);
  problems.push(...checkAll(images, text, file));
  return { images: { file, images }, problems: problems.sort(byPlace) };
}

/** What no single line shows. */
function checkAll(images: readonly ImageEntry[], text: string, file: string): readonly Problem[] {
  const problems: Problem[] = [];
  checkTags(images, file, problems);
  checkSharedDigests(images, file, problems);
  checkLines(text, images, file, problems);
  return problems.sort(byPlace);
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}

function readImage(yaml: YamlText, node: unknown, report: Report): ImageEntry | undefined {
  const start = offsetOf(node) ?? 0;
  if (!isMap(node)) {
    report(start, 'wrong-type', `an image is ${nounOf(node)}, expected a mapping with name and dmap`, 'Write "- name:" and "dmap:".');
    return undefined;
  }
  const fields = entriesOf(node, yaml.document);
  for (const { key, offset } of fields) {
    if (key === 'name' || key === 'dmap') continue;
    const meant = nearest(key, ['name', 'dmap']);
    report(offset, 'unknown-field', `"${key}" is not a field of an image; kpromo refuses the file`, meant === undefined ? 'Only name and dmap are known.' : `Did you mean "${meant}"?`);
  }
  const named = fields.find((field) => field.key === 'name');
  const name = scalarText(named?.value) ?? '';
  if (name === '') report(start, 'no-name', 'the image has no name', 'Add "name:".');
  else if (!namePattern.test(name)) report(named?.offset ?? start, 'bad-name', `the image name ${JSON.stringify(name)} is not one a registry takes`, 'Use lower-case letters, digits, ".", "_", "-" and "/".');
  const dmap = fields.find((field) => field.key === 'dmap');
  const digests = readDmap(yaml, dmap, name, start, report);
  const { line, column } = yaml.at(start);
  return { name, digests, line, column };
}

function readDmap(yaml: YamlText, dmap: Entry | undefined, name: string, start: number, report: Report): readonly ImageDigest[] {
  if (!isMap(dmap?.value) || dmap.value.items.length === 0) {
    const got = dmap === undefined ? 'nothing' : isMap(dmap.value) ? 'an empty mapping' : nounOf(dmap.value);
    report(dmap?.offset ?? start, 'no-digests', `dmap of "${name}" is ${got}, expected digests with their tags`, 'Add a line "sha256:…": ["tag"].');
    return [];
  }
  return readDigests(yaml, dmap.value, report);
}

function readDigests(yaml: YamlText, map: YAMLMap, report: Report): readonly ImageDigest[] {
  return entriesOf(map, yaml.document).map(({ key, offset, quote, value }) => {
    if (!digestPattern.test(key)) report(offset, 'bad-digest', `${JSON.stringify(key)} is not a digest: ${whyNotDigest(key)}`, 'Copy it from the registry.');
    else if (quote !== '"') report(offset, 'unquoted-digest', `the digest is ${quote === '' ? 'not quoted' : 'in single quotes'}; the promotion job looks for double quotes and would promote nothing, without an error`, 'Put it in double quotes.');
    const { line, column } = yaml.at(offset);
    return { digest: key, tags: readTags(yaml, value, offset, report), line, column };
  });
}

function whyNotDigest(text: string): string {
  if (!text.startsWith('sha256:')) return 'it does not begin with "sha256:"';
  const hex = text.slice('sha256:'.length);
  if (hex.length !== 64) return `it has ${hex.length} characters behind "sha256:", expected 64`;
  return 'it has characters other than 0-9 and a-f';
}

function readTags(yaml: YamlText, node: unknown, offset: number, report: Report): readonly string[] {
  if (isScalar(node) && node.value === null) return [];
  if (!isSeq(node)) {
    report(offset, 'wrong-type', `the tags are ${nounOf(node)}, expected a list`, 'Write ["v1.2.3"].');
    return [];
  }
  const tags: string[] = [];
  for (const item of node.items) {
    const resolved = follow(item, yaml.document);
    const at = offsetOf(item) ?? offset;
    const tag = scalarText(resolved);
    if (tag === undefined) {
      report(at, 'wrong-type', `a tag is ${nounOf(resolved)}, expected a text`, 'Write "v1.2.3".');
      continue;
    }
    if (isScalar(resolved) && typeof resolved.value !== 'string') report(at, 'unquoted-tag', `the tag ${tag} is read as a ${typeof resolved.value}`, 'Put it in double quotes.', 'warning');
    if (!tagPattern.test(tag)) report(at, 'bad-tag', `${JSON.stringify(tag)} is not a tag a registry takes`, 'Use letters, digits, "_", "." and "-", at most 128.');
    if (tag === 'latest') report(at, 'moving-tag', 'the tag "latest" moves, and promoted tags never do', 'Promote a version instead.', 'warning');
    if (tags.includes(tag)) report(at, 'duplicate-tag', `the tag "${tag}" stands twice`, 'Remove one.', 'warning');
    tags.push(tag);
  }
  return tags;
}

/** One tag of one image name with two digests, also across entries of the same name: "overlapping edges" for kpromo. */
function checkTags(images: readonly ImageEntry[], file: string, problems: Problem[]): void {
  const seen = new Map<string, ImageDigest>();
  for (const { name, digests } of images) {
    for (const one of digests) {
      for (const tag of one.tags) {
        const other = seen.get(`${name}:${tag}`);
        if (other !== undefined && other.digest !== one.digest) {
          problems.push({ code: 'tag-with-two-digests', severity: 'error', message: `${name}:${tag} stands for ${short(other.digest)} in line ${other.line} and for ${short(one.digest)} here; kpromo then stops every promotion with "overlapping edges detected"`, hint: 'Keep the digest that is already promoted, and use another tag for the other.', file, line: one.line, column: one.column });
        }
        seen.set(`${name}:${tag}`, other ?? one);
      }
    }
  }
}

/** The same digest under two names is usually a copied line: staging holds it under one of them only. */
function checkSharedDigests(images: readonly ImageEntry[], file: string, problems: Problem[]): void {
  const seen = new Map<string, { name: string; line: number }>();
  for (const { name, digests } of images) {
    for (const { digest, line, column } of digests) {
      const other = seen.get(digest);
      if (other !== undefined && other.name !== name) {
        problems.push({ code: 'digest-under-two-names', severity: 'warning', message: `${short(digest)} stands here for "${name}" and in line ${other.line} for "${other.name}"`, hint: `If staging does not hold it as "${name}", kpromo skips it as lost and the job is green all the same.`, file, line, column });
      }
      seen.set(digest, other ?? { name, line });
    }
  }
}

/** The promotion job finds a digest only when its line holds exactly one in double quotes. */
function checkLines(text: string, images: readonly ImageEntry[], file: string, problems: Problem[]): void {
  const lines = text.split(/\r\n|\r|\n/);
  const reported = new Set<number>();
  for (const { line, column } of images.flatMap((image) => image.digests)) {
    const content = lines[line - 1] ?? '';
    // most lines have one digest, which is quickly seen
    if (content.indexOf('sha256:') === content.lastIndexOf('sha256:') || reported.has(line) || changedDigestsOfLine(content).length < 2) continue;
    reported.add(line);
    problems.push({ code: 'digests-on-one-line', severity: 'error', message: 'two digests stand on one line; the promotion job then promotes neither, without an error', hint: 'Give each digest its own line.', file, line, column });
  }
}

function short(digest: string): string {
  return digest.length > 19 ? `${digest.slice(0, 19)}…` : digest;
}
