import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inside, setUpBench } from './command-harness.ts';
import { digestOf, openField, setUpFields, type Field } from './field-bench.ts';

setUpFields();
const bench = setUpBench();
const staging = 'gcr.io/k8s-staging-apisnoop';
const promoted = 'registry.k8s.io/apisnoop/snoopdb:v0.2.0';

const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const hasRegistry = isHere('docker-registry') && isHere('skopeo');
if (!hasRegistry) console.warn('skipped: docker-registry or skopeo is not installed');

/** Starts Debian's docker-registry in a field; it ends with the test. */
async function startRegistry(field: Field): Promise<string> {
  const folder = join(field.folder, 'registry');
  mkdirSync(folder);
  field.write({ 'registry/config.yml': `version: 0.1\nlog: {accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${folder}}}\nhttp: {addr: "127.0.0.1:0", secret: x}\n` });
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  bench.closeLater(() => new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  }));
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (host !== undefined) resolve(host);
    });
    child.once('exit', () => reject(new Error(text)));
  });
}

describe('registry', () => {
  test('digest, tags, manifest and ls of the world\'s registries, through the public front and its redirects', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    const { digest } = (await field.json(['registry', 'digest', promoted, '--platforms'], 0, env)) as { digest: string };
    expect(await field.call(['registry', 'digest', promoted], { env })).toMatchObject({ code: 0, stdout: `${digest}\n`, stderr: '' });
    expect(await field.json(['registry', 'tags', 'us-central1-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop/snoopdb'], 0, env)).toMatchObject({ tags: expect.arrayContaining(['v0.2.0']) });
    expect(await field.json(['registry', 'manifest', promoted], 0, env)).toMatchObject({ digest, manifest: { schemaVersion: 2 } });
    const raw = await field.call(['registry', 'manifest', promoted, '--raw'], { env });
    expect(JSON.parse(raw.stdout)).toMatchObject({ schemaVersion: 2 });
    expect(await field.json(['registry', 'ls', 'us-central1-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop'], 0, env)).toMatchObject({ children: expect.arrayContaining(['snoopdb']), manifests: [] });
    expect((await field.call(['registry', 'manifest', promoted], { env })).stdout).toContain('platforms: ');
  });

  test('digests of many at once: each is answered, in their order, and what is missing is told by name', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    const [one, none] = [promoted, `${staging}/snoopdb:none`];
    const { digest, mediaType, size } = (await field.json(['registry', 'digest', one], 0, env)) as { digest: string; mediaType: string; size: number };
    const pinned = `registry.k8s.io/apisnoop/snoopdb@${digest}`;
    expect(await field.call(['registry', 'digest', pinned, one], { env })).toMatchObject({ code: 0, stdout: `${digest}  ${pinned}\n${digest}  ${one}\n`, stderr: '' });
    expect(await field.call(['registry', 'digest', one, none, pinned, '--parallel', '1'], { env })).toMatchObject({ code: 1, stdout: `${digest}  ${one}\n${digest}  ${pinned}\n`, stderr: expect.stringMatching(/^gcr\.io\/k8s-staging-apisnoop\/snoopdb:none: absent: gcr\.io answered 404[^]*\n1 of 3 was not told\.\n$/) });
    expect(await field.json(['registry', 'digest', none, one, '--platforms'], 1, env)).toEqual({ images: [{ reference: none, error: { code: 'absent', message: expect.stringMatching(/^absent: /) } }, { reference: one, digest, mediaType, size, platforms: expect.arrayContaining(['linux/amd64']) }] });
    const before = opened.ledger().length;
    expect(await field.call(['registry', 'digest', one, 'snoopdb'], { env })).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('bad-reference') });
    expect(opened.ledger().length).toBe(before);
    expect(await field.call(['registry', 'digest', one, '--parallel', '33'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 32') });
  });

  test('what is not there ends with 1, what is no reference with 2', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    expect(await field.call(['registry', 'digest', `${staging}/snoopdb:none`], { env })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^absent: gcr\.io answered 404/) });
    expect(await field.call(['registry', 'digest', 'snoopdb'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('bad-reference') });
    expect(await field.call(['registry', 'copy', promoted, 'x', '--parallel', '0'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 32') });
  });

  test('an unreachable registry is told as such', async () => {
    const done = await openField().call(['registry', 'digest', '127.0.0.1:9/a:v1']);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unreachable: could not reach 127\.0\.0\.1:9/) });
  });

  test.skipIf(!hasRegistry)('an image goes from the world into docker-registry, where skopeo reads the same bytes; and on within it', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    const host = await startRegistry(field);
    const withheld = await field.call(['registry', 'copy', promoted, `${host}/prod/snoopdb:v0.2.0`, '--dry-run'], { env });
    expect(withheld).toMatchObject({ code: 0, stderr: expect.stringMatching(/^withheld: POST http:\/\/127\.0\.0\.1:\d+\/v2\/prod\/snoopdb\/blobs\/uploads\//) });
    const copied = (await field.json(['registry', 'copy', promoted, `${host}/prod/snoopdb:v0.2.0`], 0, env)) as { digest: string };
    const raw = execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${host}/prod/snoopdb:v0.2.0`], { encoding: 'utf8' });
    expect(raw).toBe((await field.call(['registry', 'manifest', promoted, '--raw'], { env })).stdout);
    const again = await field.json(['registry', 'copy', `${host}/prod/snoopdb@${copied.digest}`, `${host}/other:v1`], 0, env) as { steps: readonly { kind: string; how: string }[] };
    expect(again.steps.filter(({ kind, how }) => kind === 'blob' && how === 'uploaded')).toEqual([]);
    expect(await field.json(['registry', 'ls', `${host}/other`])).toMatchObject({ children: [], manifests: [{ digest: copied.digest, tags: ['v1'] }] });
  });
});

describe('promoter status', () => {
  test('everywhere, nowhere, and what is no image', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    expect(await field.json(['promoter', 'status', 'apisnoop/snoopdb:v0.2.0'], 0, env)).toMatchObject({ image: 'apisnoop/snoopdb', tag: 'v0.2.0', complete: true, signature: { state: 'there' }, registries: expect.arrayContaining([{ reference: promoted, state: 'there', digest: expect.stringMatching(/^sha256:/) }]) });
    const none = await field.call(['promoter', 'status', 'registry.k8s.io/apisnoop/snoopdb:v9.9.9'], { env });
    expect([none.code, none.stdout.trimEnd().split('\n').at(-1)]).toEqual([1, '0 of 23 registries serve it']);
    expect(await field.call(['promoter', 'status', 'apisnoop/snoopdb'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('expected NAME:TAG') });
  });
});

describe('promoter pr', () => {
  test('opens the pull request once, with the evidence and without a hold; twice it is found', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    expect((await field.call(['prow', 'wait', 'apisnoop-push-snoopdb-images'], { env })).code).toBe(0);
    const { tags } = (await field.json(['registry', 'tags', `${staging}/snoopdb`], 0, env)) as { tags: readonly string[] };
    const args = ['promoter', 'pr', '--project', 'apisnoop', '--image', `snoopdb=${tags[0] ?? ''}`, '--tag', 'v0.3.0'];
    expect(await field.call([...args, '--dry-run'], { env })).toMatchObject({ code: 0, stderr: expect.stringMatching(/^withheld: POST https:\/\/api\.github\.com\/repos\/[\w-]+\/k8s\.io\/git\/refs\n/) });
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
    const taken = await field.call([...args.slice(0, -1), 'v0.2.0'], { env });
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringMatching(/^promotion-refused: registry\.k8s\.io\/apisnoop\/snoopdb:v0\.2\.0 is sha256:[0-9a-f]{64} in production already, and a promoted tag never moves\. Release another version\./)]);
    const done = (await field.json(args, 0, env)) as { url: string; added: readonly string[] };
    expect(done).toMatchObject({ state: 'opened', title: 'Image promotion for apisnoop v0.3.0', added: [expect.stringMatching(/^ {4}"sha256:[0-9a-f]{64}": \["v0\.3\.0"\]$/)] });
    const made = opened.ledger().find((entry) => entry.method === 'POST' && entry.path.endsWith('/pulls'));
    expect(made).toMatchObject({ status: 201 });
    const writes = opened.ledger().filter((entry) => entry.write && entry.service === 'github').length;
    expect(await field.json(args, 0, env)).toMatchObject({ state: 'there', url: done.url });
    expect(opened.ledger().filter((entry) => entry.write && entry.service === 'github')).toHaveLength(writes);
  });

  test('called with more images it adds them and their evidence, with fewer it drops none', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    for (const image of ['snoopdb', 'auditlogger']) expect((await field.call(['prow', 'wait', `apisnoop-push-${image}-images`], { env })).code).toBe(0);
    const { tags } = (await field.json(['registry', 'tags', `${staging}/snoopdb`], 0, env)) as { tags: readonly string[] };
    const args = (...images: readonly string[]): readonly string[] => ['promoter', 'pr', '--project', 'apisnoop', '--tag', 'v0.3.0', ...images.flatMap((image) => ['--image', `${image}=${tags[0] ?? ''}`])];
    const rest = async (path: string, init: RequestInit = {}): Promise<unknown> => (await fetch(`${opened.url}/api.github.com/repos/kubernetes/k8s.io/${path}`, { ...init, headers: { authorization: `Bearer ${opened.env['GITHUB_TOKEN'] ?? ''}` } })).json();
    const body = async (): Promise<string> => ((await rest('pulls/1')) as { body: string }).body;
    expect(await field.json(args('snoopdb'), 0, env)).toMatchObject({ state: 'opened' });
    await rest('pulls/1', { method: 'PATCH', body: JSON.stringify({ body: `For alice.\n\n${await body()}\nBuilt on a Monday.\n` }) });
    expect(await field.json(args('snoopdb', 'auditlogger'), 0, env)).toMatchObject({ state: 'updated' });
    const both = await body();
    expect(both).toMatch(/^For alice\.\n\nPromote apisnoop[^]*\| `registry\.k8s\.io\/apisnoop\/auditlogger:v0\.3\.0` \|[^]*Built on a Monday\.\n$/);
    const fewer = await field.call(args('snoopdb'), { env });
    expect([fewer.code, fewer.stderr]).toEqual([1, expect.stringMatching(/^promotion-refused: the branch apisnoop-v0\.3\.0-image-promotion of robin\/k8s\.io promotes auditlogger:v0\.3\.0 \(sha256:[0-9a-f]{64}\) too, which this call leaves out\. Name it as well, or delete the branch to begin anew\./)]);
    expect(await body()).toBe(both);
    expect(JSON.stringify(await rest('pulls/1/files'))).toMatch(/v0\.3\.0.*v0\.3\.0/);
  });

  test('a fork is made where there is none', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    expect((await field.call(['prow', 'wait', 'apisnoop-push-snoopdb-images'], { env })).code).toBe(0);
    const { tags } = (await field.json(['registry', 'tags', `${staging}/snoopdb`], 0, env)) as { tags: readonly string[] };
    const args = ['promoter', 'pr', '--project', 'apisnoop', '--image', `snoopdb=${tags[0] ?? ''}`, '--fork', 'kubernetes-sigs', '--tag', 'v0.3.0'];
    expect(await field.call([...args, '--dry-run'], { env })).toMatchObject({ code: 0, stderr: expect.stringMatching(/^withheld: POST https:\/\/api\.github\.com\/repos\/kubernetes\/k8s\.io\/forks/) });
    expect(await field.json(args, 0, env)).toMatchObject({ state: 'opened' });
    expect(opened.ledger().filter(({ method, path }) => method === 'POST' && path.endsWith('/forks')).map(({ status }) => status)).toEqual([202]);
    const stranger = await field.call([...args, '--fork', 'alice'], { env });
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining('forbidden: api.github.com answered 403: You cannot fork into alice')]);
  });

  test('what staging does not hold is refused, and so is an image without a digest', async () => {
    const opened = await bench.world();
    const env = inside(opened);
    const field = openField();
    const refused = await field.call(['promoter', 'pr', '--project', 'apisnoop', '--image', `snoopdb@${digestOf('a')}`, '--tag', 'v0.3.0'], { env });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('promotion-refused: staging does not hold') });
    const nobody = await field.call(['promoter', 'pr', '--project', 'apisnop', '--image', `snoopdb@${digestOf('a')}`, '--tag', 'v0.3.0'], { env });
    expect([nobody.code, nobody.stderr]).toEqual([1, 'kubernetes/k8s.io has no registry.k8s.io/manifests/k8s-staging-apisnop/promoter-manifest.yaml. Did you mean the project apisnoop?\n']);
    expect(await field.call(['promoter', 'pr', '--project', 'apisnoop', '--image', 'snoopdb', '--tag', 'v0.3.0'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('expected NAME@sha256') });
    expect(opened.ledger().filter((entry) => entry.write)).toEqual([]);
  });
});
