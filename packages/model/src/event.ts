// What happened in a run, as data. The journal is a list of these; report, progress and resume are folds of plan + events.
import type { Effect, Mode, WriteRecord } from '@runbook/access';
import type { Json } from './runbook.ts';
import type { PlannedInput } from './plan.ts';
import type { Selection } from './selection.ts';

/** Where a step stands. Never one for another. (DESIGN §4.) */
export type StepState =
  | 'pending'
  | 'running'
  | 'passed'
  | 'skipped'
  | 'not-needed'
  | 'not-selected'
  | 'declined'
  | 'withheld'
  | 'unreachable'
  | 'waiting'
  | 'failed'
  | 'interrupted'
  | 'not-reached'
  | 'undone'
  | 'cancelled';

/** Where a run stands. `rehearsed` and `dry` are the good ends of those modes. */
export type RunState = 'running' | 'waiting' | 'passed' | 'failed' | 'interrupted' | 'cancelled' | 'rehearsed' | 'dry';

/** A verifier's answer. `unknown` is neither: the write does not run. */
export type Verification = 'done' | 'absent' | 'unknown';

/** What a person found who looked after a write that may have happened: a verifier's answer, but for "unknown". */
export type Finding = 'done' | 'absent';

/** Who did something, and how that is known. */
export interface Person {
  readonly name: string;
  /** `forge`: a login answered by the token; `os`: the operating system's user; `rehearsal`: one of the world's people. */
  readonly verified: 'forge' | 'os' | 'rehearsal' | 'none';
  /** The forge that answered for the login: the address of its API that was really spoken to. */
  readonly forge?: string;
  /** The user of the machine, as its kernel told. */
  readonly user?: { readonly uid: number; readonly name: string; readonly host: string };
  /** Further names that the environment or a file claims; nobody vouches for them. */
  readonly claims?: readonly string[];
}

/** The owner of a run: which process may write its journal. */
export interface Owner {
  readonly epoch: number;
  readonly pid: number;
  /** Start time of the process as the system tells it; guards against pid reuse. */
  readonly born: string;
  readonly host: string;
  readonly boot: string;
  /** Random id of this claim. */
  readonly id: string;
}

/** Where the journal of a run lies. A move on the same disk keeps the file, a copy makes another one. */
export interface Place {
  readonly host: string;
  /** The run folder, links of the file system followed. */
  readonly path: string;
  /** Of the journal's file, in decimal. */
  readonly device: string;
  readonly inode: string;
}

/** Every event that is journalled. `at` is milliseconds since 1970 of the run's clock. */
export type RunEvent = { readonly at: number } & (
  | {
      readonly kind: 'run-started';
      readonly format: 1;
      readonly run: string;
      readonly mode: Mode;
      readonly tool: string;
      readonly file: string;
      /** The folder that `file` is told from, as a path from the run's home. */
      readonly from?: string;
      readonly hash: string;
      readonly inputs: Readonly<Record<string, PlannedInput>>;
      readonly lock?: string;
      /** The forge whose word counts for the logins of approvers: the address of its API. */
      readonly forge?: string;
      /** Inputs of included documents, by the id of their scope. */
      readonly scopes?: Readonly<Record<string, Readonly<Record<string, PlannedInput>>>>;
      /** What part of the plan was asked for; a resumed run keeps to it. */
      readonly selection?: Selection;
      readonly place?: Place;
      readonly commit?: string;
      readonly dirty?: boolean;
      /** Versions of the programs that matter, by name. */
      readonly tools?: Readonly<Record<string, string>>;
      /** Said on the first line of a rehearsal's report: what kept the outside away, and who ticks. */
      readonly world?: string;
    }
  | {
      /** The document was edited and the run goes by it from here on. */
      readonly kind: 'edited';
      readonly hash: string;
      /** Name of the text's file below the run folder, without `.md`. */
      readonly document: string;
      /** Steps that were done and are due again, as a person said. */
      readonly due: readonly string[];
      readonly inputs: Readonly<Record<string, PlannedInput>>;
      readonly scopes?: Readonly<Record<string, Readonly<Record<string, PlannedInput>>>>;
    }
  /** The run goes on with other versions of programs than before. */
  | { readonly kind: 'tools'; readonly tools: Readonly<Record<string, string>> }
  /** The run goes on elsewhere; nobody goes on here. */
  | { readonly kind: 'handed-over'; readonly by: Person }
  /** The run was taken in here, and owned by nobody yet. */
  | { readonly kind: 'taken-in'; readonly by: Person; readonly host: string }
  | ({ readonly kind: 'owned' } & Owner)
  /** The run goes on at another place, by the word of a person. `due`: done steps that made what the work folder there lacks. */
  | { readonly kind: 'moved'; readonly place: Place; readonly by: Person; readonly due: readonly string[] }
  | { readonly kind: 'step-started'; readonly step: string; readonly attempt: number; readonly effect: Effect; readonly hash: string }
  | { readonly kind: 'write'; readonly step: string; readonly write: WriteRecord }
  | { readonly kind: 'verified'; readonly step: string; readonly verifier: string; readonly moment: 'before' | 'after'; readonly answer: Verification; readonly detail?: string; readonly outputs?: Readonly<Record<string, Json>> }
  | { readonly kind: 'gate-waiting'; readonly step: string; readonly attempt: number; readonly deadline: number; readonly next: number; readonly answer?: string }
  /** A process group in which blocks run from now on; `born` as in `Owner`. Of one step where it is named, else of a session. */
  | { readonly kind: 'group-started'; readonly group: number; readonly born: string; readonly step?: string }
  | {
      readonly kind: 'step-ended';
      readonly step: string;
      readonly state: Exclude<StepState, 'pending' | 'running'>;
      /** Why, for every state that is not plainly `passed`. */
      readonly reason?: string;
      readonly exitCode?: number;
      readonly outputs?: Readonly<Record<string, Json>>;
      /** Names of outputs that were not written because they hold a secret. */
      readonly omitted?: readonly string[];
      readonly evidence?: string;
      readonly by?: Person;
      /** File of the shell state after the step, below the run folder, with its SHA-256. */
      readonly snapshot?: { readonly file: string; readonly sha256: string };
      /** Log file of the step, below the run folder. */
      readonly log?: string;
      /** The last lines of a failed step's output, redacted. */
      readonly tail?: readonly string[];
      /** A background block that was ended with its execution; it is started again where steps behind it are due. */
      readonly stopped?: true;
    }
  | {
      readonly kind: 'signal';
      readonly step: string;
      readonly by: Person;
      readonly evidence?: string;
      readonly decision: 'approve' | 'decline';
      /** Content hash of the step that it was said of. */
      readonly hash?: string;
      /** Names a signal that came from another process, so that it is taken once. */
      readonly id?: string;
    }
  /** A person who has looked says whether a write that was cut off had happened. */
  | { readonly kind: 'settled'; readonly step: string; readonly found: Finding; readonly by: Person }
  | { readonly kind: 'run-ended'; readonly state: Exclude<RunState, 'running'>; readonly reason?: string }
);
