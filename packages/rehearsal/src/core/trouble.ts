// Faults of the network and of what answers: looked for at the one door, before the host itself is asked. Counted, never drawn, so
// that two rehearsals meet the same trouble. A write is only ever refused as a whole: what it did must never be in doubt.
import { failure } from '../registry/call.ts';
import type { Core } from '../services.ts';

/** A request as far as trouble looks at it. */
export interface Troubled {
  readonly host: string;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly method: string;
  readonly write: boolean;
}

/** Minutes of virtual time. */
const limitedFor = 30;
const lagsFor = 60;

/** The region that lags or is missing: one that an image is promoted to like any other. */
const lateRegion = 'europe-west1-docker.pkg.dev';

/** The answer that a fault gives in place of the host's own, or that it has to end in the middle; undefined where none does. */
export function trouble(core: Core, request: Troubled): Response | 'break' | undefined {
  const { host, path, query, write } = request;
  if (host === 'api.github.com') return githubTrouble(core, request);
  if (host === 'github.com' && isPush(path, query) && core.fault('push-denied')) return new Response(`Permission to ${path.split('/').slice(1, 3).join('/').replace(/\.git$/, '')}.git denied to ${core.config.user.login}.\n`, { status: 403, headers: { 'content-type': 'text/plain' } });
  if (host === 'gcr.io' && !write && /\/(?:manifests|blobs|tags)\//.test(path) && core.fault('staging-denied')) return failure(403, 'DENIED', 'Permission "artifactregistry.repositories.downloadArtifacts" denied on resource');
  return host.endsWith('-docker.pkg.dev') && !write ? regionTrouble(core, request) : undefined;
}

/** GitHub refuses a push where git announces it; git shows those words to people, and none of a later answer. */
function isPush(path: string, query: string): boolean {
  return path.endsWith('/git-receive-pack') || (path.endsWith('/info/refs') && query.includes('service=git-receive-pack'));
}

function githubTrouble(core: Core, { write }: Troubled): Response | 'break' | undefined {
  if (core.fault('token-expired')) return Response.json({ message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' }, { status: 401 });
  if (write) return undefined;
  if (core.fault('rate-limited')) {
    const { until } = core.state('trouble-limit', () => {
      core.schedule(limitedFor * 60_000, 'limit-over', {});
      return { until: core.now() + limitedFor * 60_000 };
    });
    if (core.now() < until) return Response.json({ message: 'API rate limit exceeded for user.', documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api' }, { status: 403, headers: { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(until / 1000)) } });
  }
  if (core.fault('github-unwell') && core.id('trouble-unwell') % 4 === 0) return new Response('<html><h1>502 Bad Gateway</h1></html>', { status: 502, headers: { 'content-type': 'text/html' } });
  if (core.fault('connections-break') && core.id('trouble-break') % 5 === 0) return 'break';
  return undefined;
}

function regionTrouble(core: Core, { host, path }: Troubled): Response | undefined {
  const isAsked = /\/(?:manifests|tags)\//.test(path);
  if (isAsked && core.fault('registry-busy') && core.id('trouble-busy') % 3 === 0) return failure(429, 'TOOMANYREQUESTS', 'Quota exceeded', { 'retry-after': '0' });
  const { at } = promoted(core);
  if (host !== lateRegion || !isAsked || at === null) return undefined;
  const isLate = core.fault('region-missing') || (core.fault('region-lags') && core.now() < at + lagsFor * 60_000);
  return isLate ? failure(404, 'MANIFEST_UNKNOWN', 'Failed to fetch the manifest') : undefined;
}

/** Takes down that a promotion was carried out, for the region that gets it late. */
export function notePromotion(core: Core): void {
  promoted(core).at = core.now();
  core.schedule(lagsFor * 60_000, 'region-caught-up', {});
}

/** Registers the moment at which the region that lags has caught up: whoever waits for it may look again. */
export function installTrouble(core: Core): void {
  core.on('region-caught-up', () => undefined);
  core.on('limit-over', () => undefined);
}

function promoted(core: Core): { at: number | null } {
  return core.state<{ at: number | null }>('promoted', () => ({ at: null }));
}
