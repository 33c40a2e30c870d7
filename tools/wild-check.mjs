#!/usr/bin/env node
// Sends every Markdown file of node_modules through `runbook list` and `runbook check --offline`: documents nobody wrote for us.
// None may crash the command. It prints how often each problem was told, and with `--sample N` some places to read by hand.
// Not part of `npm test`: the files change with every dependency.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** @typedef {{ code: string, severity: string, message: string, file: string, line: number, column: number, hint: string }} Problem */

const root = fileURLToPath(new URL('..', import.meta.url));
const launcher = join(root, 'packages/cli/bin/runbook.js');

/** @param {string} folder @returns {string[]} */
function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === '.cache' ? [] : markdownFiles(path);
    return entry.isFile() && /\.(?:md|markdown)$/i.test(entry.name) ? [relative(root, path)] : [];
  });
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
function runbook(args) {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<void>} work
 */
async function eachAtOnce(items, work) {
  const left = [...items];
  const one = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, one));
}

/** @param {readonly string[]} files @returns {Promise<{ problems: Problem[], crashes: string[] }>} */
async function checkAll(files) {
  /** @type {Problem[]} */
  const problems = [];
  /** @type {string[]} */
  const crashes = [];
  const piles = Array.from({ length: Math.ceil(files.length / 50) }, (_, index) => files.slice(index * 50, index * 50 + 50));
  /** @param {readonly string[]} pile */
  const check = async (pile) => {
    const { code, stdout, stderr } = await runbook(['check', '--offline', '--json', ...pile]);
    if (code === 0 || code === 2) problems.push(...JSON.parse(stdout).problems);
    else if (pile.length === 1) crashes.push(`check ${pile[0]}: exit ${code}: ${stderr.trim()}`);
    else for (const file of pile) await check([file]);
  };
  await eachAtOnce(piles, check);
  return { problems, crashes };
}

/** @param {readonly string[]} files @returns {Promise<{ steps: number, crashes: string[] }>} */
async function listAll(files) {
  let steps = 0;
  /** @type {string[]} */
  const crashes = [];
  await eachAtOnce(files, async (file) => {
    const { code, stdout, stderr } = await runbook(['list', '--json', file]);
    if (code === 0) steps += JSON.parse(stdout).steps.length;
    else crashes.push(`list ${file}: exit ${code}: ${stderr.trim()}`);
  });
  return { steps, crashes };
}

/** @param {readonly Problem[]} problems @returns {string[]} */
function summary(problems) {
  /** @type {Map<string, { count: number, files: Set<string>, severity: string }>} */
  const rows = new Map();
  for (const { code, severity, file } of problems) {
    const row = rows.get(code) ?? { count: 0, files: new Set(), severity };
    row.count += 1;
    row.files.add(file);
    rows.set(code, row);
  }
  return [...rows].sort(([, a], [, b]) => b.count - a.count).map(([code, { count, files, severity }]) => `${String(count).padStart(6)}  ${code.padEnd(24)}${severity.padEnd(9)}in ${files.size} files`);
}

/**
 * Some problems, spread over all codes alike, the same for the same seed.
 * @param {readonly Problem[]} problems
 * @param {number} size
 * @param {number} seed
 */
function sample(problems, size, seed) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return problems.map((problem) => ({ problem, order: random() })).sort((a, b) => a.order - b.order).slice(0, size).map(({ problem }) => problem);
}

const { values } = parseArgs({ options: { sample: { type: 'string', default: '0' }, seed: { type: 'string', default: '1' }, code: { type: 'string' } } });
const files = markdownFiles(join(root, 'node_modules')).sort();
const checked = await checkAll(files);
const listed = await listAll(files);
const crashes = [...checked.crashes, ...listed.crashes];
const faulty = new Set(checked.problems.map(({ file }) => file)).size;
process.stdout.write(`${files.length} files, ${listed.steps} steps, ${checked.problems.length} problems in ${faulty} files, ${crashes.length} crashes\n${summary(checked.problems).join('\n')}\n`);
const wanted = checked.problems.filter(({ code }) => values.code === undefined || values.code.split(',').includes(code));
for (const { file, line, column, code, message } of sample(wanted, Number(values.sample), Number(values.seed))) process.stdout.write(`${file}:${line}:${column}  ${code}: ${message}\n`);
for (const crash of crashes) process.stdout.write(`crashed: ${crash}\n`);
process.exitCode = crashes.length === 0 ? 0 : 1;
