// The one door to the network. Every request of every client goes through here, and asks the write lock before it leaves.
// It knows nothing of any service; it must not hide a failure, follow a redirect with credentials, or outlive its deadline.
import { createRedactor, type Redactor } from '@runbook/access';
import { createAnswer } from './answer.ts';
import { AddressError, parseAddress, showAddress } from './address.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import { faultOf, type Fault } from './fault.ts';
import { OutsideError, isTemporary } from './outside-error.ts';
import { askedPause, backoff, describePause, toldPauseMs } from './pause.ts';
import { isRedirect, mostHops, nextHop, type Hop } from './redirect.ts';
import { createRoutes, type Routes } from './routes.ts';
import { createEtagCache, type EtagCache } from './etag-cache.ts';
import { createLanes, type Lanes } from './lane.ts';
import { fetchWire, proxyOf, proxyWire } from './proxy.ts';
import { isStreamed, openBody, sizeOf } from './sending.ts';
import { openTrace, shownOf, type Trace } from './trace.ts';
import { createWire, type Wire, type WireAnswer } from './wire.ts';
import type { Admission, Http, HttpAnswer, HttpBody, HttpOptions, HttpRequest } from './http.ts';

const defaultDeadlineMs = 60_000;
const defaultMaxBytes = 64 * 1024 * 1024;
const defaultRetries = 3;

/** The client's parts with their defaults filled in. */
interface Door {
  readonly options: HttpOptions;
  readonly routes: Routes;
  readonly redactor: Redactor;
  readonly wire: Wire;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly admitted: WeakSet<Admission>;
  readonly lanes: Lanes;
  readonly kept: EtagCache;
  readonly trace: Trace | undefined;
}

/** One request on its way. */
interface Trip {
  readonly door: Door;
  readonly request: HttpRequest;
  readonly deadline: Deadline;
}

/** Makes the door. @throws AddressError when `RUNBOOK_ROUTES` is malformed or leads to a place that is not safe, or a proxy variable cannot be used. */
export function createHttp(options: HttpOptions): Http {
  const redactor = options.redactor ?? createRedactor([]);
  const now = options.now ?? Date.now;
  const door: Door = {
    options,
    routes: createRoutes(options.env),
    redactor,
    wire: proxyWire(options.fetch === undefined ? createWire() : fetchWire(options.fetch), options.env),
    now,
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    random: options.random ?? Math.random,
    admitted: new WeakSet(),
    lanes: createLanes(),
    kept: createEtagCache(),
    trace: openTrace(options.env, redactor, now),
  };
  return {
    request: (request) => travel(door, request),
    admit: (request) => {
      const hop = firstHop(request);
      enter(door, request, hop);
      const admission: Admission = { method: hop.method, url: hop.url };
      door.admitted.add(admission);
      return admission;
    },
    route: (publicUrl) => door.routes(publicUrl),
  };
}

function firstHop(request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body' | 'effect'>): Hop {
  const method = request.method.toUpperCase();
  const effect = request.effect ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
  return { method, url: parseAddress(request.url).href, headers: request.headers ?? {}, body: request.body, write: effect === 'write' };
}

/** Asks the write lock. It throws where the call may not go. */
function enter(door: Door, request: Pick<HttpRequest, 'service' | 'shownBody'>, hop: Hop): void {
  const body = request.shownBody ?? shownBody(hop.body);
  door.options.lock.enter({
    service: request.service,
    effect: hop.write ? 'write' : 'read',
    method: hop.method,
    target: showAddress(hop.url, door.redactor),
    ...(body === undefined ? {} : { body: door.redactor.redact(body) }),
  });
}

function shownBody(body: HttpBody | undefined): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return `(${sizeOf(body)} bytes)`;
}

async function travel(door: Door, request: HttpRequest): Promise<HttpAnswer> {
  let hop = firstHop(request);
  if (!isAdmitted(door, request.admission, hop)) enter(door, request, hop);
  const deadline = startDeadline(request.deadlineMs ?? door.options.deadlineMs ?? defaultDeadlineMs, door.now, request.signal);
  const trip: Trip = { door, request, deadline };
  const visited = new Set<string>();
  try {
    for (;;) {
      visited.add(`${hop.method} ${hop.url}`);
      const response = await attempts(trip, hop);
      const location = response.headers.get('location');
      if (request.redirect === 'manual' || location === null || !isRedirect(response.status)) return answerOf(trip, hop, response);
      hop = await follow(trip, hop, { response, location, visited });
      enter(door, request, hop);
    }
  } catch (error) {
    deadline.end();
    throw error;
  }
}

function isAdmitted(door: Door, admission: Admission | undefined, hop: Hop): boolean {
  return admission !== undefined && door.admitted.has(admission) && admission.method === hop.method && admission.url === hop.url;
}

async function follow(trip: Trip, hop: Hop, step: { response: WireAnswer; location: string; visited: ReadonlySet<string> }): Promise<Hop> {
  const { response, location, visited } = step;
  await response.body?.cancel();
  const refuse = (detail: string): OutsideError =>
    new OutsideError({ code: 'unexpected-answer', service: trip.request.service, request: shownRequest(trip.door, hop), status: response.status, detail });
  const next = nextHop(hop, { status: response.status, location }, trip.door.routes);
  if ('refused' in next) throw refuse(trip.door.redactor.redact(next.refused));
  if (visited.has(`${next.hop.method} ${next.hop.url}`)) throw refuse('the redirects go round in a circle');
  if (visited.size > mostHops) throw refuse(`more than ${mostHops} redirects`);
  return next.hop;
}

