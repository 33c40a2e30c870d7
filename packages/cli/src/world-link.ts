// The line to a rehearsal world: its time, its environment, and which step is running. The world may live in this process or
// in another; both are spoken to over loopback.
import { safeText } from '@runbook/access';
import type { Clock, Launch } from '@runbook/runner';
import { setTimeout as wait } from 'node:timers/promises';
import { UsageError } from './exit.ts';

/** A world that a run takes place in. */
export interface WorldLink {
  readonly url: string;
  readonly dir: string;
  /** All that a block gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Logins of the world's people. */
  readonly people: readonly string[];
  entering(step: string | undefined): Promise<void>;
  /** How blocks are started where they are closed in with the world; absent where the system cannot. */
  readonly launch?: Launch;
  /** Keeps secrets out of the world's ledger. */
  hide(secrets: readonly string[]): Promise<void>;
}

/** How virtual time maps to real time: 0 does not wait, 1 waits as long as in life, 10 a tenth of it. */
export type Pace = number;

/** Reads `--pace`: `0`, `real`, or `10x`. */
export function parsePace(text: string): Pace {
  if (text === 'real') return 1;
  const found = /^(\d+(?:\.\d+)?)(x?)$/.exec(text);
  if (found === null || (found[2] === '' && Number(found[1]) !== 0)) throw new UsageError(`--pace ${text}: expected 0, real, or a factor such as 10x.`);
  return Number(found[1]);
}

/**
 * Connects to a world.
 * @param url its address; only loopback is accepted, so that a rehearsal cannot leave the machine.
 */
export async function connectWorld(url: string, pace: Pace): Promise<WorldLink> {
  const { hostname, protocol } = parseUrl(url);
  if (protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) throw new UsageError(`RUNBOOK_WORLD=${url}: a rehearsal world lives on this machine only (http://127.0.0.1:PORT). Start one with runbook world up.`);
  const info = decodeInfo(await control(url, 'info'));
  let now = info.now;
  const clock: Clock = {
    now: () => now,
    jitter: () => 1,
    environment: () => {
      const date = new Date(now).toISOString();
      return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, RUNBOOK_NOW: date };
    },
    async sleepUntil(at, signal, latest) {
      if (pace > 0 && at > now) await wait((at - now) / pace, undefined, { signal });
      signal.throwIfAborted();
      // at a pace that somebody watches, nothing is passed over
      const idle = pace === 0 && latest !== undefined && latest > at ? { latest } : {};
      now = Math.max(now, decodeNow(await control(url, 'advance', { to: Math.max(at, now), ...idle })));
    },
  };
  return {
    url,
    dir: info.dir,
    env: info.env,
    people: info.people,
    clock,
    entering: async (step) => void (await control(url, 'step', { step: step ?? null })),
    hide: async (secrets) => void (await control(url, 'hide', { secrets })),
  };
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new UsageError(`RUNBOOK_WORLD=${url} is no address. Start a world with runbook world up and use what it prints.`, undefined, { cause });
  }
}

/** Asks a control route of a world. */
export async function control(url: string, route: string, body?: unknown): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${url}/_world/${route}`, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  } catch (cause) {
    throw new UsageError(`no rehearsal world answers at ${url}. Start one with runbook world up, or unset RUNBOOK_WORLD.`, undefined, { cause });
  }
  if (answer.ok) return answer.json();
  const said = (await answer.text()).slice(0, 500);
  const message = /^\{"message":"((?:[^"\\]|\\.)*)"\}$/.exec(said)?.[1];
  // a question that does not fit this world is the asker's; anything else is ours
  if (answer.status < 500 && message !== undefined) throw new UsageError(safeText(message));
  throw new Error(`the rehearsal world answered ${answer.status} to ${route}: ${said}`);
}

function decodeInfo(value: unknown): { readonly now: number; readonly dir: string; readonly env: Readonly<Record<string, string>>; readonly people: readonly string[] } {
  if (typeof value === 'object' && value !== null && 'now' in value && 'env' in value && 'dir' in value && typeof value.now === 'number' && typeof value.dir === 'string' && typeof value.env === 'object' && value.env !== null) {
    const people = 'people' in value && Array.isArray(value.people) ? value.people.filter((login): login is string => typeof login === 'string') : [];
    return { now: value.now, dir: value.dir, env: value.env as Readonly<Record<string, string>>, people };
  }
  throw new Error('the rehearsal world told nothing of itself');
}

function decodeNow(value: unknown): number {
  if (typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'number') return value.now;
  throw new Error('the rehearsal world did not tell the time');
}

/** The machine's own clock. */
export const machineClock: Clock = {
  now: () => Date.now(),
  jitter: () => 0.9 + Math.random() * 0.2,
  environment: () => ({}),
  async sleepUntil(at, signal) {
    // two clocks: a sleep does not grow when the clock is set back, and ends soon after a laptop wakes up behind its time
    const end = performance.now() + at - Date.now();
    for (let left = end - performance.now(); left > 0 && Date.now() < at; left = end - performance.now()) await wait(Math.min(left, 10_000), undefined, { signal });
  },
};
