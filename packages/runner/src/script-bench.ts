// For tests of script blocks: a real Node child, compiled as the build compiles it, with a toolkit of a few lines.
// Only tests import this; nothing here is part of the runner.
import { build } from 'esbuild';
import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import type { WriteRecord } from '@runbook/access';
import { createScriptSession, type ScriptBlock, type ScriptResult, type ScriptSession, type ScriptSessionOptions } from './script-session.ts';

const toolkit = `
export async function createToolkit(context) {
  const write = (target) => context.lock.enter({ service: 'robot', effect: 'write', method: 'POST', target });
  return { globals: {
    robot: {
      read: async (x) => { context.lock.enter({ service: 'robot', effect: 'read', target: 'r' }); return x; },
      write: async (target) => { write(target); return 'wrote ' + target; },
      fail: async () => { throw Object.assign(new Error('no answer', { cause: new Error('ECONNREFUSED') }), { code: 'unreachable' }); },
      progress: (text) => context.progress(text),
      ask: (kind, data) => context.ask(kind, data),
      context: () => ({ init: context.init, home: context.env.HOME ?? null, now: context.now(), step: context.step(), secrets: context.secrets() }),
    },
  } };
}`;

/** What a block left. */
export interface Ran {
  readonly result: ScriptResult;
  readonly stdout: string;
  readonly stderr: string;
  readonly writes: readonly WriteRecord[];
  readonly progress: readonly string[];
}

/** What a test file of script blocks works with. */
export interface ScriptBench {
  /** Holds `docs/`, the folder of the document. */
  readonly folder: string;
  readonly options: ScriptSessionOptions;
  readonly session: ScriptSession;
  /** Runs a block: TypeScript of a step that reads, on line 40, unless said. */
  run(code: string, more?: Partial<ScriptBlock>, on?: ScriptSession): Promise<Ran>;
}

/** Sets up one session for all tests of a file. */
export function setUpScripts(): ScriptBench {
  let bench: Omit<ScriptBench, 'run'> | undefined;
  const insist = (): Omit<ScriptBench, 'run'> => {
    if (bench === undefined) throw new Error('there is a session during a test only');
    return bench;
  };
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(async () => {
    await bench?.session.close();
    if (bench !== undefined) rmSync(bench.folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return insist().folder;
    },
    get options() {
      return insist().options;
    },
    get session() {
      return insist().session;
    },
    run: (code, more = {}, on = insist().session) => run(code, more, on),
  };
}

async function openBench(): Promise<Omit<ScriptBench, 'run'>> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'script-session-test-')));
  await build({
    entryPoints: { 'script-child': fileURLToPath(new URL('./script-child.ts', import.meta.url)) },
    outdir: join(folder, 'own'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@runbook/source'],
    banner: { js: "import{createRequire as runbookRequire}from'node:module';const require=runbookRequire(import.meta.url);" },
    logLevel: 'error',
  });
  writeFileSync(join(folder, 'own', 'toolkit.mjs'), toolkit);
  const docs = join(folder, 'docs');
  mkdirSync(join(docs, 'node_modules', 'esm-only'), { recursive: true });
  writeFileSync(join(docs, 'node_modules', 'esm-only', 'package.json'), '{"name":"esm-only","type":"module","exports":{"import":"./i.js"}}');
  writeFileSync(join(docs, 'node_modules', 'esm-only', 'i.js'), 'export const kind = "esm"; export default 7;');
  writeFileSync(join(docs, 'beside.mjs'), 'export const beside = 1; export const seen = () => typeof robot;');
  writeFileSync(join(docs, 'old.cjs'), 'module.exports = { old: true };');
  writeFileSync(join(docs, 'typed.ts'), "import { beside } from './beside.mjs';\nexport interface T { a: number }\nexport const typed: T = { a: beside };\nexport function broken(): never {\n  throw new Error('from typed');\n}\n");
  const options: ScriptSessionOptions = {
    childModule: pathToFileURL(join(folder, 'own', 'script-child.mjs')),
    toolkitModule: pathToFileURL(join(folder, 'own', 'toolkit.mjs')),
    runbookFile: join(docs, 'release.md'),
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/nonexistent' },
    init: { token: 'from-init' },
    graceMs: 300,
  };
  return { folder, options, session: createScriptSession(options) };
}

async function run(code: string, more: Partial<ScriptBlock>, on: ScriptSession): Promise<Ran> {
  const out: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  const writes: WriteRecord[] = [];
  const progress: string[] = [];
  const result = await on.run({
    code,
    language: 'ts',
    line: 40,
    values: {},
    secrets: {},
    posture: { mode: 'live', effect: 'read' },
    step: 'build',
    now: 1_600_000_000_000,
    onOutput: (stream, chunk) => void out[stream].push(chunk),
    onWrite: (record) => void writes.push(record),
    onProgress: (text) => void progress.push(text),
    ask: (kind, data) => Promise.resolve([kind, data]),
    ...more,
  });
  return { result, writes, progress, stdout: Buffer.concat(out.stdout).toString(), stderr: Buffer.concat(out.stderr).toString() };
}

/** Serves on the loopback and keeps what it is asked. */
export function serve(seen: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      seen.push(`${request.method} ${body}`);
      response.end(`${request.method} ${body}`);
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
