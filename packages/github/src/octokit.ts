// Makes octokit speak through the one door. The write lock is asked in the outermost hook, so that neither throttling nor retry
// ever sees a withheld write; writes are never repeated; a token never leaves for another origin; every failure leaves as OutsideError.
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { safeText } from '@runbook/access';
import type { TokenSource } from './session.ts';
import { AddressError, OutsideError, askedPause, describePause, isLoopback, outsideError, type Admission, type Http } from '@runbook/http';

/** What `connect` is made of. */
export interface Connection {
  readonly http: Http;
  /** Base of the REST API, without a slash at its end. */
  readonly baseUrl: string;
  /** Base for release assets, without a slash at its end. */
  readonly uploadUrl: string;
  readonly token: TokenSource | undefined;
  /** Told before each wait for a limit. */
  readonly progress: (text: string) => void;
}

/** Longer waits than this are for a gate, not for a request. Seconds. */
const longestWait = 60;
const silence = (): void => undefined;

/** The options a request carries through the hooks, as far as we read them. */
interface HookOptions {
  readonly method: string;
  readonly url: string;
  readonly baseUrl: string;
  readonly headers: Record<string, string | number | undefined>;
  // Octokit's hooks hand over one mutable object; `retries` and `fetch` are set on a copy of its `request`.
  request: { fetch?: unknown; retries?: number; readonly shownBody?: string; readonly isRead?: boolean; readonly guard?: () => Promise<void>; [option: string]: unknown };
}

/** Makes an octokit that goes through `http`. */
export function connect(connection: Connection): Octokit {
  const { http, baseUrl, token } = connection;
  const local = isLoopback(new URL(http.route(baseUrl).url).host);
  const waitForReads = (retryAfter: number, options: { method?: string }, _octokit: unknown, count: number): boolean => {
    const waits = options.method === 'GET' && retryAfter <= longestWait && count < 2;
    if (waits) connection.progress(describePause(new URL(baseUrl).host, 'the rate limit is reached', retryAfter * 1000));
    return waits;
  };
  // The first plugin's hooks are the innermost ones.
  const retryBase = local ? 10 : 1000;
  const Patched = Octokit.plugin(faultTeller(connection, retryBase), retry, throttling);
  const octokit = new Patched({
    baseUrl,
    userAgent: 'runbook',
    log: { debug: silence, info: silence, warn: silence, error: silence },
    request: { log: { debug: silence, info: silence, warn: silence, error: silence } },
    // A world on this machine has no limits worth a wait in real time.
    retry: { retryAfterBaseValue: retryBase, doNotRetry: [...lastingStatuses] },
    throttle: { enabled: !local, onRateLimit: waitForReads, onSecondaryRateLimit: waitForReads },
  });
  octokit.hook.error('request', (error, options) => {
    throw translate(error, `${options.method} ${octokit.request.endpoint.parse(options).url}`);
  });
  octokit.hook.before('request', async (given) => {
    const options = given as unknown as HookOptions;
    const parsed = octokit.request.endpoint.parse(given);
    const { method, url } = parsed;
    const body: unknown = parsed.body;
    keepOrigin(connection, url);
    const text = typeof body === 'object' && body !== null ? JSON.stringify(body, null, 2) : asText(body);
    const effect = options.request.isRead === true ? ({ effect: 'read' } as const) : {};
    const admission = http.admit({ service: 'github', method, url, ...(text === undefined ? {} : { body: text }), ...effect, ...shown(options) });
    // where a call says nothing of its own this is octokit's default object, which all requests share
    options.request = { ...options.request };
    await options.request.guard?.();
    if (token !== undefined) options.headers['authorization'] = `token ${await token()}`;
    if (method !== 'GET' && method !== 'HEAD') options.request.retries = 0;
    options.request.fetch = doorFetch(http, admission, effect);
  });
  return octokit;
}

function shown(options: HookOptions): { readonly shownBody?: string } {
  return options.request.shownBody === undefined ? {} : { shownBody: options.request.shownBody };
}

