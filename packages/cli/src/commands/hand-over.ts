// `runbook export RUN` and `runbook import FILE`: a run goes to a colleague's machine, or an approval comes from one.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { safeText } from '@runbook/access';
import { claimRun, exportLines, HandOverError, importLines, isHandedOver, keepOutOfGit, openJournal, postSignal, readJournal } from '@runbook/runner';
import { isApprovalFile, readApproval } from '../approval-file.ts';
import { say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { thisPerson } from '../people.ts';
import { refusal } from '../relocation.ts';
import { homeHere, recallRun } from '../stored-run.ts';

/** Writes a run to stdout. From then on it does not go on here. */
export async function exportRun(id: string): Promise<number> {
  const run = recallRun(id);
  const { folder, started } = run;
  if (process.stdout.isTTY === true) throw new UsageError(`this writes a file to stdout. Say where to: runbook export ${id} > run.jsonl`);
  if (started.mode === 'rehearse') throw new UsageError(`${folder.id} is a rehearsal: its world is on this machine. A colleague rehearses anew.`);
  const claim = claimRun(folder.journal, Date.now());
  if (claim.kind !== 'won') throw refusal(folder.id, claim);
  const lines = exportLines(folder);
  const head = firstOf(lines);
  // marked before anything leaves: at no time may both sides go on
  const journal = openJournal(folder.journal);
  journal.append({ at: Date.now(), kind: 'handed-over', by: thisPerson() });
  journal.close();
  await write(head);
  for (const line of lines) await write(line);
  say(`${folder.id} is handed over and does not go on here. There: runbook import FILE, then runbook resume ${folder.id}. No secret is in the file.`);
  return exitCodes.done;
}

/** The head of the file. What cannot be handed over is found here, when nothing has happened yet. */
function firstOf(lines: Generator<string>): string {
  try {
    const head = lines.next();
    return head.done === true ? '' : head.value;
  } catch (error) {
    throw error instanceof HandOverError ? new UsageError(error.message, undefined, { cause: error }) : error;
  }
}

async function write(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** Takes in what a file holds: a run, or an approval. */
export async function importFile(file: string): Promise<number> {
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file.`);
  if (statSync(file).isDirectory()) throw new UsageError(`${file}: it is a folder. Give the file that runbook export has written.`);
  if (await isApprovalFile(file)) return importApproval(file);
  const home = homeHere();
  keepOutOfGit(home);
  try {
    const folder = await importLines(createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity }), home);
    const journal = openJournal(folder.journal);
    journal.append({ at: Date.now(), kind: 'taken-in', by: thisPerson(), host: hostname() });
    journal.close();
    readJournal(folder.journal);
    say(`${folder.id} is here now. Go on with: runbook resume ${folder.id}`);
    return exitCodes.done;
  } catch (error) {
    throw error instanceof HandOverError ? new UsageError(`${file}: ${error.message}`, undefined, { cause: error }) : error;
  }
}

function importApproval(file: string): number {
  const approval = readApproval(file);
  const run = recallRun(approval.run);
  if (run.folder.id !== approval.run) throw new UsageError(`${file}: it is for the run ${approval.run}; ${run.folder.id} is another one.`);
  if (isHandedOver(run.events)) throw new UsageError(`${run.folder.id} was handed over: take the approval in where it goes on.`, exitCodes.waiting);
  const step = run.plan.steps.find((candidate) => candidate.id === approval.step);
  if (step?.kind !== 'manual') throw new UsageError(`${file}: ${run.folder.id} has no manual step ${safeText(approval.step)}.`);
  if (approval.hash !== undefined && approval.hash !== step.hash) throw new UsageError(`${file}: ${approval.step} says something else now than what was approved. Ask again.`);
  const { by, decision, evidence, at } = approval;
  postSignal(run.folder.signals, { at, kind: 'signal', step: approval.step, decision, by, ...(approval.hash === undefined ? {} : { hash: approval.hash }), ...(evidence === undefined ? {} : { evidence }) });
  const how = by.verified === 'os' ? 'verified: os, the file is of this user of this machine' : 'not verified: it came as a file';
  say(`${approval.step}: ${decision === 'approve' ? 'approved' : 'declined'} by ${safeText(by.name)} (${how}). Go on with: runbook resume ${run.folder.id}`);
  return exitCodes.done;
}
