// Real cloudbuild.yaml files, where they are at hand. The table of images was written by hand from the files' text and
// domain facts §2 and §3: T is the git tag, P the project, R the value of PULL_BASE_REF.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseCloudbuild } from './build-file.ts';
import { builderSubstitutions, parseBuilderArgs } from './builder.ts';
import { lintCloudbuild } from './build-lint.ts';
import { imagesPushed } from './pushed-images.ts';
import { substitute } from './substitution.ts';
import { parseVariants } from './variants.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpus/cloudbuild/', import.meta.url));
const present = existsSync(folder);
if (!present) console.warn(`skipped: ${folder} is absent`);
const all = present ? readdirSync(folder) : [];

const amd = 'linux/amd64';
const five = 'linux/amd64,linux/arm64,linux/ppc64le,linux/s390x,linux/riscv64';
const golden: Readonly<Record<string, { readonly images: readonly string[]; readonly opaque: readonly number[] }>> = {
  'kubernetes-sigs+apisnoop__apps__snoopdb__cloudbuild.yaml': { images: [`gcr.io/P/snoopdb:T ${amd}`], opaque: [] },
  'kubernetes-sigs+apisnoop__apps__auditlogger__cloudbuild.yaml': { images: [`gcr.io/P/auditlogger:T ${amd}`], opaque: [] },
  'cncf+apisnoop__apps__snoopdb__cloudbuild.yaml': { images: [`gcr.io/P/snoopdb:T ${amd}`], opaque: [] },
  'kubernetes+test-infra__images__alpine__cloudbuild.yaml': { images: [`gcr.io/P/alpine:T ${five} 0`, `gcr.io/P/alpine:latest ${five} 1`], opaque: [] },
  'kubernetes+test-infra__images__git__cloudbuild.yaml': { images: [`gcr.io/P/git:T ${five} 0`, `gcr.io/P/git:latest ${five} 1`], opaque: [] },
  'kubernetes+test-infra__images__git-custom-k8s-auth__cloudbuild.yaml': { images: [`gcr.io/P/git-custom-k8s-auth:T ${five} 0`, `gcr.io/P/git-custom-k8s-auth:latest ${five} 1`], opaque: [] },
  'kubernetes+test-infra__images__krte__cloudbuild.yaml': { images: ['gcr.io/P/krte:T-master linux/amd64,linux/arm64 0', 'gcr.io/P/krte:latest-master linux/amd64,linux/arm64 0'], opaque: [] },
  'kubernetes+test-infra__images__bigquery__cloudbuild.yaml': { images: [`gcr.io/P/bigquery:T ${amd}`], opaque: [] },
  'kubernetes+test-infra__images__bootstrap__cloudbuild.yaml': { images: [`gcr.io/P/bootstrap:T ${amd}`, `gcr.io/P/bootstrap:latest ${amd}`], opaque: [] },
  'kubernetes+test-infra__images__gcloud-in-go__cloudbuild.yaml': { images: [`gcr.io/P/gcloud-in-go:T ${amd}`], opaque: [] },
  'kubernetes+test-infra__logexporter__cloudbuild.yaml': { images: [`gcr.io/P/logexporter:T ${amd}`, `gcr.io/P/logexporter:latest ${amd}`], opaque: [] },
  'kubernetes+test-infra__triage__cloudbuild.yaml': { images: [`gcr.io/P/triage:T ${amd}`, `gcr.io/P/triage:latest ${amd}`], opaque: [] },
  'kubernetes+test-infra__images__kubekins-e2e-v2__cloudbuild.yaml': { images: [], opaque: [0, 1] },
  'kubernetes+test-infra__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes+dns__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes+registry.k8s.io__cloudbuild.yaml': { images: [], opaque: [0, 2, 3] },
  'kubernetes+release__images__build__debian-base__cloudbuild.yaml': { images: ['gcr.io/P/debian-base-amd64:codename-v0.0.0', 'gcr.io/P/debian-base-amd64:T-codename', 'gcr.io/P/debian-base-amd64:latest-codename'], opaque: [0] },
  'kubernetes+release__images__k8s-cloud-builder__cloudbuild.yaml': { images: ['gcr.io/P/k8s-cloud-builder:T-cross0.0', 'gcr.io/P/k8s-cloud-builder:latest-cross0.0', 'gcr.io/P/k8s-cloud-builder:v0.0.0-go0.0.0-codename.0'], opaque: [] },
  'kubernetes-csi+livenessprobe__release-tools__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+agent-sandbox__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+cluster-api__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+cluster-inventory-api__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+kueue__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+prow__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+security-profiles-operator__cloudbuild.yaml': {
    images: ['amd64', 'catalog', 'bundle'].flatMap((part) => [`gcr.io/P/security-profiles-operator-${part}:T`, `gcr.io/P/security-profiles-operator-${part}:latest`]),
    opaque: [0],
  },
  'kubernetes-sigs+verify-conformance__cloudbuild.yaml': { images: [], opaque: [0] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_gcr.yaml': { images: [`gcr.io/P/test ${amd}`], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_volumes.yaml': { images: [], opaque: [] },
  // xargs runs a script, and the last step one of the repository; go build pushes nothing
  'GoogleCloudPlatform+cloud-build-local__cloudbuild.yaml': { images: [], opaque: [0, 2] },
  'GoogleCloudPlatform+cloud-build-local__cloudbuild_tag.yaml': { images: [], opaque: [0, 2] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_auth.yaml': { images: [], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_buildid.yaml': { images: [], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_builtin_substitutions.yaml': { images: [], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_nil.yaml': { images: [], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_substitutions.yaml': { images: [], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_substitutions2.yaml': { images: [], opaque: [] },
  'GoogleCloudPlatform+cloud-build-local__integration_tests__cloudbuild_substitutions3.yaml': { images: [], opaque: [] },
  'cncf+apisnoop__apps__auditlogger__cloudbuild.yaml': { images: [`gcr.io/P/auditlogger:T ${amd}`], opaque: [] },
  // a database's entrypoint, and hub, which opens a pull request
  'cncf+apisnoop__cloudbuild.yaml': { images: [], opaque: [2, 3] },
  'kubernetes-sigs+apisnoop__cloudbuild.yaml': { images: [], opaque: [2, 3] },
  // what is built into the builder's image nobody knows; git clones and checks out
  'kubernetes+release__gcb__fast-forward__cloudbuild.yaml': { images: [], opaque: [2, 3] },
  'kubernetes+release__gcb__obs-stage__cloudbuild.yaml': { images: [], opaque: [2, 3] },
  'kubernetes+release__gcb__release__cloudbuild.yaml': { images: [], opaque: [2, 3, 4, 5] },
  'kubernetes+release__images__releng__k8s-ci-builder__cloudbuild.yaml': { images: ['gcr.io/P/k8s-ci-builder:config', 'gcr.io/P/k8s-ci-builder:T-config', 'gcr.io/P/k8s-ci-builder:latest-config'], opaque: [0] },
  'kubernetes-sigs+agent-sandbox__examples__analytics-tool__analytics-tool__cloudbuild.yaml': { images: [`us-docker.pkg.dev/P/analytics/analytics-tool:1.0.0 ${amd}`], opaque: [] },
  // make in each of them
  'kubernetes-sigs+apiserver-network-proxy__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+descheduler__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+external-dns__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+jobset__cloudbuild.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+kueue__cloudbuild-periodic.yaml': { images: [], opaque: [0] },
  'kubernetes-sigs+metrics-server__cloudbuild.yaml': { images: [], opaque: [0] },
};

function expand(name: string, ...args: string[]) {
  const { build } = parseCloudbuild(readFileSync(folder + name, 'utf8'), name);
  if (build === undefined) throw new Error(name);
  const { options } = parseBuilderArgs([...args, '.']);
  const substitutions = builderSubstitutions({ options, env: { PULL_BASE_REF: 'R', PULL_BASE_SHA: 'S' }, gitTag: 'T' });
  return { source: build, options, ...substitute(build, { substitutions, builtins: { PROJECT_ID: 'P'.toLowerCase(), BUILD_ID: 'b' } }) };
}

describe.skipIf(!present)('the corpus of cloudbuild files', () => {
  const files = all.filter((name) => name.includes('cloudbuild') && !name.endsWith('variants.yaml'));

  test('every file parses without a problem', () => {
    expect(files.length).toBeGreaterThan(40);
    for (const name of files) expect(parseCloudbuild(readFileSync(folder + name, 'utf8'), name).problems, name).toEqual([]);
    for (const name of all.filter((one) => one.endsWith('variants.yaml'))) expect(parseVariants(readFileSync(folder + name, 'utf8'), name).problems, name).toEqual([]);
  });

  test('every file expands, and can be asked for its images and lints', () => {
    for (const name of files) {
      const { build, source } = expand(name, '--project=p', '--env-passthrough=PULL_BASE_REF');
      const { images, opaque } = imagesPushed(build);
      for (const image of images) expect(image.reference, name).not.toMatch(/\$|:$/);
      for (const one of opaque) expect(one.why).toMatch(/^\S.*\.$/s);
      lintCloudbuild(source, { file: name, today: '2026-08-22' });
    }
  });

  test('every file is in the table', () => {
    expect(files.filter((name) => golden[name] === undefined)).toEqual([]);
  });

  for (const [name, expected] of Object.entries(golden)) {
    test(`images of ${name}`, () => {
      const { images, opaque } = imagesPushed(expand(name, '--env-passthrough=PULL_BASE_REF').build);
      expect(images.map((image) => [image.reference, image.platforms?.join(',') ?? '', image.step ?? ''].join(' ').trim())).toEqual(expected.images.map((line) => line.replace('/P/', '/p/')));
      expect(opaque.map((one) => one.step)).toEqual(expected.opaque);
    });
  }

  test('the apisnoop job builds without an error, for one platform only', () => {
    const { problems, source, options } = expand('kubernetes-sigs+apisnoop__apps__snoopdb__cloudbuild.yaml', '--project=k8s-staging-apisnoop', '--scratch-bucket=gs://k8s-staging-apisnoop-gcb', '--env-passthrough=PULL_BASE_REF');
    expect(problems).toEqual([]);
    const found = lintCloudbuild(source, { file: 'f', builder: options, stagingPrefix: 'gcr.io/k8s-staging-apisnoop', today: '2026-08-22' });
    expect(found.map((problem) => problem.code)).toEqual(['single-platform']);
  });
});
