// What ShellCheck said of the blocks of a document the last time, so that it is asked about blocks that have changed only: it
// takes as long as all else that `check` does. Believed for the very same program, settings and text; see private-cache.ts.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheFolder, openPrivateCache } from '../private-cache.ts';

/** A finding of `shellcheck -f json1` (https://github.com/koalaman/shellcheck/blob/master/shellcheck.1.md). Places from 1; tabs count 1. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: number;
  readonly message: string;
}

/** What is known of a document, and the program that would be asked. */
export interface ShellcheckMemory {
  /** The file of the program. */
  readonly program: string;
  /** What was found in a script; undefined when it was not asked about. */
  find(script: string): readonly Finding[] | undefined;
  /** Keeps what was found in the scripts of the document, and forgets all else about it. */
  keep(found: ReadonlyMap<string, readonly Finding[] | undefined>): void;
}

/** Recalls what is known of a document; undefined where no ShellCheck is on the PATH. */
export function recallShellcheck(document: string, settings: readonly string[]): ShellcheckMemory | undefined {
  const { PATH = '', SHELLCHECK_OPTS = '' } = process.env;
  const program = PATH.split(delimiter).map((folder) => join(folder === '' ? '.' : folder, 'shellcheck')).find(isFile);
  if (program === undefined) return undefined;
  const folder = isScript(program) ? undefined : cacheFolder(process.env, process.platform);
  if (folder === undefined) return { program, find: () => undefined, keep: () => undefined };
  const { size, mtimeMs } = statSync(program);
  const about = createHash('sha256').update(JSON.stringify([resolve(document), program, size, mtimeMs, settings, SHELLCHECK_OPTS])).digest('hex');
  const cache = openPrivateCache(join(folder, 'shellcheck', about.slice(0, 32)));
  return {
    program,
    find: (script) => readFindings(cache.find(script)),
    keep: (found) => cache.replace(new Map([...found].flatMap(([script, findings]) => (findings === undefined ? [] : [[script, Buffer.from(JSON.stringify(findings))] as const])))),
  };
}

function readFindings(bytes: Buffer | undefined): readonly Finding[] | undefined {
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as readonly Finding[]);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** A script that finds the real one (of a version manager) stays as it is when that one changes, so nothing is known of it. */
function isScript(program: string): boolean {
  const start = Buffer.alloc(2);
  try {
    const file = openSync(program, 'r');
    try {
      readSync(file, start, 0, 2, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return true; // it may be run and not be read
  }
  return start.toString('latin1') === '#!';
}
