import { describe, expect, test } from 'vitest';
import { explainLog } from './build-log.ts';
import { explainPromoterLog, isPromoterJob } from './promoter-log.ts';

const hex = (c: string): string => `sha256:${c.repeat(64)}`;
const line = (level: string, message: string): string => `time="2026-08-24T10:00:00Z" level=${level} msg=${JSON.stringify(message)}`;
const lost = (name: string, digest: string): string => line('error', `skipping ${name}@${digest} because it is _LOST_ (can't find it in src registry!)`);

describe('explainPromoterLog: what a green promotion job does not say by its state', () => {
  test('a lost digest, once, however many regions it was meant for', () => {
    const log = [lost('gcr.io/k8s-staging-x/a', hex('a')), lost('gcr.io/k8s-staging-x/a', hex('a')), line('info', 'Nothing to promote.'), lost('us-central1-docker.pkg.dev/k8s-staging-images/y/b', hex('b'))].join('\n');
    expect(explainPromoterLog(log)).toEqual([
      `gcr.io/k8s-staging-x/a@${hex('a')} is lost: staging does not hold it under this name, so the promoter skipped it, and the job is green all the same. Take the digest from staging again, or build anew, and correct images.yaml.`,
      expect.stringContaining(`us-central1-docker.pkg.dev/k8s-staging-images/y/b@${hex('b')} is lost`),
    ]);
  });

  test.each(['No digests found in prow diff, nothing to promote', 'No manifests to process, nothing to promote'])('a green no-op: %s', (message) => {
    expect(explainPromoterLog(line('info', message))).toEqual(['The promoter saw no digest in the change and promoted nothing: a digest must stand in double quotes, alone on its line, with its tags behind it.']);
  });

  test.each([
    ['what was promoted before', line('info', `us-east1-docker.pkg.dev/p/x:v1: skipping because it was already promoted (case 1)\nNothing to promote.`)],
    ['what production has, though staging has lost it since', line('info', `skipping gcr.io/p/a@${hex('a')} because it was already promoted, but it is still _LOST_ (can't find it in src registry! please backfill it!)`)],
    ['a promotion', line('info', 'Pending promotions:')],
    ['nothing', ''],
  ])('lets be %s', (_, log) => {
    expect(explainPromoterLog(log)).toEqual([]);
  });

  test.each([['pull-k8sio-cip', true], ['post-k8sio-image-promo', true], ['ci-k8sio-image-promo', true], ['post-k8sio-cip', true], ['pull-k8sio-verify', false], ['apisnoop-push-snoopdb-images', false]])('%s is the promoter: %s', (job, expected) => {
    expect(isPromoterJob(job)).toBe(expected);
  });
});

describe('explainLog: a promotion job that failed', () => {
  test.each([
    [`us-east1-docker.pkg.dev/p/x: tag 'v1' in dest points to ${hex('a')}, not ${hex('b')}; tag moves are not supported`, /A promoted tag would move/],
    ['us-east1-docker.pkg.dev/p/x: tag v1: tag move detected', /A promoted tag would move/],
    ['running cip: overlapping edges detected', /Two entries promote different digests to one tag.*runbook promoter check/],
  ])('%s', (message, words) => {
    expect(explainLog(line('error', message))).toEqual([expect.stringMatching(words)]);
  });
});
