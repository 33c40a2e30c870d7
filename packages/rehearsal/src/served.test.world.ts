// Worlds for tests, with HTTP in front and a shell in their environment. Not a part of the product.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorld } from './world.ts';
import type { World, WorldOptions } from './world.ts';

export const defaultSeed = fileURLToPath(new URL('../seed', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A JSON answer with its head. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The tests look into answers of another program; each reads what it names.
  readonly json: never;
  readonly text: string;
}

/** Worlds below one folder; `close` stops them all and removes it. */
export interface Worlds {
  readonly root: string;
  start(options?: Partial<WorldOptions>): Promise<World>;
  close(): Promise<void>;
}

/** Makes the folder. */
export function createWorlds(): Worlds {
  const root = mkdtempSync(join(tmpdir(), 'worlds-'));
  const open: World[] = [];
  return {
    root,
    start: async (options = {}) => {
      const world = await startWorld({ dir: join(root, `world-${open.length}`), defaultSeed, ...options });
      open.push(world);
      return world;
    },
    close: async () => {
      for (const world of open) await world.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Runs a script as a block of a rehearsal would: in the world's environment, in a folder of its own. */
export function sh(world: World, script: string, folder = 'work'): Promise<Ended> {
  const cwd = join(world.dir, folder);
  mkdirSync(cwd, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', script], { cwd, env: { ...world.env } });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Asks a public host by `METHOD host/path`, as a client that knows the routes does, with the world's token. */
export async function ask(world: World, request: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const [method = 'GET', place = ''] = request.split(' ');
  const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const common = { 'x-forwarded-host': place.split('/')[0] ?? '', authorization: `Bearer ${world.env['GITHUB_TOKEN']}` };
  const response = await fetch(`${world.url}/${place}`, { method, headers: { ...common, ...headers }, ...text, redirect: 'manual' });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, json: parsed(answer), text: answer };
}

function parsed(text: string): never {
  try {
    return JSON.parse(text) as never;
  } catch {
    return undefined as never; // plain text
  }
}
