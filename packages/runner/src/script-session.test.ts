// Every case runs a real Node child, compiled as the build compiles it, with a toolkit of a few lines.
import { build } from 'esbuild';
import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

let folder = '';
let options: ScriptSessionOptions;
let session: ScriptSession;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'script-session-test-')));
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
  options = {
    childModule: pathToFileURL(join(folder, 'own', 'script-child.mjs')),
    toolkitModule: pathToFileURL(join(folder, 'own', 'toolkit.mjs')),
    runbookFile: join(docs, 'release.md'),
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/nonexistent' },
    init: { token: 'from-init' },
    graceMs: 300,
  };
  session = createScriptSession(options);
});
afterAll(async () => {
  await session.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly result: ScriptResult;
  readonly stdout: string;
  readonly stderr: string;
  readonly writes: readonly WriteRecord[];
  readonly progress: readonly string[];
}

async function run(code: string, more: Partial<ScriptBlock> = {}, on: ScriptSession = session): Promise<Ran> {
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

const returns: readonly (readonly [what: string, code: string, outputs: unknown])[] = [
  ['exported data', 'export const a = 1, b = "x"; export const c = { d: [true, null, 1.5, {}] }', { a: 1, b: 'x', c: { d: [true, null, 1.5, {}] } }],
  ['a top-level await', 'export const a = await Promise.resolve(2)', { a: 2 }],
  ['TypeScript', 'interface P { n: number }\ntype Q = P | undefined\nexport const a: number = ({ n: 3 } as P satisfies Q)!.n', { a: 3 }],
  ['a function export is called by nobody else', 'const f = () => 4; export const a = f()', { a: 4 }],
  ['values in scope', 'export const a = version + list.join()', { a: 'v1x,y' }],
  ['values frozen to the leaves', 'export let a = "none"; try { (list as string[]).push("z") } catch (error) { a = (error as Error).name }', { a: 'TypeError' }],
  ['a name redeclared by the block', 'const version = "own"; export const a = version', { a: 'own' }],
  ['a secret in scope', 'export const a = token.length', { a: 13 }],
  ['a value named like a global of Node', 'export const a = [URL, typeof new (await import("node:url")).URL("http://x")]', { a: ['u', 'object'] }],
  ['toolkit globals', 'export const a = await robot.read(5)', { a: 5 }],
  ['the toolkit context', 'export const a = robot.context()', { a: { init: { token: 'from-init' }, home: '/nonexistent', now: 1_600_000_000_000, step: 'build', secrets: { token: 'hunter2-hunte' } } }],
  ['an answer of the run', 'export const a = await robot.ask("report", { x: 1 })', { a: ['report', { x: 1 }] }],
  ['a package beside the document', 'import seven, { kind } from "esm-only"; export const a = [seven, kind]', { a: [7, 'esm'] }],
  ['a file beside the document', 'import { beside, seen } from "./beside.mjs"; export const a = [beside, seen()]', { a: [1, 'object'] }],
  ['a CommonJS file', 'import old from "./old.cjs"; export const a = old', { a: { old: true } }],
  ['a TypeScript file and its own imports', 'import { typed } from "./typed.ts"; export const a = typed', { a: { a: 1 } }],
  ['a module of Node', 'import { basename } from "node:path"; export const a = basename("/x/y")', { a: 'y' }],
  ['a dynamic import', 'export const a = [(await import("./typed.ts")).typed.a, (await import("esm-only")).default]', { a: [1, 7] }],
  ['the place of the document', 'export const a = import.meta.url.endsWith("/docs/release.md")', { a: true }],
  ['its folder', 'export const a = process.cwd() !== "" && process.cwd().split("/").pop()!.startsWith("script-session-test-")', { a: true }],
  ['retry', 'let n = 0; export const a = await retry(3, "1ms", async () => { n += 1; if (n < 3) throw new Error("not yet"); return n })', { a: 3 }],
  ['sleep', 'await sleep(1); await sleep("2ms"); export const a = 1', { a: 1 }],
  ['nothing', '// only a comment', {}],
];

describe('returns', () => {
  test.each(returns)('%s', async (_what, code, outputs) => {
    const ran = await run(code, { values: { version: 'v1', list: ['x', 'y'], URL: 'u' }, secrets: { token: 'hunter2-hunte' } });
    expect([ran.result, ran.stderr]).toEqual([{ kind: 'returned', outputs, undefinedOutputs: [] }, '']);
  });

  test('undefined exports by name: a gate that is not met', async () => {
    expect((await run('export const built = undefined; export const x = null')).result).toEqual({ kind: 'returned', outputs: { x: null }, undefinedOutputs: ['built'] });
  });

  test('nothing of one block to the next', async () => {
    await run('globalThis.kept = 1; export const own = version', { values: { version: '1' } });
    expect((await run('export const a = [typeof version, typeof own, typeof robot, typeof (globalThis as any).kept]')).result).toMatchObject({ outputs: { a: ['undefined', 'undefined', 'object', 'number'] } });
  });
});

const notData: readonly (readonly [code: string, why: string])[] = [
  ['() => 1', 'is a function'],
  ['new Date(0)', 'is a Date'],
  ['new Map()', 'is a Map'],
  ['NaN', 'is NaN'],
  ['[1, Infinity]', 'holds Infinity at [1]'],
  ['{ a: { b: undefined } }', 'holds undefined at a.b'],
  ['[1, , 2]', 'holds undefined at [1]'],
  ['{ "a b": [new Error("x")] }', 'holds a Error at ["a b"][0]'],
  ['(() => { const o: any = {}; o.self = o; return o })()', 'holds a cycle at self'],
  ['10n', 'is a bigint'],
  ['Symbol("x")', 'is a symbol'],
  ['Promise.resolve(1)', 'is a Promise'],
  ['new (class Own { a = 1 })()', 'is a Own'],
  ['{ [Symbol("x")]: 1 }', 'is an object with symbols as keys'],
];

describe('refuses exports that are no data', () => {
  test.each(notData)('%s', async (code, why) => {
    expect((await run(`export const good = 1; export const x = ${code}`)).result).toEqual({ kind: 'output-not-data', name: 'x', why });
  });

  test('also when nested without end', async () => {
    expect((await run('let o: any = 1; for (let i = 0; i < 100000; i += 1) o = [o]; export const x = o')).result).toEqual({ kind: 'output-not-data', name: 'x', why: 'is nested too deeply' });
  });

  test('but takes the same object twice', async () => {
    expect((await run('const o = { a: 1 }; export const x = [o, o]')).result).toMatchObject({ outputs: { x: [{ a: 1 }, { a: 1 }] } });
  });
});

const fails: readonly (readonly [what: string, code: string, line: number, message: string, errorCode: string | undefined])[] = [
  ['a thrown error', '\nthrow new Error("no")', 41, 'no', undefined],
  ['an error in a function', 'function f(): void {\n  throw new RangeError("deep")\n}\nf()', 41, 'deep', undefined],
  ['an error after an await', 'await null\nthrow new Error("late")', 41, 'late', undefined],
  ['a reference to nothing', 'interface A {\n  x: 1\n}\nnope', 43, 'nope is not defined', undefined],
  ['a syntax error', 'const a = 1\nconst b = ;', 41, 'Unexpected token', undefined],
  ['a syntax error that only Node sees', '\n\nconst a = 1; const a = 2', 42, "Identifier 'a' has already been declared", undefined],
  ['a client error with its code', '\nawait robot.fail()', 41, 'no answer', 'unreachable'],
  ['a missing file', '\nimport "./missing.mjs"', 0, 'Cannot find module', undefined],
];

describe('fails at the line of the document', () => {
  test.each(fails)('%s', async (_what, code, line, message, errorCode) => {
    const { result } = await run(code);
    expect(result).toMatchObject({ kind: 'failed', ...(errorCode === undefined ? {} : { code: errorCode }), ...(line === 0 ? {} : { line }) });
    if (result.kind !== 'failed') return;
    expect(result.message).toContain(message);
    if (line !== 0) expect(result.stack).toContain(`release.md:${line}`);
    expect(result.stack).not.toMatch(/node:|script-child/);
  });

  test('in JavaScript as well, with columns', async () => {
    const { result } = await run('  throw new Error("x")', { language: 'js', values: { URL: 1 } });
    expect(result).toMatchObject({ stack: expect.stringMatching(/^Error: x\n {4}at .*release\.md:40:9$/) });
    expect((await run('URL; fetch; throw new Error("x")', { language: 'js', values: { URL: 1 } })).result).toMatchObject({ stack: expect.stringMatching(/release\.md:40:19$/) });
  });

  test('with the cause, and frames of imported TypeScript', async () => {
    expect((await run('await robot.fail()')).result).toMatchObject({ stack: expect.stringMatching(/cause: ECONNREFUSED$/) });
    expect((await run('import { broken } from "./typed.ts"\nbroken()')).result).toMatchObject({ line: 41, stack: expect.stringMatching(/typed\.ts:5:.*release\.md:41:/s) });
  });

  test('when it throws no error at all', async () => {
    expect((await run('throw "text"')).result).toMatchObject({ kind: 'failed', message: 'text' });
    expect((await run('throw null')).result).toMatchObject({ kind: 'failed', message: 'threw null' });
  });

  test('when nobody catches what a timer or a promise throws', async () => {
    expect((await run('setTimeout(() => {\n  throw new Error("stray")\n}, 1)\nawait new Promise(() => {})')).result).toMatchObject({ kind: 'failed', message: 'stray', line: 41 });
    expect((await run('Promise.reject(new Error("unheard"))\nawait new Promise(() => {})')).result).toMatchObject({ kind: 'failed', message: 'unheard', line: 40 });
  });

  test('when the toolkit cannot start', async () => {
    const broken = createScriptSession({ ...options, toolkitModule: pathToFileURL(join(folder, 'own', 'none.mjs')) });
    expect((await run('export const a = 1', {}, broken)).result).toMatchObject({ kind: 'failed', message: expect.stringContaining('none.mjs') });
    await broken.close();
  });
});

describe('the write lock', () => {
  const write = { mode: 'live', effect: 'write' } as const;
  const dry = { mode: 'dry-run', effect: 'write' } as const;

  test('lets a declared write go after it has been told', async () => {
    const order: string[] = [];
    const ran = await run('console.log("before"); export const a = await robot.write("/é"); console.log("after")', { posture: write, onWrite: ({ target }) => void order.push(target) });
    expect([ran.result, order]).toEqual([{ kind: 'returned', outputs: { a: 'wrote /é' }, undefinedOutputs: [] }, ['/é']]);
  });

  test('makes no write that could not be journalled', async () => {
    const lost = new Error('disk full');
    const attempt = run('import { writeFileSync } from "node:fs"; await robot.write("/x"); writeFileSync("left.txt", "")', {
      posture: write,
      onWrite: () => {
        throw lost;
      },
    });
    await expect(attempt).rejects.toBe(lost);
    expect(() => readFileSync(join(folder, 'left.txt'))).toThrow('ENOENT');
    expect((await run('export const a = 1')).result).toMatchObject({ kind: 'returned' });
  });

  test('ends a block at a write that was not declared, in every mode, also when it is caught', async () => {
    for (const mode of ['live', 'rehearse', 'dry-run'] as const) {
      const ran = await run('try { await robot.write("/x") } catch {}\nexport const a = 1', { posture: { mode, effect: 'read' } });
      expect(ran.result).toMatchObject({ kind: 'failed', code: 'undeclared-write', message: expect.stringContaining('POST /x') });
      expect(ran.writes).toEqual([]);
    }
  });

  test('withholds in a dry run, told once, also when it is caught and the block goes on for ever', async () => {
    const call = { service: 'robot', effect: 'write', method: 'POST', target: '/x' };
    expect((await run('await robot.write("/x")', { posture: dry })).result).toEqual({ kind: 'withheld', call });
    const ran = await run('try { await robot.write("/x") } catch {}\ntry { await robot.write("/y") } catch {}\nawait new Promise(() => {})', { posture: dry });
    expect(ran.result).toEqual({ kind: 'withheld', call });
    expect(ran.writes).toEqual([{ service: 'robot', method: 'POST', target: '/x', withheld: true }]);
  });

  test('lets nothing through from a block that has ended', async () => {
    await run('const own = robot; setTimeout(() => own.write("/late").catch((error) => { globalThis.late = error.message }), 1); export const a = 1', { posture: write });
    const ran = await run('while (!(globalThis as any).late) await sleep(1); export const a = (globalThis as any).late', { posture: write });
    expect([ran.result, ran.writes]).toEqual([{ kind: 'returned', outputs: { a: 'POST /late was called after its block had ended' }, undefinedOutputs: [] }, []]);
  });

  test('is passed by $: a command is a write', async () => {
    const ran = await run('const who = "a b"; export const a = (await $`echo ${who} ${[1, "2 3"]}`).stdout', { posture: write });
    expect([ran.result, ran.writes]).toEqual([{ kind: 'returned', outputs: { a: 'a b 1 2 3\n' }, undefinedOutputs: [] }, [{ service: 'shell', target: "echo $'a b' 1 $'2 3'", withheld: false }]]);
    for (const code of ['await $`touch x`', '$.sync`touch x`', 'await $({ nothrow: true })`touch x`', 'import { $ as own } from "zx"; await own`touch x`', 'await (await import("zx/core")).$`touch x`']) {
      expect((await run(code)).result).toMatchObject({ kind: 'failed', code: 'undeclared-write', message: expect.stringContaining('touch x') });
      expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'shell', effect: 'write', target: 'touch x' } });
    }
    expect((await run('export const a = (await $`echo local`).stdout', { posture: { mode: 'dry-run', effect: 'local' } })).result).toMatchObject({ outputs: { a: 'local\n' } });
  });

  test('$ is strict, and a failing command fails the block', async () => {
    expect((await run('await $`false | true; echo on`', { posture: write })).result).toMatchObject({ kind: 'failed', message: expect.stringContaining('exit code: 1') });
  });

  test('is passed by fetch', async () => {
    const seen: string[] = [];
    const server = await serve(seen);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    expect((await run(`export const a = await (await fetch('${url}')).text()`)).result).toMatchObject({ outputs: { a: 'GET ' } });
    expect((await run(`await fetch('${url}', { method: 'POST', body: 'b' })`)).result).toMatchObject({ kind: 'failed', code: 'undeclared-write' });
    expect((await run(`await fetch('${url}', { method: 'POST', body: 'b' })`, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'http', effect: 'write', method: 'POST', target: url, body: 'b' } });
    expect(seen).toEqual(['GET ']);
    const ran = await run(`export const a = await (await fetch('${url}', { method: 'PUT', body: 'b' })).text()`, { posture: write });
    expect([ran.result, ran.writes]).toMatchObject([{ outputs: { a: 'PUT b' } }, [{ service: 'http', method: 'PUT', target: url, body: 'b', withheld: false }]]);
    server.close();
  });

  test('is passed by everything that a block imports: node:http, and fetch as a module finds it', async () => {
    const seen: string[] = [];
    const server = await serve(seen);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    writeFileSync(join(folder, 'docs', 'poster.mjs'), "import { request, get } from 'node:http';\nconst text = (sent) => new Promise((resolve, reject) => sent.on('error', reject).on('response', (answer) => { let all = ''; answer.on('data', (chunk) => (all += chunk)).on('end', () => resolve(all)); }));\nexport const post = (url) => { const sent = request(url, { method: 'post' }); const answer = text(sent); sent.end('b'); return answer; };\nexport const fromParts = (url) => { const { hostname, port, pathname } = new URL(url); const sent = request({ hostname, port, path: pathname, method: 'DELETE' }); const answer = text(sent); sent.end(); return answer; };\nexport const look = (url) => text(get(url));\nexport const send = async (url) => (await fetch(url, { method: 'PATCH', body: 'c' })).text();\n");
    const call = (name: string): string => `import * as poster from './poster.mjs';\nexport const a = await poster.${name}('${url}');`;
    expect((await run(call('look'), { posture: dry })).result).toMatchObject({ outputs: { a: 'GET ' } });
    for (const [name, method] of [['post', 'POST'], ['fromParts', 'DELETE'], ['send', 'PATCH']] as const) {
      expect((await run(call(name))).result, name).toMatchObject({ kind: 'failed', code: 'undeclared-write' });
      expect((await run(call(name), { posture: dry })).result, name).toMatchObject({ kind: 'withheld', call: { service: 'http', effect: 'write', method, target: url } });
    }
    expect(seen).toEqual(['GET ']);
    const ran = await run(call('post'), { posture: write });
    expect([ran.result, ran.writes]).toMatchObject([{ outputs: { a: 'POST b' } }, [{ method: 'POST', target: url, withheld: false }]]);
    server.close();
  });

  describe('a connection without HTTP', () => {
    test('is a write: what it says cannot be told', async () => {
      const seen: string[] = [];
      const server = createTcpServer((socket) => {
        seen.push('connected');
        socket.end('raw');
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const code = `import { connect } from 'node:net'; export const a = await new Promise((resolve, reject) => connect({ port: ${port}, host: '127.0.0.1' }).on('data', (data) => resolve(String(data))).on('error', reject));`;
      const call = { service: 'socket', effect: 'write', target: `tcp://127.0.0.1:${port}` };
      expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call });
      expect((await run(code)).result).toMatchObject({ kind: 'failed', code: 'undeclared-write' });
      expect(seen).toEqual([]);
      const ran = await run(code, { posture: write });
      expect([ran.result, ran.writes]).toMatchObject([{ outputs: { a: 'raw' } }, [{ target: call.target, withheld: false }]]);
      server.close();
    });

    test.each([
      ['TLS', 'import { connect } from "node:tls"; connect(9, "127.0.0.1")', 'tcp://127.0.0.1:9'],
      ['HTTP/2', 'import { connect } from "node:http2"; connect("http://127.0.0.1:9").on("error", () => {})', 'tcp://127.0.0.1:9'],
      ['a socket of the system', 'import { connect } from "node:net"; connect("/var/run/docker.sock").on("error", () => {})', 'tcp:///var/run/docker.sock'],
      ['UDP', 'import { createSocket } from "node:dgram"; createSocket("udp4").send("x", 9, "127.0.0.1")', 'udp'],
    ])('by %s is withheld', async (_what, code, target) => {
      expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'socket', effect: 'write', target } });
    });
  });

  test.each([
    ['execSync', 'import { execSync } from "node:child_process"; export const a = execSync("echo one").toString()', 'echo one'],
    ['execFileSync', 'import { execFileSync } from "node:child_process"; export const a = String(execFileSync("echo", ["one"]))', 'echo one'],
    ['exec as a promise', 'import { exec } from "node:child_process"; import { promisify } from "node:util"; export const a = (await promisify(exec)("echo one")).stdout', 'echo one'],
    ['spawn', 'import { spawn } from "node:child_process"; export const a = await new Promise((done) => spawn("echo", ["one"]).stdout.on("data", (data) => done(String(data))))', 'echo one'],
  ])('a command by %s is a write, as by $, and runs freely in a local step', async (_what, code, target) => {
    expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'shell', effect: 'write', target } });
    expect((await run(code)).result).toMatchObject({ kind: 'failed', code: 'undeclared-write' });
    expect((await run(code, { posture: write })).writes).toEqual([{ service: 'shell', target, withheld: false }]);
    const local = await run(code, { posture: { mode: 'dry-run', effect: 'local' } });
    expect([local.result, local.writes]).toMatchObject([{ outputs: { a: 'one\n' } }, []]);
  });

  test('a request that becomes another connection is a write', async () => {
    const code = "import { get } from 'node:http'; get('http://127.0.0.1:9/', { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } })";
    expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'http', effect: 'write', method: 'GET', target: 'http://127.0.0.1:9/' } });
  });

  test('what has asked already is told once: fetch and $ of a block', async () => {
    const server = await serve([]);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    const ran = await run(`await fetch('${url}', { method: 'POST' }); await $\`echo one\`; export const a = 1`, { posture: write });
    expect(ran.writes).toEqual([{ service: 'http', method: 'POST', target: url, withheld: false }, { service: 'shell', target: 'echo one', withheld: false }]);
    server.close();
  });

  // 192.0.2.0/24 is nobody's (RFC 5737): should the guard fail, nothing is reached
  test.each([
    ['a raw socket', "import { connect } from 'node:net'; await new Promise((resolve, reject) => connect(80, '192.0.2.1', resolve).on('error', reject));", '192.0.2.1:80'],
    ['TLS', "import { connect } from 'node:tls'; await new Promise((resolve, reject) => connect({ host: '192.0.2.1', port: 443 }, resolve).on('error', reject));", '192.0.2.1:443'],
    ['a socket of the machine', "import { connect } from 'node:net'; await new Promise((resolve, reject) => connect('/var/run/docker.sock', resolve).on('error', reject));", '/var/run/docker.sock'],
    ['fetch without a route', "await fetch('http://192.0.2.1/')", 'fetch failed'],
    ['node:https without a route', "import https from 'node:https'; await new Promise((resolve, reject) => https.get('https://192.0.2.1/', resolve).on('error', reject));", '192.0.2.1:443'],
  ])('in a rehearsal nothing leaves the machine: %s', async (_name, code, target) => {
    const { result } = await run(code, { posture: { mode: 'rehearse', effect: 'write' } });
    expect(result).toMatchObject({ kind: 'failed', message: expect.stringContaining(target) });
    expect(result.kind === 'failed' ? result.stack : '').toContain('a rehearsal reaches nothing but its world');
  });

  test('retry does not try a held back call again', async () => {
    const ran = await run('await retry(5, () => robot.write("/x"))', { posture: dry });
    expect([ran.result.kind, ran.writes.length]).toEqual(['withheld', 1]);
  });
});

