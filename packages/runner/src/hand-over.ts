// Hands a run from one machine to another as one file of JSON lines: a head, pieces of files, an end with the digest of all of it.
// Whoever hands over marks the journal first, so that from then on at most one side goes on. Secrets are in none of the files:
// the journal, the logs and the kept shell state were written without them.
import { createHash, type Hash } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { runFolder, type RunFolder } from './run-folder.ts';

/** The format of the file. A newer one is refused. */
const format = 1;
const pieceBytes = 768 * 1024;

/** Thrown where a file cannot be taken in, or a run not be handed over; the message says why and what to do. */
export class HandOverError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HandOverError';
  }
}

/**
 * The lines of the file, without line ends.
 * @throws HandOverError where the folder holds something that is neither file nor folder: it could lead anywhere on the other side
 */
export function* exportLines(folder: RunFolder): Generator<string> {
  const digest = createHash('sha256');
  const line = (value: unknown): string => {
    const text = JSON.stringify(value);
    digest.update(text).update('\n');
    return text;
  };
  const files = listFiles(folder.path, '');
  yield line({ kind: 'runbook-run', format, run: folder.id, files: files.length });
  for (const path of files) {
    const fd = openSync(join(folder.path, path), 'r');
    try {
      const piece = Buffer.alloc(pieceBytes);
      let isFirst = true;
      for (let length = readSync(fd, piece); length > 0 || isFirst; length = readSync(fd, piece)) {
        yield line({ kind: isFirst ? 'file' : 'more', path, bytes: piece.toString('base64', 0, length) });
        isFirst = false;
        if (length === 0) break;
      }
    } finally {
      closeSync(fd);
    }
  }
  yield JSON.stringify({ kind: 'end', sha256: digest.digest('hex') });
}

function listFiles(root: string, below: string): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return listFiles(root, path);
    if (entry.isFile()) return [path];
    throw new HandOverError(`${path} of the run is neither a file nor a folder, so it cannot be handed over. Remove it, or replace it by what it stands for.`);
  });
}

interface Line {
  readonly kind?: unknown;
  readonly format?: unknown;
  readonly run?: unknown;
  readonly path?: unknown;
  readonly bytes?: unknown;
  readonly sha256?: unknown;
}

/**
 * Takes a run in. Nothing is there before all of it is, and is what was handed over.
 * @param lines of the file, as `exportLines` gave them
 * @param home the folder that holds `.runbook/`
 * @returns the folder of the run
 * @throws HandOverError where the file is no such file, was changed or cut, is of a newer format, or the run is here and has gone another way
 */
export async function importLines(lines: AsyncIterable<string>, home: string): Promise<RunFolder> {
  const taking = createTaking(home);
  try {
    for await (const text of lines) taking.take(text);
    return taking.end();
  } finally {
    taking.close();
  }
}

interface Taking {
  take(text: string): void;
  end(): RunFolder;
  close(): void;
}

function createTaking(home: string): Taking {
  const digest: Hash = createHash('sha256');
  let folder: RunFolder | undefined;
  let draft = '';
  let isOver = false;
  const begin = (line: Line): void => {
    if (line.kind !== 'runbook-run') throw new HandOverError('this is no run that runbook export has written.');
    if (typeof line.format !== 'number' || line.format > format) throw new HandOverError(`the file has format ${String(line.format)}, this runbook reads up to ${format}. Use the newer runbook that wrote it.`);
    if (typeof line.run !== 'string' || !/^\w[\w.-]{0,80}$/.test(line.run)) throw new HandOverError('the file names no run.');
    folder = runFolder(home, line.run);
    draft = `${folder.path}.taking`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true, mode: 0o700 });
  };
  const store = (line: Line): void => {
    if (typeof line.path !== 'string' || typeof line.bytes !== 'string' || !isInner(line.path)) throw new HandOverError(`the file holds ${JSON.stringify(line.path)}, which does not stay in the folder of the run.`);
    const file = join(draft, line.path);
    if (line.kind === 'file' && existsSync(file)) throw new HandOverError(`the file holds ${line.path} twice.`);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    appendFileSync(file, Buffer.from(line.bytes, 'base64'), { mode: 0o600 });
  };
  return {
    take(text) {
      if (isOver) throw new HandOverError('the file goes on behind its end.');
      const line = decode(text);
      if (folder === undefined) begin(line);
      else if (line.kind === 'end') {
        if (line.sha256 !== digest.digest('hex')) throw new HandOverError('the file is not what was handed over: its digest differs. Copy it again.');
        isOver = true;
        return;
      } else store(line);
      digest.update(text).update('\n');
    },
    end() {
      if (folder === undefined || !isOver) throw new HandOverError('the file is cut off: it has no end. Copy it again.');
      replace(folder, draft);
      return folder;
    },
    close: () => (draft === '' ? undefined : rmSync(draft, { recursive: true, force: true })),
  };
}

function decode(text: string): Line {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (cause) {
    throw new HandOverError('this is no run that runbook export has written: a line cannot be read.', { cause });
  }
}

function isInner(path: string): boolean {
  return !isAbsolute(path) && !/[\\\0]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Puts the run in its place. One that is here already must be what the other side went on from. */
function replace(folder: RunFolder, draft: string): void {
  if (!lstatSync(join(draft, 'journal.jsonl'), { throwIfNoEntry: false })?.isFile()) throw new HandOverError('the file holds no journal.');
  if (existsSync(folder.path)) {
    const [here, there] = [readFileSync(folder.journal), readFileSync(join(draft, 'journal.jsonl'))];
    if (!there.subarray(0, here.length).equals(here)) throw new HandOverError(`${folder.id} is here already, and has gone on since it was handed over. Which of the two counts is for people to say: move ${folder.path} away to take this one.`);
    if (there.length === here.length) throw new HandOverError(`${folder.id} was handed over from here in this very file, and goes on where that was taken in. Should that copy be lost, and only then: runbook resume ${folder.id} --take-over`);
    rmSync(folder.path, { recursive: true, force: true });
  }
  renameSync(draft, folder.path);
}
