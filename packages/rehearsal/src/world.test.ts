// A world as its users see it: started, asked over HTTP and by real git, killed and continued.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

const defaultSeed = fileURLToPath(new URL('../seed', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'world-'));
let world: World;
beforeAll(async () => {
  world = await startWorld({ dir: join(root, 'world'), defaultSeed });
});
afterAll(async () => {
  await world.close();
  rmSync(root, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function sh(script: string, cwd = root, env = world.env): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', script], { cwd, env: { ...env } });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('git in a rehearsal', () => {
  test('clones, commits, pushes a signed tag, and the ledger has the one write', async () => {
    const done = await sh('git clone -q https://github.com/kubernetes-sigs/apisnoop && cd apisnoop && git tag -s v9.9.9 -m v9.9.9 && git verify-tag v9.9.9 && git push -q origin v9.9.9 && git cat-file -p v9.9.9');
    expect(done).toMatchObject({ code: 0 });
    expect(done.out).toContain('rehearsal signature of Robin Rehearsal <robin@rehearsal.example>');
    const writes = world.ledger().filter((entry) => entry.write);
    expect(writes).toMatchObject([{ service: 'git', method: 'POST', host: 'github.com', path: '/kubernetes-sigs/apisnoop/git-receive-pack', status: 200 }]);
  });
});
