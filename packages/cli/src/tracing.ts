// `--trace`: a transcript of what a command asks outside. The clients find its file in the environment, also those of script blocks.
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from './exit.ts';

/** The commands whose work may ask outside; all below a name with blanks meant. */
const asking = /^(?:run|resume|undo|cancel|report|check|preflight|prow (?:runs|history|log|wait)|promoter (?:check|plan|status|pr)|registry .+)$/;

/** Gives the option to every command that may ask outside. */
export function addTrace(program: Command): void {
  for (const command of leaves(program)) {
    if (asking.test(nameOf(command, program))) command.option('--trace <file>', 'take down each request to the outside in a file: JSON lines without bodies and secrets');
  }
  program.hook('preAction', (_program, command) => startTrace(command.opts<{ readonly trace?: string }>().trace));
}

function leaves(command: Command): readonly Command[] {
  return command.commands.flatMap((inner) => (inner.commands.length === 0 ? [inner] : [...leaves(inner)]));
}

function nameOf(command: Command, program: Command): string {
  return command.parent === null || command.parent === program ? command.name() : `${nameOf(command.parent, program)} ${command.name()}`;
}

/** @throws UsageError where the file cannot be written, before anything is asked */
function startTrace(file: string | undefined): void {
  if (file === undefined) return;
  const path = resolve(file);
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw new UsageError(`--trace ${file}: it cannot be written (${cause instanceof Error ? cause.message : String(cause)}). Name a file in a folder that is there.`, undefined, { cause });
  }
  process.env['RUNBOOK_TRACE'] = path;
}
