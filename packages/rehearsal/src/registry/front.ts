// registry.k8s.io: a front that stores nothing and redirects. Reading only; the query is dropped on the way,
// as the real one does. https://github.com/kubernetes/registry.k8s.io/blob/main/cmd/archeio/docs/request-handling.md
import { apiVersion } from './call.ts';
import type { Call } from './call.ts';

/** The region that the world's callers are sent to; signatures live there in any case. */
const region = 'us-central1-docker.pkg.dev';
const images = '/v2/k8s-artifacts-prod/images';

/** Answers every path of registry.k8s.io. `address` gives the place of a path at another host. */
export function front(call: Call, address: (host: string, path: string) => string): Response {
  if (call.method !== 'GET' && call.method !== 'HEAD') return new Response('Only GET and HEAD are allowed.\n', { status: 405, headers: { allow: 'GET, HEAD' } });
  if (call.path === '/') return redirect('https://github.com/kubernetes/registry.k8s.io');
  if (call.path === '/privacy') return redirect('https://www.linuxfoundation.org/privacy-policy/');
  if (call.path === '/v2/' || call.path === '/v2') return new Response('', { headers: apiVersion });
  const rest = /^\/v2(\/.+\/(?:manifests|blobs|tags|referrers)\/.+)$/.exec(call.path)?.[1];
  if (rest === undefined) return new Response('not found\n', { status: 404 });
  return redirect(call.entrance === 'v2' ? `/v2/${region}${images.slice('/v2'.length)}${rest}` : address(region, `${images}${rest}`));
}

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location, 'content-length': '0' } });
}
