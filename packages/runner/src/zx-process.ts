// A block as a zx process. zx runs shell code here and for script blocks in the script child, nowhere else.
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { $, quote } from 'zx/core';
import type { Exit } from './bash-process.ts';
import type { ShellBlock } from './shell-block.ts';
import { blockPrefix } from './shell-loop.ts';

/** Where a block's output goes. */
export interface Streams {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
}

/**
 * Runs a block as a zx process whose child is whatever `start` makes of the text: a turn of the session's bash, or a process.
 * Output passes through zx, which is told to keep none of it. Limits are ours: a zx timeout cannot be told from a kill.
 */
export async function throughZx<T extends Exit>(block: Pick<ShellBlock, 'code' | 'line' | 'cwd' | 'onOutput'>, start: (text: string, streams: Streams) => Promise<T>): Promise<T> {
  let outcome: Promise<T> | undefined;
  const store = { stdout: keepNothing(), stderr: keepNothing(), stdall: keepNothing() };
  const shell = $({
    spawn: ((text: string) => {
      const stdout = new Readable({ read: () => undefined });
      const stderr = new Readable({ read: () => undefined });
      outcome = start(text, { stdout: (chunk) => stdout.push(chunk), stderr: (chunk) => stderr.push(chunk) });
      return asChild(stdout, stderr, outcome);
    }) as unknown as typeof import('node:child_process').spawn,
    prefix: blockPrefix(block.line, block.cwd),
    postfix: '',
    shell: 'bash',
    quote,
    store,
    quiet: true,
    verbose: false,
    nothrow: true,
    detached: false,
    preferLocal: false,
    env: {},
    cwd: '/',
    log: (entry) => {
      if (entry.kind === 'stdout' || entry.kind === 'stderr') block.onOutput(entry.kind, entry.data);
    },
  });
  // an array without `raw` is taken as the text itself: nothing in it is interpolated
  await withoutStacks(() => shell([block.code] as unknown as TemplateStringsArray));
  if (outcome === undefined) throw new Error('zx started no process');
  return outcome;
}

/** zx notes for its error messages where it was called: of all it does for a block that takes longest, and nobody sees it. */
function withoutStacks<T>(call: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function keepNothing(): Buffer[] {
  return Object.assign<Buffer[], { push: () => number }>([], { push: () => 0 });
}

/** What zx sees of a block: a child process that closes when its outcome is known and its output has been passed on. */
function asChild(stdout: Readable, stderr: Readable, outcome: Promise<Exit>): ChildProcess {
  const child = Object.assign(new EventEmitter(), { stdin: null, stdout, stderr, pid: undefined, kill: () => false });
  const ended = [stdout, stderr].map((stream) => new Promise((resolve) => stream.once('end', resolve)));
  const finish = async (): Promise<void> => {
    let exit: Exit;
    try {
      exit = await outcome;
    } catch (error) {
      exit = { code: 1, signal: null };
      child.emit('error', error);
    }
    stdout.push(null);
    stderr.push(null);
    await Promise.all(ended);
    child.emit('exit', exit.code, exit.signal);
    child.emit('close', exit.code, exit.signal);
  };
  void finish();
  return child as unknown as ChildProcess;
}
