// What the loop needs from outside, as small interfaces: a clock, people, sessions, a place to write and someone who watches.
import type { Mode, Redactor } from '@runbook/access';
import type { Finding, Json, Person, PlanStep, RunEvent, Signal } from '@runbook/model';
import type { ScriptSession } from './script-session.ts';
import type { PersonTerminal } from './interactive.ts';
import type { ShellSession } from './shell-session.ts';

/** The run's clock: the machine's in a live run, the world's in a rehearsal. Milliseconds since 1970. */
export interface Clock {
  now(): number;
  /**
   * Waits until a time of this clock. Rejects with the signal's reason when aborted.
   * @param latest given by who only waits for something to happen: a clock that knows that nothing will before some later time
   * may go on to there, but not beyond this. A rehearsal's does.
   */
  sleepUntil(at: number, signal: AbortSignal, latest?: number): Promise<void>;
  /** Variables that make tools of a block follow this clock (git's dates, `RUNBOOK_NOW`); empty for the machine's clock. */
  environment(): Readonly<Record<string, string>>;
  /** A factor around 1 that spreads the tries of many runs; exactly 1 in a rehearsal. */
  jitter(): number;
}

/** What a person said of a manual step. */
export interface Tick {
  readonly decision: 'approve' | 'decline';
  readonly by: Person;
  readonly evidence?: string;
}

/** What a person found who looked whether a write has happened. */
export interface Settlement {
  readonly found: Finding;
  readonly by: Person;
}

/** What a person who goes step by step wants of the next one. */
export type StepAnswer = { readonly kind: 'go' } | { readonly kind: 'stop' } | { readonly kind: 'skip'; readonly reason: string; readonly by: Person };

/** What is shown before a step when somebody goes step by step. */
export interface StepPreview {
  /** The values that the step uses, as far as they are known; secrets are only said to be there. */
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: readonly string[];
  /** Log of the step before, below the run folder. */
  readonly lastLog?: string;
}

/** The people at hand. Answers are undefined when nobody can be asked. */
export interface People {
  /** Asked before each step of a run that goes step by step. */
  before?(step: PlanStep, preview: StepPreview): Promise<StepAnswer>;
  confirm(question: string): Promise<boolean | undefined>;
  /** `look-again` when something was said elsewhere while the question stood. */
  tick(step: PlanStep, signal: AbortSignal, standing: Standing): Promise<Tick | 'look-again' | undefined>;
  /** Asks whether a write without a verifier, which was begun and did not end well, has happened. */
  settle(step: PlanStep): Promise<Settlement | undefined>;
}

/** Where a manual step stands when a person is asked. */
export interface Standing {
  /** Approvals that count so far. */
  readonly counted: readonly Signal[];
  /** How many people are missing. */
  readonly missing: number;
  /** Whether something was said elsewhere since. */
  hasNews(): boolean;
}

/** The sessions of a run, opened when first needed. */
export interface Sessions {
  /** @param onGroup told of each process group before a block runs in it. @param restore a state file to start from. @param document whose blocks it runs: the included one, or the run's own. */
  openShell(restore: string | undefined, document: { readonly file: string; readonly cwd?: string }, onGroup: (group: number) => void): ShellSession;
  /** @param document whose blocks it runs; its file is also where imports start. */
  openScript(document: { readonly file: string; readonly cwd?: string }, onGroup: (group: number) => void): ScriptSession;
  /** Runs a block of another interpreter in a process of its own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Everything the loop speaks to. */
export interface Ports {
  readonly clock: Clock;
  readonly people: People;
  readonly sessions: Sessions;
  readonly redactor: Redactor;
  /** Appends to the journal; returns when all of them are on disk. */
  journal(events: readonly RunEvent[]): void;
  /** Shows an event that is already journalled. */
  show(event: RunEvent): void;
  /** The person's terminal for an interactive block; what is shown by others is kept away meanwhile. Absent without a terminal. */
  readonly terminal?: { lend<T>(use: (terminal: PersonTerminal) => Promise<T>): Promise<T> };
  /** Shows a piece of a step's output, already redacted: UTF-8, of whole characters. */
  output(step: string, bytes: Buffer): void;
  /** Shows what a step is doing just now. */
  progress(step: string, text: string): void;
  /** Signals that arrived from other processes since the last call. */
  signals(): readonly Signal[];
  /** Tells a rehearsal which step is running, for its ledger. */
  entering(step: string | undefined): Promise<void>;
  /** Answers what a block asks of its run, for example the report so far. */
  ask(kind: string, data: Json): Promise<Json>;
  readonly folders: { readonly run: string; readonly work: string; readonly logs: string; readonly state: string; readonly document: string };
}

/** What an execution is for: to go on with the steps, to take back what was done, or to end the run for good. */
export type Task = 'steps' | 'undo' | 'cancel';

/** How this execution goes about the plan. */
export interface ExecuteOptions {
  readonly mode: Mode;
  /** Values of the inputs, secrets apart. */
  readonly values: Readonly<Record<string, Json>>;
  /** Values of the secret inputs; they never reach an event. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The same for included documents, by the id of their scope. */
  readonly scopes?: Readonly<Record<string, { readonly values: Readonly<Record<string, Json>>; readonly secrets: Readonly<Record<string, string>> }>>;
  /** Events of earlier executions of the same run. */
  readonly past: readonly RunEvent[];
  /** The steps that were selected; everything that the document does not exclude unless given. */
  readonly selected?: ReadonlySet<string>;
  /** Asks before each step. */
  readonly stepByStep?: boolean;
  /** Ends the execution as waiting at a gate that is not met, instead of staying: a later one asks again, with the same deadline. */
  readonly detachOnGate?: boolean;
  /** Aborted by Ctrl-C: the run ends as interrupted. */
  readonly signal: AbortSignal;
  readonly task: Task;
  /** Whether `undoes` blocks run without a question after a failure. Only a rehearsal, or the person who asks for the undoing, may say so. */
  readonly undoWithoutAsking: boolean;
}
