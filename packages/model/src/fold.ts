// From a plan and events to a report. Everything that is shown of a run is this fold; it remembers nothing else, and says of
// no step more than the journal does.
import type { Mode } from '@runbook/access';
import type { RunEvent, RunState, StepState, Verification } from './event.ts';
import type { Plan, PlanStep } from './plan.ts';
import { weighApprovals, type Signal, type Weighing } from './approval.ts';
import { findLinks } from './report-link.ts';
import type { Report, ReportApproval, ReportStep, ReportTools, ReportWrite } from './report.ts';
import type { Json } from './runbook.ts';

/** A report that grows with the journal. */
export interface Fold {
  add(event: RunEvent): void;
  /** The report as of the events so far. */
  report(): Report;
}

type Started = Extract<RunEvent, { kind: 'run-started' }>;
type Ended = Extract<RunEvent, { kind: 'step-ended' }>;
type Verified = Extract<RunEvent, { kind: 'verified' }>;

/** What is known of one step so far. */
interface Progress {
  readonly step: PlanStep;
  state: StepState;
  started?: number;
  finished?: number;
  attempts: number;
  reason?: string;
  ended?: Ended;
  /** The last answer of the step's own looking, when the step is a verifier. */
  looked?: Verified;
  /** Outputs that the step's verifier found. */
  found?: Readonly<Record<string, Json>>;
  /** What was found when somebody last looked whether the step is done. */
  seen?: Verification;
}

interface RunProgress {
  started?: Started;
  state: RunState;
  reason?: string;
  finished?: number;
  over: boolean;
}

/** Starts a fold. Before the first event every step is `pending`. Events of steps that the plan does not know are left out. */
export function createFold(plan: Plan): Fold {
  const run: RunProgress = { state: 'running', over: false };
  const files = new Map((plan.scopes ?? []).map((scope) => [scope.id, scope.file]));
  const steps = new Map<string, Progress>(plan.steps.map((step) => [step.id, { step, state: 'pending', attempts: 0 }]));
  let writes: ReportWrite[] = [];
  const signals: Signal[] = [];
  const settled: ReportApproval[] = [];
  const tools: ReportTools[] = [];
  return {
    add(event) {
      if (event.kind === 'step-started' && steps.get(event.step)?.seen === 'absent') writes = writes.map((write) => (write.step === event.step ? { ...write, notFound: true } : write));
      if (event.kind === 'write') writes.push({ step: event.step, ...event.write });
      else if (event.kind === 'signal') signals.push(event);
      else if (event.kind === 'tools') tools.push({ since: iso(event.at), versions: event.tools });
      else if (event.kind === 'settled') {
        settled.push({ step: event.step, by: event.by, at: iso(event.at), decision: event.found });
        const progress = steps.get(event.step);
        if (progress !== undefined) progress.seen = event.found;
      }
      else if (event.kind === 'handed-over' || event.kind === 'taken-in') {
        run.state = 'interrupted';
        run.over = true;
        run.reason = event.kind === 'handed-over' ? `handed over by ${event.by.name}` : `taken in by ${event.by.name} on ${event.host}`;
      } else if (event.kind === 'edited' || event.kind === 'moved') {
        if (event.kind === 'edited' && run.started !== undefined) run.started = { ...run.started, hash: event.hash, inputs: event.inputs };
        for (const id of event.due) {
          const progress = steps.get(id);
          if (progress !== undefined) steps.set(id, { step: progress.step, state: 'pending', attempts: progress.attempts });
        }
      } else if (event.kind === 'run-started' || event.kind === 'owned' || event.kind === 'run-ended') {
        if (event.kind === 'run-started' && event.tools !== undefined) tools.push({ since: iso(event.at), versions: event.tools });
        addToRun(run, event);
      } else if (event.kind !== 'group-started') {
        const progress = steps.get(event.step);
        if (progress !== undefined) addToStep(progress, event);
        const verifier = event.kind === 'verified' ? steps.get(event.verifier) : undefined;
        if (event.kind === 'verified' && verifier !== undefined) verifier.looked = event;
      }
    },
    report() {
      const weighings = weigh(plan, signals, run.started?.forge);
      const told = [...steps.values()].map((progress) => tell(progress, run, { steps, file: files.get(progress.step.scope ?? ''), approved: weighings.get(progress.step.id) }));
      const approvals = [...signals.map((signal) => tellApproval(signal, weighings.get(signal.step))), ...settled];
      return { ...head(plan, run), ...(tools.length === 0 ? {} : { tools: [...tools] }), ...aboutWorld(run, approvals), steps: told, writes: [...writes], approvals, counts: count(told) };
    },
  };
}

