// Where an upload goes on, as the registry says it. Pure.
import { isLoopback, isPrivateAddress, type HttpAnswer } from '@runbook/http';

/** The address: relative or absolute, on any host; a token goes only to the host that it is for. */
export function locationOf(answer: HttpAnswer): string {
  const location = answer.headers.get('location') ?? '';
  if (location === '' || !URL.canParse(location, answer.url)) throw answer.unexpected('it does not say where the upload goes on');
  const there = new URL(location, answer.url);
  const here = new URL(answer.url);
  const isInside = (url: URL): boolean => isLoopback(url.host) || isPrivateAddress(url.hostname);
  if (isInside(there) && !isInside(here)) throw answer.unexpected(`it sends the upload into a private network (${there.host})`);
  return there.href;
}
