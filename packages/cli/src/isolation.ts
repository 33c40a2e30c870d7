// Closes the blocks of a rehearsal in, where the system allows: a network that holds nothing but the world, and none of the usual
// places of credentials. One small process holds the namespaces for a run; each block's process joins them. Linux with bubblewrap
// and nsenter; elsewhere nothing is closed, and the report says so. See docs/decisions/0018.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Launch } from '@runbook/runner';
import { programFinder } from './machine-programs.ts';

/** Namespaces that blocks are started in. */
export interface Isolation {
  readonly launch: Launch;
  close(): Promise<void>;
}

/** How long the holder may take to be ready. Milliseconds. */
const patience = 5000;

/** Where people keep credentials, below their home. Sources: the manuals of the tools that read them. */
const places = [
  '.aws', '.azure', '.bash_history', '.config/gcloud', '.config/gh', '.config/git', '.config/hub', '.cosign', '.docker', '.git-credentials', '.gitconfig', '.gnupg', '.kube', '.local/share/keyrings', '.netrc', '.npmrc',
  '.password-store', '.pypirc', '.ssh', '.zsh_history',
];

/** What stands in the network's place: it listens where the world does, and passes everything on through a socket in a file. */
const relay = `const net = require('node:net');
const [path, port] = process.argv.slice(2);
net.createServer((near) => {
  const far = net.connect(path);
  for (const [one, other] of [[near, far], [far, near]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
  near.pipe(far).pipe(near);
}).listen(Number(port), '127.0.0.1', () => process.stdout.write(process.pid + '\\n'));
`;

/** Closes blocks in with a world; undefined where the system cannot. @param env whose home and agents are hidden */
export async function isolate(worldUrl: string, env: Readonly<Record<string, string | undefined>>): Promise<Isolation | undefined> {
  const [bwrap, nsenter] = [whereIs('bwrap', env), whereIs('nsenter', env)];
  if (process.platform !== 'linux' || bwrap === undefined || nsenter === undefined) return undefined;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'runbook-way-'));
  const { port } = new URL(worldUrl);
  const way = await openWay(join(folder, 'way'), Number(port));
  const script = join(folder, 'relay.cjs');
  writeFileSync(script, relay, { mode: 0o600 });
  const holder = spawn(bwrap, ['--dev-bind', '/', '/', ...masks(env), '--unshare-net', '--die-with-parent', '--', process.execPath, script, join(folder, 'way'), port], { stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: env['PATH'] ?? '/usr/bin:/bin' } });
  const close = (): Promise<void> => {
    holder.kill('SIGKILL');
    way.close();
    rmSync(folder, { recursive: true, force: true });
    return Promise.resolve();
  };
  const target = await readyAs(holder);
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  const launch: Launch = (program, args, cwd) => ({ program: nsenter, args: ['--target', target ?? '', ...asUser, '--net', '--mount', '--', '/bin/sh', '-c', 'cd -- "$0" && exec "$@"', cwd, program, ...args] });
  const probe = launch('true', [], '/');
  if (target !== undefined && spawnSync(probe.program, probe.args, { stdio: 'ignore' }).status === 0) return { launch, close };
  await close();
  return undefined;
}

function whereIs(program: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const isHere = programFinder('');
  return [...(env['PATH'] ?? '').split(':'), '/usr/bin', '/bin'].map((folder) => join(folder, program)).find((path) => path.startsWith('/') && isHere(path));
}

/** The world's end of the way in. */
function openWay(path: string, port: number): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]] as const) one.on('error', () => other.destroy()).on('close', () => other.destroy());
    near.pipe(far).pipe(near);
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** The process id of the relay once it listens; undefined when it does not come to that. */
function readyAs(holder: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patience);
    const done = (pid: string | undefined): void => {
      clearTimeout(timer);
      holder.unref();
      holder.stdout?.destroy();
      resolve(pid);
    };
    holder.once('error', () => done(undefined)).once('exit', () => done(undefined));
    holder.stdout?.once('data', (text: Buffer) => done(/^(\d+)\n$/.exec(text.toString())?.[1]));
  });
}

/** What lies over places of credentials: an empty folder over a folder, nothing over a file. */
function masks(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const homes = [...new Set([env['HOME'] ?? '', homedir()])].filter((home) => home.startsWith('/'));
  const named = ['SSH_AUTH_SOCK', 'DOCKER_CONFIG', 'GOOGLE_APPLICATION_CREDENTIALS', 'KUBECONFIG', 'GNUPGHOME', 'NETRC'].flatMap((name) => env[name] ?? []);
  const all = [...homes.flatMap((home) => places.map((place) => join(home, place))), ...named.filter((path) => path.startsWith('/'))];
  return [...new Set(all)].filter((path) => existsSync(path)).flatMap((path) => {
    const real = realpathSync(path);
    return lstatSync(real).isDirectory() ? ['--tmpfs', real] : ['--ro-bind', '/dev/null', real];
  });
}
