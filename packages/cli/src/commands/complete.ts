// `runbook complete -- WORDS…`: what the scripts of `runbook completion` ask, one offer a line, with a tab before its
// explanation. Silent and successful whatever happens: nobody wants an error in the middle of a word.
import type { Command } from 'commander';
import { findCandidates } from '../completion/candidate.ts';
import { exitCodes } from '../exit.ts';

/** Prints the offers for the last word. */
export async function complete(program: Command, words: readonly string[]): Promise<number> {
  for (const { value, about } of await findCandidates(program, words, { folder: process.cwd() })) process.stdout.write(`${about === '' ? value : `${value}\t${about}`}\n`);
  return exitCodes.done;
}
