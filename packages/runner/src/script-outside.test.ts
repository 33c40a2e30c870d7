// Writes that go around the helpers of a block: by modules of Node, by files and packages that it imports, as real requests.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serve, setUpScripts } from './script-bench.ts';

const bench = setUpScripts();
const { run } = bench;
const dry = { mode: 'dry-run', effect: 'write' } as const;
const live = { mode: 'live', effect: 'write' } as const;

const seen: string[] = [];
let servers: readonly Server[] = [];
let url = '';
let raw = 0;

beforeAll(async () => {
  const server = await serve(seen);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  const tcp = createServer((socket) => {
    seen.push('connected');
    socket.end('raw');
  });
  await new Promise<void>((resolve) => void tcp.listen(0, '127.0.0.1', resolve));
  raw = (tcp.address() as AddressInfo).port;
  servers = [server, tcp];
  const packageFolder = join(bench.folder, 'docs', 'node_modules', 'poster');
  mkdirSync(packageFolder, { recursive: true });
  writeFileSync(join(packageFolder, 'package.json'), '{"name":"poster","main":"i.js"}');
  writeFileSync(
    join(packageFolder, 'i.js'),
    `const { request } = require('http');
exports.ask = (url, method) => new Promise((resolve, reject) => {
  const sent = request(url, { method }, (answer) => { let text = ''; answer.on('data', (part) => (text += part)); answer.on('end', () => resolve(text)); });
  sent.on('error', reject);
  sent.end(method === 'GET' ? undefined : 'b');
});
exports.later = (url, method) => new Promise((resolve, reject) => setTimeout(() => exports.ask(url, method).then(resolve, reject), 1));
exports.fetched = async (url, method) => (await fetch(url, { method })).text();
exports.connect = (port) => new Promise((resolve, reject) => require('net').connect(port, '127.0.0.1').on('data', (data) => resolve(String(data))).on('error', reject));
exports.run = (line) => require('child_process').execSync(line).toString();
`,
  );
});
afterAll(() => {
  for (const server of servers) server.close();
});
beforeEach(() => void seen.splice(0));

const ways: readonly (readonly [what: string, code: () => string, target: () => string])[] = [
  ['a package that asks by node:http', () => `import { ask } from 'poster'; export const a = await ask('${url}', 'POST')`, () => url],
  ['and later', () => `import { later } from 'poster'; export const a = await later('${url}', 'POST')`, () => url],
  ['a package that uses fetch', () => `import { fetched } from 'poster'; export const a = await fetched('${url}', 'POST')`, () => url],
  ['the block, by a named import', () => `import { request } from 'node:http'; export const a = await new Promise((done) => request('${url}', { method: 'post' }, (answer) => answer.on('data', (text) => done(String(text)))).end('b'))`, () => url],
  ['options in place of a URL', () => `import http from 'node:http'; const { hostname, port, pathname: path } = new (await import('node:url')).URL('${url}'); export const a = await new Promise((done) => http.request({ hostname, port, path, method: 'POST' }, (answer) => answer.on('data', (text) => done(String(text)))).end('b'))`, () => url],
];

describe.each(ways)('a write by %s', (_what, code, target) => {
  test('is withheld in a dry run, is no write of a step that only reads, and else goes after it has been told', async () => {
    const call = { service: 'http', effect: 'write', method: 'POST', target: target() };
    expect((await run(code(), { posture: dry })).result).toEqual({ kind: 'withheld', call });
    expect((await run(code())).result).toMatchObject({ kind: 'failed', code: 'undeclared-write', message: expect.stringContaining(`POST ${target()}`) });
    expect(seen).toEqual([]);
    const ran = await run(code(), { posture: live });
    expect([ran.result, ran.writes]).toMatchObject([{ kind: 'returned', outputs: { a: expect.stringContaining('POST') } }, [{ service: 'http', method: 'POST', target: target(), withheld: false }]]);
    expect(seen).toHaveLength(1);
  });
});

