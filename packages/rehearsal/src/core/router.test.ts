import { describe, expect, test } from 'vitest';
import { locate } from './router.ts';

describe('locate', () => {
  test.each([
    ['/api.github.com/repos/a/b', { host: 'api.github.com', path: '/repos/a/b', entrance: 'host' }],
    ['/API.github.com', { host: 'api.github.com', path: '/', entrance: 'host' }],
    ['/gcr.io/v2/', { host: 'gcr.io', path: '/v2/', entrance: 'host' }],
    ['/v2/', { host: 'gcr.io', path: '/v2/', entrance: 'v2' }],
    ['/v2', { host: 'gcr.io', path: '/v2', entrance: 'v2' }],
    ['/v2/token', { host: 'gcr.io', path: '/v2/token', entrance: 'v2' }],
    ['/v2/gcr.io/k8s-staging-x/image/manifests/v1', { host: 'gcr.io', path: '/v2/k8s-staging-x/image/manifests/v1', entrance: 'v2' }],
    ['/v2/nohost/manifests/v1', { host: 'v2', path: '/nohost/manifests/v1', entrance: 'v2' }],
    ['/', { host: '', path: '/', entrance: 'host' }],
  ])('%s', (path, target) => {
    expect(locate(path)).toEqual(target);
  });
});