/** Sends a hop, again after temporary failures while retries and time are left. Gives the last answer, whatever its status. */
async function attempts(trip: Trip, hop: Hop): Promise<WireAnswer> {
  const { door, request, deadline } = trip;
  const most = request.retry ?? (hop.write ? 0 : defaultRetries);
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt > most;
    const outcome = await send(trip, hop, attempt);
    if ('response' in outcome) {
      const { response } = outcome;
      if (last || !(isTemporary(response.status) || response.status === 429)) return response;
      const pause = askedPause(response.headers, door.now()) ?? backoff(attempt, door.random);
      if (pause >= deadline.left()) return response;
      await response.body?.cancel();
      await rest(trip, hop, { ms: pause, why: `answered ${response.status}` });
    } else {
      const pause = backoff(attempt, door.random);
      if (last || !outcome.fault.retryable || pause >= deadline.left()) throw unreachable(trip, hop, outcome);
      await rest(trip, hop, { ms: pause, why: door.redactor.redact(outcome.fault.words) });
    }
  }
}

interface Failure {
  readonly fault: Fault;
  readonly cause: unknown;
}

async function send(trip: Trip, hop: Hop, attempt: number): Promise<{ readonly response: WireAnswer } | Failure> {
  const { door, deadline } = trip;
  const routed = door.routes(hop.url);
  const headers = { 'user-agent': door.options.userAgent ?? 'runbook', ...hop.headers, ...door.kept.condition(hop), ...routed.headers };
  const told = startTelling(trip, { hop, attempt, headers });
  const sending = openBody(hop.body);
  let leave: (() => void) | undefined;
  try {
    // what is read while it is sent may ask the same place for its bytes: it must not hold the lane that these need
    leave = isStreamed(hop.body) ? undefined : await door.lanes.enter(new URL(routed.url).origin, deadline.signal);
    const response = await door.wire(routed.url, { method: hop.method, headers, signal: deadline.signal, body: sending.body, size: sending.size });
    told({ response });
    return { response: await door.kept.settle(hop, response) };
  } catch (error) {
    const failure = failureOf(deadline, error);
    told(failure);
    if (deadline.givenUp()) throw trip.request.signal?.reason;
    if (error instanceof AddressError) throw error;
    const own = sending.failure();
    if (own !== undefined) throw own.error;
    return failure;
  } finally {
    leave?.();
    sending.end();
  }
}

/** Tells the transcript of one attempt, once it is known how it went. */
function startTelling({ door, request }: Trip, { hop, attempt, headers }: { readonly hop: Hop; readonly attempt: number; readonly headers: Readonly<Record<string, string>> }): (outcome: { readonly response: WireAnswer } | Failure) => void {
  const { trace } = door;
  if (trace === undefined) return () => undefined;
  const begun = performance.now();
  return (outcome) =>
    trace({
      service: request.service,
      method: hop.method,
      url: showAddress(hop.url, door.redactor),
      attempt,
      ms: Math.round(performance.now() - begun),
      sent: sizeOf(hop.body),
      request: shownOf(headers),
      ...('response' in outcome ? { status: outcome.response.status, answer: shownOf(outcome.response.headers) } : { failure: door.redactor.redact(outcome.fault.words) }),
    });
}

function failureOf(deadline: Deadline, error: unknown): Failure {
  if (!deadline.over()) return { fault: faultOf(error), cause: error };
  return { fault: { words: `no complete answer within ${Math.ceil(deadline.ms / 1000)} s`, retryable: false, maybeArrived: true }, cause: error };
}

/** Waits, but not longer than the deadline or the caller's patience, and tells of it where one would wonder. */
async function rest(trip: Trip, hop: Hop, { ms, why }: { readonly ms: number; readonly why: string }): Promise<void> {
  const { door, deadline } = trip;
  if (ms >= toldPauseMs) door.options.progress?.(describePause(new URL(hop.url).host, why, ms));
  let wake: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    wake = resolve;
    deadline.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([door.sleep(ms), aborted]);
  wake?.();
  if (deadline.givenUp()) throw trip.request.signal?.reason;
  if (deadline.over()) throw unreachable(trip, hop, failureOf(deadline, undefined));
}

function unreachable(trip: Trip, hop: Hop, failure: Failure): OutsideError {
  const { url, routed } = trip.door.routes(hop.url);
  const proxy = proxyOf(url, trip.door.options.env);
  const way = routed ? ' (RUNBOOK_ROUTES leads elsewhere; is what it leads to running?)' : proxy === undefined ? '' : ` (through the proxy ${proxy.proxy.host} of ${proxy.variable})`;
  return new OutsideError({
    code: 'unreachable',
    service: trip.request.service,
    request: shownRequest(trip.door, hop),
    detail: `${trip.door.redactor.redact(failure.fault.words)}${way}`,
    cause: failure.cause,
    temporary: failure.fault.retryable,
    ...(hop.write && failure.fault.maybeArrived ? { maybeDone: true } : {}),
  });
}

function shownRequest(door: Door, hop: Hop): string {
  return `${hop.method} ${showAddress(hop.url, door.redactor)}`;
}

function answerOf(trip: Trip, hop: Hop, response: WireAnswer): HttpAnswer {
  const { door, request, deadline } = trip;
  return createAnswer({
    response,
    service: request.service,
    method: hop.method,
    url: hop.url,
    request: shownRequest(door, hop),
    write: hop.write,
    maxBytes: request.maxBytes ?? defaultMaxBytes,
    retryAfterMs: askedPause(response.headers, door.now()),
    redactor: door.redactor,
    broken: (error): unknown => (deadline.givenUp() ? request.signal?.reason : unreachable(trip, hop, failureOf(deadline, error))),
    done: () => deadline.end(),
  });
}
