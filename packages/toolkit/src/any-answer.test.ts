// Whatever JSON a service answers, a question ends in a value or in the one typed error of the outside: good answers, in which any
// piece may have become something else.
import fc from 'fast-check';
import { createWriteLock } from '@runbook/access';
import { createGithub, type Github } from '@runbook/github';
import { createHttp, OutsideError } from '@runbook/http';
import { createProw, type Prow, type Run } from '@runbook/prow';
import { createRegistry, type Registry } from '@runbook/registry';
import { expect, test } from 'vitest';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Clients {
  readonly github: Github;
  readonly prow: Prow;
  readonly registry: Registry;
}

const sha = 'a'.repeat(40);
const digest = `sha256:${'a'.repeat(64)}`;
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const run: Run = { job: 'j', kind: 'postsubmit', state: 'success', finished: true, succeeded: true, failed: false, url: 'https://prow.k8s.io/view/gs/b/logs/j/1', bucket: 'b', prefix: 'logs/j/1' };
const repository: Json = { full_name: 'a/b', fork: true, parent: { full_name: 'x/y' }, permissions: { push: true }, default_branch: 'main', html_url: 'u' };
const pull: Json = { number: 7, html_url: 'u', title: 't', body: null, state: 'open', merged: false, merge_commit_sha: sha, head: { sha, ref: 'x', label: 'me:x', repo: { full_name: 'a/b' } }, base: { ref: 'main' }, user: { login: 'me' }, labels: [{ name: 'lgtm' }], mergeable_state: 'clean', draft: false };
const release: Json = { id: 1, html_url: 'u', tag_name: 'v1', name: 'v1', body: 'b', draft: false, prerelease: false, assets: [{ id: 1, name: 'n', browser_download_url: 'u' }] };
const comment: Json = { id: 1, user: { login: 'x' }, body: 'b', created_at: 'd', html_url: 'u' };
const prowJob: Json = { metadata: { name: 'u' }, spec: { type: 'postsubmit', job: 'j', refs: { org: 'o', repo: 'r', base_ref: 'main', base_sha: sha, pulls: [{ number: 1, sha }] } }, status: { state: 'success', build_id: '1', url: run.url, startTime: '2026-01-01T00:00:00Z' } };
const image: Json = { schemaVersion: 2, mediaType: imageType, config: { mediaType: 'c', digest, size: 1 }, layers: [{ mediaType: 'l', digest, size: 1 }], annotations: { a: 'b' } };
const index: Json = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ mediaType: imageType, digest, size: 1, platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, annotations: { a: 'b' }, artifactType: 'x' }] };

