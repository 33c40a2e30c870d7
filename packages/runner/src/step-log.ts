// The output of one step: redacted, to a file, to whoever watches, and its last lines for a failure's message.
// It never holds more than those last lines in memory.
import { closeSync, openSync, writeSync, writevSync } from 'node:fs';
import type { Redactor } from '@runbook/access';

/** How many last lines a failure shows. */
const tailLines = 20;
/** A line longer than this is cut in the tail; the log file has it whole. */
const tailColumns = 500;

/** An open log of a step. */
export interface StepLog {
  write(stream: 'stdout' | 'stderr', chunk: Buffer | string): void;
  /** Ends the log; gives the last lines. */
  close(): readonly string[];
}

/** Opens the log of a step, which is appended to its file; a step that says nothing leaves none. `show` gets each redacted piece as it may be shown. */
export function openStepLog(file: string, redactor: Redactor, show: (bytes: Buffer) => void): StepLog {
  // made with the first output: most blocks say nothing, and to make a file while the journal is synced takes a millisecond
  let fd: number | undefined;
  const streams = { stdout: redactor.byteStream(), stderr: redactor.byteStream() };
  const tail = createTail();
  const emit = (pieces: readonly Buffer[]): void => {
    keep(pieces);
    for (const bytes of pieces) tell(bytes);
  };
  const tell = (bytes: Buffer): void => {
    tail.add(bytes);
    show(bytes);
  };
  let isWhole = true;
  // a full disk must not end a block in the middle of what it does: it is told, and the block goes on
  const keep = (pieces: readonly Buffer[]): void => {
    if (!isWhole || pieces.length === 0) return;
    try {
      writeAll((fd ??= openSync(file, 'a', 0o600)), pieces);
    } catch (cause) {
      isWhole = false;
      tell(Buffer.from(`runbook: the log ${file} ends here: ${cause instanceof Error ? cause.message : String(cause)}\n`));
    }
  };
  return {
    write(stream, chunk) {
      emit(streams[stream].push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
    },
    close() {
      for (const stream of Object.values(streams)) emit(stream.flush());
      if (fd !== undefined) closeSync(fd);
      return tail.lines();
    },
  };
}

/** Makes the log of a step that said nothing, where somebody will look for it. */
export function keepLog(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch {
    // a full disk: there is nothing in it anyway
  }
}

/** Writes all bytes: near a full disk the system takes only some of them and calls that success. */
function writeAll(fd: number, pieces: readonly Buffer[]): void {
  const size = pieces.reduce((sum, bytes) => sum + bytes.length, 0);
  const written = writevSync(fd, [...pieces]);
  if (written === size) return;
  const rest = Buffer.concat(pieces).subarray(written);
  for (let done = 0; done < rest.length; ) done += writeSync(fd, rest, done);
}

/** Four bytes a character at most. */
const tailBytes = 4 * tailLines * tailColumns;

function createTail(): { add(bytes: Buffer): void; lines(): string[] } {
  let kept: Buffer = Buffer.alloc(0);
  return {
    add(bytes) {
      kept = bytes.length >= tailBytes ? bytes.subarray(-tailBytes) : Buffer.concat([kept.subarray(Math.max(0, kept.length + bytes.length - tailBytes)), bytes]);
    },
    lines: () => kept.toString('utf8').replace(/\n$/, '').split('\n').slice(-tailLines).map((line) => line.slice(0, tailColumns)).filter((line, i, all) => all.length > 1 || line !== ''),
  };
}
