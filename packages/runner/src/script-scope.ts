// `sleep` and `retry`: what every script block has in scope beside Node's own globals and the toolkit.
import type { Call, Mode } from '@runbook/access';
import type { Json } from '@runbook/model';

/** What the helpers need of the run. */
export interface ScopeContext {
  readonly mode: () => Mode;
  readonly ask: (kind: string, data: Json) => Promise<Json>;
}

/** Milliseconds, or a text like `500ms`, `30s`, `5m`, `2h`. */
export type Duration = number | string;

/** The helpers of a block. */
export interface ScopeHelpers {
  /** Waits. In a rehearsal the world's clock goes on instead (asked of the run as `sleep`). */
  readonly sleep: (duration: Duration) => Promise<void>;
  /** Calls up to `count` times until it does not throw; waits `pause` between tries. A withheld or undeclared write is not tried again. */
  readonly retry: <T>(count: number, ...rest: [run: () => T | Promise<T>] | [pause: Duration, run: () => T | Promise<T>]) => Promise<T>;
}

/** Makes the helpers of a child. */
export function createScopeHelpers(context: ScopeContext): ScopeHelpers {
  const sleep = async (duration: Duration): Promise<void> => {
    const ms = milliseconds(duration);
    if (context.mode() === 'rehearse') await context.ask('sleep', { ms });
    else await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const retry: ScopeHelpers['retry'] = async (count, ...rest) => {
    const [pause, run] = rest.length === 1 ? [0, rest[0]] : rest;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        if (attempt >= count || isHeldBack(error)) throw error;
        await sleep(pause);
      }
    }
  };
  return { sleep, retry };
}

/** Whether an error says that the write lock held a call back. Told by its code: the class may come from another bundle. */
export function isHeldBack(error: unknown): error is Error & { readonly code: 'withheld' | 'undeclared-write'; readonly call: Call } {
  return error instanceof Error && 'code' in error && (error.code === 'withheld' || error.code === 'undeclared-write') && 'call' in error;
}

function milliseconds(duration: Duration): number {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0) return duration;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(duration)) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (digits === undefined || factor === undefined) throw new TypeError(`not a duration: ${String(duration)}. Say milliseconds, or a text like 500ms, 30s, 5m, 2h.`);
  return Number(digits) * factor;
}
