// Which proxy a request goes through, by the variables that other tools read too. Never for this machine.
// Source of the rules: curl's manual, section "Environment" (lower case first, HTTP_PROXY in lower case only where a server could
// be tricked; we are none), and Go's golang.org/x/net/http/httpproxy, whose NO_PROXY the tools of the field share.
import { AddressError, isLoopback } from './address.ts';
import { bodyOfWeb } from './body.ts';
import type { Wire, WireRequest } from './wire.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy of an address, and the variable that names it; undefined where the address is asked directly. @throws AddressError */
export function proxyOf(url: string, env: Environment): { readonly proxy: URL; readonly variable: string } | undefined {
  const { protocol, host, hostname, port } = new URL(url);
  if (isLoopback(host)) return undefined;
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] : ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];
  const variable = names.find((name) => (env[name] ?? '') !== '');
  if (variable === undefined || isExempt({ name: hostname, port: port === '' ? (protocol === 'https:' ? '443' : '80') : port }, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const text = env[variable] ?? '';
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address)) throw new AddressError(`${variable} is no address, expected one such as http://proxy.example:3128.`);
  const proxy = new URL(address);
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') throw new AddressError(`${variable} names a proxy of ${proxy.protocol}//, expected http:// or https://.`);
  return { proxy, variable };
}

/** NO_PROXY: names apart by commas or blanks; `*` is all, `.example.org` and `example.org` are the name and what is below it, `:443` a port. */
function isExempt({ name, port }: { readonly name: string; readonly port: string }, list: string): boolean {
  return list.split(/[\s,]+/).filter((entry) => entry !== '').some((entry) => {
    if (entry === '*') return true;
    const [, wanted = '', onPort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (wanted === '' || (onPort !== undefined && onPort !== port)) return false;
    return name.toLowerCase() === wanted || name.toLowerCase().endsWith(`.${wanted}`);
  });
}

/** A wire that goes through proxies where variables say so. The library is loaded with the first request that needs it. */
export function proxyWire(direct: Wire, env: Environment): Wire {
  const wires = new Map<string, Wire>();
  const through = async (proxy: URL): Promise<Wire> => {
    const { fetch, ProxyAgent } = (await import('undici')).default;
    const login = proxy.username === '' ? {} : { token: `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}` };
    const dispatcher = new ProxyAgent({ uri: proxy.origin, ...login });
    return fetchWire((input, init) => (fetch as unknown as (input: unknown, init: unknown) => Promise<Response>)(input, { ...init, dispatcher }));
  };
  return async (url, request) => {
    const found = proxyOf(url, env);
    if (found === undefined) return direct(url, request);
    const wire = wires.get(found.proxy.href) ?? (await through(found.proxy));
    wires.set(found.proxy.href, wire);
    return wire(url, request);
  };
}

/** A wire made of a fetch. */
export function fetchWire(fetch: typeof globalThis.fetch): Wire {
  return async (url, request) => {
    const { status, headers, body } = await fetch(url, initOf(request));
    return { status, headers, ...(body === null ? {} : { body: bodyOfWeb(body) }) };
  };
}

function initOf({ method, headers, body, size, signal }: WireRequest): RequestInit {
  const common = { method, headers, redirect: 'manual', signal } as const;
  if (body === undefined) return common;
  if (typeof body === 'string' || body instanceof Uint8Array) return { ...common, body };
  return { ...common, headers: { ...headers, ...(size === undefined ? {} : { 'content-length': String(size) }) }, body: ReadableStream.from(body), duplex: 'half' };
}
