// The only loop. It takes a plan and tells what happens: journal first, show second. Whatever it knows of the past it has from
// the events, so that a resumed run and a fresh one are the same code.
import type { Plan, PlanStep, RunEvent, RunState, StepState } from '@runbook/model';
import { runFailureSteps, undoSteps } from './aftermath.ts';
import { createBackground, isNeededAgain, reapBackground, startBackground, stopBackground } from './background.ts';
import type { Execution, Untimed } from './execution.ts';
import { createMemory, doneStates } from './memory.ts';
import { isUndecided, obstacle } from './obstacle.ts';
import { indexPlan } from './plan-index.ts';
import type { ExecuteOptions, Ports, StepAnswer, Task } from './ports.ts';
import { tellGroup } from './orphan.ts';
import { openScopes } from './scope.ts';
import { openSessions } from './sessions.ts';
import type { StepEnd } from './ending.ts';
import { runStep } from './step.ts';

/** How an execution ended. */
export interface Outcome {
  readonly state: Exclude<RunState, 'running'>;
  readonly reason?: string;
}

/**
 * Does a plan to its end, to its first failure, or to the first step that needs somebody.
 * Everything it learns is told as events; it throws only for bugs of ours.
 */
export async function execute(plan: Plan, ports: Ports, options: ExecuteOptions): Promise<Outcome> {
  const index = indexPlan(plan);
  const memory = createMemory((step) => index.find(step)?.scope);
  for (const event of options.past) memory.add(event);
  const untold: RunEvent[] = [];
  const tellWithNext = (event: Untimed<RunEvent>): void => {
    const timed = { at: ports.clock.now(), ...event } as RunEvent;
    memory.add(timed);
    untold.push(timed);
  };
  const settle = (): void => {
    // emptied first: what could not be journalled must not be tried again
    const events = untold.splice(0);
    if (events.length > 0) ports.journal(events);
    for (const event of events) ports.show(event);
  };
  const tell = (event: Untimed<RunEvent>): void => {
    tellWithNext(event);
    settle();
  };
  const scopes = openScopes(plan, options, memory);
  const sessions = openSessions({ ports, scopes, memory, document: { ...plan.runbook, file: ports.folders.document }, onGroup: (group) => tellGroup(tell, group) });
  const execution: Execution = { plan, index, scopes, ports, options, memory, sessions, tell, tellWithNext, settle, background: createBackground() };
  try {
    const outcome = await tasks[options.task](execution);
    await stopBackground(execution);
    tell({ kind: 'run-ended', ...outcome });
    return outcome;
  } finally {
    // a journal that cannot be written must not keep processes alive
    try {
      settle();
    } finally {
      await execution.background.stop();
      await sessions.close();
    }
  }
}

const tasks: Readonly<Record<Task, (execution: Execution) => Promise<Outcome>>> = { steps: doSteps, undo: takeBack, cancel };

/** Undoes what was done, as far as it is confirmed. The undone steps are due again, so the run is not over. */
async function takeBack(execution: Execution): Promise<Outcome> {
  const undone = await undoSteps(execution, execution.options.undoWithoutAsking ? 'without-asking' : 'ask');
  return { state: 'interrupted', reason: undone.length === 0 ? 'nothing was undone' : `undone: ${undone.join(', ')}` };
}

/** Ends the run for good; the document's own failure steps clean up. */
async function cancel(execution: Execution): Promise<Outcome> {
  await runFailureSteps(execution);
  return { state: 'cancelled', reason: 'cancelled by a person' };
}

