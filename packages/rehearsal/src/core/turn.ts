// One change at a time: requests that write and steps of virtual time take turns, in order of arrival.
// So no robot ever sees half a push, and two rehearsals see the same order. Reads do not wait.

/** Runs works one after the other. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
}

/** A fresh row of turns. A work that fails lets the next one in. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take: (work) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined); // the failure belongs to the caller of `mine`
      return mine;
    },
  };
}
