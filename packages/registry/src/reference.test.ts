import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatReference, parseReference } from './reference.ts';

const hex = 'a'.repeat(64);

describe('parseReference', () => {
  test.each([
    ['registry.k8s.io/apisnoop/snoopdb:v1.0', { host: 'registry.k8s.io', name: 'apisnoop/snoopdb', tag: 'v1.0' }],
    [`gcr.io/p/i@sha256:${hex}`, { host: 'gcr.io', name: 'p/i', digest: `sha256:${hex}` }],
    [`localhost/p:t@sha256:${hex}`, { host: 'localhost', name: 'p', tag: 't', digest: `sha256:${hex}` }],
    ['127.0.0.1:5000/a__b/c--d.e_f', { host: '127.0.0.1:5000', name: 'a__b/c--d.e_f' }],
    ['[::1]:5000/a:t', { host: '[::1]:5000', name: 'a', tag: 't' }],
    ['us-central1-docker.pkg.dev/k8s-staging-images/agent-sandbox/x:v20260822-v0.1.0', { host: 'us-central1-docker.pkg.dev', name: 'k8s-staging-images/agent-sandbox/x', tag: 'v20260822-v0.1.0' }],
  ])('reads %s', (text, expected) => {
    const { reference, problem } = parseReference(text);
    expect(problem).toBeUndefined();
    expect(reference).toEqual({ ...expected, repository: `${expected.host}/${expected.name}` });
    if (reference !== undefined) expect(formatReference(reference)).toBe(text);
  });

  test.each([
    ['alpine', /names no registry/],
    ['library/alpine:3', /names no registry/],
    ['', /names no registry/],
    ['gcr.io/', /no repository name/],
    ['gcr.io/Upper', /no repository name/],
    ['gcr.io/a//b', /no repository name/],
    ['gcr.io/a/../b', /no repository name/],
    ['gcr.io/a:', /is no tag/],
    ['gcr.io/a:-x', /is no tag/],
    [`gcr.io/a:${'t'.repeat(129)}`, /is no tag/],
    ['gcr.io/a:b/c', /is no tag/],
    ['gcr.io/a@sha256:abc', /is no digest/],
    [`gcr.io/a@sha256:${hex.toUpperCase()}`, /is no digest/],
    [`gcr.io/a@sha256:${hex}@x`, /more than one @/],
    [`gcr.io/${'a'.repeat(250)}`, /at most 255/],
    ['https://gcr.io/a', /^"https:\/\/gcr\.io\/a" is an address, expected a reference, without https:\/\/$/],
    ['docker://gcr.io/a:v1', /without docker:\/\/$/],
    ['gcr.io/a b', /no repository name/],
  ])('refuses %s', (text, words) => {
    const { reference, problem } = parseReference(text);
    expect(reference).toBeUndefined();
    expect(problem).toMatch(words);
  });

  test('never throws, and gives back what it read', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => {
      const { reference } = parseReference(text);
      return reference === undefined || formatReference(reference) === text;
    }));
  });
});