/** Statuses after which the same question gets the same answer. The plugin knows only some of them. */
const lastingStatuses: readonly number[] = [400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 422, 423, 428, 431, 451, 501];
/** How often the plugin repeats a read. */
const retries = 3;

/** A fault that will last is told at once, where octokit would take it for a 500 and repeat it; one that may pass, before the wait. */
function faultTeller({ baseUrl, progress }: Connection, retryBase: number): (octokit: Pick<Octokit, 'hook'>) => Record<string, never> {
  return (octokit) => {
    octokit.hook.error('request', (error, options) => {
      const cause: unknown = error.cause;
      if (cause instanceof OutsideError && !cause.temporary) throw cause;
      if (cause instanceof AddressError) throw cause;
      const count = Number((options.request as { readonly retryCount?: number }).retryCount ?? 0);
      const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
      // the plugin's own reckoning: 1, 4 and 9 times its base
      const ms = (count + 1) ** 2 * retryBase;
      if (options.method === 'GET' && count < retries && ms >= 1000 && !lastingStatuses.includes(status) && status !== 429) progress(describePause(new URL(baseUrl).host, cause instanceof OutsideError ? (cause.detail ?? 'no answer') : `answered ${status}`, ms));
      throw error;
    });
    return {};
  };
}

/** The links of a paged answer are foreign text; the token goes only where it belongs. */
function keepOrigin(connection: Connection, url: string): void {
  const origin = new URL(url).origin;
  if (origin === new URL(connection.baseUrl).origin || origin === new URL(connection.uploadUrl).origin) return;
  throw new OutsideError({ code: 'unexpected-answer', service: 'github', request: `GET ${connection.baseUrl}`, detail: `a link leads to another host (${origin})` });
}

/** A fetch for one request of octokit. Its body is read here, because octokit takes broken JSON for text. */
function doorFetch(http: Http, admission: Admission, effect: { readonly effect?: 'read' }): (url: string, init: { method: string; headers: Record<string, string>; body?: unknown; signal?: AbortSignal }) => Promise<Response> {
  return async (url, init) => {
    const body = asText(init.body);
    const answer = await http.request({
      service: 'github',
      method: init.method,
      url,
      headers: init.headers,
      retry: 0, // octokit's plugin does it
      admission,
      ...effect,
      ...(body === undefined ? {} : { body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    });
    if (answer.status === 204 || answer.status === 304 || init.method === 'HEAD') return described(new Response(null, { status: answer.status, headers: answer.headers }), answer.url);
    const text = answer.ok ? await answer.text() : (await answer.text().catch(() => ''));
    if (answer.ok && !isJson(text)) throw answer.unexpected(/^\s*<(!doctype|html)/i.test(text) ? 'the answer is an HTML page where JSON was expected' : 'the answer is not JSON');
    return described(new Response(text, { status: answer.status, headers: answer.headers }), answer.url);
  };
}

function described(response: Response, url: string): Response {
  Object.defineProperty(response, 'url', { value: url });
  return response;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function asText(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Octokit's error as ours: an answer by its status, no answer by its cause, and anything else as it is. */
function translate(error: unknown, request: string): unknown {
  if (!(error instanceof Error) || error instanceof OutsideError) return error;
  if (error.cause instanceof OutsideError || error.cause instanceof AddressError) return error.cause;
  if (!('response' in error) || !('status' in error) || typeof error.status !== 'number') return error.cause ?? error;
  const response = error.response as { readonly headers?: Record<string, string | number | undefined>; readonly data?: unknown } | undefined;
  const headers = new Headers(Object.entries(response?.headers ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])));
  const data = response?.data;
  const body = typeof data === 'string' ? data : JSON.stringify(data ?? '');
  // GitHub's limit names an hour and no wait; the answer's own date says how far off it is.
  const pause = askedPause(headers, Date.parse(headers.get('date') ?? ''));
  return outsideError({
    service: 'github',
    request,
    status: error.status,
    headers,
    body: safeText(body.slice(0, 65_536)),
    write: !/^(GET|HEAD) /.test(request),
    ...(pause === undefined || Number.isNaN(pause) ? {} : { retryAfterMs: pause }),
  });
}
