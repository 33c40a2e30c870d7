// The wire: one request over Node's own http, and its answer. Node's `fetch` takes three times the processor time
// for the same, most of it for streams. It knows nothing of retries, redirects or locks: it must end with the signal, hold no more
// of a body than is asked for, and never take a broken line for the end of an answer.
import { Agent, request as requestPlainly, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { createGunzip } from 'node:zlib';
import { pipeline, type Readable } from 'node:stream';
import { bodyOfNode } from './body.ts';
import type { AnswerBody } from './http.ts';
import { pour } from './pour.ts';

/** What goes over the wire once. */
export interface WireRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** Bytes of a body that is an iterable. */
  readonly size: number | undefined;
  readonly signal: AbortSignal;
}

/** What comes back. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body?: AnswerBody;
}

/** Sends one request to where it is really answered. */
export type Wire = (url: string, request: WireRequest) => Promise<WireAnswer>;

/** Why the wire itself gave up, in the manner of Node's own reasons; `fault.ts` puts it into words. */
type WireFault = 'WIRE_NOT_CONNECTED' | 'WIRE_SILENT' | 'WIRE_CUT_OFF';

class WireError extends Error {
  readonly code: WireFault;
  constructor(code: WireFault) {
    super(code);
    this.code = code;
  }
}

const connectMs = 10_000;
/** Nothing goes either way for so long: the line is dead. */
const silentMs = 300_000;
/** A connection that nobody uses is closed before servers do that (5 s at many), so that no request meets a closing one. */
const idleMs = 4000;
/** The rest of an answer that nobody wants is read when it is this short, so that the connection can be used again. Bytes. */
const shortRest = 64 * 1024;

const agentOptions = { keepAlive: true, timeout: idleMs };

/** Makes a wire; its connections are kept for the next request. */
export function createWire(): Wire {
  const plain = new Agent(agentOptions);
  let secure: Promise<{ readonly request: typeof requestPlainly; readonly agent: Agent }> | undefined;
  const loadSecure = async (): Promise<{ readonly request: typeof requestPlainly; readonly agent: Agent }> => {
    const https = await import('node:https');
    return { request: https.request, agent: new https.Agent(agentOptions) };
  };
  return async (url, request) => {
    const { request: open, agent } = url.startsWith('https:') ? await (secure ??= loadSecure()) : { request: requestPlainly, agent: plain };
    request.signal.throwIfAborted();
    const options: RequestOptions = { agent, method: request.method, headers: headersOf(request), timeout: silentMs };
    return exchange(open(url, options), request);
  };
}

function headersOf({ headers, body, size }: WireRequest): Record<string, string | number> {
  const length = size ?? (typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : undefined);
  // a range is one of the bytes themselves, never of what packed them (Fetch standard, "HTTP-network-or-cache fetch")
  const encoding = headers['range'] === undefined ? 'gzip' : 'identity';
  return { accept: '*/*', 'accept-encoding': encoding, ...headers, ...(length === undefined ? {} : { 'content-length': length }) };
}

function exchange(sent: ClientRequest, { body, signal }: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => void sent.destroy(signal.reason as Error);
    signal.addEventListener('abort', giveUp);
    sent.once('close', () => signal.removeEventListener('abort', giveUp));
    sent.on('timeout', () => sent.destroy(new WireError('WIRE_SILENT')));
    limitConnecting(sent);
    sent.on('error', reject);
    sent.on('response', (answer) => resolve(answerOf(sent, answer)));
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) sent.end(body);
    else pour(sent, body).catch((error: unknown) => sent.destroy(error as Error));
  });
}

function limitConnecting(sent: ClientRequest): void {
  sent.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => sent.destroy(new WireError('WIRE_NOT_CONNECTED')), connectMs);
    const settle = (): void => clearTimeout(timer);
    socket.once('connect', settle).once('close', settle);
  });
}

function answerOf(sent: ClientRequest, answer: IncomingMessage): WireAnswer {
  const headers = new Headers();
  const { rawHeaders, statusCode: status = 0 } = answer;
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  // an answer may come before the body has gone; then the line is of no use for another request
  answer.once('end', () => {
    if (!sent.writableEnded) sent.destroy();
  });
  if (sent.method === 'HEAD' || status === 204 || status === 304) {
    answer.resume();
    return { status, headers };
  }
  const packed = /^(?:x-)?gzip$/i.test(answer.headers['content-encoding'] ?? '') ? createGunzip() : undefined;
  const source = packed === undefined ? answer : pipeline(answer, packed, () => undefined);
  const broken = (cause?: Error & { readonly code?: string }): Error | undefined => {
    if (cause?.code?.startsWith('Z_') !== true) return new WireError('WIRE_CUT_OFF');
    return packed?.bytesWritten === 0 ? undefined : cause; // nothing, although called packed, is nothing
  };
  return { status, headers, body: bodyOfNode(source, { broken, cancel: () => abandon(sent, answer, source) }) };
}

/** Nobody wants the rest. */
function abandon(sent: ClientRequest, answer: IncomingMessage, source: Readable): void {
  if (answer.complete && source.readableEnded) return;
  if (!(Number(answer.headers['content-length']) <= shortRest)) return void sent.destroy();
  answer.socket.unref(); // whoever uses it next holds it again
  source.resume();
}
