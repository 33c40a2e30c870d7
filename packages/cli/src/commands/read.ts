// The commands that read a document: plan and list. Neither executes anything of it.
import { parseRunbook } from '@runbook/model';
import { listJson, renderList, renderPlan } from '@runbook/render';
import { print, say, stdoutStyle } from '../console.ts';
import { parseDocument, planDocument, readDocument, readRunbook } from '../document.ts';
import { exitCodes } from '../exit.ts';
import { parseInputs } from '../given-inputs.ts';

/** `runbook plan FILE`: what a run would do. Nothing of the environment is in it. */
export function plan(file: string, flags: { readonly input?: readonly string[]; readonly json?: boolean }): number {
  const document = planDocument(parseDocument(file, readRunbook(file)), { given: parseInputs(flags.input ?? []).texts, env: {}, examples: true, secrets: 'ignored' });
  print(flags.json === true ? JSON.stringify(document.plan, null, 2) : renderPlan(document.plan, stdoutStyle()));
  return exitCodes.done;
}

/** `runbook list FILE`: the steps of a document, even of one that has problems. */
export function list(file: string, flags: { readonly json?: boolean }): number {
  const { runbook, problems } = parseRunbook(readDocument(file), file);
  print(flags.json === true ? listJson(runbook) : renderList(runbook, stdoutStyle()));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) say(`${file}: it has ${errors} ${errors === 1 ? 'error' : 'errors'} and will not run. runbook check ${file} shows ${errors === 1 ? 'it' : 'them'}.`);
  return exitCodes.done;
}
