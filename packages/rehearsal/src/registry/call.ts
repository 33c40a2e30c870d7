// One request to a registry, taken apart: whose repository, under which entrance, and how its answers name places.
import type { RouteEnv } from '../core/router.ts';
import type { Core, Services } from '../services.ts';
import type { RegistryStore } from './store.ts';

/** What every registry route gets. */
export interface Call {
  readonly core: Core;
  readonly store: RegistryStore;
  readonly request: Request;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly host: string;
  readonly entrance: RouteEnv['entrance'];
  /** Name as the caller wrote it: with the host when it came in under `/v2/<host>/…`. */
  readonly name: string;
  /** `host/path`, as the store names it. */
  readonly repository: string;
  /** Path of the request at its host. */
  readonly path: string;
  /** The address of a `/v2/…` path of this host, for `Location` and `Link`. */
  where(path: string): string;
}

/** What a request is made from. */
export interface CallParts {
  readonly services: Pick<Services, 'core' | 'address'>;
  readonly store: RegistryStore;
  readonly request: Request;
  readonly entrance: RouteEnv['entrance'];
}

/** Takes a request apart. `bare` is the repository's name without a host. */
export function callOf(parts: CallParts, bare: string): Call {
  const url = new URL(parts.request.url);
  const { entrance, request, services, store } = parts;
  const host = url.host;
  return {
    core: services.core,
    store,
    request,
    method: request.method,
    query: url.searchParams,
    host,
    entrance,
    name: entrance === 'v2' ? `${host}/${bare}` : bare,
    repository: `${host}/${bare}`,
    path: url.pathname,
    where: (path) => (entrance === 'v2' ? path.replace(/^\/v2\//, `/v2/${host}/`) : services.address(request, host, path)),
  };
}

/** Codes of the distribution specification, and the ones Google's registries add. */
export type ErrorCode = 'BLOB_UNKNOWN' | 'BLOB_UPLOAD_INVALID' | 'BLOB_UPLOAD_UNKNOWN' | 'DIGEST_INVALID' | 'MANIFEST_BLOB_UNKNOWN' | 'MANIFEST_INVALID' | 'MANIFEST_UNKNOWN' | 'NAME_INVALID' | 'NAME_UNKNOWN' | 'SIZE_INVALID' | 'UNAUTHORIZED' | 'DENIED' | 'UNSUPPORTED' | 'PAGINATION_NUMBER_INVALID' | 'RANGE_INVALID' | 'TOOMANYREQUESTS';

/** An error in the shape of the distribution specification. */
export function failure(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ errors: [{ code, message }] }, { status, headers: { ...apiVersion, ...headers } });
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...apiVersion, ...(status === 204 ? {} : { 'content-length': '0' }), ...headers } });
}

/** What every registry says of itself. */
export const apiVersion: Readonly<Record<string, string>> = { 'docker-distribution-api-version': 'registry/2.0' };

/** Whether the repository holds anything. */
export function isKnown(call: Call): boolean {
  return call.store.repository(call.repository) !== undefined;
}
