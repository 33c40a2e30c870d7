// One request to a registry, with the auth dance around it: ask, be challenged, answer once. (domain §6.1–6.2)
// A token never leaves for another host; a target behind a redirect gets a dance of its own.
import { isLoopback, type Admission, type Http, type HttpAnswer, type HttpRequest, type StreamedBody } from '@runbook/http';
import type { Auth } from './auth.ts';

/** A request to a registry. GET and HEAD read, everything else writes. */
export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Full address, as `registryUrl`, a page's link or an upload's location gives it. */
  readonly url: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | StreamedBody;
  /** What the write lock shows of the body; its size unless given. */
  readonly shownBody?: string;
  readonly maxBytes?: number;
  /** Milliseconds for the whole of it; the door's own unless given. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Further attempts of a write that may be repeated; reads have theirs. */
  readonly retry?: number;
}

/** Sends requests to registries. Any status but an answerable 401 comes back. */
export type Transport = (ask: Ask) => Promise<HttpAnswer>;

/** The address of a path below a registry's `/v2/`. Only registries on this machine speak plain http. */
export function registryUrl(host: string, path: string): string {
  // Docker Hub's names and its registry live on different hosts.
  const server = host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
  return `${isLoopback(server) ? 'http' : 'https'}://${server}/v2/${path}`;
}

/** How long one request for so many bytes may take: a slow line brings 16 MiB in a quarter of an hour. At most a week. */
export function patienceMs(bytes: number): number {
  return Math.min(7 * 24 * 3600_000, Math.ceil(Math.max(bytes, 1) / (16 * 1024 * 1024)) * 15 * 60_000);
}

/** Two hosts, each with a token that ran out: more rounds than these are a game of ping-pong. */
const mostRounds = 4;

/** Makes it. */
export function createTransport(http: Http, auth: Auth): Transport {
  return async (ask) => {
    // A write is asked for once, however many rounds it takes to be let in.
    const admission = isRead(ask) ? undefined : http.admit({ service: 'registry', method: ask.method, url: ask.url, ...bodyOf(ask) });
    const send = (url: string, authorization: string | undefined): Promise<HttpAnswer> => http.request(requestOf(ask, url, authorization, admission));
    let url = ask.url;
    let answer = await send(url, auth.remembered(new URL(url).host, scopeOf(ask, url)));
    const challenged = new Set<string>();
    for (let round = 0; answer.status === 401 && round < mostRounds; round += 1) {
      const there = new URL(answer.url).host;
      const scope = scopeOf(ask, answer.url);
      // Behind a redirect this host was asked without a token; what it got before may still do.
      let header = there === new URL(url).host ? undefined : auth.remembered(there, scope);
      if (header === undefined) {
        if (challenged.has(there)) return answer;
        challenged.add(there);
        header = await auth.answer(answer, there, scope);
        if (header === undefined) return answer;
      }
      await answer.body.cancel();
      url = answer.url;
      answer = await send(url, header);
    }
    return answer;
  };
}

function isRead({ method }: Ask): boolean {
  return method === 'GET' || method === 'HEAD';
}

function bodyOf({ body, shownBody }: Ask): Pick<HttpRequest, 'body' | 'shownBody'> {
  return { ...(body === undefined ? {} : { body }), ...(shownBody === undefined ? {} : { shownBody }) };
}

function requestOf(ask: Ask, url: string, authorization: string | undefined, admission: Admission | undefined): HttpRequest {
  return {
    service: 'registry',
    method: ask.method,
    url,
    headers: {
      // A digest is of the bytes as stored; compression on the way would hide a wrong length.
      'accept-encoding': 'identity',
      ...(ask.accept === undefined ? {} : { accept: ask.accept }),
      ...ask.headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...bodyOf(ask),
    ...(ask.maxBytes === undefined ? {} : { maxBytes: ask.maxBytes }),
    ...(ask.deadlineMs === undefined ? {} : { deadlineMs: ask.deadlineMs }),
    ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    ...(ask.retry === undefined ? {} : { retry: ask.retry }),
    ...(admission === undefined ? {} : { admission }),
  };
}

/** The scope of a request, from the repository's path in its address: behind a redirect the repository has another name. */
function scopeOf(ask: Ask, url: string): string {
  const name = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(new URL(url).pathname)?.[1] ?? '';
  const rights = isRead(ask) ? 'pull' : ask.method === 'DELETE' ? 'pull,delete' : 'pull,push';
  // who mounts has to be let into both repositories
  const from = ask.method === 'POST' ? new URL(url).searchParams.get('from') : null;
  return `repository:${name}:${rights}${from === null ? '' : ` repository:${from}:pull`}`;
}