/** Where the approvals of each step with signals stand. */
function weigh(plan: Plan, signals: readonly Signal[], forge: string | undefined): ReadonlyMap<string, Weighing> {
  const asked = new Set(signals.map((signal) => signal.step));
  return new Map(plan.steps.filter((step) => asked.has(step.id)).map((step) => [step.id, weighApprovals(signals.filter((signal) => signal.step === step.id), { approvers: step.approvers, hash: step.hash, ...(forge === undefined ? {} : { forge }) })]));
}

function tellApproval(signal: Signal, weighing: Weighing | undefined): ReportApproval {
  const why = weighing?.uncounted.find((one) => one.signal === signal)?.why;
  return { step: signal.step, by: signal.by, ...(signal.evidence === undefined ? {} : { evidence: signal.evidence }), at: iso(signal.at), decision: signal.decision, ...(why === undefined ? {} : { uncounted: why }) };
}

/** A rehearsal's first line also says who ticked: nobody may take the world's people for colleagues. */
function aboutWorld({ started }: RunProgress, approvals: Report['approvals']): Pick<Report, 'world'> {
  if (started?.world === undefined) return {};
  const ticked = approvals.some((approval) => approval.by.verified === 'rehearsal');
  return { world: ticked ? `${started.world} Manual steps were ticked by the people of the world.` : started.world };
}

/** The report of a whole journal. */
export function foldReport(plan: Plan, events: readonly RunEvent[]): Report {
  const fold = createFold(plan);
  for (const event of events) fold.add(event);
  return fold.report();
}

function addToRun(run: RunProgress, event: Extract<RunEvent, { kind: 'run-started' | 'owned' | 'run-ended' }>): void {
  if (event.kind === 'run-ended') {
    run.state = event.state;
    run.over = event.state !== 'waiting';
    run.finished = event.at;
    if (event.reason === undefined) delete run.reason;
    else run.reason = event.reason;
    return;
  }
  // A claim after the end is a resumed run.
  run.state = 'running';
  run.over = false;
  delete run.finished;
  delete run.reason;
  if (event.kind === 'run-started') run.started ??= event;
}

function addToStep(progress: Progress, event: Extract<RunEvent, { kind: 'step-started' | 'verified' | 'gate-waiting' | 'step-ended' }>): void {
  if (event.kind === 'verified') {
    progress.seen = event.answer;
    if (event.outputs !== undefined) progress.found = event.outputs;
    return;
  }
  progress.started ??= event.at;
  if (event.kind === 'step-ended') {
    progress.state = event.state;
    progress.finished = event.at;
    progress.ended = event;
    if (event.reason === undefined) delete progress.reason;
    else progress.reason = event.reason;
    return;
  }
  progress.attempts = Math.max(progress.attempts, event.attempt);
  delete progress.finished;
  delete progress.ended;
  if (event.kind === 'step-started') {
    delete progress.seen;
    progress.state = 'running';
    delete progress.reason;
  } else {
    progress.state = 'waiting';
    if (event.answer !== undefined) progress.reason = event.answer;
  }
}

