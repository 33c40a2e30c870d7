// Where each step of the plan stands, for the display: a fold of plan and events, with what a step last said of itself.
// It remembers nothing that cannot be told again from the journal, apart from those last words.
import type { Plan, PlanStep, RunEvent, StepState } from '@runbook/model';

/** A wait that goes on: which try is next, and until when. Milliseconds of the run's clock. */
export type Waiting = Extract<RunEvent, { kind: 'gate-waiting' }>;

/** A step as the display knows it. */
export interface StepView {
  readonly step: PlanStep;
  /** Its place among the steps that are counted; verifiers, undo and failure steps have none. */
  readonly number?: number;
  readonly state: StepState;
  readonly attempt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly waiting?: Waiting;
  /** What the step last said it is doing. */
  readonly said?: string;
}

/** The steps of one run as they go. */
export interface Progress {
  readonly total: number;
  add(event: RunEvent): void;
  say(step: string, text: string): void;
  find(step: string): StepView | undefined;
  /** The steps to list, in document order: counted ones, and others once they do something. */
  list(): StepView[];
  /** The step that is going on; of several the one that started last. */
  current(): StepView | undefined;
  /** When the run started, or undefined before it did. */
  startedAt(): number | undefined;
}

/** Starts with every step pending. */
export function createProgress(plan: Plan): Progress {
  const views = new Map<string, StepView>();
  let counted = 0;
  for (const step of plan.steps) {
    if (step.role === 'step') counted += 1;
    views.set(step.id, { step, state: 'pending', attempt: 0, ...(step.role === 'step' ? { number: counted } : {}) });
  }
  const running: string[] = [];
  let startedAt: number | undefined;
  const stop = (id: string): void => {
    const at = running.indexOf(id);
    if (at !== -1) running.splice(at, 1);
  };
  return {
    total: counted,
    add(event) {
      if (event.kind === 'run-started') startedAt ??= event.at;
      if (!('step' in event)) return;
      const view = views.get(event.step);
      if (view === undefined) return;
      views.set(event.step, next(view, event));
      if (event.kind === 'step-started' || event.kind === 'step-ended') stop(event.step);
      if (event.kind === 'step-started') running.push(event.step);
    },
    say(step, text) {
      const view = views.get(step);
      if (view !== undefined) views.set(step, { ...view, said: text });
    },
    find: (step) => views.get(step),
    list: () => [...views.values()].filter((view) => view.number !== undefined || view.startedAt !== undefined),
    current: () => views.get(running.at(-1) ?? ''),
    startedAt: () => startedAt,
  };
}

function next(view: StepView, event: RunEvent): StepView {
  if (event.kind === 'step-started') {
    const { step, number } = view;
    return { step, ...(number === undefined ? {} : { number }), state: 'running', attempt: event.attempt, startedAt: firstStart(view, event.at) };
  }
  if (event.kind === 'gate-waiting') return { ...view, waiting: event };
  if (event.kind === 'step-ended') return { ...view, state: event.state, endedAt: event.at };
  return view;
}

/** A further attempt of a step that is still going on keeps its first start. */
function firstStart(view: StepView, at: number): number {
  return view.state === 'running' && view.startedAt !== undefined ? view.startedAt : at;
}
