// The one error of the outside world. Every client throws it and nothing else when the outside fails;
// which status means which code is decided here and nowhere else.

/**
 * What went wrong outside (DESIGN §7):
 * - `absent` – the service proved that the thing is not there (404, 410)
 * - `unauthorized` – who are you? (401) · `forbidden` – you may not (403)
 * - `conflict` – something is there already, or moved meanwhile (409, and 412 and 422 where the answer says so)
 * - `rate-limited` – too many requests (429, and GitHub's and proxies' forms of 403)
 * - `unreachable` – no answer, or an answer that says "not now" (408, 500, 502–504, 52x); a later try may work
 * - `unexpected-answer` – an answer that this client cannot take for what it asked for
 */
export type OutsideCode = 'absent' | 'unauthorized' | 'forbidden' | 'conflict' | 'rate-limited' | 'unreachable' | 'unexpected-answer';

/** What an `OutsideError` says. */
export interface OutsideFacts {
  readonly code: OutsideCode;
  /** Who was spoken to: `github`, `prow`, `registry` … */
  readonly service: string;
  /** `GET https://…`: the public address, without credentials. */
  readonly request: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** What the outside said, or why there was no answer; redacted, at most a few lines. */
  readonly detail?: string;
  /** How long the service asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True when the request was a write and it is not known whether it happened. */
  readonly maybeDone?: boolean;
  /** True when the same request may work a moment later. A refused port or an unknown name is not temporary. */
  readonly temporary?: boolean;
  readonly cause?: unknown;
}

/** Thrown where the outside is wrong. Its message is one sentence: what happened, and what to do. */
export class OutsideError extends Error {
  readonly code: OutsideCode;
  readonly service: string;
  readonly request: string;
  readonly status?: number;
  readonly detail?: string;
  readonly retryAfterMs?: number;
  readonly maybeDone?: boolean;
  readonly temporary: boolean;
  constructor(facts: OutsideFacts) {
    super(sentence(facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'OutsideError';
    this.code = facts.code;
    this.service = facts.service;
    this.request = facts.request;
    if (facts.status !== undefined) this.status = facts.status;
    if (facts.detail !== undefined) this.detail = facts.detail;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
    if (facts.maybeDone !== undefined) this.maybeDone = facts.maybeDone;
    this.temporary = facts.temporary ?? false;
  }
}

/** An answer that is an error, as far as it matters for its code. */
export interface FailedAnswer {
  readonly service: string;
  readonly request: string;
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of the body as text, redacted. */
  readonly body: string;
  readonly retryAfterMs?: number;
  readonly write?: boolean;
}

/** Statuses after which the same request may work a moment later. The one list for retry and for `unreachable`. */
export function isTemporary(status: number): boolean {
  return status === 408 || status === 425 || status === 500 || (status >= 502 && status <= 504) || (status >= 520 && status <= 524);
}

/** The typed error of an HTTP answer: the one place where statuses become codes. */
export function outsideError(answer: FailedAnswer): OutsideError {
  const code = codeOf(answer);
  const detail = digestBody(answer.body, answer.headers.get('content-type') ?? '');
  return new OutsideError({
    code,
    service: answer.service,
    request: answer.request,
    status: answer.status,
    ...(detail === '' ? {} : { detail }),
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
    ...(answer.write === true && code === 'unreachable' ? { maybeDone: true } : {}),
    temporary: code === 'unreachable' || code === 'rate-limited',
  });
}

function codeOf({ status, headers, body }: FailedAnswer): OutsideCode {
  if (status === 429) return 'rate-limited';
  // GitHub's limits answer 403 (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
  if (status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after') || /secondary rate limit/i.test(body))) return 'rate-limited';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'absent';
  if (status === 409) return 'conflict';
  if (status === 422 && /already.?exists|not a fast.?forward/i.test(body)) return 'conflict';
  return isTemporary(status) ? 'unreachable' : 'unexpected-answer';
}

/** What an error body says, in few words: the messages of JSON errors, the text of others, no HTML. */
function digestBody(body: string, contentType: string): string {
  const text = body.trim();
  if (/^<(!doctype|html)/i.test(text) || /text\/html/i.test(contentType)) return 'the answer is an HTML page';
  const said = jsonMessages(text);
  return (said ?? text).replace(/\s+/g, ' ').slice(0, 500);
}

function jsonMessages(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    const found = messagesOf(parsed);
    return found.length === 0 ? undefined : [...new Set(found)].join('; ');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // cut off or not JSON: shown as text
    throw error;
  }
}

function messagesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(messagesOf);
  const record = value as Record<string, unknown>;
  const code = typeof record['code'] === 'string' ? `${record['code']}: ` : '';
  const message = typeof record['message'] === 'string' ? [`${code}${record['message']}`] : [];
  return [...message, ...messagesOf(record['errors']), ...messagesOf(record['error'])];
}

const advice: Readonly<Record<OutsideCode, string>> = {
  absent: 'Check the name and the address',
  unauthorized: 'Give a valid token or log in again',
  forbidden: 'Ask for the permission, or use a token that has it; this does not say whether the thing exists',
  conflict: 'Look at what is there before you try again',
  'rate-limited': 'Wait and try again',
  unreachable: 'Try again later',
  'unexpected-answer': 'Look at the address by hand; something between may answer in its place',
};

function sentence(facts: OutsideFacts): string {
  const host = hostOf(facts.request);
  const detail = facts.detail === undefined ? '' : `: ${facts.detail.replace(/[.\s]+$/, '')}`;
  const wait = facts.retryAfterMs === undefined ? '' : ` (${Math.ceil(facts.retryAfterMs / 1000)} s)`;
  const doubt = facts.maybeDone === true ? 'It is not known whether the write happened; look before you repeat it' : undefined;
  const todo = doubt ?? `${advice[facts.code]}${facts.code === 'rate-limited' ? wait : ''}`;
  return `${facts.code}: ${happened(facts, host)}${detail} (${facts.request}). ${todo}.`;
}

function happened({ status, code }: OutsideFacts, host: string): string {
  if (status !== undefined) return `${host} answered ${status}`;
  if (code === 'unreachable') return `could not reach ${host}`;
  return code === 'absent' ? `${host} does not have it` : `${host} answered something unexpected`;
}

function hostOf(request: string): string {
  const address = request.slice(request.indexOf(' ') + 1);
  return URL.canParse(address) ? new URL(address).host : address;
}
