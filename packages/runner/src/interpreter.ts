// A block for another interpreter: a script file with the block on its line of the document, started in a process group of its
// own with the folder and the exported variables of the session. What a shell exports is read back; nothing else returns.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { endOf, type Exit } from './bash-process.ts';
import { openPipes } from './output-pipe.ts';

/** What there is to run. */
export interface InterpreterTask {
  readonly code: string;
  readonly line: number;
  readonly interpreter: string;
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly unset?: readonly string[];
  readonly publishes: readonly string[];
  readonly cwd?: string;
}

/** A started process. */
export interface RunningInterpreter {
  readonly pid: number | undefined;
  readonly ended: Promise<Exit>;
  /** Resolves when all output has been passed on, with what a shell exported, as bytes (latin1). */
  told(): Promise<ReadonlyMap<string, Told>>;
}

/** A variable as a shell told it; without a value where it is unset. */
export interface Told {
  readonly flags: '';
  readonly value: string | undefined;
}

/** A script file that is ready to be started. */
export interface PreparedInterpreter {
  start(streams: { stdout(chunk: Buffer): void; stderr(chunk: Buffer): void }): RunningInterpreter;
  remove(): void;
}

/** Interpreters that understand `export`, `trap … EXIT` and `printf`. */
const shells: ReadonlySet<string> = new Set(['sh', 'dash', 'ash', 'ksh', 'mksh', 'zsh', 'bash', 'yash']);

/** Arguments that keep start-up files away and make a shell strict, as far as it can be. */
const strict: Readonly<Record<string, readonly string[]>> = { zsh: ['-f', '-e', '-u', '-o', 'pipefail'], bash: ['--noprofile', '--norc', '-eu', '-o', 'pipefail'] };

/** Writes the script. The file is named like the document, because most interpreters name it in errors. */
export function prepareInterpreter(task: InterpreterTask, cwd: string, exported: Readonly<Record<string, string>>): PreparedInterpreter {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-block-'));
  const { program, args, env } = scriptOf(task, { folder, exported });
  const [stdout, stderr, values] = openPipes(folder, ['stdout', 'stderr', 'values'], Buffer.from(`\0${randomBytes(16).toString('hex')}\0`, 'latin1'));
  if (stdout === undefined || stderr === undefined || values === undefined) throw new Error('no pipes were made');
  const pipes = [stdout, stderr, values];
  return {
    start(streams) {
      const told: Buffer[] = [];
      stdout.listen(streams.stdout);
      stderr.listen(streams.stderr);
      values.listen((chunk) => void told.push(chunk));
      const child = spawn(program, args, { cwd: task.cwd === undefined ? cwd : resolve(cwd, task.cwd), env, stdio: ['ignore', ...pipes.map((pipe) => pipe.writer)], detached: true });
      child.once('error', (error) => streams.stderr(Buffer.from(`${task.name}: line ${task.line}: ${program} did not start: ${error.message}\n`)));
      return {
        pid: child.pid,
        ended: endOf(child),
        async told() {
          await Promise.all(pipes.map((pipe) => pipe.cut()));
          return parseOutputs(Buffer.concat(told).toString('latin1'));
        },
      };
    },
    remove() {
      for (const pipe of pipes) pipe.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Writes the script of a block and gives how it is started.
 * @param place where the script goes, what the session exports, and where a shell tells its outputs: a file, else its fd 3.
 */
export function scriptOf(task: Omit<InterpreterTask, 'cwd'>, { folder, exported, outputs }: { readonly folder: string; readonly exported: Readonly<Record<string, string>>; readonly outputs?: string }): { readonly program: string; readonly args: readonly string[]; readonly env: Record<string, string> } {
  const [program = task.interpreter, ...given] = task.interpreter.split(/\s+/).filter((word) => word !== '');
  const kind = basename(program);
  const isShell = shells.has(kind);
  const script = join(folder, basename(task.name) || 'runbook');
  const opens = outputs === undefined ? '' : `exec 3>'${outputs.replaceAll("'", "'\\''")}'; `;
  const first = isShell ? `${opens}${tellOutputs(task.publishes)}set -eu;` : '';
  writeFileSync(script, `${padding(task.line, first)}${task.code}\n`, { mode: 0o600 });
  const env: Record<string, string> = { ...exported };
  for (const name of task.unset ?? []) delete env[name];
  Object.assign(env, task.variables);
  return { program, args: [...(isShell ? (strict[kind] ?? []) : []), ...given, script], env };
}

/** Lines before the block. A strict prefix stands in the first of them, or, where there is none, before the code itself. */
function padding(line: number, first: string): string {
  return line > 1 ? `${first}${'\n'.repeat(line - 1)}` : `${first} `;
}

/** An EXIT trap that tells the published names: `NAME=value` or `NAME`, NUL-separated. One of the block's own takes its place. */
function tellOutputs(names: readonly string[]): string {
  if (names.length === 0) return '';
  const each = names.map((name) => `printf "%s\\0" "${name}\${${name}+=}\${${name}-}" >&3`);
  return `trap '${each.join('; ')}' EXIT; `;
}

/** Reads what a shell told. */
export function parseOutputs(text: string): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const record of text.split('\0')) {
    const [head, name, isSet] = /^([A-Za-z_]\w*)(=)?/.exec(record) ?? [];
    if (head !== undefined && name !== undefined) told.set(name, { flags: '', value: isSet === undefined ? undefined : record.slice(head.length) });
  }
  return told;
}