const questions: readonly (readonly [name: string, good: Json, ask: (clients: Clients) => Promise<unknown>])[] = [
  ['viewer', { login: 'x' }, ({ github }) => github.viewer()],
  ['getRepository', repository, ({ github }) => github.getRepository('a/b')],
  ['createFork', repository, ({ github }) => github.createFork('a/b')],
  ['findRef', { ref: 'refs/tags/v1', object: { type: 'tag', sha }, verification: { verified: true } }, ({ github }) => github.findRef('a/b', 'tags/v1')],
  ['compare', { status: 'ahead', ahead_by: 1, behind_by: 0, commits: [{ sha, author: { login: 'x' }, commit: { message: 'm', author: { name: 'n' } } }] }, ({ github }) => github.compare('a/b', 'x', 'y')],
  ['getFile', { type: 'file', path: 'p', sha, html_url: 'u', encoding: 'base64', content: 'YQ==' }, ({ github }) => github.getFile('a/b', 'p')],
  ['listFolder', [{ name: 'n', path: 'p', type: 'dir' }], ({ github }) => github.listFolder('a/b', 'p')],
  ['listTags', [{ name: 'v1', commit: { sha } }], ({ github }) => github.listTags('a/b')],
  ['getPullRequest', pull, ({ github }) => github.getPullRequest('a/b', 7)],
  ['findPullRequest', [pull], ({ github }) => github.findPullRequest('a/b', { head: 'me:x', base: 'main' })],
  ['listPullRequestFiles', [{ filename: 'f', status: 's', additions: 1, deletions: 1, patch: 'p' }], ({ github }) => github.listPullRequestFiles('a/b', 7)],
  ['listComments', [comment], ({ github }) => github.listComments('a/b', 7)],
  ['comment', comment, ({ github }) => github.comment('a/b', 7, 'x')],
  ['listStatuses', { statuses: [{ context: 'c', state: 'success', description: 'd', target_url: 'u' }] }, ({ github }) => github.listStatuses('a/b', sha)],
  ['listCheckRuns', { check_runs: [{ name: 'n', status: 's', conclusion: 'c', html_url: 'u' }] }, ({ github }) => github.listCheckRuns('a/b', sha)],
  ['findRelease', release, ({ github }) => github.findRelease('a/b', 'v1')],
  ['rateLimit', { resources: { core: { limit: 1, remaining: 1, reset: 1 } } }, ({ github }) => github.rateLimit()],
  ['putFile', { commit: { sha } }, ({ github }) => github.putFile('a/b', { path: 'p', branch: 'b', text: 't', message: 'm' })],
  ['listRuns', { items: [prowJob] }, ({ prow }) => prow.listRuns({ job: 'j', repo: 'o/r' })],
  ['findRunAt', prowJob, ({ prow }) => prow.findRunAt(run.url)],
  ['listArtifacts', { prefixes: [], items: [{ name: 'logs/j/1/artifacts/x' }] }, ({ prow }) => prow.listArtifacts(run)],
  ['listTags of a registry', { name: 'a', tags: ['v1'] }, ({ registry }) => registry.listTags('r.test/a')],
  ['listGoogle', { name: 'a', tags: ['v1'], child: ['b'], manifest: { [digest]: { mediaType: 'm', imageSizeBytes: '1', tag: ['v1'], timeCreatedMs: '1', timeUploadedMs: '1' } } }, ({ registry }) => registry.listGoogle('r.test/a')],
  ['manifest', index, ({ registry }) => registry.manifest('r.test/a:v1')],
  ['platforms', image, ({ registry }) => registry.platforms('r.test/a:v1')],
  ['listReferrers', index, ({ registry }) => registry.listReferrers('r.test/a', digest)],
];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A value in which one piece, found by the choices, is another one. */
function broken(value: Json, [choice = 0, ...others]: readonly number[], piece: Json): Json {
  if (others.length === 0) return piece;
  if (isList(value)) return value.length === 0 ? piece : value.with(choice % value.length, broken(value[choice % value.length] ?? null, others, piece));
  if (typeof value !== 'object' || value === null) return piece;
  const keys = Object.keys(value);
  const key = keys[choice % Math.max(1, keys.length)] ?? '';
  return { ...value, [key]: broken(value[key] ?? null, others, piece) };
}

test('a value, or the typed error', async () => {
  let body: Json = null;
  const fetch = (): Promise<Response> => Promise.resolve(new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }));
  const env = { RUNBOOK_ROUTES: 'https://*=http://127.0.0.1:2/*' };
  const http = createHttp({ lock: createWriteLock(() => ({ mode: 'live', effect: 'write' }), () => undefined), env, fetch, sleep: () => Promise.resolve() });
  const clients: Clients = { github: createGithub({ http, env }), prow: createProw({ http, now: () => 0 }), registry: createRegistry({ http }) };
  const piece = fc.oneof(fc.constantFrom<Json>(null, 0, -1, 1.5, '', 'x', true, [], [null], {}, { a: 1 }), fc.jsonValue({ maxDepth: 1 }).map((value) => value as Json));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...questions), fc.array(fc.nat(9), { maxLength: 5 }), piece, async ([name, good, ask], choices, other) => {
      body = broken(good, choices, other);
      const found: unknown = await ask(clients).then(() => undefined, (error: unknown) => error);
      expect(found === undefined || found instanceof OutsideError, `${name} ${JSON.stringify(body)} ${found instanceof Error ? (found.stack ?? '') : ''}`).toBe(true);
    }),
    { numRuns: 400 },
  );
});
