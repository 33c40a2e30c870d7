// The runs on disk as far as completion needs them: ids, and the document each began with. It looks itself, because the
// package that runs things is too much to load while somebody waits for a key; a test holds this to what a real run leaves.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The ids of the runs of a folder's home, newest first: ids begin with the time. */
export function storedRunIds(folder: string): string[] {
  const runs = runsFolder(folder);
  if (!existsSync(runs)) return [];
  return readdirSync(runs).filter((id) => existsSync(join(runs, id, 'journal.jsonl'))).sort().reverse();
}

/** The document of the one run whose id begins so; undefined when there is none, or more than one. */
export function storedDocument(folder: string, beginning: string): string | undefined {
  const ids = storedRunIds(folder).filter((id) => id.startsWith(beginning));
  const id = ids.includes(beginning) ? beginning : ids.length === 1 ? ids[0] : undefined;
  return id === undefined ? undefined : readFileSync(join(runsFolder(folder), id, 'document.md'), 'utf8');
}

function runsFolder(folder: string): string {
  return join(ancestorWith(folder, '.git') ?? ancestorWith(folder, '.runbook') ?? folder, '.runbook', 'runs');
}

function ancestorWith(start: string, name: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
