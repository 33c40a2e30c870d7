// What a run remembers, and the only thing it remembers: a fold of its events. A resumed run adds the journal's events first,
// then goes on as if it had never stopped.
import type { Json, RunEvent, StepState } from '@runbook/model';

type Signal = Extract<RunEvent, { kind: 'signal' }>;
type StepEnded = Extract<RunEvent, { kind: 'step-ended' }>;

/** The present state of a run, for the loop's decisions. */
export interface Memory {
  add(event: RunEvent): void;
  state(step: string): StepState;
  /** Values that steps have published, by name. */
  readonly outputs: ReadonlyMap<string, Json>;
  /** Keeps an output that holds a secret: known to this process, never journalled. */
  keep(name: string, value: Json): void;
  /** The deadline of a gate that began to wait, kept over resume. Milliseconds since 1970. */
  deadline(step: string): number | undefined;
  attempts(step: string): number;
  signals(step: string): readonly Signal[];
  /** The shell state after the last step that was done. */
  readonly snapshot: { readonly file: string; readonly sha256: string } | undefined;
  /** Steps in the order in which they passed. */
  readonly passed: readonly string[];
}

/** States in which a step is finished well, so that it is not run again. */
export const doneStates: ReadonlySet<StepState> = new Set<StepState>(['passed', 'skipped']);

/** Starts an empty memory. */
export function createMemory(): Memory {
  const states = new Map<string, StepState>();
  const outputs = new Map<string, Json>();
  const deadlines = new Map<string, number>();
  const attempts = new Map<string, number>();
  const signals = new Map<string, Signal[]>();
  let snapshot: Memory['snapshot'];
  // a set keeps the order and forgets one step without walking all of them
  const passed = new Set<string>();

  const ended = (event: StepEnded): void => {
    // an output that held a secret is not in the journal: unless this process still knows it, its step is due again
    const isWhole = (event.omitted ?? []).every((name) => outputs.has(name));
    states.set(event.step, isWhole ? event.state : 'pending');
    for (const [name, value] of Object.entries(event.outputs ?? {})) outputs.set(name, value);
    if (doneStates.has(event.state)) {
      if (event.snapshot !== undefined) snapshot = event.snapshot;
      deadlines.delete(event.step);
      passed.delete(event.step);
      passed.add(event.step);
    }
    if (event.state === 'undone') passed.delete(event.step);
  };

  return {
    add(event) {
      if (event.kind === 'step-started') {
        states.set(event.step, 'running');
        attempts.set(event.step, event.attempt);
      } else if (event.kind === 'gate-waiting') deadlines.set(event.step, event.deadline);
      else if (event.kind === 'signal') signals.set(event.step, [...(signals.get(event.step) ?? []), event]);
      else if (event.kind === 'step-ended') ended(event);
    },
    state: (step) => states.get(step) ?? 'pending',
    outputs,
    keep(name, value) {
      outputs.set(name, value);
    },
    deadline: (step) => deadlines.get(step),
    attempts: (step) => attempts.get(step) ?? 0,
    signals: (step) => signals.get(step) ?? [],
    get snapshot() {
      return snapshot;
    },
    get passed() {
      return [...passed];
    },
  };
}
