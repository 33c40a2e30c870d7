// Commands that modules of a block start by themselves: behind the write lock, as those of `$` are.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import type { WriteLock } from '@runbook/access';
import { askBefore, isOurs } from './script-origin.ts';

/** What the guard needs. */
export interface CommandContext {
  readonly lock: WriteLock;
  /** The folder of our own code, as a URL. */
  readonly own: string;
  /** Whether the running block may start commands without asking: a local step. */
  readonly mayRun: () => boolean;
}

/** Puts the lock in front of `node:child_process`, for the rest of the process. */
export function guardCommands({ lock, own, mayRun }: CommandContext): void {
  const { spawn, exec, execFile, fork, spawnSync, execSync, execFileSync } = childProcess;
  for (const [name, start] of Object.entries({ spawn, exec, execFile, fork, spawnSync, execSync, execFileSync })) {
    const asking = askBefore(start, (args, called) => {
      if (!isOurs(own, called) && !mayRun()) lock.enter({ service: 'shell', effect: 'write', target: commandOf(args) });
    });
    Object.assign(childProcess, { [name]: asking });
  }
  syncBuiltinESMExports();
}

/** A command as it was called: `spawn(file, args)`, `exec(line)`. */
function commandOf([file, args]: readonly unknown[]): string {
  const words: readonly unknown[] = Array.isArray(args) ? args : [];
  return [file, ...words].map((word) => (word instanceof URL ? word.href : String(word))).join(' ');
}
