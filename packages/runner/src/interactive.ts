// A block that a person types into: its process has a terminal of its own, whose bytes go to the person's and back. What the
// person sees and what is logged passes the same redaction as any output.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Redactor } from '@runbook/access';
import type { Exit } from './bash-process.ts';
import { openPipes } from './output-pipe.ts';
import { readTold, writeScript } from './block-script.ts';
import { endGroup, watchLimits, type Stop } from './process-group.ts';
import { cannotBegin, defaultGraceMs, endedAs, folderObstacle, toldOutputs, type ShellBlock, type ShellResult, type ShellSession } from './shell-block.ts';
import { openTerminalView } from './terminal-view.ts';

/** The terminal of a person, lent to one block at a time. */
export interface PersonTerminal {
  readonly columns: number;
  readonly rows: number;
  /** Shows bytes as they are. */
  write(text: string): void;
  /** Takes every key from now on, unread by anybody else; gives back what ends that. */
  listen(onKeys: (text: string) => void, onResize: (columns: number, rows: number) => void): () => void;
}

/** An interactive block. */
export interface InteractiveBlock extends ShellBlock {
  /** The program and its arguments, separated by spaces. */
  readonly interpreter: string;
  readonly session: ShellSession;
  /** The document as errors name it. */
  readonly name: string;
  readonly terminal: PersonTerminal;
  /** Hides secrets in what the person is shown. */
  readonly redactor: Redactor;
  readonly onStart?: (group: number) => void;
  /** Milliseconds between TERM and KILL. */
  readonly graceMs?: number;
}

/** Why no block can have a terminal here, as the end of a sentence; undefined where one can. */
export async function ptyObstacle(): Promise<string | undefined> {
  try {
    await import('@lydell/node-pty');
    return undefined;
  } catch {
    // the library has one binary for each platform that it knows, and npm installs the one that fits
    return `the library that makes terminals, @lydell/node-pty, is not installed for ${process.platform}-${process.arch}. Install runbook without --omit=optional; where there is none for this platform, do these steps on another machine.`;
  }
}

/** Runs a block in a terminal of its own. Ctrl-C goes to the block, as in any terminal. */
export async function runInteractive(block: InteractiveBlock): Promise<ShellResult> {
  block.session.hand(block);
  if (block.signal?.aborted === true) return endedAs('aborted', { code: null, signal: null });
  const { cwd, env } = await block.session.environment();
  const folder = mkdtempSync(join(tmpdir(), 'runbook-terminal-'));
  const [values] = openPipes(folder, ['values'], Buffer.from(`\0${randomBytes(16).toString('hex')}\0`, 'latin1'));
  if (values === undefined) throw new Error('no pipe was made');
  const told: Buffer[] = [];
  values.listen((chunk) => void told.push(chunk));
  const { program, args, tells } = writeScript(block, folder, join(folder, 'pipe-values'));
  try {
    const { stop, exit } = await runAtTerminal(block, { program, args, env, cwd: resolve(cwd, block.cwd ?? '') });
    await values.cut();
    if (stop !== undefined) return endedAs(stop, { code: null, signal: 'SIGTERM' });
    if (exit.signal !== null) return endedAs('killed', exit);
    return { ...endedAs('exited', exit), ...(exit.code === 0 ? toldOutputs(block.publishes, readTold(Buffer.concat(told)), tells) : {}) };
  } finally {
    values.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program and where it starts. */
interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Runs a command between the person's terminal and one of its own, until it ends or is stopped. The person's is given back as it was. */
async function runAtTerminal(block: InteractiveBlock, { program, args, env, cwd }: Command): Promise<{ readonly stop: Stop | undefined; readonly exit: Exit }> {
  const { terminal, redactor, onOutput } = block;
  const view = openTerminalView(redactor, (text) => terminal.write(text));
  const decoder = new StringDecoder('utf8');
  const show = (bytes: Buffer): void => {
    view.write(decoder.write(bytes));
    onOutput('stdout', bytes);
  };
  // the library would start a process first, which could only say so in its own words, or by an exit code of its own
  const obstacle = startObstacle(block, { program, cwd, env });
  if (obstacle !== undefined) {
    show(Buffer.from(`${obstacle.why}\r\n`));
    view.close();
    return { stop: undefined, exit: { code: obstacle.code, signal: null } };
  }
  const { spawn } = await import('@lydell/node-pty');
  const launched = block.session.launch(program, args, cwd);
  const child = spawn(launched.program, [...launched.args], { name: env['TERM'] ?? 'xterm-256color', cols: terminal.columns, rows: terminal.rows, cwd, env, encoding: null });
  block.onStart?.(child.pid);
  child.onData((bytes) => show(Buffer.from(bytes)));
  let isOver = false;
  const release = terminal.listen(
    (keys) => (isOver ? undefined : child.write(keys)),
    (columns, rows) => (isOver || columns <= 0 || rows <= 0 ? undefined : child.resize(columns, rows)),
  );
  let stop: Stop | undefined;
  let stopped: Promise<void> | undefined;
  const limits = watchLimits(block, (why) => {
    stop = why;
    stopped = endGroup(child.pid, block.graceMs ?? defaultGraceMs);
  });
  try {
    const { exitCode, signal } = await new Promise<{ exitCode: number; signal?: number }>((done) => child.onExit(done));
    isOver = true;
    await stopped;
    // what it leaves running; before, its group might not have been made yet
    block.session.adopt(child.pid);
    return { stop, exit: signal === undefined || signal === 0 ? { code: exitCode, signal: null } : { code: null, signal: nameOf(signal) } };
  } finally {
    limits.release();
    view.close();
    release();
  }
}

/** What keeps a command from being started, and the exit code that says so. */
function startObstacle(block: InteractiveBlock, { program, cwd, env }: Omit<Command, 'args'>): { readonly why: string; readonly code: number } | undefined {
  const why = folderObstacle(cwd, block, block.name);
  if (why !== undefined) return { why, code: cannotBegin };
  if (isProgram(program, cwd, env)) return undefined;
  return { why: `${block.name}: line ${block.line}: ${program} did not start: spawn ${program} ENOENT`, code: 127 };
}

function isProgram(program: string, cwd: string, env: Readonly<Record<string, string>>): boolean {
  if (program.includes('/')) return existsSync(resolve(cwd, program));
  return (env['PATH'] ?? '').split(':').some((folder) => existsSync(join(resolve(cwd, folder), program)));
}

function nameOf(signal: number): NodeJS.Signals {
  const [name = 'SIGKILL'] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return name as NodeJS.Signals;
}
