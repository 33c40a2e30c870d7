// A block for another interpreter: a script with the block on its line of the document, started in a process group of its own
// with the folder and the exported variables of the session. What a shell exports is read back; nothing else returns.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { endOf, type Exit } from './bash-process.ts';
import { readTold, writeScript, type Told } from './block-script.ts';
import { openPipes } from './output-pipe.ts';
import { endGroup, watchLimits, type Stop } from './process-group.ts';
import { cannotBegin, defaultGraceMs, endedAs, folderObstacle, toldOutputs, type ShellBlock, type ShellResult, type ShellSession } from './shell-block.ts';
import { throughZx, type Streams } from './zx-process.ts';

/** A block for another interpreter, beside the session. */
export interface InterpreterBlock extends ShellBlock {
  /** The program and its arguments, separated by spaces. */
  readonly interpreter: string;
  /** The session whose folder and exported variables it gets, and that ends what it leaves running. */
  readonly session: ShellSession;
  /** The document as errors name it. */
  readonly name: string;
  /** Milliseconds between TERM and KILL. */
  readonly graceMs?: number;
  /** Called when the process was started, with its process group. */
  readonly onStart?: (group: number) => void;
}

/** Runs one block in a process of its own. What shells (`zsh`, `sh`, `ksh`, …) export is read back, other interpreters publish nothing. */
export async function runInterpreter(block: InterpreterBlock): Promise<ShellResult> {
  block.session.hand(block);
  if (block.signal?.aborted === true) return endedAs('aborted', { code: null, signal: null });
  const { cwd, env } = await block.session.environment();
  const start = { cwd: resolve(cwd, block.cwd ?? ''), env };
  const obstacle = folderObstacle(start.cwd, block, block.name);
  if (obstacle !== undefined) {
    block.onOutput('stderr', Buffer.from(`${obstacle}\n`));
    return endedAs('exited', { code: cannotBegin, signal: null });
  }
  const prepared = prepare(block, start);
  let stop: Stop | undefined;
  let stopped: Promise<void> | undefined;
  try {
    const outcome = await throughZx(block, async (_text, streams) => {
      const running = prepared.start(streams);
      if (running.pid !== undefined) block.onStart?.(running.pid);
      const limits = watchLimits(block, (why) => {
        stop = why;
        stopped = endGroup(running.pid ?? 0, block.graceMs ?? defaultGraceMs);
      });
      const exit = await running.ended;
      limits.release();
      await stopped;
      block.session.adopt(running.pid ?? 0);
      return { ...exit, told: await running.told() };
    });
    if (stop !== undefined) return endedAs(stop, { code: null, signal: outcome.signal ?? 'SIGTERM' });
    if (outcome.signal !== null) return endedAs('killed', outcome);
    return { ...endedAs('exited', outcome), ...(outcome.code === 0 ? toldOutputs(block.publishes, outcome.told, prepared.tells) : {}) };
  } finally {
    prepared.remove();
  }
}

/** A started process. */
interface Running {
  readonly pid: number | undefined;
  readonly ended: Promise<Exit>;
  /** Resolves when all output has been passed on, with what a shell exported. */
  told(): Promise<ReadonlyMap<string, Told>>;
}

/** A script that is ready to be started. */
interface Prepared {
  readonly tells: boolean;
  start(streams: Streams): Running;
  remove(): void;
}

function prepare(block: InterpreterBlock, options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }): Prepared {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-block-'));
  const { program, args, tells } = writeScript(block, folder);
  const [stdout, stderr, values] = openPipes(folder, ['stdout', 'stderr', 'values'], Buffer.from(`\0${randomBytes(16).toString('hex')}\0`, 'latin1'));
  if (stdout === undefined || stderr === undefined || values === undefined) throw new Error('no pipes were made');
  const pipes = [stdout, stderr, values];
  return {
    tells,
    start(streams) {
      const told: Buffer[] = [];
      stdout.listen(streams.stdout);
      stderr.listen(streams.stderr);
      values.listen((chunk) => void told.push(chunk));
      const launched = block.session.launch(program, args, options.cwd);
      const child = spawn(launched.program, launched.args, { ...options, stdio: ['ignore', ...pipes.map((pipe) => pipe.writer)], detached: true });
      child.once('error', (error) => streams.stderr(Buffer.from(`${block.name}: line ${block.line}: ${program} did not start: ${error.message}\n`)));
      return {
        pid: child.pid,
        ended: endOf(child),
        async told() {
          await Promise.all(pipes.map((pipe) => pipe.cut()));
          return readTold(Buffer.concat(told));
        },
      };
    },
    remove() {
      for (const pipe of pipes) pipe.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
