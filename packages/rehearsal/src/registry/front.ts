// registry.k8s.io: a front that stores nothing and redirects. Reading only; the query is dropped on the way,
// as the real one does. https://github.com/kubernetes/registry.k8s.io/blob/main/cmd/archeio/docs/request-handling.md
import { apiVersion } from './call.ts';
import type { Call } from './call.ts';

/** Where the world's callers are: the region they are sent to, if the image is served there. Signatures live there in any case. */
const nearest = 'us-central1-docker.pkg.dev';
const images = '/v2/k8s-artifacts-prod/images';

/** What the front must know of the rest of the world. */
export interface FrontParts {
  /** The place of a path at another host. */
  readonly address: (host: string, path: string) => string;
  /** Names of all repositories, host first, sorted. */
  readonly repositories: () => readonly string[];
}

/** Answers every path of registry.k8s.io. */
export function front(call: Call, { address, repositories }: FrontParts): Response {
  if (call.method !== 'GET' && call.method !== 'HEAD') return new Response('Only GET and HEAD are allowed.\n', { status: 405, headers: { allow: 'GET, HEAD' } });
  if (call.path === '/') return redirect('https://github.com/kubernetes/registry.k8s.io');
  if (call.path === '/privacy') return redirect('https://www.linuxfoundation.org/privacy-policy/');
  if (call.path === '/v2/' || call.path === '/v2') return new Response('', { headers: apiVersion });
  const [, rest, name] = /^\/v2(\/(.+)\/(?:manifests|blobs|tags|referrers)\/.+)$/.exec(call.path) ?? [];
  if (rest === undefined) return new Response('not found\n', { status: 404 });
  const region = regionOf(`k8s-artifacts-prod/images/${name ?? ''}`, repositories());
  return redirect(call.entrance === 'v2' ? `/v2/${region}${images.slice('/v2'.length)}${rest}` : address(region, `${images}${rest}`));
}

/** A seed may leave regions out: a caller is sent to the nearest one that the image was ever promoted to. */
function regionOf(path: string, repositories: readonly string[]): string {
  const hosts = repositories.filter((repository) => repository.endsWith(`.pkg.dev/${path}`)).map((repository) => repository.slice(0, -path.length - 1));
  return hosts.includes(nearest) ? nearest : (hosts[0] ?? nearest);
}

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location, 'content-length': '0' } });
}
