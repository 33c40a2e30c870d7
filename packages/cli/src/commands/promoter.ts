// `runbook promoter check|add`: promoter files on disk. Only `add` writes, and only the one file that it names.
import { safeText } from '@runbook/access';
import { addImage, addRegions, checkChange, checkTree, parseImages, parseManifest } from '@runbook/promoter';
import { formatProblem, type Problem } from '@runbook/problem';
import { changeOf, readPromoterFiles, type PromoterChange, type PromoterFiles } from '@runbook/toolkit';
import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { randomBytes } from 'node:crypto';
import { readFault } from '../check/document-set.ts';
import { print, say, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readProblemFormat, showProblems } from '../problem-output.ts';

/** The flags of `promoter check`. */
export interface CheckFlags {
  readonly base?: string;
  readonly online?: boolean;
  readonly json?: boolean;
  readonly format?: string;
}

/** `promoter check`: what kpromo refuses, and what it takes although nothing or something else is promoted then. */
export async function promoterCheck(paths: readonly string[], flags: CheckFlags): Promise<number> {
  const format = readProblemFormat(flags);
  const files = await readFiles(paths);
  const problems = [...checkTree(files.texts, files.asked), ...checkSingles(files)];
  const before = flags.base === undefined ? undefined : await readChange([...files.asked].filter((name) => name.endsWith('images.yaml')), flags.base);
  if (before !== undefined) problems.push(...checkBase(files, before));
  if (flags.online === true) problems.push(...(await (await import('./promoter-online.ts')).checkOnline(files, before?.before)));
  const shown = problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column);
  return showProblems(format, shown, new Map([...files.asked].map((name) => [name, files.texts[name] ?? ''])));
}

/** Reads what the arguments name. @throws UsageError when that cannot be read or is nothing */
export async function readFiles(paths: readonly string[]): Promise<PromoterFiles> {
  let files: PromoterFiles;
  try {
    files = await readPromoterFiles(paths);
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new UsageError(`${'path' in cause && typeof cause.path === 'string' ? cause.path : paths.join(', ')}: ${readFault(cause)}. Give an images.yaml, a promoter-manifest.yaml or a folder with images/ and manifests/.`, undefined, { cause });
  }
  if (files.asked.size === 0) throw new UsageError(`${paths.join(', ')}: there are no YAML files below images/ or manifests/. Give the folder that has them, such as registry.k8s.io.`);
  return files;
}

/** A file that was named is read, whatever it is called; the check of the tree reads only what the promoter does. */
function checkSingles({ texts, single }: PromoterFiles): readonly Problem[] {
  const isRead = /(?:^|\/)(?:images\/[^/]+\/images|manifests\/[^/]+\/promoter-manifest)\.yaml$/;
  return [...single].filter((name) => !isRead.test(name)).flatMap((name) => {
    const text = texts[name] ?? '';
    const isManifest = /manifest[^/]*\.ya?ml$/.test(name) || /^registries\s*:/m.test(text);
    return isManifest ? parseManifest(text, name).problems : parseImages(text, name).problems;
  });
}

function checkBase({ texts }: PromoterFiles, { before, diffDigests }: PromoterChange): readonly Problem[] {
  return [...before].flatMap(([name, old]) => {
    const after = parseImages(texts[name] ?? '', name).images;
    const was = old === undefined ? undefined : parseImages(old, name).images;
    return after === undefined ? [] : checkChange({ after, ...(was === undefined ? {} : { before: was }), diffDigests: new Set(diffDigests) });
  });
}

/** Compares with a base. @throws UsageError when git knows none */
export async function readChange(names: readonly string[], base: string): ReturnType<typeof changeOf> {
  try {
    return await changeOf(names, base);
  } catch (cause) {
    throw new UsageError(`--base ${base}: ${cause instanceof Error ? cause.message : String(cause)}. Give a commit or branch of the repository that has the files.`, undefined, { cause });
  }
}

/** The flags of `promoter add`. */
export interface AddFlags {
  readonly image: string;
  readonly digest: string;
  readonly tag: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `promoter add`: one line more, in the file's own style and order. 2 when kpromo would refuse it. */
export function promoterAdd(file: string, { image, digest, tag, dryRun, json }: AddFlags): number {
  const text = readUtf8(file);
  const edit = addImage(text, { image, digest, tag });
  if ('problem' in edit) throw new UsageError(safeText(formatProblem({ ...edit.problem, file })));
  const isEdited = edit.text !== text;
  if (isEdited && dryRun !== true) replaceFile(file, edit.text);
  const lines = new Set([...edit.added, ...edit.changed.map((line) => line.after)]);
  const after = edit.text.split(/\r\n|\n/);
  const problems = parseImages(edit.text, file).problems.filter((problem) => lines.has(after[problem.line - 1] ?? ''));
  if (json === true) print(JSON.stringify({ file, edited: isEdited, written: isEdited && dryRun !== true, added: edit.added, changed: edit.changed, problems }, null, 2));
  else {
    const { palette } = stdoutStyle();
    for (const { before, after: line } of edit.changed) print(`${palette.red(`-${safeText(before)}`)}\n${palette.green(`+${safeText(line)}`)}`);
    for (const line of edit.added) print(palette.green(`+${safeText(line)}`));
    say(!isEdited ? `${file} has ${image}:${tag} with this digest already.` : dryRun === true ? `${file} is as it was: --dry-run.` : `${file} is written.`);
    for (const problem of problems) say(`${safeText(formatProblem(problem))} (${problem.severity})`);
  }
  return exitCodes.done;
}

/** `promoter regions`: the regions that a manifest lacks, each written as its neighbour is. */
export function promoterRegions(file: string, { dryRun, json }: Pick<AddFlags, 'dryRun' | 'json'>): number {
  const text = readUtf8(file);
  const edit = addRegions(text, file);
  if ('problem' in edit) throw new UsageError(safeText(formatProblem(edit.problem)));
  const isEdited = edit.text !== text;
  if (isEdited && dryRun !== true) replaceFile(file, edit.text);
  if (json === true) print(JSON.stringify({ file, edited: isEdited, written: isEdited && dryRun !== true, added: edit.added }, null, 2));
  else {
    const { palette } = stdoutStyle();
    for (const line of edit.added) print(palette.green(`+${safeText(line)}`));
    say(!isEdited ? `${file} has every region already.` : dryRun === true ? `${file} is as it was: --dry-run.` : `${file} is written.`);
  }
  return exitCodes.done;
}

/** The text of a file. Bytes that are no text would not come back as they were, so such a file is refused. */
function readUtf8(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (cause) {
    const why = cause instanceof TypeError ? 'it is not UTF-8 text' : readFault(cause);
    throw new UsageError(`${file}: ${why}. ${basename(file).includes('manifest') ? 'Give a promoter-manifest.yaml.' : 'Give an images.yaml; a new one may hold just [].'}`, undefined, { cause });
  }
}

/** Replaces a file as a whole: whoever reads it sees the old text or the new one. Links and permissions stay. */
function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  const beside = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = openSync(beside, 'wx', 0o600);
    try {
      writeFileSync(handle, text);
      fchmodSync(handle, statSync(target).mode & 0o7777);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, target);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new UsageError(`${file} cannot be written: ${readFault(cause)}. It is as it was.`, exitCodes.failed, { cause });
  }
}
