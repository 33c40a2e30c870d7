// Which addresses may be spoken to at all, and how they are shown to people. No network here.
// A shown address never holds credentials: no user part, no fragment, no secret query values.
import type { Redactor } from '@runbook/access';

/** Thrown where an address or a route may not be used at all. Nothing was sent. */
export class AddressError extends Error {
  readonly code = 'bad-address';
  constructor(message: string) {
    super(`bad-address: ${message}`);
    this.name = 'AddressError';
  }
}

const secretParameter = /token|secret|passw|signature|credential|^sig$|^key$|api[-_]?key|^code$/i;

/** True for a host that is this machine: `localhost`, `*.localhost`, 127.0.0.0/8, ::1. The host may carry a port. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * True for an address literal inside a private network, link-local, or of no network at all. (RFC 1918, 3927, 4193, 4291, 6598) A
 * public service has no business to send anybody there.
 */
export function isPrivateAddress(hostname: string): boolean {
  return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(hostname) || /^\[(f[cd]|fe[89ab]|::)/i.test(hostname);
}

/**
 * Parses an absolute address that a client wants to reach.
 * @throws AddressError when it is no http(s) URL, carries credentials, or is plain http to another machine.
 */
export function parseAddress(text: string): URL {
  if (!URL.canParse(text)) throw new AddressError(`"${text.slice(0, 200).replace(/\/\/[^/@]*@/, '//')}" is not an absolute URL. Write it as https://host/path.`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw new AddressError(`the address of ${url.host} carries credentials. Pass them apart from the address.`);
  if (url.protocol === 'https:') return url;
  if (url.protocol === 'http:' && isLoopback(url.host)) return url;
  throw new AddressError(`${url.protocol}//${url.host} is not spoken to. Use https; plain http is only for this machine.`);
}

/** The address as people may see it: without user part and fragment, with secret query values replaced by `***`. */
export function showAddress(address: string | URL, redactor: Redactor): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.hash = '';
  for (const name of new Set(url.searchParams.keys())) {
    if (secretParameter.test(name)) url.searchParams.set(name, '***');
  }
  return redactor.redact(url.href);
}
