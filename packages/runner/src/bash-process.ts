// One bash that lives for many blocks: started with nothing but the environment given, and fed through its own channel.
// It knows nothing of runbooks; the session above decides what is sent.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Launch } from './launch.ts';
import { loopText } from './shell-loop.ts';
import { openPipes, type OutputPipe } from './output-pipe.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What every bash of one session shares: the loop's script file, and the pipes for output. */
export interface BashHome {
  readonly folder: string;
  readonly script: string;
  readonly mark: Buffer;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  remove(): void;
}

/** One live bash. */
export interface BashProcess {
  readonly pid: number | undefined;
  /** Resolves when it has ended, however that came; `code` 127 when it could not be started. */
  readonly ended: Promise<Exit>;
  /** Waits for something, or for the end where that comes first. */
  orEnd<T>(awaited: Promise<T>): Promise<T | Exit>;
  /** Sends commands; each is evaluated when the one before has ended. */
  send(...commands: readonly string[]): void;
  /** The next answer, as its NUL-separated fields in bytes (latin1); undefined when bash ended before. */
  answer(): Promise<readonly string[] | undefined>;
  /** Ends an idle bash. */
  hangUp(): void;
}

/**
 * Writes the loop where bash will read it. The script is named like the document, and bash started in its folder, because
 * bash names its script in errors.
 * @param name the document as people know it, for example `runbooks/release.md`.
 */
export function createBashHome(name: string): BashHome {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-shell-'));
  const nonce = randomBytes(16).toString('hex');
  const mark = Buffer.from(`\0${nonce}\0`, 'latin1');
  const script = scriptName(name);
  mkdirSync(join(folder, 'loop', dirname(script)), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'loop', script), loopText(nonce, join(folder, 'trap')), { mode: 0o600 });
  const [stdout, stderr] = openPipes(folder, ['stdout', 'stderr'], mark);
  if (stdout === undefined || stderr === undefined) throw new Error('no pipes were made');
  const remove = (): void => {
    stdout.close();
    stderr.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder: join(folder, 'loop'), script, mark, stdout, stderr, remove };
}

/** A relative path that stays in the folder; anything else is shortened to its last part. */
function scriptName(name: string): string {
  const path = normalize(name);
  const last = path.split('/').findLast((part) => part !== '' && part !== '..' && part !== '.') ?? 'runbook';
  const short = isAbsolute(path) || path.startsWith('..') ? last : path.replace(/\/+$/, '');
  return /[\n\0]/.test(short) || short === '.' ? 'runbook' : short;
}

/** Variables that change how bash itself starts or reads code; a session must not depend on who started it. */
const startupVariables = /^(?:BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_XTRACEFD|BASH_COMPAT|BASH_LOADABLES_PATH|POSIXLY_CORRECT|CDPATH|GLOBIGNORE|TMOUT|BASH_FUNC_.*)$/;

/** The environment without what would run code or change rules at bash's start. */
function cleanEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !startupVariables.test(name)));
}

/** Starts bash in a process group of its own. */
export function startBash(home: BashHome, env: Readonly<Record<string, string>>, launch: Launch): BashProcess {
  const { program, args } = launch('bash', ['--noprofile', '--norc', '--', home.script], home.folder);
  const child = spawn(program, args, {
    cwd: home.folder,
    env: cleanEnvironment(env),
    stdio: ['ignore', home.stdout.writer, home.stderr.writer, 'pipe'],
    detached: true,
  });
  const ended = endOf(child);
  return { pid: child.pid, ended, ...watchEnd(ended), ...openChannel(child, home.mark, ended) };
}

/**
 * Lets many wait, one after another, for something or the end of a process, whichever comes first. `Promise.race` with that
 * end would hold on to each of them, and all that they know, for as long as the process lives.
 */
export function watchEnd(ended: Promise<Exit>): { orEnd<T>(awaited: Promise<T>): Promise<T | Exit> } {
  const waiting = new Set<(exit: Exit) => void>();
  let end: Exit | undefined;
  const over = async (): Promise<void> => {
    end = await ended;
    for (const resolve of waiting) resolve(end);
    waiting.clear();
  };
  void over();
  return {
    orEnd: <T>(awaited: Promise<T>) =>
      new Promise<T | Exit>((resolve, reject) => {
        if (end !== undefined) return resolve(end);
        waiting.add(resolve);
        awaited.then(resolve, reject).finally(() => waiting.delete(resolve));
      }),
  };
}

/** How a child ended; a child that could not be started counts as exit code 127, as in a shell. */
export function endOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function openChannel(child: ChildProcess, end: Buffer, ended: Promise<Exit>): Pick<BashProcess, 'send' | 'answer' | 'hangUp'> {
  const socket = child.stdio[3] as Duplex;
  let chunks: Buffer[] = [];
  const answers: (readonly string[])[] = [];
  const waiting: ((fields: readonly string[] | undefined) => void)[] = [];
  const read = (chunk: Buffer): void => {
    chunks.push(chunk);
    // bash waits after each answer, so that an answer is whole exactly when the channel ends with the mark
    const tail = chunk.length >= end.length ? chunk : Buffer.concat(chunks.slice(-end.length));
    if (!tail.subarray(-end.length).equals(end)) return;
    const fields = Buffer.concat(chunks).toString('latin1').slice(0, -end.length).split('\0');
    chunks = [];
    const next = waiting.shift();
    if (next === undefined) answers.push(fields);
    else next(fields);
  };
  let isOver = false;
  socket.on('data', read);
  // bash went away while it was spoken to; its exit says the rest
  socket.on('error', () => undefined);
  const over = async (): Promise<void> => {
    await ended;
    isOver = true;
    for (const next of waiting.splice(0)) next(undefined);
    // a child of a block may still hold the other end
    socket.destroy();
  };
  void over();
  return {
    send(...commands) {
      if (!isOver) socket.write(Buffer.from(commands.map((command) => `${command}\0`).join(''), 'latin1'));
    },
    answer() {
      const known = answers.shift();
      if (known !== undefined || isOver) return Promise.resolve(known);
      return new Promise((resolve) => waiting.push(resolve));
    },
    hangUp: () => void socket.end(),
  };
}
