// Routes lead public addresses to where they are really answered: a rehearsal world or a mirror.
// Code, records and errors always name the public address; only the last hop before the socket knows the other one.
import { AddressError, isLoopback } from './address.ts';

/** Where a public address is answered, and the headers that tell the far side its public name. */
export interface Routed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** False when no route applies: `url` is the public address itself. */
  readonly routed: boolean;
}

/** The routes of one environment. */
export interface Routes {
  /** Where a public address is answered. Addresses without a route stay as they are. */
  (publicUrl: string): Routed;
  /** The public address of a routed one, and any other address unchanged. */
  publicUrl(url: string): string;
}

interface Route {
  /** `https://host[:port]`, or `https://*`. */
  readonly from: string;
  readonly to: URL;
}

/**
 * Reads `RUNBOOK_ROUTES`: words `from=to` apart by white space, `from` an origin (`https://prow.k8s.io`) or `https://*`.
 * An exact origin beats `*`; with `*` the public host becomes the first part of the path.
 * @throws AddressError when a word is malformed, or a target is neither https nor this machine.
 */
export function createRoutes(env: Readonly<Record<string, string | undefined>>): Routes {
  const table = (env['RUNBOOK_ROUTES'] ?? '').split(/\s+/).filter((word) => word !== '').map(parseRoute);
  const route = (publicUrl: string): Routed => {
    const url = new URL(publicUrl);
    const origin = `${url.protocol}//${url.host}`;
    const exact = table.find((entry) => entry.from === origin);
    const found = exact ?? table.find((entry) => entry.from === `${url.protocol}//*`);
    if (found === undefined) return { url: publicUrl, headers: {}, routed: false };
    const prefix = exact === undefined ? `/${url.host}` : '';
    const path = `${basePath(found.to)}${prefix}${url.pathname}`;
    return {
      url: `${found.to.origin}${path}${url.search}`,
      headers: { 'x-forwarded-host': url.host, 'x-forwarded-proto': url.protocol.slice(0, -1) },
      routed: true,
    };
  };
  return Object.assign(route, { publicUrl: (url: string) => publish(table, url) });
}

function parseRoute(word: string): Route {
  const match = /^(https?:\/\/[^/=]+)\/?=(.+)$/.exec(word);
  const from = match?.[1];
  const to = match?.[2]?.replace(/\/\*$/, '');
  if (from === undefined || to === undefined || !URL.canParse(to)) {
    throw new AddressError(`RUNBOOK_ROUTES has "${word}", expected from=to such as https://prow.k8s.io=http://127.0.0.1:4000/prow or https://*=http://127.0.0.1:4000/*.`);
  }
  const target = new URL(to);
  const safe = target.protocol === 'https:' || (target.protocol === 'http:' && isLoopback(target.host));
  if (!safe || target.username !== '' || target.search !== '') {
    throw new AddressError(`RUNBOOK_ROUTES leads ${from} to ${target.protocol}//${target.host}. A route may only lead to https, or to plain http on this machine, without credentials or a query.`);
  }
  return { from: from.endsWith('//*') ? from : new URL(from).origin, to: target };
}

function basePath(url: URL): string {
  return url.pathname.replace(/\/+$/, '');
}

/** A far side that does not honour the forwarded host names itself; that name must not leak out of here. */
function publish(table: readonly Route[], text: string): string {
  const url = new URL(text);
  for (const { from, to } of [...table].sort((a, b) => basePath(b.to).length - basePath(a.to).length)) {
    const base = `${basePath(to)}/`;
    if (url.origin !== to.origin || !`${url.pathname}/`.startsWith(base)) continue;
    const rest = url.pathname.slice(base.length);
    if (!from.endsWith('//*')) return `${from}/${rest}${url.search}`;
    const [host = '', ...path] = rest.split('/');
    if (/^[a-z0-9.-]+(:\d+)?$/i.test(host)) return `${from.slice(0, -1)}${host}/${path.join('/')}${url.search}`;
  }
  return text;
}
