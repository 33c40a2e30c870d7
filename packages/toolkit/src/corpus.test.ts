// Real jobs with the real cloudbuild.yaml they build, where both are at hand: what image-builder passes, and what comes of it.
// The table was written by hand from the two texts and domain facts §2 and §3: T is the git tag, and the jobs pass the rest.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { builderSubstitutions, imagesPushed, lintCloudbuild, parseCloudbuild, parseVariants, substitute } from '@runbook/cloudbuild';
import { builderOf } from './builder-job.ts';
import { readJobFiles } from './job-files.ts';

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const present = existsSync(corpus);
if (!present) console.warn(`skipped: ${corpus} is absent`);

const folder = `${corpus}cloudbuild/`;
const names = present ? readdirSync(folder) : [];
const read = (name: string): string | undefined => (names.includes(name) ? readFileSync(folder + name, 'utf8') : undefined);

describe.skipIf(!present)('real jobs and what they build', async () => {
  const { jobs } = present ? await readJobFiles([`${corpus}prow`]) : { jobs: [] };
  const pairs = jobs.flatMap((job) => {
    const options = builderOf(job)?.options;
    const extra = Array.isArray(job.raw['extra_refs']) ? (job.raw['extra_refs'][0] as { org?: string; repo?: string }) : undefined;
    const repo = job.repo ?? (extra === undefined ? undefined : `${extra.org ?? ''}/${extra.repo ?? ''}`);
    if (options === undefined || repo === undefined) return [];
    const inside = (file: string): string => [repo.replace('/', '+'), ...options.configDir.split('/').filter((part) => part !== '.' && part !== ''), file].join('__');
    const name = inside(options.gcbConfig);
    const text = read(name);
    return text === undefined ? [] : [{ job, options, name, text, variants: read(inside('variants.yaml')) }];
  });

  /** Job → what it pushes, `?` for steps that only the log tells of. */
  const golden: Readonly<Record<string, string>> = {
    'apisnoop-push-snoopdb-images': 'gcr.io/k8s-staging-apisnoop/snoopdb:T',
    'apisnoop-push-auditlogger-images': 'gcr.io/k8s-staging-apisnoop/auditlogger:T',
    'post-verify-conformance-push-images': '?',
    'post-agent-sandbox-push-images': '?',
    'post-kueue-push-images': '?',
    'periodic-kueue-push-images': '?',
    'post-registry-push-images': '???',
    'dns-push-images': '?',
    'post-security-profiles-operator-push-image': ['amd64', 'catalog', 'bundle'].flatMap((part) => ['T', 'latest'].map((tag) => `gcr.io/k8s-staging-sp-operator/security-profiles-operator-${part}:${tag}`)).concat('?').join(' '),
    'post-test-infra-push-bigquery': 'gcr.io/k8s-staging-test-infra/bigquery:T',
    'post-test-infra-push-bootstrap': 'gcr.io/k8s-staging-test-infra/bootstrap:T gcr.io/k8s-staging-test-infra/bootstrap:latest',
    'post-test-infra-push-gcloud-in-go': 'gcr.io/k8s-staging-test-infra/gcloud-in-go:T',
    'post-test-infra-push-krte': 'gcr.io/k8s-staging-test-infra/krte:T-master gcr.io/k8s-staging-test-infra/krte:latest-master',
    'post-test-infra-push-alpine': 'gcr.io/k8s-staging-test-infra/alpine:T gcr.io/k8s-staging-test-infra/alpine:latest',
    'post-test-infra-push-git': 'gcr.io/k8s-staging-test-infra/git:T gcr.io/k8s-staging-test-infra/git:latest',
    'post-test-infra-push-triage': 'gcr.io/k8s-staging-test-infra/triage:T gcr.io/k8s-staging-test-infra/triage:latest',
    'post-test-infra-push-kubekins-e2e-v2': '??',
    'post-test-infra-push-misc-images': '?',
    'post-test-infra-push-git-custom-k8s-auth': 'gcr.io/k8s-staging-test-infra/git-custom-k8s-auth:T gcr.io/k8s-staging-test-infra/git-custom-k8s-auth:latest',
    'periodic-test-infra-push-krte': 'gcr.io/k8s-staging-test-infra/krte:T-master gcr.io/k8s-staging-test-infra/krte:latest-master',
    'periodic-test-infra-push-kubekins-e2e-v2': '??',
    'post-k8s-infra-prow-images': '?',
    'apiserver-network-proxy-push-images': '?',
    'post-cluster-inventory-api-push-images': '?',
    'post-metrics-server-push-images': '?',
  };

  const expanded = pairs.flatMap(({ job, options, name, text, variants }) => {
    const { build } = parseCloudbuild(text, name);
    if (build === undefined) throw new Error(name);
    const sets = variants === undefined ? [undefined] : Object.values(parseVariants(variants, 'variants.yaml').variants ?? {});
    return sets.map((variant) => {
      const substitutions = builderSubstitutions({ options, env: { PULL_BASE_REF: 'R', PULL_BASE_SHA: 'S' }, gitTag: 'T', ...(variant === undefined ? {} : { variant }) });
      return { job: job.name, ...substitute(build, { substitutions, builtins: { PROJECT_ID: options.project ?? '', BUILD_ID: 'b' } }) };
    });
  });

  test('every build expands without an error from what its job really passes', () => {
    expect(expanded.length).toBeGreaterThan(25);
    for (const { job, problems } of expanded) expect(problems.filter(({ severity }) => severity === 'error'), job).toEqual([]);
  });

  test('every job whose file is at hand is in the table', () => {
    expect([...new Set(expanded.map(({ job }) => job))].sort()).toEqual(Object.keys(golden).sort());
  });

  test.each(Object.entries(golden))('%s pushes what was read from its file by hand', (name, wanted) => {
    const found = expanded.filter(({ job }) => job === name);
    expect(found.length).toBeGreaterThan(0);
    for (const { build } of found) {
      const { images, opaque } = imagesPushed(build);
      expect([...images.map(({ reference }) => reference), ...(opaque.length === 0 ? [] : ['?'.repeat(opaque.length)])].join(' ')).toBe(wanted);
    }
  });

  test('the jobs that build APISnoop give an image for one platform, and nothing else to complain of', () => {
    for (const { job, options, name, text } of pairs.filter(({ name: file }) => file.includes('+apisnoop__apps'))) {
      const { build } = parseCloudbuild(text, name);
      if (build === undefined) throw new Error(name);
      expect(lintCloudbuild(build, { file: name, builder: options, stagingPrefix: 'gcr.io/k8s-staging-apisnoop', today: '2026-08-22' }).map(({ code }) => code), job.name).toEqual(['single-platform']);
    }
  });
});
