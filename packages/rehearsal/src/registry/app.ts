// The HTTP of all registries: which host answers how, and which route a path means. Repository names hold
// slashes, so paths are read from their end.
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { RouteEnv } from '../core/router.ts';
import type { HostedApp, Services } from '../services.ts';
import { ping, refuseAccess, token } from './access.ts';
import { blobs } from './blobs.ts';
import { callOf, failure } from './call.ts';
import type { Call } from './call.ts';
import { front } from './front.ts';
import { manifests } from './manifests.ts';
import { referrers } from './referrers.ts';
import type { RegistryStore } from './store.ts';
import { tags } from './tags.ts';
import { uploads } from './uploads.ts';

const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const frontHost = 'registry.k8s.io';

/** What a path below `/v2/` means. */
type Route = { readonly kind: 'manifests' | 'blobs' | 'referrers' | 'uploads' | 'tags'; readonly name: string; readonly reference: string };

/** Makes the app of gcr.io, Artifact Registry and registry.k8s.io. */
export function createRegistryApp(store: RegistryStore, services: Services): HostedApp {
  const app = new Hono();
  app.all('*', async (c: Context) => {
    const { entrance } = c.env as RouteEnv;
    const parts = { services, store, request: c.req.raw, entrance };
    const { host, pathname } = new URL(c.req.raw.url);
    const route = routeOf(pathname);
    const call = callOf(parts, route?.name ?? '');
    if (host === frontHost) return front(call, { address: (other, path) => services.address(c.req.raw, other, path), repositories: () => store.repositories() });
    if (pathname === '/v2' || pathname === '/v2/') return ping(call);
    if (pathname === '/v2/token' && c.req.method === 'GET') return token(call);
    if (route === undefined) return c.notFound();
    if (!namePattern.test(route.name)) return failure(400, 'NAME_INVALID', `not a repository name: ${route.name}`);
    return refuseAccess(call) ?? answer(call, route);
  });
  const serves = (host: string): boolean => host === frontHost || host === 'gcr.io' || host.endsWith('.gcr.io') || host.endsWith('.pkg.dev');
  return { service: 'registry', app, serves, writes: (method) => !['GET', 'HEAD', 'OPTIONS'].includes(method) };
}

function routeOf(path: string): Route | undefined {
  const decoded = safeDecode(path);
  const [, uploadName, id] = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(decoded) ?? /^\/v2\/(.+)\/blobs\/uploads()$/.exec(decoded) ?? [];
  if (uploadName !== undefined) return { kind: 'uploads', name: uploadName, reference: id ?? '' };
  const [, tagName] = /^\/v2\/(.+)\/tags\/list$/.exec(decoded) ?? [];
  if (tagName !== undefined) return { kind: 'tags', name: tagName, reference: '' };
  const [, name, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(decoded) ?? [];
  if (name === undefined || reference === undefined) return undefined;
  return { kind: kind as 'manifests' | 'blobs' | 'referrers', name, reference };
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // not percent-encoding: taken as it stands
  }
}

async function answer(call: Call, route: Route): Promise<Response> {
  switch (route.kind) {
    case 'uploads':
      return uploads(call, route.reference);
    case 'tags':
      return call.method === 'GET' || call.method === 'HEAD' ? tags(call) : failure(405, 'UNSUPPORTED', `${call.method} is not for tag lists`);
    case 'referrers':
      return referrers(call, route.reference);
    case 'blobs':
      return blobs(call, route.reference);
    case 'manifests':
      return manifests(call, route.reference);
  }
}
