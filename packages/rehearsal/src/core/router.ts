// One door for all public hosts: the first path segment names the host, the app of that host answers,
// the ledger gets a line. It knows no service; what no route serves is a 501 that names itself.
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { HTTPException } from 'hono/http-exception';
import type { Core, HostedApp } from '../services.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { trouble } from './trouble.ts';
import type { Turns } from './turn.ts';

/** What the router works with. */
export interface RouterParts {
  readonly core: Core;
  readonly ledger: Ledger;
  readonly turns: Turns;
  /** Answers `/_world/…`; not in the ledger. */
  readonly control: (request: Request) => Promise<Response>;
  /** Called after a request took effect and was written down, before its answer leaves. */
  readonly onEntry?: ((entry: LedgerEntry) => void) | undefined;
}

/** The connection below an answer, where there is one. */
export interface Wire {
  readonly outgoing: ServerResponse;
}

/** The router: apps are added, requests answered. */
export interface Router {
  addApp(app: HostedApp): void;
  fetch(request: Request, wire?: Wire): Promise<Response>;
}

/** How a request came in: under its host's name, or under `/v2/<host>/…` as registry clients without routes send it. */
export type Entrance = 'host' | 'v2';

/** What handlers find in `c.env`. */
export interface RouteEnv {
  readonly entrance: Entrance;
}

interface Target {
  readonly host: string;
  readonly path: string;
  readonly entrance: Entrance;
}

/** Makes the router. */
export function createRouter(parts: RouterParts): Router {
  const apps: HostedApp[] = [];

  function addApp(added: HostedApp): void {
    added.app.notFound((c) => notServed(c.req.method, c.req.raw.url));
    added.app.onError((error) => (error instanceof HTTPException ? error.getResponse() : Response.json({ message: `The rehearsal world failed: ${error.message}` }, { status: 500 })));
    apps.push(added);
  }

  async function answer(request: Request, target: Target, wire: Wire | undefined): Promise<Response> {
    const app = apps.find((candidate) => candidate.serves(target.host));
    const write = app?.writes(request.method, target.path) ?? !isRead(request.method);
    const work = async (): Promise<Response> => {
      const url = `http://${target.host}${target.path}${new URL(request.url).search}`;
      const env: RouteEnv = { entrance: target.entrance };
      const met = app === undefined ? undefined : trouble(parts.core, { ...target, query: new URL(request.url).search, method: request.method, write });
      const response = app === undefined ? notServed(request.method, url) : met === 'break' ? breakOff(wire) : (met ?? (await app.app.fetch(inner(request, url), env)));
      // Only a turn may save: beside one, the state could be half of a change.
      if (write) parts.core.save();
      const { host, path } = target;
      const entry = parts.ledger.append({ service: app?.service ?? 'unknown', method: request.method, host, path, write, status: response.status, at: parts.core.now() });
      parts.onEntry?.(entry);
      return dated(response, parts.core.now());
    };
    return write ? parts.turns.take(work) : work();
  }

  return {
    addApp,
    fetch: async (request, wire) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/_world' || pathname.startsWith('/_world/')) return parts.control(request);
      // Whoever opens the world's bare address in a browser means its page.
      if (pathname === '/' && isRead(request.method)) return new Response(null, { status: 302, headers: { location: '/_world' } });
      return answer(request, locate(pathname), wire);
    },
  };
}

/** Which public host and path a loopback path means. */
export function locate(pathname: string): Target {
  const [, first = '', rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(pathname) ?? [];
  if (first !== 'v2') return { host: first.toLowerCase(), path: rest === '' ? '/' : rest, entrance: 'host' };
  // The registry protocol's own: the ping and the token service.
  if (rest === '' || rest === '/' || rest === '/token') return { host: 'gcr.io', path: pathname, entrance: 'v2' };
  const [, host = '', name = ''] = /^\/([^/]*\.[^/]*)(\/.+)$/.exec(rest) ?? [];
  return host === '' ? { host: 'v2', path: rest, entrance: 'v2' } : { host: host.toLowerCase(), path: `/v2${name}`, entrance: 'v2' };
}

/** Ends an answer in the middle, as a line that drops does. Without a connection it is what a proxy makes of that. */
function breakOff(wire: Wire | undefined): Response {
  if (wire === undefined) return new Response('upstream connect error or disconnect/reset before headers', { status: 502 });
  const { outgoing } = wire;
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': 4096 });
  outgoing.write('{"half":', () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function inner(request: Request, url: string): Request {
  const { method, headers } = request;
  if (isRead(method) || request.body === null) return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: request.body, duplex: 'half' });
}

/** A first segment may be no host at all. */
function notServed(method: string, url: string): Response {
  const message = `The rehearsal world does not serve ${method} ${url.replace(/^http:/, 'https:').replace(/[?#].*$/, '')}`;
  return Response.json({ message }, { status: 501 });
}

/** Answers carry the world's date, so that no client learns the real one. */
function dated(response: Response, now: number): Response {
  response.headers.set('date', new Date(now).toUTCString());
  return response;
}
