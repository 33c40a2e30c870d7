// The pains of the field (domain facts §7) that only others can tell of: staging, production, the pull request and the job behind
// its merge. GitHub and the registries are a table of answers on this machine.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWriteLock } from '@runbook/access';
import { createGithub } from '@runbook/github';
import { createHttp } from '@runbook/http';
import { productionRegions } from '@runbook/promoter';
import { createProw } from '@runbook/prow';
import { createRegistry } from '@runbook/registry';
import { afterEach, describe, expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { checklist, type ChecklistRequest, type Looked } from './preflight.ts';
import type { PromoterSource } from './promoter-source.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Answer = string | { readonly status: number; readonly body?: string } | object;
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const config = JSON.stringify({ os: 'linux', architecture: 'amd64' });
const single = JSON.stringify({ schemaVersion: 2, mediaType: imageType, config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length }, layers: [] });
const entry = (architecture: string, letter: string): object => ({ mediaType: imageType, digest: `sha256:${letter.repeat(64)}`, size: 1, platform: { os: 'linux', architecture } });
const index = JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [entry('amd64', '1'), entry('arm64', '2')] });

const home = 'us-central1-docker.pkg.dev/k8s-artifacts-prod/images/app';
const regions = productionRegions.map((region) => `${region}-docker.pkg.dev/k8s-artifacts-prod/images/app`);
const manifest = `registries:\n- name: gcr.io/k8s-staging-app\n  src: true\n${regions.map((name) => `- name: ${name}\n`).join('')}`;
const files: Readonly<Record<string, string>> = {
  'registry.k8s.io/images/k8s-staging-app/images.yaml': `- name: app\n  dmap:\n    "sha256:${'a'.repeat(64)}": ["v1.0.0"]\n`,
  'registry.k8s.io/manifests/k8s-staging-app/promoter-manifest.yaml': manifest,
};
const promoter: PromoterSource = { findFile: (path) => Promise.resolve(files[path]), listProjects: () => Promise.resolve(['k8s-staging-app']), surroundings: () => Promise.resolve({}) };
const now = new Date('2026-08-22T00:00:00Z');
const daysAgo = (days: number): string => String(now.getTime() - days * 86_400_000);

