// `runbook completion SHELL`: the script that a shell reads.
import { completionScript, type CompletingShell } from '../completion/shell-script.ts';
import { print } from '../console.ts';
import { exitCodes } from '../exit.ts';

/** Prints the script. */
export function completion(shell: CompletingShell): number {
  print(completionScript(shell).trimEnd());
  return exitCodes.done;
}
