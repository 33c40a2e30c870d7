// What the parts of the loop share while one plan is executed. No behaviour of its own.
import type { Plan, RunEvent } from '@runbook/model';
import type { Background } from './background.ts';
import type { Memory } from './memory.ts';
import type { ExecuteOptions, Ports } from './ports.ts';
import type { PlanIndex } from './plan-index.ts';
import type { Scopes } from './scope.ts';
import type { OpenSessions } from './sessions.ts';

/** One execution of a plan: everything the parts of the loop share. */
export interface Execution {
  readonly plan: Plan;
  readonly index: PlanIndex;
  readonly ports: Ports;
  readonly options: ExecuteOptions;
  readonly memory: Memory;
  readonly scopes: Scopes;
  readonly sessions: OpenSessions;
  readonly background: Background;
  /** Journals, remembers, then shows. `at` is filled in. */
  tell(event: Untimed<RunEvent>): void;
  /** Remembers; journals and shows together with what is told next, so that both are on disk by one write. */
  tellWithNext(event: Untimed<RunEvent>): void;
  /** Journals and shows what was kept for the next event. Nothing may be run, waited for or asked before. */
  settle(): void;
}

/** An event before the clock stamped it. */
export type Untimed<E> = E extends unknown ? Omit<E, 'at'> : never;
