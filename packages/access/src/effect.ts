// What a step may change, and whether one call of it may go out now. Pure: the decision is data in, data out.

/**
 * What a step changes: `read` nothing anywhere; `local` only the run's work folder, repeatably; `write` the outside world.
 * (DESIGN §3, attribute `effect`.)
 */
export type Effect = 'read' | 'local' | 'write';

/** How a run treats the world: `dry-run` withholds every outside write. (DESIGN §4, modes.) */
export type Mode = 'live' | 'rehearse' | 'dry-run';

/** What a call that wants to leave the process is about to do. */
export interface Call {
  /** Who is spoken to, for people: `github`, `prow`, `registry`, `shell` … */
  readonly service: string;
  /** Whether the call changes anything outside. An HTTP verb alone does not decide this: a POST for a token only reads. */
  readonly effect: 'read' | 'write';
  /** `POST` for HTTP; absent for commands. */
  readonly method?: string;
  /** The public URL, or the command line as it would be typed. */
  readonly target: string;
  /** The body in full, already redacted, as text for people. */
  readonly body?: string;
}

/** A write that happened or was held back, as the journal and the report show it. */
export interface WriteRecord {
  readonly service: string;
  readonly method?: string;
  readonly target: string;
  readonly body?: string;
  /** True when the write lock held it back: it did not happen. */
  readonly withheld: boolean;
}

/** In which mode and under which declared effect the present step runs. */
export interface Posture {
  readonly mode: Mode;
  readonly effect: Effect;
}

/** What the write lock says of one call. */
export type Verdict = 'go' | 'withheld' | 'undeclared-write';

/**
 * Decides one call. Reads always go. A write from a step that did not declare `effect=write` is `undeclared-write` in every
 * mode; a declared write is `withheld` in a dry run and goes otherwise. (DESIGN §3 and §4: one write lock.)
 */
export function decide(posture: Posture, call: Pick<Call, 'effect'>): Verdict {
  if (call.effect === 'read') return 'go';
  if (posture.effect !== 'write') return 'undeclared-write';
  return posture.mode === 'dry-run' ? 'withheld' : 'go';
}

/** The record of a call, as it is journalled. */
export function recordWrite(call: Call, withheld: boolean): WriteRecord {
  return {
    service: call.service,
    ...(call.method === undefined ? {} : { method: call.method }),
    target: call.target,
    ...(call.body === undefined ? {} : { body: call.body }),
    withheld,
  };
}

/** Thrown where a call was held back. The first one ends its block, even if the block catches it. */
export class WithheldError extends Error {
  readonly code = 'withheld';
  readonly call: Call;
  constructor(call: Call) {
    super(`withheld: ${call.method ?? 'run'} ${call.target}`);
    this.name = 'WithheldError';
    this.call = call;
  }
}

/** Thrown where a step writes without having declared it. */
export class UndeclaredWriteError extends Error {
  readonly code = 'undeclared-write';
  readonly call: Call;
  constructor(call: Call) {
    super(`undeclared-write: ${call.method ?? 'run'} ${call.target} changes the outside, but the step does not say effect=write. Declare it, or use a reading call.`);
    this.name = 'UndeclaredWriteError';
    this.call = call;
  }
}

/**
 * The lock that every client, `fetch` and `$` of a block asks before a call leaves.
 * `enter` returns when the call may go, and throws `WithheldError` or `UndeclaredWriteError` when not.
 */
export interface WriteLock {
  enter(call: Call): void;
}

/**
 * A write lock whose posture may change from step to step.
 * @param posture tells the present mode and declared effect.
 * @param tell is told of every write that goes out or is withheld, before it does.
 */
export function createWriteLock(posture: () => Posture, tell: (record: WriteRecord) => void): WriteLock {
  return {
    enter(call) {
      const verdict = decide(posture(), call);
      if (verdict === 'undeclared-write') throw new UndeclaredWriteError(call);
      if (call.effect === 'read') return;
      tell(recordWrite(call, verdict === 'withheld'));
      if (verdict === 'withheld') throw new WithheldError(call);
    },
  };
}
