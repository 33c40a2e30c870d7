// Where a redirect leads, and what may come along. Pure.
// Credentials never cross to another origin, and a write is never turned into another request without being asked for.
import { isLoopback, isPrivateAddress, parseAddress, AddressError } from './address.ts';
import type { HttpBody } from './http.ts';
import type { Routes } from './routes.ts';

/** The request of one hop. */
export interface Hop {
  readonly method: string;
  /** The public address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody | undefined;
  readonly write: boolean;
}

/** The next hop, or in words why it is not gone. */
export type NextHop = { readonly hop: Hop } | { readonly refused: string };

/** How many redirects are followed at most. */
export const mostHops = 10;

const credentialHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** True for a status that sends elsewhere. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Decides the hop that an answer asks for. A Location that names a route's own target is read as the public address behind it. */
export function nextHop(hop: Hop, answer: { readonly status: number; readonly location: string }, routes: Routes): NextHop {
  const here = new URL(hop.url);
  if (!URL.canParse(answer.location, here.href)) return { refused: 'the answer redirects to no address' };
  const there = safeTarget(routes.publicUrl(new URL(answer.location, here).href), here);
  if (typeof there === 'string') return { refused: there };
  const sameOrigin = there.origin === here.origin;
  const headers = sameOrigin ? hop.headers : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !credentialHeaders.has(name.toLowerCase())));
  if (answer.status === 303 && hop.method !== 'HEAD') return { hop: { method: 'GET', url: there.href, headers: bodyless(headers), body: undefined, write: false } };
  if (!hop.write) return { hop: { ...hop, url: there.href, headers } };
  if (!sameOrigin) return { refused: `the write is redirected to ${there.host}` };
  if (answer.status === 301 || answer.status === 302) return { refused: `the write is redirected to ${there.pathname} by a ${answer.status}, which would turn it into a read` };
  return { hop: { ...hop, url: there.href, headers } };
}

function safeTarget(address: string, here: URL): URL | string {
  try {
    const there = parseAddress(address);
    // A public service has no business to send us to a port of this machine.
    if (isLoopback(there.host) && !isLoopback(here.host)) return 'the answer redirects to this machine';
    if (isPrivateAddress(there.hostname) && !isLoopback(there.host) && !isPrivateAddress(here.hostname)) return `the answer redirects into a private network (${there.host})`;
    return there;
  } catch (error) {
    if (error instanceof AddressError) return `the answer redirects to an address that is not spoken to: ${error.message}`;
    throw error;
  }
}

function bodyless(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('content-')));
}
