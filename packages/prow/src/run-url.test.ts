import { expect, test } from 'vitest';
import { parseRunUrl } from './run-url.ts';

test.each([
  ['https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/apisnoop-push-snoopdb-images/1826789012345678848', { bucket: 'kubernetes-ci-logs', prefix: 'logs/apisnoop-push-snoopdb-images/1826789012345678848', job: 'apisnoop-push-snoopdb-images', id: '1826789012345678848' }],
  ['https://prow.k8s.io/view/gs/kubernetes-jenkins/pr-logs/pull/k8s.io/1962/pull-k8sio-cip/1826789012345678849/', { bucket: 'kubernetes-jenkins', prefix: 'pr-logs/pull/k8s.io/1962/pull-k8sio-cip/1826789012345678849', job: 'pull-k8sio-cip', id: '1826789012345678849' }],
  ['https://gcsweb.k8s.io/gcs/b/logs/j/1/', { bucket: 'b', prefix: 'logs/j/1', job: 'j', id: '1' }],
  ['https://prow.k8s.io/?job=x', undefined],
  ['https://prow.k8s.io/view/gs/b/logs/j/latest', undefined],
  ['no address', undefined],
])('%s', (url, expected) => {
  expect(parseRunUrl(url)).toEqual(expected);
});
