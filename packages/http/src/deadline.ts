// One deadline for a request in all: attempts, pauses, redirects and the body. It must always be ended, or it ends itself.

/** A running deadline. */
export interface Deadline {
  /** Aborted when time is over or the caller gave up. */
  readonly signal: AbortSignal;
  /** Milliseconds for the whole request. */
  readonly ms: number;
  /** Milliseconds left by the client's clock. */
  left(): number;
  /** True when the caller gave up, not the clock. */
  givenUp(): boolean;
  /** True once time is over. */
  over(): boolean;
  /** Lets go of timer and listener. */
  end(): void;
}

/** Starts a deadline. The timer runs in real time, `left` by the given clock, so that a virtual clock bounds retries too. */
export function startDeadline(ms: number, now: () => number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const started = now();
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    controller.abort();
  }, ms);
  timer.unref();
  const giveUp = (): void => controller.abort(caller?.reason);
  if (caller?.aborted === true) giveUp();
  else caller?.addEventListener('abort', giveUp, { once: true });
  return {
    signal: controller.signal,
    ms,
    left: () => started + ms - now(),
    givenUp: () => caller?.aborted === true,
    over: () => over,
    end: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', giveUp);
    },
  };
}