/** What the table does not name is absent. */
async function look(table: Readonly<Record<string, Answer>>, request: Partial<ChecklistRequest>): Promise<readonly string[]> {
  const server = createServer((req, res) => {
    req.resume();
    const address = decodeURIComponent((req.url ?? '').slice(1)).replace(/\?.*$/, '');
    const answer = table[address];
    const json = (status: number, body: string): unknown => res.writeHead(status, { 'content-type': 'application/json' }).end(req.method === 'HEAD' ? '' : body);
    if (answer === undefined) return json(404, '{"message":"Not Found","errors":[{"code":"NAME_UNKNOWN","message":"no"}]}');
    if (typeof answer === 'string') return res.writeHead(200, { 'content-type': address.includes('/blobs/') ? 'application/octet-stream' : (JSON.parse(answer) as { mediaType?: string }).mediaType ?? 'application/json', 'docker-content-digest': digestOf(answer), 'content-length': answer.length }).end(req.method === 'HEAD' ? '' : answer);
    if ('status' in answer && typeof answer.status === 'number') return json(answer.status, 'body' in answer && typeof answer.body === 'string' ? answer.body : '{}');
    return json(200, JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  const env = { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${(server.address() as AddressInfo).port}/*` };
  const http = createHttp({ env, lock: createWriteLock(() => ({ mode: 'dry-run', effect: 'read' }), () => undefined), sleep: () => Promise.resolve() });
  const here = <T>(value: T): Looked<T> => ({ kind: 'here', value });
  const not: Looked<never> = { kind: 'not', why: 'left out', fix: 'Ask.' };
  const findings = await checklist({ promoter: here(promoter), jobs: not, source: not, github: here(createGithub({ http, env })), registry: here(createRegistry({ http })), prow: createProw({ http, env }) }, { repo: 'org/app', project: 'app', version: 'v1.1.0', branch: 'main', images: ['app'], now, today: '2026-08-22', ...request });
  const told = (one: Finding): string => `${one.state} ${one.check}: ${one.evidence}${one.fix === undefined ? '' : ` -> ${one.fix}`}`;
  return findings.filter(({ evidence, check }) => evidence !== 'left out' && !/^(?:production regions|entry of)/.test(check)).map(told);
}

const staged = (text: string, days: number, more: object = {}): Readonly<Record<string, Answer>> => ({
  [`gcr.io/v2/k8s-staging-app/app/manifests/${digestOf(text)}`]: text,
  'gcr.io/v2/k8s-staging-app/app/tags/list': { name: 'k8s-staging-app/app', tags: [], child: [], manifest: { [digestOf(text)]: { mediaType: imageType, imageSizeBytes: '1', tag: [], timeCreatedMs: daysAgo(days), timeUploadedMs: daysAgo(days) } } },
  [`gcr.io/v2/k8s-staging-app/app/blobs/${digestOf(config)}`]: config,
  ...more,
});
const there = (text: string): string => `gcr.io/k8s-staging-app/app@${digestOf(text)}`;
const age = (text: string): string => `age of gcr.io/k8s-staging-app/app@${digestOf(text).slice(0, 19)}…`;
const wanted = (text: string): Partial<ChecklistRequest> => ({ digests: new Map([['app', digestOf(text)]]) });
const free = 'pass registry.k8s.io/app/app:v1.1.0: free in production';
const inProduction = (text: string, at: readonly string[]): Readonly<Record<string, Answer>> => Object.fromEntries(['registry.k8s.io/v2/app/app', ...at.map((name) => name.replace('/', '/v2/') + '/app')].map((name) => [`${name}/manifests/v1.1.0`, text]));
const signed = (text: string): Readonly<Record<string, Answer>> => ({ [`${home.replace('/', '/v2/')}/app/manifests/${digestOf(text).replace(':', '-')}.sig`]: single });

const api = 'api.github.com/repos/kubernetes/k8s.io';
const pull = (facts: object): object => ({ number: 7, html_url: 'https://github.com/kubernetes/k8s.io/pull/7', title: 't', body: '', state: 'open', merged: false, merge_commit_sha: 'e'.repeat(40), head: { sha: 'a'.repeat(40), ref: 'x', label: 'me:x', repo: null }, base: { ref: 'main' }, user: { login: 'me' }, labels: ['lgtm', 'approved', 'cncf-cla: yes'].map((name) => ({ name })), ...facts });
const status = (sha: string, ...statuses: readonly object[]): Readonly<Record<string, Answer>> => ({ [`${api}/commits/${sha.repeat(40)}/status`]: { state: 'x', total_count: statuses.length, statuses } });
const noChecks = { [`${api}/commits/${'a'.repeat(40)}/check-runs`]: { total_count: 0, check_runs: [] } };
const merged = { [`${api}/pulls/7`]: pull({ state: 'closed', merged: true }) };
const promo = (state: string, description: string): object => ({ context: 'post-k8sio-image-promo', state, description, target_url: 'https://prow.k8s.io/view/x' });
const heals = 'ci-k8sio-image-promo promotes daily at 07:00 UTC what was missed in the last 14 days; in a hurry, ask in #sig-k8s-infra.';

const page = 'https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/post-k8sio-image-promo/1826789012345678848';
const green = (log: string): Readonly<Record<string, Answer>> => {
  const run = 'storage.googleapis.com/kubernetes-ci-logs/logs/post-k8sio-image-promo/1826789012345678848';
  return {
    ...status('e', { ...promo('success', 'Job succeeded.'), target_url: page }),
    [`${run}/started.json`]: { timestamp: 1755900000, repos: { 'kubernetes/k8s.io': `main:${'e'.repeat(40)}` } },
    [`${run}/finished.json`]: { timestamp: 1755900123, passed: true, result: 'SUCCESS' },
    [`${run}/build-log.txt`]: { status: 200, body: `time="2026-08-24T10:00:00Z" level=info msg=${JSON.stringify(log)}\n` },
  };
};

const table: readonly (readonly [pain: string, table: Readonly<Record<string, Answer>>, request: Partial<ChecklistRequest>, told: readonly string[]])[] = [
  ['5, 14: an index that staging has held for ten days', staged(index, 10), wanted(index), [free, `pass ${there(index)}: staging holds it`, 'pass staged platforms of app: linux/amd64, linux/arm64', `pass ${age(index)}: 10 days of 90`]],
  ['5: the digest of one platform instead of the index', staged(single, 10), wanted(single), [free, `pass ${there(single)}: staging holds it`, 'fail staged platforms of app: linux/amd64 only: this is one image and no index, and pull-k8sio-verify turns red -> Copy the digest of the index, not that of one platform; or build several platforms.', `pass ${age(single)}: 10 days of 90`]],
  ['5, 6: a digest that staging does not hold', {}, wanted(index), [free, `fail ${there(index)}: staging does not hold it: the promotion would skip it as lost, and the job would be green -> Copy the digest of this very image; after 90 days build it again.`]],
  ['14: staging will delete it soon', staged(index, 80), wanted(index), [free, `pass ${there(index)}: staging holds it`, 'pass staged platforms of app: linux/amd64, linux/arm64', `warn ${age(index)}: 80 days; staging deletes it in 10 -> Promote it soon.`]],
  ['14: it should be gone', staged(index, 91), wanted(index), [free, `pass ${there(index)}: staging holds it`, 'pass staged platforms of app: linux/amd64, linux/arm64', `fail ${age(index)}: 91 days; staging deletes images after 90 -> Build it again.`]],
  ['14: the registry does not say how old it is', { [`gcr.io/v2/k8s-staging-app/app/manifests/${digestOf(index)}`]: index }, wanted(index), [free, `pass ${there(index)}: staging holds it`, 'pass staged platforms of app: linux/amd64, linux/arm64', expect.stringMatching(/^unknown age of .*absent: gcr\.io answered 404/)]],
  ['14: gcr.io is shut for it', { [`gcr.io/v2/k8s-staging-app/app/manifests/${digestOf(index)}`]: { status: 412, body: '{"errors":[{"code":"UNKNOWN","message":"Container Registry is deprecated and shutting down"}]}' } }, wanted(index), [free, expect.stringMatching(/^unknown gcr\.io\/k8s-staging-app\/app@.*Container Registry is deprecated and shutting down/)]],
  ['7: the tag is taken in production', inProduction(single, []), {}, [`fail registry.k8s.io/app/app:v1.1.0: taken: ${digestOf(single)} -> Release another version; promoted tags never move.`]],
  ['11: promoted, but one region lags and nothing is signed', { ...staged(index, 1), ...inProduction(index, regions.slice(1)) }, wanted(index), ['pass registry.k8s.io/app/app:v1.1.0: promoted already, with this digest', `warn regions of app:v1.1.0: 1 of 22 do not serve it: ${regions[0] ?? ''}/app:v1.1.0 -> The promotion may still be under way. ${heals}`, 'warn signature of app:v1.1.0: there is none yet -> Signing comes after copying, and periodic-release-verify-image-signatures signs what was missed.', `pass ${there(index)}: staging holds it`, 'pass staged platforms of app: linux/amd64, linux/arm64', `pass ${age(index)}: 1 days of 90`]],
  ['11: promoted everywhere, and signed', { ...staged(index, 1), ...inProduction(index, regions), ...signed(index) }, wanted(index), ['pass registry.k8s.io/app/app:v1.1.0: promoted already, with this digest', 'pass regions of app:v1.1.0: all 22 serve it', `pass signature of app:v1.1.0: ${digestOf(index).slice(0, 19)}… is signed`, `pass ${there(index)}: staging holds it`, 'pass staged platforms of app: linux/amd64, linux/arm64', `pass ${age(index)}: 1 days of 90`]],
  ['a pull request that nothing holds', { [`${api}/pulls/7`]: pull({}), ...status('a', { context: 'tide', state: 'success', description: 'In merge pool.' }), ...noChecks }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: nothing is known to hold it', free]],
  ['a pull request that is held, in words', { [`${api}/pulls/7`]: pull({ labels: [{ name: 'approved' }, { name: 'do-not-merge/hold' }] }), ...status('a', { context: 'pull-k8sio-cip', state: 'failure', description: 'Job failed.' }), ...noChecks }, { pull: 7 }, ['warn pull request kubernetes/k8s.io#7: The label do-not-merge/hold holds it: comment /hold cancel when the hold is over.', 'warn pull request kubernetes/k8s.io#7: The label lgtm is missing: a reviewer other than the author comments /lgtm or approves the review.', "warn pull request kubernetes/k8s.io#7: The label cncf-cla: yes is missing: every commit's author signs the CNCF CLA with that e-mail address.", 'warn pull request kubernetes/k8s.io#7: pull-k8sio-cip failed: Job failed.', free]],
  ['a pull request that was closed', { [`${api}/pulls/7`]: pull({ state: 'closed' }) }, { pull: 7 }, ['fail pull request kubernetes/k8s.io#7: closed, and not merged -> Open it again, or make another one.', free]],
  ['11: merged, and no job told of itself', { ...merged, ...status('e') }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', `unknown promotion job: no job has told of itself at eeeeeeeeee yet -> Look again in a few minutes. Where none comes, ${heals}`, free]],
  ['12: merged, and the job waits for its turn', { ...merged, ...status('e', promo('pending', 'Job triggered.')) }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', 'unknown promotion job: post-k8sio-image-promo: Job triggered. (https://prow.k8s.io/view/x) -> It runs one at a time, for up to four hours; wait for it.', free]],
  ['12, 13: the job failed, and a maintainer cannot rerun it', { ...merged, ...status('e', promo('failure', 'Job failed.')) }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', `fail promotion job: post-k8sio-image-promo: Job failed. (https://prow.k8s.io/view/x) -> Read its log. ${heals}`, free]],
  ['the job succeeded, under its name of 2021', { ...merged, ...status('e', { ...promo('success', 'Job succeeded.'), context: 'post-k8sio-cip' }) }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', 'pass promotion job: post-k8sio-cip: Job succeeded. (https://prow.k8s.io/view/x)', free]],
  ['6: the job is green, and has lost the digest', { ...merged, ...green(`skipping ${there(index)} because it is _LOST_ (can't find it in src registry!)`) }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', expect.stringContaining(`fail promotion job: post-k8sio-image-promo: Job succeeded. (${page}), and yet: ${there(index)} is lost: staging does not hold it`), free]],
  ['6: the job is green, and saw no digest', { ...merged, ...green('No digests found in prow diff, nothing to promote') }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', expect.stringMatching(/^fail promotion job: .*, and yet: The promoter saw no digest in the change/), free]],
  ['6: the job is green, and its log has nothing against it', { ...merged, ...green('Promoting 1 images using 20 threads') }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', `pass promotion job: post-k8sio-image-promo: Job succeeded. (${page})`, free]],
  ['6: the job is green, and its log is gone', { ...merged, ...status('e', { ...promo('success', 'Job succeeded.'), target_url: page }), 'prow.k8s.io/prowjobs.js': { items: [] } }, { pull: 7 }, ['pass pull request kubernetes/k8s.io#7: merged', `unknown promotion job: post-k8sio-image-promo: Job succeeded. (${page}), but its log is not to be found -> Ask production itself: runbook promoter status.`, free]],
  ['a pull request that may not be seen', { [`${api}/pulls/7`]: { status: 403, body: '{"message":"Resource not accessible"}' } }, { pull: 7 }, [expect.stringMatching(/^unknown pull request kubernetes\/k8s\.io#7: forbidden: /), free]],
];

describe('pains', () => {
  test.each(table)('%s', async (_, answers, request, told) => {
    expect(await look(answers, request)).toEqual(told);
  });
});
