// The script session of a run: one child Node process, started with the first script block, ended with its whole process group
// when a block must stop. It hands blocks over and hears how they ended; what that means for a step is not its business.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WriteRecord } from '@runbook/access';
import type { Json } from '@runbook/model';
import { endOf, watchEnd, type Exit } from './bash-process.ts';
import { launchPlainly, type Launch } from './launch.ts';
import { openPipes, type OutputPipe } from './output-pipe.ts';
import { endGroup, watchLimits, type Stop } from './process-group.ts';
import { goByte, writePipe, type BlockEnd, type BlockText, type ChildSettings, type ToChild, type ToParent, type WriteLine } from './script-protocol.ts';

/** One script block to run. */
export interface ScriptBlock extends BlockText {
  /** Milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Receives output as it comes. It is not kept. */
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
  /** Hears of every write before it leaves: the call waits until this returns, and does not leave when it throws. */
  readonly onWrite: (record: WriteRecord) => void;
  readonly onProgress: (text: string) => void;
  /** Answers what the toolkit asks of the run. The session itself asks `sleep` with `{ ms }` in a rehearsal. */
  readonly ask: (kind: string, data: Json) => Promise<Json>;
}

/** How a script block ended. After `timed-out`, `aborted` and `died` it is not known how far it came. */
export type ScriptResult =
  | BlockEnd
  | { readonly kind: 'timed-out' | 'aborted' }
  | { readonly kind: 'died'; readonly exitCode: number | null; readonly signal: string | null };

/** The script session of a run. One block at a time. */
export interface ScriptSession {
  /** Rejects only with what `onWrite` threw. */
  run(block: ScriptBlock): Promise<ScriptResult>;
  readonly pid: number | undefined;
  close(): Promise<void>;
}

/** What a script session is made from. */
export interface ScriptSessionOptions {
  /** The compiled `script-child` module. */
  readonly childModule: URL;
  /** The module that exports `createToolkit`. */
  readonly toolkitModule: URL;
  /** Path of the document; stacks name it as given, imports start in its folder. */
  readonly runbookFile: string;
  readonly cwd: string;
  /** The whole environment; nothing is inherited. `NODE_OPTIONS` is left out: it would run code at start. */
  readonly env: Readonly<Record<string, string>>;
  /** Handed to the toolkit, never through arguments or the environment. */
  readonly init: Json;
  /** Hears output that comes while no block runs. */
  readonly onMessage?: (text: string) => void;
  /** How the child is started; as it is unless given. */
  readonly launch?: Launch;
  /** Told of each child's process group before a block runs in it. */
  readonly onGroup?: (group: number) => void;
  /** Milliseconds between TERM and KILL; 5000 unless said. */
  readonly graceMs?: number;
}

/** V8 is not to optimize Node's HTTP parser, which is WebAssembly: that takes 0.15 s of a processor, more than a run's requests do. */
const calmParser = '--wasm-tiering-budget=100000000';

/** Makes a script session. Its process starts with the first block. */
export function createScriptSession(options: ScriptSessionOptions): ScriptSession {
  let live: Child | undefined;
  let isBusy = false;
  const end = async (child: Child): Promise<void> => {
    if (live === child) live = undefined;
    await child.end();
    child.release();
  };
  return {
    get pid() {
      return live?.process.pid;
    },
    async run(block) {
      if (isBusy) throw new Error('a script session runs one block at a time');
      if (block.signal?.aborted === true) return { kind: 'aborted' };
      isBusy = true;
      const child = (live ??= startChild(options));
      let isSpent = true;
      try {
        const ran = await runIn(child, block);
        isSpent = ran.isSpent;
        return ran.result;
      } finally {
        if (isSpent) await end(child);
        isBusy = false;
      }
    },
    async close() {
      if (live !== undefined) await end(live);
    },
  };
}

/** A live child process. */
interface Child {
  readonly process: ChildProcess;
  orEnd<T>(awaited: Promise<T>): Promise<T | Exit>;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  readonly writes: Duplex;
  /** Where output goes while no block runs. */
  idle(): void;
  end(): Promise<void>;
  release(): void;
}

