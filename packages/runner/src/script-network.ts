// The network as a script block and everything it imports see it: Node's fetch and its http modules behind the write lock, led
// along the routes that the clients take too; in a rehearsal nothing but the world. Clients that ask the lock by themselves are
// handed the fetch underneath.
import dgram from 'node:dgram';
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import type { Mode, WriteLock } from '@runbook/access';
import { askBefore, isOurs } from './script-origin.ts';

/** Where a public address is answered in this run. */
export type Route = (publicUrl: string) => { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly routed: boolean };

/** What the guard needs of the run. */
export interface NetworkContext {
  readonly lock: WriteLock;
  readonly mode: () => Mode;
  /** The folder of our own code, as a URL; its connections have passed the lock by themselves. */
  readonly own: string;
  /** Asked at each request: routes are known once the toolkit is loaded. */
  readonly route: Route;
}

type Fetch = typeof globalThis.fetch;

const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Puts the lock around `fetch`, `node:http` and `node:https` of this process, for modules that were loaded before too; in a
 * world, entered or of the run's own, public addresses lead to it, and in a rehearsal no other socket leaves the machine. Gives Node's own fetch for clients
 * that ask the lock by themselves. A connection without HTTP counts as a write: what it says cannot be told. It is a net, not a
 * wall: native code, worker threads and what a command does by itself are not seen.
 */
export function guardNetwork(context: NetworkContext): { readonly directFetch: Fetch } {
  const directFetch = globalThis.fetch;
  globalThis.fetch = lockFetch(directFetch, context);
  guardModule(http, 'http:', context);
  guardModule(https, 'https:', context);
  guardSockets(context);
  guardDatagrams(context);
  syncBuiltinESMExports();
  return { directFetch };
}

/** Every method that is not a reading one is a write; so is a connection that becomes something else than HTTP. */
function enter({ lock }: NetworkContext, call: { readonly method: string; readonly target: string; readonly body?: string }, upgrades = false): void {
  lock.enter({ service: 'http', effect: readingMethods.has(call.method) && !upgrades ? 'read' : 'write', ...call });
}

function lockFetch(direct: Fetch, context: NetworkContext): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = readingMethods.has(request.method) ? '' : await request.clone().text();
    enter(context, { method: request.method, target: request.url, ...(body === '' ? {} : { body }) });
    return followRoutes(direct, request, context);
  };
}

/** Answers a request where its address is led: in a world, or as it is. Redirects name public addresses, so each hop is led anew. */
async function followRoutes(direct: Fetch, request: Request, { route }: NetworkContext): Promise<Response> {
  let asked = request;
  for (let hops = 0; hops <= 20; hops += 1) {
    const { url, headers, routed } = route(asked.url);
    if (!routed) return direct(asked);
    const led = new Request(url, { method: asked.method, headers: { ...Object.fromEntries(asked.headers), ...headers }, body: asked.body === null ? null : await asked.clone().arrayBuffer(), redirect: 'manual', signal: asked.signal });
    const answer = await direct(led);
    const next = redirects.has(answer.status) ? answer.headers.get('location') : null;
    if (next === null || asked.redirect !== 'follow') return Object.defineProperty(answer, 'url', { value: asked.url });
    await answer.body?.cancel();
    asked = await redirected(asked, new URL(next, asked.url), answer.status);
  }
  throw new TypeError(`fetch failed: ${request.url} leads in a circle`);
}

/** The next request of a redirect (Fetch standard, "HTTP-redirect fetch"): credentials stay at their origin. */
async function redirected(asked: Request, url: URL, status: number): Promise<Request> {
  const isGet = status === 303 || ((status === 301 || status === 302) && asked.method === 'POST');
  const headers = new Headers(asked.headers);
  if (url.origin !== new URL(asked.url).origin) for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name);
  if (isGet) for (const name of ['content-type', 'content-length']) headers.delete(name);
  return new Request(url, { method: isGet ? 'GET' : asked.method, headers, body: isGet || asked.body === null ? null : await asked.arrayBuffer(), signal: asked.signal });
}

type RequestArguments = readonly [first: string | URL | RequestOptions, second?: RequestOptions | ((answer: http.IncomingMessage) => void), third?: (answer: http.IncomingMessage) => void];

