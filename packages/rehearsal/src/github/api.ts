// api.github.com: all routes, and what every answer of it carries (rate limit, scopes, ETag).
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { HostedApp } from '../services.ts';
import { addCommitRoutes } from './commits.ts';
import { addContentRoutes } from './contents.ts';
import { findLogin } from './hub.ts';
import type { Hub } from './hub.ts';
import { addIssueRoutes } from './issues.ts';
import { addObjectRoutes } from './objects.ts';
import { addPullRoutes } from './pulls.ts';
import { addRefRoutes } from './refs.ts';
import { addReleaseRoutes } from './releases.ts';
import { addRepoRoutes } from './repos.ts';
import { addSearchRoutes } from './search.ts';
import { addUserRoutes } from './users.ts';

/** Scopes of the world's token, as `X-OAuth-Scopes` names them. */
const scopes = 'public_repo, workflow';
const hour = 3_600_000;

/** Requests an hour, with and without a token. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const limits = { known: 5000, nobody: 60 } as const;

/** Makes the app of api.github.com. */
export function createApiApp(hub: Hub): HostedApp {
  const app = new Hono();
  const used = new Map<string, number>();
  app.use(async (c, next) => {
    await next();
    await addTag(c);
    addRate(hub, c, used);
  });
  app.get('/rate_limit', (c) => {
    const rate = rateOf(hub, c, used);
    return c.json({ resources: { core: rate, search: { limit: 30, used: 0, remaining: 30, reset: rate.reset }, graphql: { ...rate, used: 0, remaining: rate.limit } }, rate });
  });
  addUserRoutes(app, hub);
  addRefRoutes(app, hub);
  addObjectRoutes(app, hub);
  addContentRoutes(app, hub);
  addCommitRoutes(app, hub);
  addPullRoutes(app, hub);
  addIssueRoutes(app, hub);
  addReleaseRoutes(app, hub);
  addSearchRoutes(app, hub);
  addRepoRoutes(app, hub);
  return { service: 'github', app, serves: (host) => host === 'api.github.com', writes: (method, path) => !['GET', 'HEAD', 'OPTIONS'].includes(method) && !path.endsWith('/releases/generate-notes') };
}

/** `ETag` on what was read, 304 when the caller has it already. */
async function addTag(c: Context): Promise<void> {
  if (c.req.method !== 'GET' || c.res.status !== 200) return;
  const bytes = new Uint8Array(await c.res.arrayBuffer());
  const tag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
  const headers = new Headers(c.res.headers);
  headers.set('etag', tag);
  headers.set('cache-control', 'private, max-age=60, s-maxage=60');
  headers.set('vary', 'Accept, Authorization, Cookie, X-GitHub-OTP');
  const given = (c.req.header('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  const fresh = given.includes(tag.replace(/^W\//, ''));
  if (fresh) headers.delete('content-type');
  c.res = undefined;
  c.res = new Response(fresh ? null : bytes, { status: fresh ? 304 : 200, headers });
}

interface Rate {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly reset: number;
}

function rateOf(hub: Hub, c: Context, used: ReadonlyMap<string, number>): Rate {
  const known = c.req.header('authorization') !== undefined;
  const start = Math.floor(hub.github.core.now() / hour) * hour;
  const limit = known ? limits.known : limits.nobody;
  const count = used.get(`${known} ${start}`) ?? 0;
  return { limit, used: count, remaining: Math.max(0, limit - count), reset: (start + hour) / 1000 };
}

function addRate(hub: Hub, c: Context, used: Map<string, number>): void {
  const known = c.req.header('authorization') !== undefined;
  const key = `${known} ${Math.floor(hub.github.core.now() / hour) * hour}`;
  if (c.res.status !== 304 && c.req.path !== '/rate_limit') used.set(key, (used.get(key) ?? 0) + 1);
  const rate = rateOf(hub, c, used);
  for (const name of ['limit', 'used', 'remaining', 'reset'] as const) c.header(`x-ratelimit-${name}`, String(rate[name]));
  c.header('x-ratelimit-resource', 'core');
  c.header('x-github-media-type', 'github.v3; format=json');
  c.header('x-github-api-version-selected', '2022-11-28');
  if (known && c.res.status !== 401 && findLogin(hub, c) !== undefined) c.header('x-oauth-scopes', scopes);
}
