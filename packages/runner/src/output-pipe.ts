// Pipes for the output of blocks, cut into blocks by a mark that no output holds. Bytes pass at once and are not kept.
// They are FIFOs: Node's own child pipes are sockets, on which `echo >/dev/stderr` fails. As a FIFO can be written by anybody,
// the runner sets the mark itself where a process died, and so misses nothing although background jobs still hold the pipe.
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Receives output; undefined where nobody listens. */
export type Sink = (chunk: Buffer) => void;

/** The reading side of a stream that is cut by marks. */
export interface MarkedStream {
  /** Where output goes from now on. What came while nobody listened (the last 64 KiB of it) goes there first. */
  listen(sink: Sink | undefined): void;
  /** Resolves at the next mark that nobody has waited for yet, or at the end of the stream. */
  mark(): Promise<void>;
}

/** One pipe of a session. */
export interface OutputPipe extends MarkedStream {
  /** The file descriptor to hand to a child. */
  readonly writer: number;
  /** Sets a mark from here and waits until everything before it has been passed on. */
  cut(): Promise<void>;
  close(): void;
}

const backlogLimit = 65_536;

/** Programs write little by little; so much is passed on at once, where it comes within so many milliseconds. */
const batchSize = 65_536;
const batchMs = 1;

/**
 * Opens pipes in a folder. The names become file names.
 * @throws Error where the system has no `mkfifo`.
 */
export function openPipes(folder: string, names: readonly string[], mark: Buffer): OutputPipe[] {
  const paths = names.map((name) => join(folder, `pipe-${name}`));
  const made = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`mkfifo failed: ${made.error?.message ?? made.stderr.trim()}`);
  return paths.map((path) => openPipe(path, mark));
}

function openPipe(path: string, mark: Buffer): OutputPipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const marked = readMarked(mark);
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
    fd,
    readable: true,
    writable: false,
    // one buffer for all that is read: programs write little by little, and a new buffer each time takes longer than to read
    onread: {
      buffer: Buffer.allocUnsafe(batchSize),
      callback: (length, buffer) => {
        marked.read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
        return true;
      },
    },
  };
  const reader = new Socket(options);
  for (const event of ['end', 'close', 'error']) reader.once(event, marked.end);
  // children must not see a non-blocking pipe: most programs take EAGAIN for an error
  const writer = openSync(path, constants.O_WRONLY);
  const marker = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  let isClosed = false;
  return {
    listen: marked.listen,
    mark: marked.mark,
    writer,
    cut() {
      setMark(marker, mark, () => isClosed);
      return marked.mark();
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      // a worker thread counts what `fs` opened, and would close the number again when it ends, whoever has it by then
      if (!isMainThread && !reader.destroyed) closeSync(fd);
      reader.destroy();
      closeSync(writer);
      closeSync(marker);
    },
  };
}

/** Writes a mark; while the pipe is full, after the reader had a turn. Marks are shorter than PIPE_BUF, so none is torn. */
function setMark(fd: number, mark: Buffer, isClosed: () => boolean): void {
  if (isClosed()) return;
  try {
    writeSync(fd, mark);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    setImmediate(() => setMark(fd, mark, isClosed));
  }
}

/** Cuts what is read by marks. Nothing that `read` is given is used when it has returned. */
function readMarked(mark: Buffer): MarkedStream & { read(bytes: Buffer): void; end(): void } {
  let held: Buffer = Buffer.alloc(0);
  let sink: Sink | undefined;
  let backlog: Buffer[] = [];
  let backlogSize = 0;
  let unclaimed = 0;
  let isEnded = false;
  const waiting: (() => void)[] = [];

  let batch = Buffer.allocUnsafe(batchSize);
  let batched = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (batched === 0) return;
    const bytes = batch.subarray(0, batched);
    batch = batch.subarray(batched).length >= batchSize / 4 ? batch.subarray(batched) : Buffer.allocUnsafe(batchSize);
    batched = 0;
    sink?.(bytes);
  };
  const pass = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    if (sink !== undefined) {
      for (let at = 0; at < chunk.length; ) {
        const taken = chunk.copy(batch, batched, at);
        batched += taken;
        at += taken;
        if (batched === batch.length) flush();
      }
      if (batched > 0) timer ??= setTimeout(flush, batchMs);
      return;
    }
    backlog.push(Buffer.from(chunk));
    backlogSize += chunk.length;
    while (backlogSize > backlogLimit && backlog.length > 1) backlogSize -= backlog.shift()?.length ?? 0;
  };
  const read = (chunk: Buffer): void => {
    let data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let at = data.indexOf(mark); at !== -1; at = data.indexOf(mark)) {
      pass(data.subarray(0, at));
      flush();
      data = data.subarray(at + mark.length);
      const next = waiting.shift();
      if (next === undefined) unclaimed += 1;
      else next();
    }
    const kept = partialLength(data, mark);
    pass(data.subarray(0, data.length - kept));
    held = Buffer.from(data.subarray(data.length - kept));
  };
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    pass(held);
    flush();
    for (const done of waiting.splice(0)) done();
  };
  return {
    read,
    end,
    listen(next) {
      flush();
      sink = next;
      if (next === undefined) return;
      for (const chunk of backlog) next(chunk);
      backlog = [];
      backlogSize = 0;
    },
    mark() {
      if (isEnded) return Promise.resolve();
      if (unclaimed === 0) return new Promise((resolve) => waiting.push(resolve));
      unclaimed -= 1;
      return Promise.resolve();
    },
  };
}

/** How many bytes at the end may be the beginning of a mark. */
function partialLength(data: Buffer, mark: Buffer): number {
  const from = Math.max(0, data.length - mark.length + 1);
  for (let at = data.indexOf(0, from); at !== -1; at = data.indexOf(0, at + 1)) {
    if (mark.subarray(0, data.length - at).equals(data.subarray(at))) return data.length - at;
  }
  return 0;
}
