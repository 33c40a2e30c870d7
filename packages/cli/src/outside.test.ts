// How the command goes to the outside: through a proxy, and with a transcript. A real proxy, a real TLS server behind it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, inside, setUpBench } from './command-harness.ts';

const bench = setUpBench();
const path = (name: string): string => join(bench.desk.folder, name);
const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined;

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return (server.address() as AddressInfo).port;
}

test.skipIf(!hasOpenssl)('a registry is read through the proxy of the environment, and the transcript tells of it (skipped without openssl)', async () => {
  spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path('key.pem'), '-out', path('cert.pem'), '-days', '2', '-subj', '/CN=registry.test', '-addext', 'subjectAltName=DNS:registry.test']);
  const far = await listen(createTlsServer({ key: readFileSync(path('key.pem')), cert: readFileSync(path('cert.pem')) }, (request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ name: 'a', tags: ['v1', 'v2'] }))));
  const tunnels: string[] = [];
  const sockets: Socket[] = [];
  const proxy = await listen(createServer().on('connect', (request, socket: Socket) => {
    tunnels.push(request.url ?? '');
    const onward = connect(far, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) sockets.push(end.on('error', () => undefined));
  }));
  bench.closeLater(() => Promise.resolve(sockets.forEach((socket) => socket.destroy())));
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy}`, NODE_EXTRA_CA_CERTS: path('cert.pem') };
  const read = await callRunbook(['registry', 'tags', 'registry.test/a', '--trace', 'trace.jsonl'], { cwd: bench.desk.folder, env });
  expect([read.code, read.stdout], read.stderr).toEqual([0, 'v1\nv2\n']);
  expect(tunnels).toEqual(['registry.test:443']);
  const lines = readFileSync(path('trace.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { url: string; status: number });
  expect(lines.map(({ url, status }) => [url.split('?')[0], status])).toEqual([['https://registry.test/v2/a/tags/list', 200]]);
  const around = await callRunbook(['registry', 'tags', 'registry.test/a'], { cwd: bench.desk.folder, env: { ...env, NO_PROXY: '.test' } });
  expect([around.code, around.stderr]).toEqual([1, expect.stringMatching(/could not reach registry\.test: its name/)]);
  expect(tunnels).toHaveLength(1);
});

test('script blocks of a run write to the same transcript, in a rehearsal too', async () => {
  const world = await bench.world();
  writeFileSync(path('doc.md'), '# Doc\n\n```ts {name=look effect=read}\nexport const there = (await github.findRef(\'kubernetes-sigs/apisnoop\', \'heads/main\')) !== undefined;\n```\n');
  const run = await callRunbook(['run', 'doc.md', '--rehearse', '--yes', '--trace', 'trace.jsonl'], { cwd: bench.desk.folder, env: inside(world) });
  expect(run.code, run.stderr).toBe(0);
  expect(readFileSync(path('trace.jsonl'), 'utf8')).toContain('"url":"https://api.github.com/repos/kubernetes-sigs/apisnoop/git/ref/heads');
});

test('a transcript that cannot be written is refused before anything is asked', async () => {
  const { code, stderr } = await callRunbook(['registry', 'tags', 'registry.test/a', '--trace', 'nowhere/trace.jsonl'], { cwd: bench.desk.folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--trace nowhere/trace.jsonl: it cannot be written (ENOENT')]);
  expect(existsSync(path('nowhere'))).toBe(false);
});

test('a GitHub App without a key that can be read is refused before anything is begun', async () => {
  writeFileSync(path('doc.md'), '# Doc\n\n```bash {name=look effect=read}\ntrue\n```\n');
  for (const [env, says] of [[{}, 'there is no key of it'], [{ GITHUB_APP_PRIVATE_KEY_FILE: 'nowhere.pem' }, 'GITHUB_APP_PRIVATE_KEY_FILE is nowhere.pem, which cannot be read (ENOENT)']] as const) {
    const run = await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder, env: { GITHUB_APP_ID: '123', ...env } });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(says)]);
  }
  expect(existsSync(path('.runbook/runs'))).toBe(false);
});

test('the files of the field are read and edited in script blocks as well, with their types', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  writeFileSync(path('doc.md'), [
    '# Doc\n\n```ts {name=look effect=read}',
    "const jobs = prowConfig.parseJobs('postsubmits:\\n  a/b:\\n  - {name: push, branches: [^v], spec: {containers: [{image: x}]}}\\n', 'jobs.yaml').jobs;",
    "export const runs = prowConfig.jobsFor(jobs, { repo: 'a/b', ref: 'refs/tags/v1' }).map(({ job, runs }) => `${job.name} ${runs}`);",
    `const edit = promoter.addImage('[]\\n', { image: 'app', digest: '${digest}', tag: 'v1' });`,
    "export const added = 'added' in edit ? edit.added.length : 0;",
    "export const problems = cloudbuild.parseCloudbuild('steps: []\\n', 'cloudbuild.yaml').problems.map(({ code }) => code);",
    '```\n',
  ].join('\n'));
  const run = await callRunbook(['run', 'doc.md', '--yes', '--json'], { cwd: bench.desk.folder });
  expect(run.code, run.stderr).toBe(0);
  const { steps } = JSON.parse(run.stdout) as { steps: readonly { outputs: unknown }[] };
  expect(steps[0]?.outputs).toEqual({ runs: ['push true'], added: 2, problems: ['no-steps'] });
});

test('the clients of a run ask GitHub with the token of gh where no variable holds one; it is told, hidden, and left alone where nothing asks GitHub', async () => {
  const seen: string[] = [];
  const forge = await listen(createServer((request, response) => {
    seen.push(request.headers.authorization ?? 'nobody');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"login":"robin"}');
  }));
  mkdirSync(path('bin'));
  writeFileSync(path('bin/gh'), `#!/bin/sh\necho asked >> '${path('gh.log')}'\n[ "$*" = "auth token --hostname 127.0.0.1" ] && echo token-that-gh-keeps\n`, { mode: 0o755 });
  writeFileSync(path('who.md'), '```ts {name=who effect=read}\nconsole.log((await github.viewer()).login, "token-that-" + "gh-keeps", process.env.GITHUB_TOKEN ?? "none")\n```\n');
  writeFileSync(path('idle.md'), '```ts {name=idle effect=read}\nconsole.log("idle")\n```\n');
  const env = { PATH: `${path('bin')}:${process.env['PATH'] ?? ''}`, GITHUB_API_URL: `http://127.0.0.1:${forge}` };
  const ran = await callRunbook(['run', 'who.md', '--yes'], { cwd: bench.desk.folder, env });
  expect(ran.code, ran.stderr).toBe(0);
  expect(seen).toEqual(['token token-that-gh-keeps']);
  expect(ran.stderr).toContain('GitHub is asked with the token of gh auth token');
  expect(ran.stderr).toMatch(/robin \S*\*\*\* none/);
  expect(ran.stderr).not.toContain('token-that-gh-keeps');
  seen.length = 0;
  expect((await callRunbook(['run', 'who.md', '--yes'], { cwd: bench.desk.folder, env: { ...env, GH_TOKEN: 'token-of-a-variable' } })).code).toBe(0);
  expect(seen).toEqual(['token token-of-a-variable']);
  rmSync(path('gh.log'));
  expect((await callRunbook(['run', 'idle.md', '--yes'], { cwd: bench.desk.folder, env })).code).toBe(0);
  expect(existsSync(path('gh.log'))).toBe(false);
});
