// `runbook approve`: ticks a manual step of a run from any process, or writes the tick to a file for the machine where the run is.
import { createRedactor, shortestSecret, type Redactor } from '@runbook/access';
import { parseRunbook, weighApprovals, type InputDeclaration, type Person, type PlanStep } from '@runbook/model';
import { nearest } from '@runbook/problem';
import { isHandedOver, postSignal, readSignals } from '@runbook/runner';
import { writeApproval } from '../approval-file.ts';
import { say } from '../console.ts';
import { parseDocument, readDocument } from '../document.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { loginVariables } from '../github-login.ts';
import { identify } from '../identity.ts';
import { thisPerson } from '../people.ts';
import { findRun, recallRun, type RecalledRun } from '../stored-run.ts';

/** The flags of `approve`. */
export interface ApproveFlags {
  readonly evidence?: string;
  readonly decline?: string;
  readonly out?: string;
  readonly document?: string;
}

/** What is said of a step. */
interface Word {
  readonly decision: 'approve' | 'decline';
  readonly evidence?: string;
}

/** Records what a person says of a manual step. Before the run comes to the step it waits there. */
export async function approve(id: string, step: string, flags: ApproveFlags): Promise<number> {
  const word = wordOf(flags);
  if (flags.out !== undefined) return approveByFile(id, step, { word, out: flags.out, document: flags.document });
  if (flags.document !== undefined) throw new UsageError('--document belongs to --out: where the run is, its own text counts.');
  const run = recallRun(id);
  if (isHandedOver(run.events)) throw new UsageError(`${run.folder.id} was handed over: approve it where it goes on, or write a file for there with --out.`, exitCodes.waiting);
  const planned = insistOnManual(run.folder.id, run.plan.steps, step);
  const state = run.report.steps.find((candidate) => candidate.id === step)?.state;
  if (state === 'passed') {
    say(`${step} is ticked already.`);
    return exitCodes.done;
  }
  if (['passed', 'rehearsed', 'dry', 'cancelled'].includes(run.report.state)) throw new UsageError(`${run.folder.id} is over (${run.report.state}): ${step} is ${state ?? 'not in it'} and stays so.`);
  const redactor = redactorFor(declaredIn(run));
  // credentials of the machine are no business of a rehearsal
  const by = run.started.mode === 'live' && run.started.world === undefined ? await identify(process.env, process.cwd()) : thisPerson();
  postSignal(run.folder.signals, { at: Date.now(), kind: 'signal', step, hash: planned.hash, decision: word.decision, by, ...(word.evidence === undefined ? {} : { evidence: redactor.redact(word.evidence) }) });
  say(told(run, planned, { by, decision: word.decision }));
  return exitCodes.done;
}

function wordOf({ evidence, decline }: ApproveFlags): Word {
  if (decline !== undefined && evidence !== undefined) throw new UsageError('--decline says no, --evidence shows that it is done: say one of them.');
  if (decline?.trim() === '') throw new UsageError('--decline wants the reason.');
  if (decline !== undefined) return { decision: 'decline', evidence: decline };
  return { decision: 'approve', ...(evidence === undefined ? {} : { evidence }) };
}

/** What was recorded, whether it counts, and what is next. */
function told(run: RecalledRun, step: PlanStep, { by, decision }: { readonly by: Person; readonly decision: Word['decision'] }): string {
  const how = by.verified === 'none' ? 'not verified' : `verified: ${by.verified}`;
  const head = `${step.id} ${decision === 'approve' ? 'ticked' : 'declined'} by ${by.name} (${how}).`;
  const next = `Go on with: runbook resume ${run.folder.id}`;
  const signals = [...run.events, ...readSignals(run.folder.signals, run.events)].filter((event) => event.kind === 'signal').filter((signal) => signal.step === step.id);
  const { missing, uncounted } = weighApprovals(signals, { approvers: step.approvers, hash: step.hash, ...(run.started.forge === undefined ? {} : { forge: run.started.forge }) });
  if (decision === 'decline' || step.approvers === 1) return `${head} ${next}`;
  const why = uncounted.find(({ signal }) => signal.by.name === by.name)?.why;
  const standing = missing === 0 ? `All ${step.approvers} people have approved.` : `${step.approvers - missing} of ${step.approvers} people have approved; the others type: runbook approve ${run.folder.id} ${step.id}`;
  return `${head}${why === undefined ? '' : ` It does not count: ${why}.`} ${standing}${missing === 0 ? ` ${next}` : ''}`;
}

function declaredIn({ text, started, includes }: RecalledRun): readonly InputDeclaration[] {
  return [parseRunbook(text, started.file).runbook, ...[...includes.values()].map((included) => included.runbook)].flatMap((runbook) => runbook.inputs);
}

/** Hides what this process can know of a run's secrets; the run itself hides the rest. */
function redactorFor(inputs: readonly InputDeclaration[]): Redactor {
  const names = [...loginVariables, ...inputs.flatMap((input) => (input.type === 'secret' ? (input.env ?? []) : []))];
  return createRedactor(names.flatMap((name) => process.env[name] ?? []).filter((value) => value.length >= shortestSecret));
}

function insistOnManual<S extends Pick<PlanStep, 'id' | 'kind' | 'hash'>>(where: string, steps: readonly S[], step: string): S {
  const manual = steps.filter((candidate) => candidate.kind === 'manual');
  const found = manual.find((candidate) => candidate.id === step);
  if (found !== undefined) return found;
  const ids = manual.map((candidate) => candidate.id);
  const near = nearest(step, ids);
  throw new UsageError(`${where} has no manual step ${step}${near === undefined ? '; its' : `; did you mean ${near}? Its`} manual steps are: ${ids.join(', ') || 'none'}.`);
}

/** The run need not be here; where it or its document is, the approval is bound to the step as it reads. */
async function approveByFile(id: string, step: string, { word, out, document }: { readonly word: Word; readonly out: string; readonly document: string | undefined }): Promise<number> {
  const run = findRun(id);
  const read = document === undefined ? undefined : parseDocument(document, readDocument(document)).runbook;
  const hash = read !== undefined ? insistOnManual(read.file, read.steps, step).hash : run === undefined ? undefined : insistOnManual(run.folder.id, run.plan.steps, step).hash;
  const redactor = redactorFor(read?.inputs ?? (run === undefined ? [] : declaredIn(run)));
  if (run === undefined && !/^\d{8}T\d{6}-[0-9a-f]{6}$/.test(id)) throw new UsageError(`the run ${id} is not here, so its whole id is needed, such as 20261127T015409-8f3a1c.`);
  const by = await identify(process.env, process.cwd());
  writeApproval(out, { kind: 'runbook-approval', format: 1, run: run?.folder.id ?? id, step, ...(hash === undefined ? {} : { hash }), decision: word.decision, by, ...(word.evidence === undefined ? {} : { evidence: redactor.redact(word.evidence) }), at: Date.now() });
  const text = hash === undefined ? ' It names the step, not its text: bind it with --document FILE.' : '';
  say(`${out} is written. Where the run is: runbook import ${out}. A file proves nobody's identity on another machine, so it is recorded there as not verified.${text}`);
  return exitCodes.done;
}
