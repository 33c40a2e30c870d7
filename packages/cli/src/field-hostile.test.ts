// What others wrote never reaches the terminal raw: every command of the field that asks outside, before a server that puts control
// characters into every text of every answer, good ones and errors.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { openField, setUpFields } from './field-bench.ts';

setUpFields();

/** Colours, the window's title, the clipboard, a cleared screen, a carriage return, and a turn of the writing. */
const evil = 'x\u001b[31m\u001b]0;t\u0007\u001b]52;c;aGk=\u0007\u001b[2J\r\u202e\u009b31m';
const digest = `sha256:${'a'.repeat(64)}`;
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const run = { metadata: { name: evil }, spec: { type: 'postsubmit', job: 'j', refs: { org: `o${evil}`, repo: `r${evil}`, base_ref: `main${evil}`, base_sha: evil } }, status: { state: 'failure', build_id: '1', url: `https://prow.k8s.io/view/gs/b/logs/j/1${evil}`, description: evil } };

function answerTo(path: string, isEvil: boolean): { readonly status: number; readonly body: string } {
  const good = (body: unknown): { readonly status: number; readonly body: string } => ({ status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) });
  if (isEvil) return { status: 403, body: JSON.stringify({ message: evil, errors: [{ code: evil, message: evil }] }) };
  if (path.includes('/tags/list')) return good({ name: evil, tags: [evil, `a\n${evil}`], child: [evil], manifest: { [digest]: { mediaType: evil, imageSizeBytes: '1', tag: [evil], timeUploadedMs: '1' } } });
  if (path.includes('/manifests/')) return good({ schemaVersion: 2, mediaType: evil, manifests: [{ mediaType: imageType, digest, size: 1, platform: { os: evil, architecture: evil } }] });
  if (path.includes('prowjobs.js')) return good({ items: [run] });
  if (path.includes('/o?')) return good({ prefixes: [], items: [] });
  if (path.includes('build')) return good(`line ${evil}\nINVALID_ARGUMENT: ${evil}\nThe push refers to repository [gcr.io/${evil}]\nv1: digest: ${digest} size: 1\n`);
  if (path.includes('/git/ref/')) return good({ ref: 'refs/heads/main', object: { type: evil, sha: evil } });
  if (path.includes('/contents/')) return good({ type: 'file', path: evil, sha: evil, encoding: 'base64', content: Buffer.from(`- name: ${evil}\n`).toString('base64') });
  return good({ message: evil, login: evil });
}

let isRefusing = false;
let port = 0;
const server = createServer((req, res) => {
  const { status, body } = answerTo(req.url ?? '', isRefusing);
  req.resume();
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(req.method === 'HEAD' ? '' : body);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise<void>((resolve) => {
  server.close(() => resolve());
  server.closeAllConnections();
}));

const commands = [
  'registry tags r.test/a', 'registry ls r.test/a', 'registry digest r.test/a:v1 --platforms', 'registry manifest r.test/a:v1', 'registry copy r.test/a:v1 r.test/b:v1',
  'prow runs j', 'prow history j', 'prow log j', 'prow wait j --timeout 1s --poll 1s', 'promoter status a/b:v1',
  'promoter pr --project a --image b=v1 --tag v1 --fork me', 'preflight --repo a/b --ref refs/tags/v1 --image c --jobs . --source .',
];

test.each(commands.flatMap((command) => [[command, false], [command, true]] as const))('%s, refused: %s', async (command, refused) => {
  isRefusing = refused;
  const { stdout, stderr, code } = await openField({ a: '' }).call(command.split(' '), { env: { RUNBOOK_ROUTES: `https://*=http://127.0.0.1:${port}/*` } });
  expect(stdout + stderr, 'no control characters but line ends').not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
  expect(stdout + stderr).not.toBe('');
  expect([0, 1, 2]).toContain(code);
});
