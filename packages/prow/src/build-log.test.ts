import { describe, expect, test } from 'vitest';
import { explainLog, readBuild, readPushedImages } from './build-log.ts';

const hex = (c: string): string => `sha256:${c.repeat(64)}`;
const uuid = '12345678-1234-1234-1234-123456789abc';

describe('readPushedImages', () => {
  test('docker push, in the phase that Cloud Build does itself', () => {
    const log = `PUSH
Pushing gcr.io/k8s-staging-apisnoop/snoopdb:v20260822-v0.5.0
The push refers to repository [gcr.io/k8s-staging-apisnoop/snoopdb]
0b31b1b5a8a4: Preparing
0b31b1b5a8a4: Pushed
v20260822-v0.5.0: digest: ${hex('a')} size: 4321
v0.5.0: digest: ${hex('a')} size: 4321
DONE
`;
    expect(readPushedImages(log)).toEqual(['v20260822-v0.5.0', 'v0.5.0'].map((tag) => ({
      reference: `gcr.io/k8s-staging-apisnoop/snoopdb:${tag}@${hex('a')}`, repository: 'gcr.io/k8s-staging-apisnoop/snoopdb', tag, digest: hex('a'),
    })));
  });

  test('docker push of two steps side by side', () => {
    const log = [
      'Step #0 - "a": The push refers to repository [gcr.io/p/a]',
      'Step #1: The push refers to repository [localhost:5000/p/b]',
      `Step #0 - "a": v1: digest: ${hex('a')} size: 1`,
      `Step #1: v1: digest: ${hex('b')} size: 1`,
    ].join('\r\n');
    expect(readPushedImages(log).map(({ repository, tag, digest }) => [repository, tag, digest])).toEqual([
      ['gcr.io/p/a', 'v1', hex('a')],
      ['localhost:5000/p/b', 'v1', hex('b')],
    ]);
  });

  test('buildx, with colours, said twice, and a tag pushed again', () => {
    const log = `\u001b[33mStep #1 - "build": \u001b[0m#18 exporting manifest list ${hex('c')} 0.0s done
Step #1 - "build": #18 pushing manifest for us-central1-docker.pkg.dev/k8s-staging-images/x/y:v1@${hex('c')}
Step #1 - "build": #18 pushing manifest for us-central1-docker.pkg.dev/k8s-staging-images/x/y:v1@${hex('c')} 0.6s done
Step #2: #18 pushing manifest for us-central1-docker.pkg.dev/k8s-staging-images/x/y:latest@${hex('c')} done
Step #2: #20 pushing manifest for us-central1-docker.pkg.dev/k8s-staging-images/x/y:v1@${hex('d')} done
`;
    expect(readPushedImages(log).map(({ tag, digest }) => [tag, digest])).toEqual([['latest', hex('c')], ['v1', hex('d')]]);
  });

  test('kaniko and ko', () => {
    const log = `INFO[0042] Pushed gcr.io/p/k@${hex('e')}\n2026/08/22 07:00:00 Published gcr.io/p/ko:v1@${hex('f')}\n`;
    expect(readPushedImages(log).map(({ reference }) => reference)).toEqual([`gcr.io/p/k@${hex('e')}`, `gcr.io/p/ko:v1@${hex('f')}`]);
  });

  test.each([
    ['a digest without the repository it belongs to', `v1: digest: ${hex('a')} size: 3`],
    ['a pull', `Digest: ${hex('a')}\nStatus: Downloaded newer image for gcr.io/p/base:v1`],
    ['a digest cut short', 'pushing manifest for gcr.io/p/a:v1@sha256:abc'],
    ['nothing', ''],
  ])('takes nothing from %s', (_, log) => {
    expect(readPushedImages(log)).toEqual([]);
  });

  test('reads a long log in time that grows with its length', () => {
    const log = `${'Step #0: x: '.repeat(20)}\n`.repeat(20_000);
    expect(readPushedImages(log)).toEqual([]);
  });
});

test.each([
  [`Created [https://cloudbuild.googleapis.com/v1/projects/k8s-staging-images/locations/global/builds/${uuid}].\nLogs are available at [ https://console.cloud.google.com/cloud-build/builds/${uuid}?project=123 ].`, { id: uuid, project: 'k8s-staging-images', url: `https://console.cloud.google.com/cloud-build/builds/${uuid}?project=123` }],
  [`Created [https://cloudbuild.googleapis.com/v1/projects/p/locations/global/builds/${uuid}].`, { id: uuid, project: 'p', url: `https://console.cloud.google.com/cloud-build/builds/${uuid}?project=p` }],
  [`starting build "${uuid}"`, { id: uuid, url: `https://console.cloud.google.com/cloud-build/builds/${uuid}` }],
  ['nothing', undefined],
])('readBuild %#', (log, expected) => {
  expect(readBuild(log)).toEqual(expected);
});

test.each([
  ['2026/08/22 Failed to run: the working copy is dirty', /checkout was dirty/],
  ['ERROR: failed to find one or more images after execution of build steps: ["gcr.io/p/a:v1"]', /did not leave in the local docker: "gcr.io\/p\/a:v1"/],
  ['ERROR: (gcloud.builds.submit) INVALID_ARGUMENT: generic::invalid_argument: key "_X" in the substitution data is not matched in the template', /substitution _X, which cloudbuild.yaml does not use/],
  ['ERROR: (gcloud.builds.submit) INVALID_ARGUMENT: could not resolve source', /refused the build before it started: could not resolve source/],
  ['manifest for gcr.io/k8s-staging-test-infra/gcb-docker-gcloud:v20210101 not found: manifest unknown', /does not exist \(any more\): gcr.io\/k8s-staging-test-infra\/gcb-docker-gcloud:v20210101/],
  ['ERROR: (gcloud.builds.submit) build x completed with status "FAILURE"', /Cloud Build ended with FAILURE/],
  ['ERROR: build step 0 timed out: context deadline exceeded', /ran out of time/],
  ['no variants.yaml found, but a build variant ("x") was specified', /build variant/],
  ['Job pod was OOM killed by the cluster.', /out of memory/],
  ['Pod scheduling timeout.', /No node took/],
  ['Pod got deleted unexpectedly', /Rerun it/],
])('explainLog knows: %s', (log, words) => {
  expect(explainLog(log).join(' | ')).toMatch(words);
});

test('explainLog invents nothing', () => {
  expect(explainLog('make: *** [Makefile:3: build] Error 2')).toEqual([]);
});