function serve(seen: string[]): Promise<Server> {
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

describe('talks while it runs', () => {
  test('output in order and whole, progress apart', async () => {
    const ran = await run('console.log("a"); console.error("b"); robot.progress("half"); process.stdout.write("x".repeat(300000) + "\\nend")');
    expect([ran.stdout, ran.stderr, ran.progress]).toEqual([`a\n${'x'.repeat(300_000)}\nend`, 'b\n', ['half']]);
  });

  test('sleep asks the run in a rehearsal', async () => {
    const asked: unknown[] = [];
    const ask = (kind: string, data: unknown): Promise<null> => {
      asked.push([kind, data]);
      return Promise.resolve(null);
    };
    expect((await run('await sleep("2h"); export const a = 1', { posture: { mode: 'rehearse', effect: 'read' }, ask })).result).toMatchObject({ outputs: { a: 1 } });
    expect(asked).toEqual([['sleep', { ms: 7_200_000 }]]);
  });

  test('a question that is refused rejects', async () => {
    expect((await run('\nawait robot.ask("x", null)', { ask: () => Promise.reject(new Error('unknown question')) })).result).toMatchObject({ kind: 'failed', message: 'unknown question' });
  });
});

describe('is stopped', () => {
  test('in an endless loop, by its time limit; the next block gets a fresh process', async () => {
    const before = session.pid;
    expect((await run('while (true) {}', { timeoutMs: 100 })).result).toEqual({ kind: 'timed-out' });
    expect((await run('export const a = 1')).result).toMatchObject({ kind: 'returned' });
    expect(session.pid).not.toBe(before);
  });

  test('with the commands it started', async () => {
    const ran = await run('await $`echo $$ >child.pid; exec sleep 60`', { posture: { mode: 'live', effect: 'write' }, timeoutMs: 1500 });
    expect(ran.result).toEqual({ kind: 'timed-out' });
    expect(isRunning(Number(readFileSync(join(folder, 'child.pid'), 'utf8')))).toBe(false);
  });

  test('by an abort, and not started by an earlier one', async () => {
    const controller = new AbortController();
    expect((await run('console.log("ready"); await new Promise(() => {})', { signal: controller.signal, onOutput: () => controller.abort() })).result).toEqual({ kind: 'aborted' });
    const ran = await run('console.log("must not run")', { signal: AbortSignal.abort() });
    expect([ran.result, ran.stdout]).toEqual([{ kind: 'aborted' }, '']);
  });

  test('by itself', async () => {
    expect((await run('console.log("last words"); process.exit(3)')).result).toEqual({ kind: 'died', exitCode: 3, signal: null });
    expect(await run('console.log("x".repeat(100000)); process.kill(process.pid, "SIGKILL")')).toMatchObject({ result: { kind: 'died', exitCode: null, signal: 'SIGKILL' }, stdout: `${'x'.repeat(100_000)}\n` });
    expect((await run('export const a = 1')).result).toMatchObject({ kind: 'returned' });
  });
});

test('no secret, no code and nothing of the own environment reaches the child by arguments or environment', async () => {
  const ran = await run('import { readFileSync } from "node:fs"; export const a = [process.argv.join(), Object.keys(process.env).sort()]', { secrets: { token: 'hunter2-hunte' } });
  expect(JSON.stringify(ran.result)).not.toContain('hunter2');
  expect(ran.result).toMatchObject({ outputs: { a: [expect.any(String), ['HOME', 'PATH']] } });
});

test('a process that cannot be started is a death, and ends nobody else', async () => {
  const other = createScriptSession({ ...options, cwd: join(folder, 'missing') });
  expect((await run('export const a = 1', {}, other)).result).toEqual({ kind: 'died', exitCode: 127, signal: null });
  await other.close();
});

test('NODE_OPTIONS of the environment runs no code', async () => {
  writeFileSync(join(folder, 'start-up.cjs'), 'console.log("START-UP")');
  const other = createScriptSession({ ...options, env: { ...options.env, NODE_OPTIONS: `--require ${join(folder, 'start-up.cjs')}` } });
  expect((await run('console.log("a")', {}, other)).stdout).toBe('a\n');
  await other.close();
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
