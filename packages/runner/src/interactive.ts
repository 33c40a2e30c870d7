// A block that a person types into: its process has a terminal of its own, whose bytes go to the person's and back. The person
// sees them as they come; what is logged passes the same redaction as any output.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openPipes } from './output-pipe.ts';
import { parseOutputs, scriptOf } from './interpreter.ts';
import { endGroup, watchLimits, type Stop } from './process-group.ts';
import { defaultGraceMs, endedAs, readOutputs, type ShellBlock, type ShellResult, type ShellSession } from './shell-block.ts';

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
  /** Hides secrets in what the person is shown; it must not hold anything back. */
  readonly redact: (text: string) => string;
  readonly onStart?: (group: number) => void;
}

/** Runs a block in a terminal of its own. Ctrl-C goes to the block, as in any terminal. */
export async function runInteractive(block: InteractiveBlock): Promise<ShellResult> {
  if (block.signal?.aborted === true) return endedAs('aborted', { code: null, signal: null });
  const { spawn } = await import('@lydell/node-pty');
  const { cwd, env } = await block.session.environment();
  const folder = mkdtempSync(join(tmpdir(), 'runbook-terminal-'));
  const [values] = openPipes(folder, ['values'], Buffer.from(`\0${randomBytes(16).toString('hex')}\0`, 'latin1'));
  if (values === undefined) throw new Error('no pipe was made');
  const told: Buffer[] = [];
  values.listen((chunk) => void told.push(chunk));
  const { program, args, env: variables } = scriptOf(block, { folder, exported: env, outputs: join(folder, 'pipe-values') });
  const { terminal } = block;
  const child = spawn(program, [...args], { name: env['TERM'] ?? 'xterm-256color', cols: terminal.columns, rows: terminal.rows, cwd: block.cwd === undefined ? cwd : resolve(cwd, block.cwd), env: variables });
  block.onStart?.(child.pid);
  const release = terminal.listen((keys) => child.write(keys), (columns, rows) => child.resize(columns, rows));
  let stop: Stop | undefined;
  let stopped: Promise<void> | undefined;
  const limits = watchLimits(block, (why) => {
    stop = why;
    stopped = endGroup(child.pid, defaultGraceMs);
  });
  child.onData((text) => {
    terminal.write(block.redact(text));
    block.onOutput('stdout', Buffer.from(text));
  });
  try {
    const { exitCode, signal } = await new Promise<{ exitCode: number; signal?: number }>((done) => child.onExit(done));
    await stopped;
    await values.cut();
    if (stop !== undefined) return endedAs(stop, { code: null, signal: 'SIGTERM' });
    if (signal !== undefined && signal !== 0) return endedAs('killed', { code: null, signal: nameOf(signal) });
    const outputs = parseOutputs(Buffer.concat(told).toString('latin1'));
    return { ...endedAs('exited', { code: exitCode, signal: null }), ...(exitCode === 0 ? readOutputs(block.publishes, (name) => outputs.get(name)) : {}) };
  } finally {
    limits.release();
    release();
    values.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOf(signal: number): NodeJS.Signals {
  const [name = 'SIGKILL'] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return name as NodeJS.Signals;
}
