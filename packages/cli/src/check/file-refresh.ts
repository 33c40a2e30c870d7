// `check --fix`: writes documents whose quotes were refreshed. A file is replaced as a whole and only if it still is what was
// checked; its permissions stay.
import { chmodSync, chownSync, closeSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { countChanges, replaceCode } from '@runbook/lint';
import type { GivenDocument } from './document-set.ts';
import type { Refresh } from './source-check.ts';

/** What became of a document. `notes` are lines for people; `text` is what the file holds now, where it was written. */
export interface RefreshedFile {
  readonly notes: readonly string[];
  readonly text?: string;
}

/** Refreshes blocks of a document and writes its file. */
export function refreshDocument(document: GivenDocument, refreshes: readonly Refresh[]): RefreshedFile {
  const { name, path, bytes, text } = document;
  if (path === undefined || refreshes.length === 0) return { notes: [] };
  if (!Buffer.from(text, 'utf8').equals(bytes)) return { notes: [`${name}: left as it is: it is not UTF-8.`] };
  const notes: string[] = [];
  let fresh = text;
  // From the last block to the first, so that the lines of the others stay where they are.
  for (const refresh of [...refreshes].sort((a, b) => b.line - a.line)) {
    const edit = replaceCode(fresh, refresh, refresh.fresh);
    const { removed, added } = countChanges(refresh.source, refresh.fresh);
    notes.unshift(edit.kind === 'edited' ? `${name}:${refresh.line}  refreshed from ${refresh.from}, +${added} -${removed} lines.` : `${name}:${refresh.line}  left as it is: ${edit.why}.`);
    if (edit.kind === 'edited') fresh = edit.text;
  }
  if (fresh === text) return { notes };
  const fault = replaceFile(path, bytes, Buffer.from(fresh, 'utf8'));
  return fault === undefined ? { notes, text: fresh } : { notes: [`${name}: nothing was written: ${fault}`] };
}

/** Puts new bytes in the place of a file that still holds the old ones; otherwise says in words why not. */
function replaceFile(path: string, old: Buffer, fresh: Buffer): string | undefined {
  const target = realpathSync(path);
  const stat = statSync(target);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx', stat.mode & 0o777);
    try {
      for (let written = 0; written < fresh.length; ) written += writeSync(file, fresh, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const made = statSync(temporary);
    if (made.uid !== stat.uid || made.gid !== stat.gid) chownSync(temporary, stat.uid, stat.gid);
    chmodSync(temporary, stat.mode & 0o7777);
    if (!readFileSync(target).equals(old)) return 'the file changed while it was checked. Run the command again.';
    renameSync(temporary, target);
    return undefined;
  } catch (error) {
    return writeFault(error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeFault(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'it may not be written here.';
  return code === 'ENOSPC' ? 'the disk is full.' : `${cause instanceof Error ? cause.message : String(cause)}.`;
}
