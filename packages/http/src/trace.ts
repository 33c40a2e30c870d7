// The transcript of what was asked outside, one JSON line for each attempt: for the person who has to find out what went on.
// It holds no body, no credential and no header beyond those named here.
import { appendFileSync } from 'node:fs';
import { safeText, type Redactor } from '@runbook/access';

/** One attempt at one request, as the transcript tells it. Times in milliseconds. */
export interface TracedAttempt {
  readonly at: string;
  readonly service: string;
  readonly method: string;
  /** The public address, without credentials. */
  readonly url: string;
  readonly attempt: number;
  readonly ms: number;
  /** Bytes sent. */
  readonly sent: number;
  readonly status?: number;
  /** Why there was no answer. */
  readonly failure?: string;
  readonly request: Readonly<Record<string, string>>;
  readonly answer?: Readonly<Record<string, string>>;
}

/** Headers that explain an answer and hold no secret. */
const shownHeaders = ['accept', 'cache-control', 'content-length', 'content-range', 'content-type', 'date', 'docker-content-digest', 'docker-upload-uuid', 'etag', 'if-none-match', 'range', 'retry-after', 'server', 'x-github-request-id', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** Takes down attempts. */
export type Trace = (attempt: Omit<TracedAttempt, 'at'>) => void;

/**
 * Opens the transcript that `RUNBOOK_TRACE` names; undefined without one. The file is made for its owner only, and appended to:
 * a run and its blocks write to the same one.
 */
export function openTrace(env: Readonly<Record<string, string | undefined>>, redactor: Redactor, now: () => number): Trace | undefined {
  const file = env['RUNBOOK_TRACE'] ?? '';
  if (file === '') return undefined;
  return (attempt) => appendFileSync(file, `${safeText(redactor.redact(JSON.stringify({ at: new Date(now()).toISOString(), ...attempt })))}\n`, { mode: 0o600 });
}

/** The headers that may be shown, by name in lower case. */
export function shownOf(headers: Headers | Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const all = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => shownHeaders.includes(name)));
}