function guardModule(module: Pick<typeof http, 'request' | 'get'>, protocol: 'http:' | 'https:', context: NetworkContext): void {
  const { request } = module;
  const plain = http.request;
  const guarded = (...given: RequestArguments): ClientRequest => {
    const { url, options, onAnswer } = readArguments(given, protocol);
    enter(context, { method: (options.method ?? 'GET').toUpperCase(), target: url.href }, Object.keys(headersOf(options)).some((name) => name.toLowerCase() === 'upgrade'));
    if (!isLoopback(url.hostname)) {
      const led = context.route(url.href);
      if (led.routed) return plain(led.url, { method: options.method, timeout: options.timeout, signal: options.signal, headers: { ...headersOf(options), ...led.headers } }, onAnswer);
    }
    return Reflect.apply(request as (...args: unknown[]) => ClientRequest, module, given);
  };
  Object.assign(module, {
    request: guarded,
    get: (...given: RequestArguments) => {
      const sent = guarded(...given);
      sent.end();
      return sent;
    },
  });
}

/** What `request` was called with, as Node reads it: an address, options, or both. */
function readArguments([first, second, third]: RequestArguments, protocol: string): { readonly url: URL; readonly options: RequestOptions; readonly onAnswer?: (answer: http.IncomingMessage) => void } {
  const hasAddress = typeof first === 'string' || first instanceof URL;
  const rest = typeof second === 'function' ? {} : (second ?? {});
  const options = hasAddress ? rest : first;
  const onAnswer = typeof second === 'function' ? second : third;
  const url = hasAddress ? new URL(first) : new URL(`${options.protocol ?? protocol}//${bracketed(options.hostname ?? options.host ?? 'localhost')}${options.port === undefined || options.port === null ? '' : `:${options.port}`}`);
  if (typeof options.path === 'string') {
    const { pathname, search } = new URL(options.path, 'http://localhost');
    Object.assign(url, { pathname, search });
  }
  return { url, options, ...(onAnswer === undefined ? {} : { onAnswer }) };
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') && !/:\d+$/.test(host) ? `[${host}]` : host;
}

/** Headers as a record; the host is the world's to say. */
function headersOf({ headers = {} }: RequestOptions): http.OutgoingHttpHeaders {
  const record = Array.isArray(headers) ? pairUp(headers as readonly string[]) : (headers as http.OutgoingHttpHeaders);
  return Object.fromEntries(Object.entries(record).filter(([name]) => name.toLowerCase() !== 'host'));
}

/** Node also takes names and values in turn. */
function pairUp(list: readonly string[]): http.OutgoingHttpHeaders {
  return Object.fromEntries(Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i] ?? '', list[2 * i + 1] ?? '']));
}

/** Every connection of Node comes by here. In a rehearsal none leaves the machine, whoever opens it; else one that nobody asked for asks. */
function guardSockets({ mode, lock, own }: NetworkContext): void {
  const prototype = Socket.prototype as unknown as { connect: (...args: unknown[]) => Socket };
  const { connect } = prototype;
  const guarded = function (this: Socket, ...args: unknown[]): Socket {
    const target = mode() === 'rehearse' ? outsideOf(args) : undefined;
    if (target !== undefined) {
      process.nextTick(() => this.destroy(new Error(`a rehearsal reaches nothing but its world, and ${target} was to be connected to. Use an https address, which leads to the world, or keep this step for a live run.`)));
      return this;
    }
    if (!isOurs(own, guarded)) lock.enter({ service: 'socket', effect: 'write', target: `tcp://${addressOf(args)}` });
    return connect.apply(this, args);
  };
  prototype.connect = guarded;
}

function targetOf(args: readonly unknown[]): { readonly host?: string; readonly port?: number | string; readonly path?: string } {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first };
  return { port: first as number, ...(typeof second === 'string' ? { host: second } : {}) };
}

/** What a connection would reach outside of this machine's loopback, for people; undefined where nothing. */
function outsideOf(args: readonly unknown[]): string | undefined {
  const options = targetOf(args);
  if (options.port === undefined && options.path !== undefined) return options.path;
  const host = options.host ?? 'localhost';
  return isLoopback(host) ? undefined : `${host}:${options.port ?? ''}`;
}

/** Where a connection goes, for people: `connect(port, host?)`, `connect(path)`, `connect(options)`, or Node's own list of these. */
function addressOf(args: readonly unknown[]): string {
  const { path, host, port } = targetOf(args);
  return port === undefined && path !== undefined ? path : `${host ?? 'localhost'}:${port ?? ''}`;
}

function guardDatagrams({ mode, lock, own }: NetworkContext): void {
  const { send, connect } = dgram.Socket.prototype;
  const ask = (_args: readonly unknown[], called: (...args: never[]) => unknown): void => {
    if (mode() === 'rehearse') throw new Error('a rehearsal reaches nothing but its world, and a datagram was to be sent. Keep this step for a live run.');
    if (!isOurs(own, called)) lock.enter({ service: 'socket', effect: 'write', target: 'udp' });
  };
  Object.assign(dgram.Socket.prototype, { send: askBefore(send, ask), connect: askBefore(connect, ask) });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
