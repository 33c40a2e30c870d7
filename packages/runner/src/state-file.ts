// Writes a state file so that a crash leaves the old one or the new one, never half of one.
import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { JournalError } from './journal.ts';
import type { StateFile } from './shell-block.ts';

/** Writes a file that is whole or not there, and on disk when this returns. */
export function writeWhole(file: string, text: string): StateFile {
  const draft = `${file}.new`;
  try {
    const fd = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(fd, text);
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
    return { path: file, sha256: createHash('sha256').update(text).digest('hex') };
  } catch (cause) {
    throw new JournalError('unwritable', `cannot write the shell state ${file}: ${cause instanceof Error ? cause.message : String(cause)}. Nothing more is done in this run. Make room for it, then resume.`, { cause });
  }
}
