// The output of one step: redacted, to a file, to whoever watches, and its last lines for a failure's message.
// It never holds more than those last lines in memory.
import { closeSync, openSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
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

/** Opens (appends to) the log file of a step. `show` gets each redacted piece of text as it may be shown. */
export function openStepLog(file: string, redactor: Redactor, show: (text: string) => void): StepLog {
  const fd = openSync(file, 'a', 0o600);
  const streams = { stdout: createStream(), stderr: createStream() };
  const tail = createTail();
  function createStream(): { decoder: StringDecoder; redacted: ReturnType<Redactor['stream']> } {
    return { decoder: new StringDecoder('utf8'), redacted: redactor.stream() };
  }
  const emit = (text: string): void => {
    if (text === '') return;
    keep(text);
    tell(text);
  };
  const tell = (text: string): void => {
    tail.add(text);
    show(text);
  };
  let isWhole = true;
  // a full disk must not end a block in the middle of what it does: it is told, and the block goes on
  const keep = (text: string): void => {
    if (!isWhole) return;
    try {
      writeAll(fd, text);
    } catch (cause) {
      isWhole = false;
      tell(`runbook: the log ${file} ends here: ${cause instanceof Error ? cause.message : String(cause)}\n`);
    }
  };
  return {
    write(stream, chunk) {
      const { decoder, redacted } = streams[stream];
      emit(redacted.push(typeof chunk === 'string' ? chunk : decoder.write(chunk)));
    },
    close() {
      for (const { decoder, redacted } of Object.values(streams)) {
        emit(redacted.push(decoder.end()));
        emit(redacted.flush());
      }
      closeSync(fd);
      return tail.lines();
    },
  };
}

/** Writes all of a text: near a full disk the system takes only some of it and calls that success. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function createTail(): { add(text: string): void; lines(): string[] } {
  let kept = '';
  return {
    add(text) {
      kept = (kept + text).slice(-tailLines * tailColumns);
    },
    lines: () => kept.replace(/\n$/, '').split('\n').slice(-tailLines).map((line) => line.slice(0, tailColumns)).filter((line, i, all) => all.length > 1 || line !== ''),
  };
}
