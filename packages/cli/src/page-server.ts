// For tests: a server on the loopback that plays the web. `RUNBOOK_ROUTES="https://*=<url>/*"` leads every address to it.
// Only tests import this; nothing here is part of the command.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a page is answered. */
export interface PageOptions {
  readonly status?: number;
  readonly type?: string;
  readonly location?: string;
  /** A method that gets 405. */
  readonly refuses?: string;
}

/** A running server. */
export interface Pages {
  readonly url: string;
  /** Serves a text under `host/path`; a function is called for each request. */
  serve(address: string, text: string | ((headers: IncomingHttpHeaders) => string), options?: PageOptions): void;
  /** What was asked for, as `METHOD host/path`, in order. */
  asked(): readonly string[];
  close(): Promise<void>;
}

/** Starts a server without pages: everything is 404. */
export async function servePages(): Promise<Pages> {
  const pages = new Map<string, { readonly text: string | ((headers: IncomingHttpHeaders) => string); readonly options: PageOptions }>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const address = (request.url ?? '/').slice(1);
    asked.push(`${request.method ?? ''} ${address}`);
    const page = pages.get(address);
    const { status = 200, type = 'text/plain; charset=utf-8', location, refuses } = page?.options ?? { status: 404 };
    const code = refuses === request.method ? 405 : status;
    response.writeHead(code, { 'content-type': type, ...(location === undefined ? {} : { location }), ...(code === 429 || code === 503 ? { 'retry-after': '3600' } : {}) });
    response.end(typeof page?.text === 'function' ? page.text(request.headers) : (page?.text ?? 'not found'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let isOpen = true;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (address, text, options = {}) => void pages.set(address, { text, options }),
    asked: () => asked,
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
