import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inside, setUpBench } from './command-harness.ts';
import { digestOf, openField, setUpFields } from './field-bench.ts';

setUpFields();
const bench = setUpBench();

interface Answer {
  readonly findings: readonly { readonly check: string; readonly state: string; readonly evidence: string; readonly fix?: string }[];
}
const states = (answer: unknown): readonly string[] => (answer as Answer).findings.map(({ state, check }) => `${state} ${check}`);
const apisnoop = ['preflight', '--repo', 'kubernetes-sigs/apisnoop', '--ref', 'refs/tags/v0.3.0'];

describe('preflight', () => {
  test('in a world: everything is looked at, nothing is written', async () => {
    const opened = await bench.world();
    const field = openField();
    expect(states(await field.json([...apisnoop, '--image', 'snoopdb'], 0, inside(opened)))).toEqual([
      'warn job for snoopdb', 'warn staging tag of snoopdb', 'pass platforms of snoopdb', 'pass production regions', 'pass tag v0.3.0 in kubernetes-sigs/apisnoop', 'pass registry.k8s.io/apisnoop/snoopdb:v0.3.0',
    ]);
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
  });

  test('a version that is promoted already, and a digest that staging does not hold, fail with a fix', async () => {
    const opened = await bench.world();
    const { code, stdout } = await openField().call(['preflight', '--repo', 'kubernetes-sigs/apisnoop', '--ref', 'refs/tags/v0.2.0', '--image', `snoopdb@${digestOf('c')}`], { env: inside(opened) });
    expect(code).toBe(1);
    expect(stdout).toContain('tag-with-two-digests: snoopdb:v0.2.0 is there already');
    expect(stdout).toMatch(/fail {4}gcr\.io\/k8s-staging-apisnoop\/snoopdb@sha256:c+: staging does not hold it.*\n {8}-> Copy the digest of this very image/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ pass, \d+ warn, [1-9]\d* fail, \d+ unknown$/);
  });

  test('offline, what only others know is unknown, and that is no pass', async () => {
    const answer = (await openField().json([...apisnoop, '--image', 'snoopdb', '--offline'], 1)) as Answer;
    expect(new Set(answer.findings.map(({ state }) => state))).toEqual(new Set(['unknown']));
    expect(answer.findings[0]).toEqual({ check: 'promoter files of apisnoop', state: 'unknown', evidence: 'it was not asked for: --offline', fix: 'Give --promoter with a checkout of kubernetes/k8s.io, or leave --offline out.' });
  });

  test('the token of gh is used where no variable holds one, for its own forge', async () => {
    const seen: string[] = [];
    const server = createServer((req, res) => {
      seen.push(req.headers.authorization ?? '');
      res.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    bench.closeLater(() => new Promise((resolve) => server.close(() => resolve())));
    const field = openField({ 'bin/gh': '#!/bin/sh\n[ "$*" = "auth token --hostname 127.0.0.1" ] && echo token-of-gh\n', 'jobs/a.yaml': '', 'source/a': '' });
    chmodSync(join(field.folder, 'bin/gh'), 0o755);
    const env = { PATH: `${join(field.folder, 'bin')}:${process.env['PATH'] ?? ''}`, GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const done = await field.call(['preflight', '--repo', 'a/b', '--ref', 'refs/tags/v1', '--image', 'c', '--source', 'source', '--jobs', 'jobs'], { env });
    expect(done.stdout).toContain('fail    promoter files of b: kubernetes/k8s.io has no registry.k8s.io/manifests/k8s-staging-b/promoter-manifest.yaml');
    expect(new Set(seen.map((header) => header.replace(/^\S+ /, '')))).toEqual(new Set(['token-of-gh']));
  });

  test.each([
    [['--repo', 'apisnoop', '--ref', 'refs/tags/v1', '--image', 'a'], 'expected ORG/REPO'],
    [['--repo', 'a/b', '--ref', 'refs/heads/main', '--image', 'a'], 'expected the tag to release'],
    [['--repo', 'a/b', '--ref', 'refs/tags/v1', '--image', 'a@sha256:1'], 'expected NAME, or NAME@sha256'],
    [['--repo', 'a/b', '--ref', 'refs/tags/v1', '--image', 'a', '--offline', '--source', 'nowhere'], '--source nowhere: there is no such folder'],
    [['--repo', 'a/b', '--ref', 'refs/tags/v1'], "required option '--image"],
  ])('a wrong call: %j', async (args, message) => {
    const { code, stderr } = await openField().call(['preflight', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