function startChild(options: ScriptSessionOptions): Child {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-script-'));
  const [stdout, stderr] = openPipes(folder, ['stdout', 'stderr'], Buffer.from(`\0${randomBytes(16).toString('hex')}\0`, 'latin1'));
  if (stdout === undefined || stderr === undefined) throw new Error('no pipes were made');
  const { NODE_OPTIONS: _options, ...env } = options.env;
  const { program, args } = (options.launch ?? launchPlainly)(process.execPath, ['--experimental-vm-modules', '--no-warnings', calmParser, fileOf(options.childModule)], options.cwd);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env,
    stdio: ['ignore', stdout.writer, stderr.writer, 'pipe', 'ipc'],
    detached: true,
  });
  if (child.pid !== undefined) options.onGroup?.(child.pid);
  const ended = endOf(child);
  const writes = child.stdio[writePipe] as Duplex;
  // both channels may break when the child dies; its exit says so
  writes.on('error', () => undefined);
  child.on('error', () => undefined);
  const settings: ChildSettings = {
    kind: 'start',
    toolkitModule: options.toolkitModule.href,
    file: resolve(options.runbookFile),
    name: options.runbookFile,
    own: new URL('.', options.childModule).href,
    env,
    init: options.init,
  };
  sendTo(child, settings);
  return {
    process: child,
    ...watchEnd(ended),
    stdout,
    stderr,
    writes,
    idle() {
      const say = options.onMessage;
      const sink = say === undefined ? undefined : (chunk: Buffer) => say(chunk.toString());
      stdout.listen(sink);
      stderr.listen(sink);
    },
    async end() {
      await endGroup(child.pid ?? 0, options.graceMs ?? 5000);
      await ended;
    },
    release() {
      stdout.close();
      stderr.close();
      writes.destroy();
      if (child.connected) child.disconnect();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fileOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

/** A message to a child that may have died: its exit is what counts then. */
function sendTo(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => undefined);
}

async function runIn(child: Child, block: ScriptBlock): Promise<{ result: ScriptResult; isSpent: boolean }> {
  child.stdout.listen((chunk) => block.onOutput('stdout', chunk));
  child.stderr.listen((chunk) => block.onOutput('stderr', chunk));
  let stop: Stop | undefined;
  const limits = watchLimits(block, (why) => {
    stop = why;
    void child.end();
  });
  const writes = followWrites(child.writes, block.onWrite);
  const talk = followMessages(child.process, block);
  const { code, language, line, values, secrets, posture, step, now } = block;
  sendTo(child.process, { kind: 'run', block: { code, language, line, values, secrets, posture, step, now } });
  const end = await child.orEnd(talk.ended);
  limits.release();
  if (stop !== undefined) await child.end();
  // what the block printed was written before it said how it ended; a mark set now comes behind it
  await Promise.all([child.stdout.cut(), child.stderr.cut()]);
  talk.release();
  writes.release();
  child.idle();
  if (writes.refused !== undefined) throw writes.refused.error;
  if (stop !== undefined) return { result: { kind: stop }, isSpent: true };
  if ('end' in end) return { result: end.end, isSpent: end.isSpent };
  return { result: { kind: 'died', exitCode: end.code, signal: end.signal }, isSpent: true };
}

/** Hears of writes, and lets each go when it has been told. */
function followWrites(pipe: Duplex, onWrite: (record: WriteRecord) => void): { release(): void; refused: { readonly error: unknown } | undefined } {
  let text = '';
  const state: { release(): void; refused: { readonly error: unknown } | undefined } = { refused: undefined, release: () => void pipe.off('data', read) };
  const read = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = Buffer.from(text.slice(0, end), 'latin1').toString('utf8');
      text = text.slice(end + 1);
      try {
        onWrite(JSON.parse(line) as WriteLine);
        pipe.write(Buffer.from([goByte]));
      } catch (error) {
        state.refused ??= { error };
        pipe.write('n');
      }
    }
  };
  pipe.on('data', read);
  return state;
}

/** Follows a block's messages until it says how it ended. */
function followMessages(child: ChildProcess, block: ScriptBlock): { readonly ended: Promise<{ end: BlockEnd; isSpent: boolean }>; release(): void } {
  let finish: (end: { end: BlockEnd; isSpent: boolean }) => void = () => undefined;
  const ended = new Promise<{ end: BlockEnd; isSpent: boolean }>((resolve) => {
    finish = resolve;
  });
  const answer = async (id: number, kind: string, data: Json): Promise<void> => {
    try {
      sendTo(child, { kind: 'answered', id, value: await block.ask(kind, data) });
    } catch (error) {
      sendTo(child, { kind: 'refused', id, message: error instanceof Error ? error.message : String(error) });
    }
  };
  const read = (message: ToParent): void => {
    if (message.kind === 'progress') block.onProgress(message.text);
    else if (message.kind === 'asked') void answer(message.id, message.ask, message.data);
    else finish(message);
  };
  child.on('message', read);
  return { ended, release: () => void child.off('message', read) };
}
