// What a step's docker command does, case by case.
import { describe, expect, test } from 'vitest';
import { parseCloudbuild } from '@runbook/cloudbuild';
import { dockerCommand } from './docker-step.ts';
import type { DockerCommand } from './docker-step.ts';

const docker = 'gcr.io/cloud-builders/docker';
const gcb = 'gcr.io/k8s-staging-test-infra/gcb-docker-gcloud:v1';
const built = { kind: 'build', buildx: false, tags: [], platforms: [], push: false, context: '.' } as const;

describe('dockerCommand', () => {
  const cases: readonly (readonly [string, { name: string; args?: string[]; entrypoint?: string; script?: string }, DockerCommand])[] = [
    ['docker build', { name: docker, args: ['build', '-t', 'gcr.io/p/a:1', '--build-arg', 'X=y', './postgres'] }, { ...built, tags: ['gcr.io/p/a:1'], context: './postgres' }],
    ['flags with =', { name: docker, args: ['build', '--tag=gcr.io/p/a:1', '--file=x/Dockerfile', '--pull', '.'] }, { ...built, tags: ['gcr.io/p/a:1'], dockerfile: 'x/Dockerfile' }],
    ['buildx through docker', { name: docker, args: ['buildx', 'build', '--platform', 'linux/amd64,linux/arm64', '--push', '-t', 'a/b:1', 'src'] }, { ...built, buildx: true, platforms: ['linux/amd64', 'linux/arm64'], push: true, tags: ['a/b:1'], context: 'src' }],
    ['buildx entrypoint', { name: gcb, entrypoint: '/buildx-entrypoint', args: ['build', '--output=type=registry', '-t', 'a/b:1', '.'] }, { ...built, buildx: true, push: true, tags: ['a/b:1'] }],
    ['gcb image, docker as entrypoint', { name: gcb, entrypoint: 'docker', args: ['push', 'a/b:1'] }, { kind: 'push', references: ['a/b:1'] }],
    ['gcb image, docker as first argument', { name: gcb, args: ['docker', 'tag', 'a/b:1', 'a/b:2'] }, { kind: 'tag', from: 'a/b:1', to: 'a/b:2' }],
    ['make', { name: gcb, entrypoint: 'make', args: ['push'] }, { kind: 'other' }],
    ['a script', { name: docker, script: 'docker push a/b:1' }, { kind: 'other' }],
  ];
  test.each(cases)('%s', (_name, step, expected) => {
    const { build } = parseCloudbuild(JSON.stringify({ steps: [step] }), 'cloudbuild.yaml');
    const [first] = build?.steps ?? [];
    expect(first).toBeDefined();
    if (first !== undefined) expect(dockerCommand(first)).toEqual(expected);
  });
});
