// The one HTTP server of a world, on loopback only. Proxy requests are refused by name: a rehearsal
// has no way out, and a tool that tries shall hear so instead of hanging.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Ledger } from './ledger.ts';

/** What the server needs to know. */
export interface ServerParts {
  readonly fetch: (request: Request, wire: { readonly outgoing: ServerResponse }) => Promise<Response>;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** 0 for any free port. */
  readonly port: number;
}

/** A listening server. */
export interface WorldServer {
  readonly port: number;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

/** Starts to listen on 127.0.0.1. @throws with the code `EADDRINUSE` when the port is taken. */
export async function startServer(parts: ServerParts): Promise<WorldServer> {
  const listener = getRequestListener((request, { outgoing }) => parts.fetch(request, { outgoing: outgoing as ServerResponse }), { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    const host = proxiedHost(request.url ?? '');
    if (host === undefined) return void listener(request, response);
    refuse(parts, request, response, host);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(parts, request.method ?? 'CONNECT', request.url ?? '');
    const text = refusal(request.url ?? '');
    socket.on('error', () => undefined); // the refused client may be gone already
    socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`);
  });
  await listen(server, parts.port);
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function proxiedHost(url: string): string | undefined {
  if (url.startsWith('/') || url === '*') return undefined;
  return URL.canParse(url) ? new URL(url).host : url;
}

function refuse(parts: ServerParts, request: IncomingMessage, response: ServerResponse, host: string): void {
  note(parts, request.method ?? 'GET', host);
  request.resume();
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(refusal(host));
}

function note(parts: ServerParts, method: string, host: string): void {
  const write = !['GET', 'HEAD', 'OPTIONS', 'CONNECT'].includes(method);
  parts.ledger.append({ service: 'proxy', method, host, path: '/', write, status: 403, at: parts.now() });
}

function refusal(host: string): string {
  return `A rehearsal has no way to ${host.replace(/[^\w.:[\]-]/g, '?')}: the world serves git and runbook's own clients only.\n`;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
