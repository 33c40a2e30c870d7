// Work for many hosts at once, but politely: only so much in all, and less for one host.

/** Limits of a set of lanes. */
export interface LaneLimits {
  readonly inAll: number;
  readonly perHost: number;
}

/** Starts work when there is room for its host. */
export interface Lanes {
  run<T>(host: string, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly host: string;
  readonly start: () => void;
}

/** Makes lanes. Work of a host starts in the order it was given. */
export function createLanes({ inAll, perHost }: LaneLimits): Lanes {
  const waiting: Waiting[] = [];
  const running = new Map<string, number>();
  let all = 0;
  const next = (): void => {
    for (let i = 0; i < waiting.length && all < inAll; ) {
      const { host, start } = waiting[i] ?? { host: '', start: () => undefined };
      const here = running.get(host) ?? 0;
      if (here >= perHost) {
        i += 1;
        continue;
      }
      waiting.splice(i, 1);
      all += 1;
      running.set(host, here + 1);
      start();
    }
  };
  const leave = (host: string): void => {
    all -= 1;
    running.set(host, (running.get(host) ?? 1) - 1);
    next();
  };
  return {
    async run(host, work) {
      await new Promise<void>((resolve) => {
        waiting.push({ host, start: resolve });
        next();
      });
      try {
        return await work();
      } finally {
        leave(host);
      }
    },
  };
}
