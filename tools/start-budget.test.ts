// What a command costs before it does what it is for, as counts: a slow machine has the same ones. They may not grow past what
// start-budget.json says. Whoever needs more writes it there, and why into docs/performance.md.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workspaceRoot } from './scratch-workspace.ts';

/** Chunks of the bundle that are evaluated, their bytes, files that are opened or looked for, processes, and Node's own modules that are loaded. */
interface Counts {
  readonly chunks: number;
  readonly bytes: number;
  readonly files: number;
  readonly processes: number;
  readonly modules: number;
}

const calls: Readonly<Record<string, readonly string[]>> = {
  version: ['--version'],
  list: ['list', 'one.md'],
  check: ['check', 'one.md', '--offline'],
  plan: ['plan', 'one.md'],
  run: ['run', 'one.md', '--yes'],
};

let folder: string;
let budget: Readonly<Record<string, Counts>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-budget-'));
  // the root of a checkout, so that what is looked for above does not depend on where this folder is
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, 'one.md'), '# One\n\n```bash {name=hello effect=read}\necho hello\n```\n');
  budget = JSON.parse(await readFile(join(workspaceRoot, 'tools/start-budget.json'), 'utf8')) as Readonly<Record<string, Counts>>;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function count(args: readonly string[]): Promise<Counts> {
  const file = join(folder, 'counts.json');
  // without shellcheck and the like: what is installed beside bash and Node must not count
  const env = { PATH: join(folder, 'none'), HOME: folder, START_PROBE: file, NODE_DISABLE_COMPILE_CACHE: '1', CI: 'true' };
  await promisify(execFile)(process.execPath, ['--import', join(workspaceRoot, 'tools/start-probe.mjs'), join(workspaceRoot, 'packages/cli/bin/runbook.js'), ...args], { cwd: folder, env }).catch((error: unknown) => {
    // there is no bash on this PATH, so `run` fails behind its first block
    if (args[0] !== 'run') throw error;
  });
  return JSON.parse(await readFile(file, 'utf8')) as Counts;
}

test.each(Object.entries(calls))('%s', async (name, args) => {
  const counts = await count(args);
  const most = budget[name];
  console.log(`start of ${name}: ${JSON.stringify(counts)}, at most ${JSON.stringify(most)}`);
  for (const [what, number] of Object.entries(counts)) expect(number, `${what} of ${name}`).toBeLessThanOrEqual(most?.[what as keyof Counts] ?? 0);
});

test('what is not needed for a list is not loaded', async () => {
  const list = await count(calls['list'] ?? []);
  const run = await count(calls['run'] ?? []);
  expect([list.bytes < run.bytes, list.chunks < run.chunks, list.processes]).toEqual([true, true, 0]);
  expect((await count(calls['version'] ?? [])).chunks).toBe(0);
});
