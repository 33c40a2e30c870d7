// How many requests of one origin wait for their answer at once: a registry is not flooded, and no more connections are kept
// alive than that. It says nothing about bodies, which are read at their reader's pace.

/** The most at once to one origin. */
const mostAtOnce = 32;

/** Lanes of one door. */
export interface Lanes {
  /** Waits for its turn; gives what ends it. Rejects with the signal's reason. */
  enter(origin: string, signal: AbortSignal): Promise<() => void>;
}

/** Makes lanes. */
export function createLanes(): Lanes {
  const busy = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const leave = (origin: string): void => {
    const next = waiting.get(origin)?.shift();
    if (next !== undefined) return next();
    const left = (busy.get(origin) ?? 1) - 1;
    if (left > 0) busy.set(origin, left);
    else busy.delete(origin);
  };
  return {
    async enter(origin, signal) {
      signal.throwIfAborted();
      const now = busy.get(origin) ?? 0;
      if (now < mostAtOnce) busy.set(origin, now + 1);
      else await turn(waiting, origin, signal);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        leave(origin);
      };
    },
  };
}

function turn(waiting: Map<string, (() => void)[]>, origin: string, signal: AbortSignal): Promise<void> {
  const queue = waiting.get(origin) ?? [];
  waiting.set(origin, queue);
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = (): void => {
      queue.splice(queue.indexOf(go), 1);
      reject(signal.reason as Error);
    };
    queue.push(go);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
