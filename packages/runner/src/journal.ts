// The journal of a run: JSON lines, each on disk before anything it tells is shown or done. One writer, any number of readers.
// It must never rewrite what it once wrote.
import { closeSync, existsSync, fdatasyncSync, fsyncSync, openSync, readFileSync, readSync, fstatSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunEvent } from '@runbook/model';

/** The journal format this runner writes. A journal of a newer format is refused. */
export const journalFormat = 1;

/** An open journal. */
export interface Journal {
  /** Appends events in one write and waits until they are on disk (`fdatasync`). */
  append(...events: readonly RunEvent[]): void;
  close(): void;
}

/** Thrown where a journal cannot be used; the message says why and what to do. */
export class JournalError extends Error {
  readonly code: 'newer-format' | 'unreadable' | 'damaged' | 'unwritable' | 'taken-over';
  constructor(code: JournalError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalError';
    this.code = code;
  }
}

/**
 * Reads every whole event of a journal. A torn line (the process or the machine died while writing it) is left out: what was
 * not wholly written was not yet shown or done. Only the end of one owner's records can be torn, so nothing but the claim of
 * the next owner may follow; any other unreadable line hides what was done, and going on could do it twice.
 * @throws JournalError `newer-format` when a newer runner wrote it, `unreadable` when the file cannot be read, `damaged` when
 * a line in its middle is no event.
 */
export function readJournal(file: string): RunEvent[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JournalError('unreadable', `cannot read the journal ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, line, event: decodeLine(line) })).filter(({ line }) => line !== '');
  const damaged = lines.find(({ event }, index) => event === undefined && !mayFollowTear(lines[index + 1]?.event, index === lines.length - 1));
  if (damaged !== undefined) {
    throw new JournalError('damaged', `line ${damaged.number} of the journal ${file} is no event: expected one JSON object with "kind" and "at", got ${JSON.stringify(damaged.line.slice(0, 60))}. What was done there is unknown, so the run cannot go on. Restore the line from a copy, or start a new run.`);
  }
  const events = lines.flatMap(({ event }) => (event === undefined ? [] : [event]));
  const start = events.find((event) => event.kind === 'run-started');
  if (start !== undefined && start.format > journalFormat) {
    throw new JournalError('newer-format', `the journal ${file} has format ${String(start.format)}, this runbook reads up to ${journalFormat}. Use the newer runbook that wrote it (${start.tool}).`);
  }
  return events;
}

function mayFollowTear(next: RunEvent | undefined, isLast: boolean): boolean {
  return isLast || next?.kind === 'owned';
}

function decodeLine(line: string): RunEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kind' in value && 'at' in value ? (value as RunEvent) : undefined;
  } catch {
    // a torn line: the only writer died in the middle of it
    return undefined;
  }
}

/**
 * Opens a journal for appending; makes it (and syncs its folder) when it is new. A torn last line is ended first, never cut.
 * @param mayWrite asked whether this process still owns the run, when somebody else has written to the journal meanwhile.
 */
export function openJournal(file: string, mayWrite: (events: readonly RunEvent[]) => boolean = () => true): Journal {
  const isNew = !existsSync(file);
  const fd = openToAppend(file);
  if (isNew) syncFolder(dirname(file));
  else if (!endsWithNewline(fd)) writeSync(fd, '\n');
  let { size } = fstatSync(fd);
  let failure: JournalError | undefined;
  const insistOnOwner = (): void => {
    const now = fstatSync(fd).size;
    if (now !== size && !mayWrite(readJournal(file))) failure = new JournalError('taken-over', `another process has taken over the run of ${file}. Nothing more is done here.`);
    size = now;
  };
  return {
    append(...events) {
      // after a failed write the end of the file is unknown: a further record could melt into a half one
      if (failure === undefined) insistOnOwner();
      if (failure !== undefined) throw failure;
      const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      try {
        writeWhole(fd, lines);
        fdatasyncSync(fd);
        size += lines.length;
      } catch (cause) {
        failure = new JournalError('unwritable', `cannot write the journal ${file}: ${cause instanceof Error ? cause.message : String(cause)}. Nothing more is done in this run. Make room for it, then resume.`, { cause });
        throw failure;
      }
    },
    close() {
      closeSync(fd);
    },
  };
}

function openToAppend(file: string): number {
  try {
    return openSync(file, 'a+', 0o600);
  } catch (cause) {
    throw new JournalError('unwritable', `cannot write the journal ${file}: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was done. Make it writable, then try again.`, { cause });
  }
}

/** Writes all bytes: near a full disk the system takes only some of them and calls that success. */
function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function endsWithNewline(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === 10;
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
