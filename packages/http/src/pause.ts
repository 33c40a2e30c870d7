// How long to wait before the next attempt: what the service asks for, else growing with jitter. Pure.

const firstPauseMs = 400;
const longestPauseMs = 15_000;
/** From this on a pause is told. Milliseconds. */
export const toldPauseMs = 1000;

/**
 * What an answer asks to wait, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), else GitHub's
 * `x-ratelimit-reset` when nothing remains. Undefined when it asks for nothing.
 */
export function askedPause(headers: Headers, now: number): number | undefined {
  const asked = headers.get('retry-after')?.trim();
  if (asked !== undefined && /^\d{1,9}$/.test(asked)) return Number(asked) * 1000;
  const date = asked === undefined ? Number.NaN : Date.parse(asked);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const reset = headers.get('x-ratelimit-reset') ?? '';
  if (headers.get('x-ratelimit-remaining') === '0' && /^\d{1,12}$/.test(reset)) return Math.max(0, Number(reset) * 1000 - now);
  return undefined;
}

/** The pause before attempt number `attempt` (1 is the first repetition): doubling, half of it random. */
export function backoff(attempt: number, random: () => number): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

/** What people are told before a pause. */
export function describePause(host: string, why: string, ms: number): string {
  return `${host}: ${why}; trying again in ${Math.ceil(ms / 1000)} s`;
}