async function doSteps(execution: Execution): Promise<Outcome> {
  const { plan, options, memory, tell } = execution;
  let lastLog: string | undefined;
  /** Gates of background blocks that were started just now: what they found before says nothing of these. */
  const dueGates = new Set<string>();
  for (const step of plan.steps.filter((candidate) => candidate.role === 'step')) {
    const isDone = doneStates.has(memory.state(step.id)) && !dueGates.has(step.id) && !isNeededAgain(execution, step);
    if (isDone || isSkipped(execution, step)) continue;
    const gone = reapBackground(execution);
    if (gone !== undefined) return fail(execution, gone.step, gone.end.reason);
    if (options.signal.aborted) return { state: 'interrupted', reason: `stopped before ${step.id}` };
    const blocked = obstacle(execution, step);
    if (blocked !== undefined) {
      tell({ kind: 'step-ended', step: step.id, ...blocked });
      followVerifier(execution, step, blocked.state);
      if (blocked.state === 'failed') return fail(execution, step, blocked.reason);
      continue;
    }
    const answer = await askBefore(execution, step, lastLog);
    if (answer?.kind === 'stop') return { state: 'waiting', reason: `stopped before ${step.id}` };
    if (answer?.kind === 'skip') {
      tell({ kind: 'step-ended', step: step.id, state: 'declined', reason: answer.reason, by: answer.by });
      followVerifier(execution, step, 'not-needed');
      continue;
    }
    const end = step.background ? await startBackground(execution, step) : await runStep(execution, step);
    if (end === undefined) {
      if (step.ready !== undefined) dueGates.add(step.ready);
      continue;
    }
    // the claim of the next step follows at once
    (end.state === 'passed' ? execution.tellWithNext : tell)({ kind: 'step-ended', step: step.id, ...end });
    followVerifier(execution, step, end.state);
    lastLog = end.log ?? lastLog;
    const lost = reapBackground(execution);
    if (lost !== undefined && end.state !== 'failed') return fail(execution, lost.step, lost.end.reason);
    const stop = await conclude(execution, step, end);
    if (stop !== undefined) return stop;
  }
  const lost = reapBackground(execution);
  if (lost !== undefined) return fail(execution, lost.step, lost.end.reason);
  // never done without naming what a person left out
  const declined = plan.steps.filter((step) => step.role === 'step' && memory.state(step.id) === 'declined').map((step) => step.id);
  return { state: goodEnds[options.mode], ...(declined.length === 0 ? {} : { reason: `declined: ${declined.join(', ')}` }) };
}

const goodEnds = { live: 'passed', rehearse: 'rehearsed', 'dry-run': 'dry' } as const;

/** A person who goes step by step left it out for good. A manual step that was declined is asked about again. */
function isSkipped({ memory }: Execution, step: PlanStep): boolean {
  return step.kind !== 'manual' && memory.state(step.id) === 'declined';
}

/** Going step by step, asks what to do with the next one. What is left of an include does nothing, so nobody is asked. */
async function askBefore({ options, ports, scopes, settle }: Execution, step: PlanStep, lastLog: string | undefined): Promise<StepAnswer | undefined> {
  if (options.stepByStep !== true || ports.people.before === undefined || step.kind === 'include') return undefined;
  settle();
  const used = <V>(all: Readonly<Record<string, V>>): [string, V][] => Object.entries(all).filter(([name]) => step.uses.includes(name));
  return ports.people.before(step, { values: Object.fromEntries(used(scopes.values(step.scope))), secrets: used(scopes.secrets(step.scope)).map(([name]) => name), ...(lastLog === undefined ? {} : { lastLog }) });
}

/** Whether the run ends with this step, and how. */
async function conclude(execution: Execution, step: PlanStep, end: StepEnd): Promise<Outcome | undefined> {
  const { mode } = execution.options;
  if (end.state === 'failed') return fail(execution, step, end.reason);
  if (end.state === 'interrupted') {
    // an attempt that failed by itself is a failure of the run; one that was stopped, or needs a person's word first, is not
    const failedByItself = end.log !== undefined && !execution.options.signal.aborted;
    return failedByItself ? fail(execution, step, end.reason) : { state: 'interrupted', reason: `${step.id}: ${end.reason ?? 'interrupted'}` };
  }
  if (end.state === 'waiting' && mode !== 'dry-run') return { state: 'waiting', reason: `${step.id}: ${end.reason ?? 'waits for a person'}` };
  if (end.state === 'declined') return { state: 'waiting', reason: `${step.id} was declined` };
  return undefined;
}

async function fail(execution: Execution, step: PlanStep, reason: string | undefined): Promise<Outcome> {
  execution.settle();
  await runFailureSteps(execution);
  await undoSteps(execution, execution.options.undoWithoutAsking ? 'without-asking' : 'ask');
  return { state: 'failed', reason: `${step.id}: ${reason ?? 'failed'}` };
}

/** A verifier stands where its step stands: confirmed with it, or as unreachable as it. */
function followVerifier({ memory, tell }: Execution, step: PlanStep, state: StepState): void {
  if (step.verifier === undefined || doneStates.has(memory.state(step.verifier))) return;
  if (doneStates.has(state)) tell({ kind: 'step-ended', step: step.verifier, state: 'passed', reason: `${step.id} is done` });
  else if (isUndecided(state)) tell({ kind: 'step-ended', step: step.verifier, state: 'unreachable', reason: `${step.id} is ${state}` });
  else if (state === 'not-needed' || state === 'not-selected') tell({ kind: 'step-ended', step: step.verifier, state, reason: `${step.id} is ${state}` });
}
