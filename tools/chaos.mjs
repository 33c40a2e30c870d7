// Kills the runner of rehearsed releases again and again and looks at what the world's ledger says afterwards.
//   npm run chaos -- --kills 200 --seed 1                 every write once, no step that is done run again, the same report
//   npm run chaos -- --kills 40 --seed 1 --no-verifiers   negative control: interrupted writes are told, none is doubled
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const launcher = join(root, 'packages/cli/bin/runbook.js');
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, 'no-verifiers': { type: 'boolean', default: false } } });
const wanted = Number(values.kills);
let state = Number(values.seed) >>> 0;
if (!Number.isInteger(wanted) || wanted < 1 || !Number.isInteger(Number(values.seed))) throw new Error('--kills wants a whole number from 1, --seed a whole number');

/** @typedef {{ method: string, path: string, write: boolean, status: number }} Entry */
/** @typedef {{ kind: string, step?: string, state?: string, outputs?: unknown }} Event */
/** @typedef {{ code: number | null, signal: string | null, stdout: string, stderr: string }} End */
/** @typedef {{ kills: number, last: End, entries: Entry[], events: Event[] }} Result */
/** @typedef {(child: import('node:child_process').ChildProcess) => () => void} Killer */

/** The next number below `limit`, the same for the same seed. @param {number} limit */
function chance(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/**
 * Calls the command; `kill` gets the child and gives a function that ends the watch.
 * @param {string} folder @param {readonly string[]} args @param {Record<string, string>} env @param {Killer} kill
 * @returns {Promise<End>}
 */
async function call(folder, args, env = {}, kill = () => () => undefined) {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, CI: 'true', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = kill(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ more) => (stdout += more));
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ more) => (stderr += more));
  const [code, signal] = await once(child, 'close');
  forget();
  return { code, signal, stdout, stderr };
}

/** The whole lines of the only run's journal. @param {string} folder @returns {string[]} */
function records(folder) {
  const runs = join(folder, '.runbook/runs');
  const [id] = existsSync(runs) ? readdirSync(runs) : [];
  const journal = join(runs, id ?? '', 'journal.jsonl');
  return id !== undefined && existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : [];
}

/**
 * By turns: behind the n-th further record, and at a random time; the negative control dies in its writes only.
 * @param {string} folder @returns {Killer}
 */
function killer(folder) {
  const atRecord = chance(3) > 0;
  const limit = records(folder).length + 2 + chance(4);
  const time = 200 + chance(1200);
  return (child) => {
    const isDue = () => (values['no-verifiers'] ? isInWrite(records(folder).at(-1) ?? '') : records(folder).length >= limit);
    const timer = atRecord || values['no-verifiers'] ? setInterval(() => isDue() && child.kill('SIGKILL'), 2) : setTimeout(() => child.kill('SIGKILL'), time);
    return () => clearTimeout(timer);
  };
}

/** @param {string} record */
const isInWrite = (record) => record.includes('"step-started"') && record.includes('"effect":"write"');

/** One rehearsal with at most so many kills. @param {number} most @returns {Promise<Result>} */
async function rehearse(most) {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-chaos-'));
  try {
    mkdirSync(join(folder, '.git'));
    cpSync(join(root, 'runbooks'), join(folder, 'runbooks'), { recursive: true });
    const file = join(folder, 'runbooks/release.md');
    if (values['no-verifiers']) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^```\w+ \{[^}\n]*verifies=[^\n]*\n[\s\S]*?^```\n/gm, ''));
    const up = await call(folder, ['world', 'up']);
    const url = /RUNBOOK_WORLD='([^']*)'/.exec(up.stdout)?.[1];
    if (url === undefined) throw new Error(`no world: ${up.stderr}`);
    const env = { RUNBOOK_WORLD: url };
    try {
      let kills = 0;
      /** @param {readonly string[]} args */
      const next = (args) => call(folder, args, env, kills < most ? killer(folder) : undefined);
      let last = await next(['run', file, '--rehearse', '--yes', '--json']);
      for (; last.signal === 'SIGKILL'; last = await next(records(folder).some((line) => line.includes('"run-started"')) ? ['resume', '--yes', '--json'] : ['run', file, '--rehearse', '--yes', '--json'])) kills += 1;
      const { entries } = JSON.parse((await call(folder, ['world', 'ledger', '--json'], env)).stdout);
      return { kills, last, entries, events: records(folder).flatMap(eventOf) };
    } finally {
      await call(folder, ['world', 'down']);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} line @returns {Event[]} */
function eventOf(line) {
  try {
    return [JSON.parse(line)];
  } catch {
    // a record torn by the kill
    return [];
  }
}

/** What the world took as writes. @param {Result} result */
const writesOf = ({ entries }) => entries.filter((entry) => entry.write && entry.status < 400).map((entry) => `${entry.method} ${entry.path.split('?')[0]}`);
/**
 * The final report without what differs between two runs at all: times, names of files, how often and in which way a step was found done.
 * @param {Result} result @returns {Record<string, unknown>}
 */
function essenceOf({ last }) {
  /** @type {{ steps: { id: string, state: string, outputs: unknown, by?: string, evidence?: string, link?: string }[] }} */
  const report = JSON.parse(last.stdout);
  return Object.fromEntries(report.steps.map(({ id, state, outputs, by, evidence, link }) => [id, { state: state === 'skipped' ? 'passed' : state, outputs, by, evidence, link }]));
}

/** @param {Event} event */
const isDone = (event) => event.state === 'passed' || event.state === 'skipped';

/** Steps that began again although they were done. @param {Result} result @returns {string[]} */
function repeated({ events }) {
  const done = new Set();
  return events.flatMap((event) => {
    if (event.kind === 'step-ended' && isDone(event)) done.add(event.step);
    return event.kind === 'step-started' && event.step !== undefined && done.has(event.step) ? [event.step] : [];
  });
}

const began = Date.now();
const calm = await rehearse(0);
const total = { kills: 0, rehearsals: 0, interrupted: 0, writes: 0, doubled: 0, repeated: 0, unlike: 0, unfinished: 0 };
while (total.kills < wanted) {
  const result = await rehearse(Math.min(wanted - total.kills, 25));
  const writes = writesOf(result);
  total.rehearsals += 1;
  total.kills += result.kills;
  total.writes += writes.length;
  total.doubled += writes.length - new Set(writes).size;
  total.repeated += repeated(result).length;
  if (/interrupted/.test(result.last.stderr)) total.interrupted += 1;
  if (result.last.code !== 0) total.unfinished += 1;
  else {
    const own = essenceOf(result);
    const unlike = Object.entries(essenceOf(calm)).filter(([step, essence]) => !isDeepStrictEqual(essence, own[step]));
    if (unlike.length > 0) total.unlike += 1;
    for (const [step, essence] of unlike) process.stderr.write(`${step}: undisturbed ${JSON.stringify(essence)}, killed ${JSON.stringify(own[step])}\n`);
  }
}
const isRight = total.doubled === 0 && total.repeated === 0 && (values['no-verifiers'] ? total.interrupted > 0 : total.unfinished === 0 && total.unlike === 0);
process.stdout.write(`${JSON.stringify({ ...total, undisturbed: { code: calm.last.code, writes: writesOf(calm).length }, seconds: Math.round((Date.now() - began) / 1000) })}\n`);
process.exitCode = isRight && calm.last.code === 0 ? 0 : 1;
