// Logins that docker, podman or a cloud's helper keep for registries on this machine, asked for one host at a time.
// A helper is a program of the user's own choice; it gets the host's name on stdin and nothing else. Nothing is written or logged.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials, Login } from './auth.ts';
import { isRecord } from './manifest.ts';

/** Thrown where a kept login cannot be had. */
export class LoginError extends Error {
  readonly code = 'bad-login';
  constructor(message: string, options?: ErrorOptions) {
    super(`bad-login: ${message}`, options);
    this.name = 'LoginError';
  }
}

/** A helper that asks back or hangs is given up after so long. Milliseconds. */
const helperDeadlineMs = 30_000;

/**
 * Logins from `$DOCKER_CONFIG/config.json` (or `~/.docker/config.json`) and from podman's `auth.json`, the first that knows the
 * host. Each host is looked up once.
 */
export function dockerCredentials(env: Readonly<Record<string, string | undefined>>): Credentials {
  const known = new Map<string, ReturnType<Credentials>>();
  return (host) => {
    const found = known.get(host) ?? look(env, host);
    known.set(host, found);
    return found;
  };
}

async function look(env: Readonly<Record<string, string | undefined>>, host: string): Promise<Login | undefined> {
  for (const file of configFiles(env)) {
    const config = await readConfig(file);
    if (config === undefined) continue;
    const login = await fromConfig(config, { file, host, env });
    if (login !== undefined) return login;
  }
  return undefined;
}

function configFiles(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { DOCKER_CONFIG: docker, HOME: home, REGISTRY_AUTH_FILE: podman, XDG_RUNTIME_DIR: runtime } = env;
  return [
    docker !== undefined && docker !== '' ? join(docker, 'config.json') : home === undefined ? undefined : join(home, '.docker', 'config.json'),
    podman === '' ? undefined : podman,
    runtime === undefined || runtime === '' ? undefined : join(runtime, 'containers', 'auth.json'),
    home === undefined ? undefined : join(home, '.config', 'containers', 'auth.json'),
  ].filter((file) => file !== undefined);
}

async function readConfig(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined; // no such file, or not ours to read: then it has no login for us
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new LoginError(`${file} is no JSON object. Repair it, or log in again.`);
}

interface Where {
  readonly file: string;
  readonly host: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Docker Hub is kept under the address of its first version. */
function keysOf(host: string): readonly string[] {
  const plain = [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`, `http://${host}`];
  return host === 'docker.io' || host === 'registry-1.docker.io' || host === 'index.docker.io' ? ['https://index.docker.io/v1/', 'docker.io', ...plain] : plain;
}

async function fromConfig(config: Readonly<Record<string, unknown>>, where: Where): Promise<Login | undefined> {
  const helpers = isRecord(config['credHelpers']) ? config['credHelpers'] : {};
  const keys = keysOf(where.host);
  const own = keys.map((key) => helpers[key]).find((helper) => typeof helper === 'string');
  const auths = isRecord(config['auths']) ? config['auths'] : {};
  const entry = keys.map((key) => auths[key]).find(isRecord);
  const stored = entry === undefined ? undefined : fromEntry(entry);
  if (typeof own === 'string') return askHelper(own, where);
  if (stored !== undefined) return stored;
  const store = config['credsStore'];
  return typeof store === 'string' && store !== '' ? askHelper(store, where) : undefined;
}

function fromEntry(entry: Readonly<Record<string, unknown>>): Login | undefined {
  const { auth, username, password, identitytoken } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { identityToken: identitytoken };
  if (typeof username === 'string' && typeof password === 'string' && username !== '') return { username, password };
  if (typeof auth !== 'string' || auth === '') return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

/** The protocol of docker's credential helpers: the host on stdin, JSON on stdout. */
async function askHelper(name: string, { file, host, env }: Where): Promise<Login | undefined> {
  if (!/^[\w.-]+$/.test(name)) throw new LoginError(`${file} names the helper ${JSON.stringify(name)}, which is no name of a program.`);
  const server = keysOf(host)[0] ?? host;
  const { code, stdout } = await runHelper(`docker-credential-${name}`, `${server}\n`, env).catch((cause: unknown) => {
    throw new LoginError(`${file} names the helper docker-credential-${name}, which cannot be started. Install it, or log in to ${host} again.`, { cause });
  });
  // What a helper prints when it has none is its own; it may be anything but a login.
  if (code !== 0) return undefined;
  const parsed = parseJson(stdout);
  if (!isRecord(parsed) || typeof parsed['Username'] !== 'string' || typeof parsed['Secret'] !== 'string') throw new LoginError(`docker-credential-${name} gave no login for ${host}. Log in again.`);
  if (parsed['Secret'] === '') return undefined;
  // That is how a helper says that its secret is an identity token. (https://docs.docker.com/reference/cli/docker/login/#credential-helper-protocol)
  return parsed['Username'] === '<token>' ? { identityToken: parsed['Secret'] } : { username: parsed['Username'], password: parsed['Secret'] };
}

function runHelper(program: string, input: string, env: Readonly<Record<string, string | undefined>>): Promise<{ readonly code: number | null; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'], timeout: helperDeadlineMs });
    let stdout = '';
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout }));
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stdin.on('error', () => undefined); // a helper may end without reading
    child.stdin.end(input);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
