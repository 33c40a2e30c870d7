// Every write of every client against everything that goes wrong outside: the right typed error, and no write is ever sent twice
// unless a second one cannot do anything. Where nobody knows whether it happened, the sentence says so.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OutsideError } from '@runbook/http';
import { describe, expect, test } from 'vitest';
import { faults, setUpFaults, stage, type Fault, type Stage } from './fault-bench.ts';

setUpFaults();

const sha = 'a'.repeat(40);
const repo = 'a/b';
const isWrite = (line: string): boolean => !/^(?:GET|HEAD) /.test(line);
const named = (name: string): Fault => faults.find((fault) => fault.name === name) ?? faults[0] as Fault;

/** What is read before a write is answered; only writes meet the fault. */
function healthyReads(req: IncomingMessage, res: ServerResponse): boolean {
  if (req.method !== 'GET') return false;
  const body = (req.url ?? '').includes('/git/commits/') ? { tree: { sha } } : { ref: `refs/${decodeURIComponent((req.url ?? '').split('/git/ref/')[1] ?? '')}`, object: { type: 'commit', sha } };
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}

const writes: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  createTag: ({ github }) => github.createTag(repo, { tag: 'v1', commit: sha, message: 'm' }),
  createBranch: ({ github }) => github.createBranch(repo, 'b', sha),
  deleteBranch: ({ github }) => github.deleteBranch(repo, 'b'),
  putFile: ({ github }) => github.putFile(repo, { path: 'f', branch: 'b', text: 't', message: 'm' }),
  commitFiles: ({ github }) => github.commitFiles(repo, { branch: 'b', message: 'm', files: [{ path: 'f', text: 't' }] }),
  createFork: ({ github }) => github.createFork(repo),
  updateFork: ({ github }) => github.updateFork(repo, 'main'),
  createPullRequest: ({ github }) => github.createPullRequest(repo, { head: 'me:b', base: 'main', title: 't', body: '' }),
  closePullRequest: ({ github }) => github.closePullRequest(repo, 1),
  updatePullRequest: ({ github }) => github.updatePullRequest(repo, 1, { body: 'b' }),
  mergePullRequest: ({ github }) => github.mergePullRequest(repo, 1, { headSha: sha }),
  comment: ({ github }) => github.comment(repo, 1, '/lgtm'),
  updateComment: ({ github }) => github.updateComment(repo, 1, 'x'),
  addLabels: ({ github }) => github.addLabels(repo, 1, ['x']),
  removeLabel: ({ github }) => github.removeLabel(repo, 1, 'x'),
  createRelease: ({ github }) => github.createRelease(repo, { tag: 'v1', title: 'v1', notes: '', prerelease: false }),
  uploadAsset: ({ github }) => github.uploadAsset(repo, 1, { name: 'a', contentType: 'text/plain', text: 't' }),
};
/** An empty list is an answer of theirs. */
const lists = ['addLabels', 'removeLabel'];

function doubt(found: unknown, { code, isDoubtful = false }: Fault, service: string): void {
  expect(found).toBeInstanceOf(OutsideError);
  expect(found).toMatchObject({ code, service, ...(isDoubtful ? { maybeDone: true } : {}) });
  expect(String(found)).toMatch(isDoubtful ? /It is not known whether the write happened; look before you repeat it\.$/ : /^OutsideError: .+\((?:GET|POST|PUT|PATCH|DELETE) https:\/\/[a-z]+\.invalid\/.*\)\. .+\.$/s);
}

const failure = (work: Promise<unknown>): Promise<unknown> => work.then((value) => ({ fine: value }), (error: unknown) => error);

describe.concurrent.each(Object.entries(writes))('github.%s', (name, write) => {
  test.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (what, fault) => {
    const open = await stage(fault, healthyReads);
    const found = await failure(write(open));
    if (what === 'JSON of something else' && lists.includes(name)) return;
    doubt(found, fault, 'github');
    expect(open.seen.filter(isWrite).length, 'a write is never repeated').toBeLessThanOrEqual(1);
  });
});

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const layer = Buffer.from('layer');
const config = Buffer.from('{"os":"linux","architecture":"amd64"}');
const blob = (bytes: Uint8Array, mediaType: string) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: blob(config, 'application/vnd.oci.image.config.v1+json'), layers: [blob(layer, 'application/vnd.oci.image.layer.v1.tar')] }));

type Part = 'open' | 'bytes' | 'manifest';
/** Which of the three requests of a push this is. */
function partOf(req: IncomingMessage): Part | undefined {
  const path = (req.url ?? '').split('?')[0] ?? '';
  if (req.method === 'POST' && path.endsWith('/blobs/uploads/')) return 'open';
  if (req.method === 'PUT') return path.includes('/manifests/') ? 'manifest' : 'bytes';
  return undefined;
}

