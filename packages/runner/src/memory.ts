// What a run remembers, and the only thing it remembers: a fold of its events. A resumed run adds the journal's events first,
// then goes on as if it had never stopped.
import type { Json, RunEvent, Signal, StepState } from '@runbook/model';

import type { ScopeId } from './scope.ts';

type Snapshot = NonNullable<StepEnded['snapshot']>;
type StepEnded = Extract<RunEvent, { kind: 'step-ended' }>;

/** The present state of a run, for the loop's decisions. */
export interface Memory {
  add(event: RunEvent): void;
  state(step: string): StepState;
  /** Values that the steps of a scope have published, by name. */
  outputs(scope: ScopeId): ReadonlyMap<string, Json>;
  /** Keeps an output that holds a secret: known to this process, never journalled. */
  keep(step: string, name: string, value: Json): void;
  /** The deadline of a gate that began to wait, kept over resume. Milliseconds since 1970. */
  deadline(step: string): number | undefined;
  attempts(step: string): number;
  /** Whether a background block was ended with its execution. */
  isStopped(step: string): boolean;
  signals(step: string): readonly Signal[];
  /** The forge whose word counts for logins in this run. */
  readonly forge: string | undefined;
  /** The shell state after the last step of a scope that was done. */
  snapshot(scope: ScopeId): Snapshot | undefined;
  /** Whether a step that was done is due again because the run has moved to another place. */
  isRedo(step: string): boolean;
  /** The shell state that a step was begun with when it was first done. */
  snapshotBefore(step: string): Snapshot | undefined;
  /** The shell state of a scope when the run moved to its present place. */
  snapshotAtMove(scope: ScopeId): Snapshot | undefined;
  /** The run folders in which the run has been, the present one last; empty where the journal does not say. */
  readonly places: readonly string[];
  /** Steps in the order in which they passed. */
  readonly passed: readonly string[];
}

/** States in which a step is finished well, so that it is not run again. */
export const doneStates: ReadonlySet<StepState> = new Set<StepState>(['passed', 'skipped']);

/** Starts an empty memory. @param scopeOf the scope of a step; steps that are not known have none */
export function createMemory(scopeOf: (step: string) => ScopeId = () => undefined): Memory {
  const states = new Map<string, StepState>();
  const outputs = new Map<ScopeId, Map<string, Json>>();
  const deadlines = new Map<string, number>();
  const attempts = new Map<string, number>();
  const signals = new Map<string, Signal[]>();
  const snapshots = new Map<ScopeId, Snapshot>();
  const before = new Map<string, Snapshot | undefined>();
  const atMove = new Map<ScopeId, Snapshot>();
  const redo = new Set<string>();
  const stopped = new Set<string>();
  const places: string[] = [];
  const outputsOf = (scope: ScopeId): Map<string, Json> => {
    if (!outputs.has(scope)) outputs.set(scope, new Map<string, Json>());
    return outputs.get(scope) ?? new Map<string, Json>();
  };
  let forge: string | undefined;
  // a set keeps the order and forgets one step without walking all of them
  const passed = new Set<string>();

  const ended = (event: StepEnded): void => {
    const scope = scopeOf(event.step);
    const known = outputsOf(scope);
    const isWhole = (event.omitted ?? []).every((name) => known.has(name));
    // an output that held a secret is not in the journal: unless this process still knows it, its step is due again, as one
    // of which nobody knows whether it may be repeated
    states.set(event.step, isWhole ? event.state : 'interrupted');
    for (const [name, value] of Object.entries(event.outputs ?? {})) known.set(name, value);
    if (doneStates.has(event.state)) {
      if (!before.has(event.step)) before.set(event.step, snapshots.get(scope));
      if (event.snapshot !== undefined) snapshots.set(scope, event.snapshot);
      deadlines.delete(event.step);
      // what is only made again keeps its turn in the order of undoing
      if (!redo.delete(event.step)) passed.delete(event.step);
      passed.add(event.step);
    }
    if (event.state === 'undone') passed.delete(event.step);
    stopped[event.stopped === true ? 'add' : 'delete'](event.step);
  };

  return {
    add(event) {
      if (event.kind === 'step-started') {
        states.set(event.step, 'running');
        attempts.set(event.step, event.attempt);
      } else if (event.kind === 'edited') {
        for (const step of event.due) {
          states.delete(step);
          passed.delete(step);
        }
      } else if (event.kind === 'run-started') {
        forge = event.forge;
        if (event.place !== undefined) places.push(event.place.path);
      } else if (event.kind === 'moved') {
        places.push(event.place.path);
        for (const [scope, snapshot] of snapshots) atMove.set(scope, snapshot);
        for (const step of event.due) {
          states.delete(step);
          redo.add(step);
        }
      } else if (event.kind === 'gate-waiting') deadlines.set(event.step, event.deadline);
      else if (event.kind === 'signal') signals.set(event.step, [...(signals.get(event.step) ?? []), event]);
      else if (event.kind === 'step-ended') ended(event);
    },
    state: (step) => states.get(step) ?? 'pending',
    outputs: outputsOf,
    keep(step, name, value) {
      outputsOf(scopeOf(step)).set(name, value);
    },
    deadline: (step) => deadlines.get(step),
    attempts: (step) => attempts.get(step) ?? 0,
    isStopped: (step) => stopped.has(step),
    signals: (step) => signals.get(step) ?? [],
    get forge() {
      return forge;
    },
    snapshot: (scope) => snapshots.get(scope),
    isRedo: (step) => redo.has(step),
    snapshotBefore: (step) => before.get(step),
    snapshotAtMove: (scope) => atMove.get(scope),
    places,
    get passed() {
      return [...passed];
    },
  };
}
