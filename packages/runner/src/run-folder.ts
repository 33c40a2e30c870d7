// Where a run lives: `.runbook/runs/<id>/` under the git root of its document. The folder ignores itself, so nothing of a run
// is ever committed by accident.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, relative, resolve } from 'node:path';
import type { RunEvent } from '@runbook/model';
import { JournalError, readJournal } from './journal.ts';

/** The files of one run. Absolute paths. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  readonly journal: string;
  /** The folder in which approvals of other processes arrive. */
  readonly signals: string;
  /** The document as it was when the run started. */
  readonly document: string;
  /** The blocks' first working directory; the only place a `local` step may change. */
  readonly work: string;
  readonly logs: string;
  readonly state: string;
}

/** A run on disk with its journal. */
export interface StoredRun {
  readonly folder: RunFolder;
  readonly events: readonly RunEvent[];
}

/**
 * The folder that holds `.runbook/` for a document: the git root above it. Outside git it is the working folder for documents
 * below that, so that the next command finds the run, and else the document's own folder.
 */
export function homeOf(documentFile: string, workingFolder: string): string {
  const folder = dirname(resolve(documentFile));
  const root = ancestorWith(folder, '.git');
  if (root !== undefined) return root;
  const way = relative(workingFolder, folder);
  return way.startsWith('..') || isAbsolute(way) ? folder : workingFolder;
}

/** The folder that holds `.runbook/` for a command without a document: the git root, or the nearest folder above that has one. */
export function homeAt(workingFolder: string): string {
  return ancestorWith(workingFolder, '.git') ?? ancestorWith(workingFolder, '.runbook') ?? workingFolder;
}

function ancestorWith(start: string, name: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === parse(folder).root) return undefined;
  }
}

/** The files of a run of this id, whether they exist or not. */
export function runFolder(home: string, id: string): RunFolder {
  const path = join(home, '.runbook', 'runs', id);
  return {
    id,
    path,
    journal: join(path, 'journal.jsonl'),
    signals: join(path, 'signals'),
    document: join(path, 'document.md'),
    work: join(path, 'work'),
    logs: join(path, 'logs'),
    state: join(path, 'state'),
  };
}

/**
 * What names a run: the time it begins at (milliseconds), with chance behind it; or, for a rehearsal, what it is of: the same
 * rehearsal has the same name in every home, so that its reports are the same to the byte.
 */
export type RunName = { readonly at: number } | { readonly rehearsalOf: string };

/** Makes the folder of a new run and keeps the document in it. */
export function createRunFolder(home: string, documentText: string, name: RunName): RunFolder {
  keepOutOfGit(home);
  const folder = 'at' in name ? runFolder(home, `${new Date(name.at).toISOString().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`) : freeFolder(home, `rehearsal-${createHash('sha256').update(`${documentText}\0${name.rehearsalOf}`).digest('hex').slice(0, 6)}`);
  try {
    for (const path of [folder.path, folder.work, folder.logs, folder.state]) mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(folder.document, documentText, { mode: 0o600 });
  } catch (cause) {
    throw noRoom(folder.path, cause);
  }
  return folder;
}

/** The first folder of that name, counted, that is not there yet. It is made here, so that two runs never share one. */
function freeFolder(home: string, name: string): RunFolder {
  for (let count = 1; ; count += 1) {
    const folder = runFolder(home, count === 1 ? name : `${name}-${count}`);
    try {
      mkdirSync(dirname(folder.path), { recursive: true });
      mkdirSync(folder.path, { mode: 0o700 });
      return folder;
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw noRoom(folder.path, cause);
    }
  }
}

/** Makes `.runbook/` with a `.gitignore` that ignores the folder itself. */
export function keepOutOfGit(home: string): string {
  const folder = join(home, '.runbook');
  const ignore = join(folder, '.gitignore');
  try {
    // not `recursive`: on a read-only disk that says ENOENT
    if (!existsSync(folder)) mkdirSync(folder);
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (cause) {
    if (!existsSync(ignore)) throw noRoom(folder, cause);
  }
  return folder;
}

function noRoom(folder: string, cause: unknown): JournalError {
  return new JournalError('unwritable', `cannot make ${folder}, where runs keep their journals: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was done. Make room there, or put the document where you can write.`, { cause });
}

/**
 * Every run of a home that has a journal, oldest first.
 * @param onDamaged told of each run whose journal cannot be read; that run is left out, the others are not affected.
 */
export function listRuns(home: string, onDamaged: (id: string, error: JournalError) => void): StoredRun[] {
  const runs = join(home, '.runbook', 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((id) => existsSync(join(runs, id, 'journal.jsonl')))
    .map((id) => runFolder(home, id))
    .sort((a, b) => statSync(a.journal).birthtimeMs - statSync(b.journal).birthtimeMs || (a.id < b.id ? -1 : 1))
    .flatMap((folder) => {
      try {
        return [{ folder, events: readJournal(folder.journal) }];
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        onDamaged(folder.id, error);
        return [];
      }
    })
    .filter((run) => run.events.some((event) => event.kind === 'run-started'));
}

/** The text that a run goes by: the one it was started with, or the last edited one. */
export function documentOf({ folder, events }: StoredRun): string {
  const edited = events.findLast((event) => event.kind === 'edited');
  return readFileSync(edited?.kind === 'edited' ? join(folder.path, `${edited.document}.md`) : folder.document, 'utf8');
}