/** A registry that holds the source, and takes everything but one part of a push. `lies` do it and then break the line. */
function registryBut(faulty: Part, held: Set<string> = new Set()): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    const path = req.url ?? '';
    const part = partOf(req);
    if (part === faulty) return false;
    if (path.includes('/source/manifests/')) res.writeHead(200, { 'content-type': manifestType, 'docker-content-digest': digestOf(manifest) }).end(manifest);
    else if (path.includes('/source/blobs/')) res.writeHead(200).end(path.includes(digestOf(layer)) ? layer : config);
    else if (req.method === 'HEAD') res.writeHead([...held].some((digest) => path.includes(digest)) ? 200 : 404).end();
    else if (part === 'open') res.writeHead(202, { location: '/v2/a/blobs/uploads/1' }).end();
    else res.writeHead(201, { 'docker-content-digest': digestOf(manifest) }).end();
    return true;
  };
}

const copy = ({ registry }: Stage): Promise<unknown> => registry.copy('from.invalid/source:v1', 'registry.invalid/a:v1', { concurrency: 1 });
/** Faults of an answer whose body a push does not read: the status alone counts. */
const bodies = ['a body that never ends', 'a body that breaks off', 'a huge body', 'invalid JSON', 'a web page', 'JSON of something else'];
const lines = faults.filter(({ name, line }) => line === undefined && !bodies.includes(name));

describe.concurrent('registry.copy', () => {
  /**
   * How often each part is sent when it fails as if a later try might work. Opening an upload leaves nothing that anybody sees, and a
   * manifest is put under the same name with the same bytes: both may be repeated. The bytes of a blob are sent once; whether they
   * arrived is asked instead.
   */
  const sent: Readonly<Record<Part, number>> = { open: 3, bytes: 1, manifest: 4 };
  for (const part of ['open', 'bytes', 'manifest'] as const) {
    test.each(lines.map((fault) => [fault.name, fault] as const))(`${part}: %s`, async (name, fault) => {
      const open = await stage(fault, registryBut(part));
      const found = await failure(copy(open));
      doubt(found, fault, 'registry');
      const isTried = fault.isDoubtful === true && name !== '503';
      const count = open.seen.filter((line) => partOf({ method: line.split(' ')[0], url: line.split(' ')[1] } as IncomingMessage) === part).length;
      expect(count).toBe(isTried ? sent[part] : 1);
      // the tag is the last thing that is set: whatever else broke, nobody saw half an image
      if (part !== 'manifest') expect(open.seen.some((line) => line.startsWith('PUT') && line.includes('/manifests/'))).toBe(false);
    });

    test.each(['a body that never ends', 'a web page', 'JSON of something else', 'invalid JSON'])(`${part}: 200 and %s is no success`, async (name) => {
      const found = await failure(copy(await stage(named(name), registryBut(part))));
      expect(found).toMatchObject({ code: 'unexpected-answer', service: 'registry' });
    });
  }

  test.each(['http://127.0.0.1:2/upload', 'https://10.0.0.1/upload', 'https://169.254.169.254/upload'])('an upload that is sent to %s goes nowhere', async (location) => {
    const open = await stage({ ...named('500'), handle: (_req, res) => res.writeHead(202, { location }).end() }, registryBut('open'));
    expect(await failure(copy(open))).toMatchObject({ code: 'unexpected-answer', detail: `it sends the upload into a private network (${new URL(location).host})` });
  });

  test('bytes that arrived although the line broke are not sent again', async () => {
    const held = new Set<string>();
    const take = registryBut('bytes', held);
    const open = await stage({ ...named('a reset connection'), handle: (req) => { held.add(decodeURIComponent((req.url ?? '').split('digest=')[1] ?? '')); req.socket.destroy(); } }, take);
    expect(await open.registry.copy('from.invalid/source:v1', 'registry.invalid/a:v1')).toMatchObject({ digest: digestOf(manifest) });
    expect(open.seen.filter((line) => line.startsWith('PUT') && line.includes('uploads')).length).toBe(2);
  });
});

describe.concurrent('registry.delete', () => {
  const remove = ({ registry }: Stage): Promise<unknown> => registry.delete(`registry.invalid/a@sha256:${'0'.repeat(64)}`);
  test.each(faults.filter(({ name }) => name !== '404' && !bodies.includes(name)).map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const open = await stage(fault);
    doubt(await failure(remove(open)), fault, 'registry');
    expect(open.seen.length, 'a write is never repeated').toBeLessThanOrEqual(1);
  });

  test('what is not there is told as that', async () => {
    expect(await remove(await stage(named('404')))).toBe(false);
  });
});