test('what only reads goes, by whichever module', async () => {
  const code = `import { ask, fetched } from 'poster'; import { get } from 'node:http';
export const a = [await ask('${url}', 'GET'), await fetched('${url}', 'GET'), await new Promise((done) => get('${url}', (answer) => answer.on('data', (text) => done(String(text)))))]`;
  expect((await run(code, { posture: dry })).result).toMatchObject({ kind: 'returned', outputs: { a: ['GET ', 'GET ', 'GET '] } });
});

test('an upgraded connection is a write', async () => {
  expect((await run(`import { get } from 'node:http'; get('${url}', { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } })`, { posture: dry })).result).toMatchObject({ kind: 'withheld' });
});

describe('a connection without HTTP', () => {
  test.each([
    ['a package, by net', () => `import { connect } from 'poster'; export const a = await connect(${raw})`],
    ['the block, by net', () => `import { createConnection } from 'node:net'; export const a = await new Promise((done) => createConnection({ port: ${raw}, host: '127.0.0.1' }).on('data', (data) => done(String(data))))`],
  ])('by %s is a write: what it says cannot be told', async (_what, code) => {
    const call = { service: 'socket', effect: 'write', target: `tcp://127.0.0.1:${raw}` };
    expect((await run(code(), { posture: dry })).result).toEqual({ kind: 'withheld', call });
    expect((await run(code())).result).toMatchObject({ kind: 'failed', code: 'undeclared-write' });
    expect(seen).toEqual([]);
    const ran = await run(code(), { posture: live });
    expect([ran.result, ran.writes]).toMatchObject([{ outputs: { a: 'raw' } }, [{ target: call.target, withheld: false }]]);
  });

  test.each([
    ['TLS', 'import { connect } from "node:tls"; connect(9, "127.0.0.1")', 'tcp://127.0.0.1:9'],
    ['HTTP/2', 'import { connect } from "node:http2"; connect("http://127.0.0.1:9").on("error", () => {})', 'tcp://127.0.0.1:9'],
    ['a socket of the system', 'import { connect } from "node:net"; connect("/var/run/docker.sock").on("error", () => {})', 'tcp:///var/run/docker.sock'],
    ['UDP', 'import { createSocket } from "node:dgram"; createSocket("udp4").send("x", 9, "127.0.0.1")', 'udp'],
  ])('by %s is withheld too', async (_what, code, target) => {
    expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'socket', effect: 'write', target } });
  });
});

describe('a command', () => {
  test.each([
    ['a package', 'import { run } from "poster"; export const a = run("echo one")', 'echo one'],
    ['execFileSync', 'import { execFileSync } from "node:child_process"; export const a = String(execFileSync("echo", ["one"]))', 'echo one'],
    ['exec as a promise', 'import { exec } from "node:child_process"; import { promisify } from "node:util"; export const a = (await promisify(exec)("echo one")).stdout', 'echo one'],
    ['spawn', 'import { spawn } from "node:child_process"; export const a = await new Promise((done) => spawn("echo", ["one"]).stdout.on("data", (data) => done(String(data))))', 'echo one'],
  ])('by %s is a write, as by $, and runs freely in a local step', async (_what, code, target) => {
    expect((await run(code, { posture: dry })).result).toEqual({ kind: 'withheld', call: { service: 'shell', effect: 'write', target } });
    expect((await run(code)).result).toMatchObject({ kind: 'failed', code: 'undeclared-write' });
    expect((await run(code, { posture: live })).writes).toEqual([{ service: 'shell', target, withheld: false }]);
    const local = await run(code, { posture: { mode: 'dry-run', effect: 'local' } });
    expect([local.result, local.writes]).toMatchObject([{ outputs: { a: 'one\n' } }, []]);
  });
});

test('what has asked already is not asked again: fetch and $ of a block, told once', async () => {
  const ran = await run(`await fetch('${url}', { method: 'POST' }); await $\`echo one\`; export const a = 1`, { posture: live });
  expect(ran.writes).toEqual([{ service: 'http', method: 'POST', target: url, withheld: false }, { service: 'shell', target: 'echo one', withheld: false }]);
});
