// `runbook approve`: ticks a manual step of a run from any process, or writes the tick to a file for the machine where the run is.
import { appendFileSync, writeFileSync } from 'node:fs';
import { nearest } from '@runbook/problem';
import { isHandedOver } from '@runbook/runner';
import type { ApprovalFile } from '../approval-file.ts';
import { say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { thisPerson } from '../people.ts';
import { findRun, recallRun } from '../stored-run.ts';

/** The flags of `approve`. */
export interface ApproveFlags {
  readonly evidence?: string;
  readonly decline?: string;
  readonly out?: string;
}

/** Records what a person says of a manual step. Before the run comes to the step it waits there. */
export function approve(id: string, step: string, flags: ApproveFlags): number {
  if (flags.decline !== undefined && flags.evidence !== undefined) throw new UsageError('--decline says no, --evidence shows that it is done: say one of them.');
  if (flags.decline?.trim() === '') throw new UsageError('--decline wants the reason.');
  const decision = flags.decline === undefined ? 'approve' : 'decline';
  const evidence = flags.decline ?? flags.evidence;
  if (flags.out !== undefined) return writeApproval(id, step, { decision, ...(evidence === undefined ? {} : { evidence }), out: flags.out });
  const run = recallRun(id);
  if (isHandedOver(run.events)) throw new UsageError(`${run.folder.id} was handed over: approve it where it goes on, or write a file for there with --out.`, exitCodes.waiting);
  insistOnManual(run, step);
  if (run.report.steps.find((candidate) => candidate.id === step)?.state === 'passed') {
    say(`${step} is ticked already.`);
    return exitCodes.done;
  }
  const by = thisPerson();
  const signal = { at: Date.now(), kind: 'signal', step, decision, by, ...(evidence === undefined ? {} : { evidence }) };
  appendFileSync(run.folder.signals, `${JSON.stringify(signal)}\n`, { mode: 0o600 });
  say(`${step} ${decision === 'approve' ? 'ticked' : 'declined'} by ${by.name}. Go on with: runbook resume ${run.folder.id}`);
  return exitCodes.done;
}

function insistOnManual(run: ReturnType<typeof recallRun>, step: string): string {
  const manual = run.plan.steps.filter((candidate) => candidate.kind === 'manual');
  const found = manual.find((candidate) => candidate.id === step);
  if (found !== undefined) return found.hash;
  const ids = manual.map((candidate) => candidate.id);
  const near = nearest(step, ids);
  throw new UsageError(`${run.folder.id} has no manual step ${step}${near === undefined ? '' : `; did you mean ${near}?`} Its manual steps are: ${ids.join(', ') || 'none'}.`);
}

/** The run need not be here; where it is, the step is held to what it says now. */
function writeApproval(id: string, step: string, { decision, evidence, out }: { readonly decision: 'approve' | 'decline'; readonly evidence?: string; readonly out: string }): number {
  const run = findRun(id);
  const hash = run === undefined ? undefined : insistOnManual(run, step);
  const file: ApprovalFile = { kind: 'runbook-approval', format: 1, run: run?.folder.id ?? id, step, ...(hash === undefined ? {} : { hash }), decision, by: thisPerson().name, ...(evidence === undefined ? {} : { evidence }), at: Date.now() };
  try {
    writeFileSync(out, `${JSON.stringify(file)}\n`, { flag: 'wx' });
  } catch (cause) {
    throw new UsageError(`--out ${out}: ${cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' ? 'it is there already' : `cannot be written: ${String(cause)}`}. Give another name.`, undefined, { cause });
  }
  say(`${out} is written. Where the run is: runbook import ${out}. A file proves nobody's identity, so it is recorded as not verified.`);
  return exitCodes.done;
}
