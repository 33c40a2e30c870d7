import { expect, test } from 'vitest';
import { evidencePieces, linkLabel } from './report-evidence.ts';
import { sampleReportStep } from './sample.ts';

test.each([
  ['https://github.com/kubernetes/k8s.io/pull/12', 'kubernetes/k8s.io#12'],
  ['https://github.com/o/r/issues/3?x#issuecomment-1', 'o/r#3'],
  ['https://github.com/o/r/releases/tag/v1.0.0', 'o/r@v1.0.0'],
  ['https://github.com/o/r/commit/0123456789abcdef0123456789abcdef01234567', 'o/r@0123456'],
  ['https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/post-image/2091812862161846274', 'post-image'],
  ['https://example.org:8443/a b', undefined],
  ['https://example.org:8443/a', 'example.org'],
  ['https://user@evil.example/', undefined],
  ['http://example.org', undefined],
  ['javascript:alert(1)', undefined],
])('%s is called %s', (url, label) => {
  expect(linkLabel(url)).toBe(label);
});

test('what a step leaves: pages first, images with short digests, three of them, and how many more', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const step = sampleReportStep('a', { link: 'https://x.example/1', outputs: { tag: 'gcr.io/p/i:v1', list: [{ reference: `gcr.io/p/i:v1@${digest}` }, 'registry.k8s.io/i:v2'], not: ['snoopdb', 'a.b/c', 'see gcr.io/p/i:v1', 'x:1'] } });
  const pieces = evidencePieces(step, 'live');
  expect(pieces.map(({ text }) => text).join('')).toBe('https://x.example/1 gcr.io/p/i:v1 gcr.io/p/i:v1@sha256:abababababab… and 1 more');
  expect(pieces[0]?.kind).toBe('link');
  expect(evidencePieces(step, 'rehearse')[0]?.kind).toBe('code');
  expect(evidencePieces(sampleReportStep('a'), 'live')).toEqual([]);
});
