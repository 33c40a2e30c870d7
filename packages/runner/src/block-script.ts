// A block as a script of its own, for a process beside the session. A shell is started on a few lines of ours, which read the
// block as a file of the same name, so that errors name the document and its lines, and then tell what the block exports.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { quoteWord } from './shell-loop.ts';

/** What a script is made of. */
export interface ScriptSource {
  readonly code: string;
  /** 1-based line of the first code line in the document. */
  readonly line: number;
  /** The program and its arguments, separated by spaces. */
  readonly interpreter: string;
  /** The document as errors name it. */
  readonly name: string;
  /** Names that a shell tells when the block is done. */
  readonly publishes: readonly string[];
}

/** How a script is started. */
export interface BlockScript {
  readonly program: string;
  readonly args: readonly string[];
  /** Whether it tells what it publishes: only shells can. */
  readonly tells: boolean;
}

/** A variable as a shell told it; without a value where it is unset. */
export interface Told {
  readonly flags: '';
  readonly value: string | undefined;
}

/** Interpreters that understand `export`, `trap … EXIT`, `.` and `printf`. */
const shells: ReadonlySet<string> = new Set(['sh', 'dash', 'ash', 'ksh', 'mksh', 'zsh', 'bash', 'yash']);

/** Shells in which a function may stand before the builtin `exit`. Elsewhere a special builtin comes first. (POSIX XCU 2.9.1.) */
const letsExitBeTaken: ReadonlySet<string> = new Set(['bash', 'zsh']);

/** Arguments that keep start-up files away and make a shell strict, as far as it can be. */
const strict: Readonly<Record<string, readonly string[]>> = { zsh: ['-f', '-e', '-u', '-o', 'pipefail'], bash: ['--noprofile', '--norc', '-eu', '-o', 'pipefail'] };

/**
 * Writes the script of a block.
 * @param folder where it goes; nobody else writes there.
 * @param outputs the file in which a shell tells its outputs; its fd 3 unless given.
 */
export function writeScript(source: ScriptSource, folder: string, outputs?: string): BlockScript {
  const [program = source.interpreter, ...given] = source.interpreter.split(/\s+/).filter((word) => word !== '');
  const kind = basename(program);
  const file = basename(source.name) || 'runbook';
  mkdirSync(join(folder, 'block'), { mode: 0o700 });
  const block = join(folder, 'block', file);
  writeFileSync(block, `${'\n'.repeat(source.line - 1)}${source.code}\n`, { mode: 0o600 });
  if (!shells.has(kind)) return { program, args: [...given, block], tells: false };
  const script = join(folder, file);
  const opens = outputs === undefined ? '' : `exec 3>${quoteWord(outputs)}\n`;
  writeFileSync(script, `${opens}${source.publishes.length === 0 ? '' : telling(source.publishes, letsExitBeTaken.has(kind))}set -eu\n. ${quoteWord(block)}\n${source.publishes.length === 0 ? '' : '__rb_tell\n'}`, { mode: 0o600 });
  return { program, args: [...(strict[kind] ?? []), ...given, script], tells: true };
}

/**
 * Shell text that tells the published names, `NAME=value` or `NAME`, NUL-separated: at the end of the block, and by a trap where
 * it ends by `exit`. A block that sets a trap of its own takes that one away; then `exit` itself tells, where it can be taken.
 */
function telling(names: readonly string[], canTakeExit: boolean): string {
  const each = names.map((name) => `printf "%s\\0" "${name}\${${name}+=}\${${name}-}" >&3`);
  const exit = 'exit() { __rb_status=$?; if [ "${BASH_SUBSHELL-}${ZSH_SUBSHELL-}" = 0 ]; then __rb_tell; fi; builtin exit "${1-$__rb_status}"; }\n';
  return `__rb_tell() { ${each.join('; ')}; }\ntrap __rb_tell EXIT\n${canTakeExit ? exit : ''}`;
}

/** Reads what a shell told. */
export function readTold(bytes: Buffer): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const record of bytes.toString('latin1').split('\0')) {
    const [head, name, isSet] = /^([A-Za-z_]\w*)(=)?/.exec(record) ?? [];
    if (head !== undefined && name !== undefined) told.set(name, { flags: '', value: isSet === undefined ? undefined : record.slice(head.length) });
  }
  return told;
}