function head(plan: Plan, run: RunProgress): Omit<Report, 'steps' | 'writes' | 'approvals' | 'counts'> {
  const { started } = run;
  const mode: Mode = started?.mode ?? 'live';
  return {
    run: started?.run ?? '',
    runbook: started?.file ?? plan.runbook.file,
    title: plan.runbook.title,
    hash: started?.hash ?? plan.runbook.hash,
    state: run.state,
    mode,
    tool: started?.tool ?? '',
    ...(started?.commit === undefined ? {} : { commit: started.commit }),
    ...(started?.dirty === undefined ? {} : { dirty: started.dirty }),
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    inputs: started?.inputs ?? plan.inputs,
    started: started === undefined ? '' : iso(started.at),
    ...(run.finished === undefined ? {} : { finished: iso(run.finished) }),
  };
}

interface Surroundings {
  readonly steps: ReadonlyMap<string, Progress>;
  readonly file: string | undefined;
  readonly approved: Weighing | undefined;
}

function tell(progress: Progress, run: RunProgress, { steps, file, approved }: Surroundings): ReportStep {
  const { step, ended, started, finished } = progress;
  const outputs = ended?.outputs ?? progress.found ?? {};
  const links = findLinks(outputs, ended?.evidence);
  const state = finalState(progress, run, steps);
  return {
    id: step.id,
    heading: step.heading.join(' › '),
    line: step.line,
    ...(file === undefined ? {} : { file }),
    state,
    effect: step.effect,
    role: step.role,
    ...(step.verifies === undefined ? {} : { verifies: step.verifies }),
    ...(started === undefined ? {} : { started: iso(started) }),
    ...(finished === undefined ? {} : { finished: iso(finished) }),
    ...(started === undefined || finished === undefined ? {} : { durationMs: Math.max(0, finished - started) }),
    ...(ended?.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
    outputs,
    attempts: progress.attempts,
    ...(ended?.evidence === undefined ? {} : { evidence: ended.evidence }),
    ...(ended?.by === undefined ? {} : { by: ended.state === 'passed' && approved !== undefined && approved.counted.length > 1 ? approved.counted.map((signal) => signal.by.name).join(', ') : ended.by.name }),
    ...(progress.reason === undefined ? {} : { reason: progress.reason }),
    ...(links[0] === undefined ? {} : { link: links[0] }),
    ...(links.length < 2 ? {} : { links }),
    ...(ended?.log === undefined ? {} : { log: ended.log }),
    ...(ended?.tail === undefined ? {} : { tail: ended.tail }),
  };
}

/** The state to show: what the journal says, and once the run is over, what became of steps it says nothing of. */
function finalState(progress: Progress, run: RunProgress, steps: ReadonlyMap<string, Progress>): StepState {
  const { state, step, looked } = progress;
  if (step.role === 'verifier' && state === 'pending' && looked !== undefined) return lookedState(progress, looked, steps);
  if (!run.over) return state;
  if (state === 'running') return 'interrupted';
  if (state !== 'pending') return state;
  const good = run.state === 'passed' || run.state === 'rehearsed' || run.state === 'dry';
  return good && (step.role === 'undo' || step.role === 'failure') ? 'not-needed' : 'not-reached';
}

/** A verifier that has no record of its own: its last answer decides. */
function lookedState(progress: Progress, looked: Verified, steps: ReadonlyMap<string, Progress>): StepState {
  if (looked.answer === 'done') return 'passed';
  if (looked.answer === 'unknown') return 'failed';
  if (looked.moment === 'after') return 'failed';
  // "Not done yet" is a good answer before the step; what came after it decides whether there was a second look.
  const target = steps.get(progress.step.verifies ?? '')?.state;
  if (target === 'withheld') return 'passed';
  return target === 'running' || target === 'pending' ? 'pending' : 'not-reached';
}

function count(steps: readonly ReportStep[]): Report['counts'] {
  const counts: Partial<Record<StepState, number>> = {};
  for (const { state } of steps) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function iso(at: number): string {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : '';
}
