// The words of the door to the network: what a request is and what an answer is. `door.ts` makes it.
import type { Redactor, WriteLock } from '@runbook/access';
import type { OutsideError } from './outside-error.ts';
import type { Routed } from './routes.ts';

/** What `createHttp` is made of. */
export interface HttpOptions {
  readonly lock: WriteLock;
  /** Read here: `RUNBOOK_ROUTES`, `RUNBOOK_TRACE` (a file for the transcript), and the proxy variables `HTTPS_PROXY`, `NO_PROXY`, ….  */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor?: Redactor;
  /** The fetch that opens sockets; Node's http modules do it unless given. */
  readonly fetch?: typeof globalThis.fetch;
  readonly userAgent?: string;
  /** Told in a sentence before each pause of a second or more: what went wrong and how long it is waited. */
  readonly progress?: (text: string) => void;
  /** How long a request may take in all, retries and body included. Milliseconds; 60 000 unless given. */
  readonly deadlineMs?: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  /** 0 ≤ x < 1, spreads retries. */
  readonly random?: () => number;
}

/** The bytes of an answer. What is not read to its end has to be cancelled. */
export interface AnswerBody extends AsyncIterable<Uint8Array> {
  /** The next part; undefined at the end. One call after the other. */
  read(): Promise<Uint8Array | undefined>;
  /** Says that nobody wants the rest. */
  cancel(): Promise<void>;
}

/** A body that is read while it is sent, so that it never has to be held whole. */
export interface StreamedBody {
  /** Bytes. */
  readonly size: number;
  /**
   * Gives the bytes from the beginning; called for each attempt. What it throws is thrown by the request, as it is. The signal says
   * that nobody wants the rest.
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** What is sent. */
export type HttpBody = string | Uint8Array | StreamedBody;

/** One request. */
export interface HttpRequest {
  /** Who is spoken to, for people: `github`, `registry` … */
  readonly service: string;
  readonly method: string;
  /** The public address: https, or http to this machine. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** What the call does. By method unless said: GET and HEAD read, everything else writes. */
  readonly effect?: 'read' | 'write';
  /** `follow` unless said: at most 10 hops, credentials never to another origin. */
  readonly redirect?: 'follow' | 'manual';
  readonly signal?: AbortSignal;
  /** Milliseconds for this request in all; the client's own unless said. */
  readonly deadlineMs?: number;
  /** Further attempts after a temporary failure. Reads 3, writes 0 unless said. */
  readonly retry?: number;
  /** What the write lock and the journal see of the body; the redacted body itself unless said. */
  readonly shownBody?: string;
  /** The largest body to read, in bytes; 64 MiB unless said. */
  readonly maxBytes?: number;
  /** Says that the lock was asked for this very write already; made by `admit`. Good for any number of attempts. */
  readonly admission?: Admission;
}

/** Proof that the write lock let one write go. Only `Http.admit` makes one. */
export interface Admission {
  readonly method: string;
  readonly url: string;
}

/** An answer of any status; whether it is good is for the caller to say. The body is read once. */
export interface HttpAnswer {
  readonly status: number;
  /** True for 200–299. */
  readonly ok: boolean;
  readonly headers: Headers;
  /** The public address that answered, after redirects; it may hold signed query values, so do not show it. */
  readonly url: string;
  /** `GET https://…` as people may see it. */
  readonly request: string;
  text(): Promise<string>;
  /** @throws OutsideError `unexpected-answer` when the body is not JSON. */
  json(): Promise<unknown>;
  bytes(): Promise<Uint8Array>;
  readonly body: AnswerBody;
  /** The typed error of this answer, with what its body says. */
  error(): Promise<OutsideError>;
  /** An `unexpected-answer` about this answer, in the caller's words. */
  unexpected(detail: string): OutsideError;
}

/** The door. */
export interface Http {
  /**
   * Sends one request and gives its answer, whatever the status.
   * @throws WithheldError, UndeclaredWriteError from the lock, before anything leaves
   * @throws OutsideError `unreachable` when there is no answer within the deadline, `unexpected-answer` for a redirect that may not be followed
   * @throws AddressError when the address may not be spoken to
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Asks the lock for a write ahead of time, for clients whose own retries must not ask again. Reads pass too. */
  admit(request: Pick<HttpRequest, 'service' | 'method' | 'url' | 'body' | 'effect' | 'shownBody'>): Admission;
  /** Where a public address is answered. */
  route(publicUrl: string): Routed;
}

