#!/usr/bin/env node
// Changes the sources of packages/model one place at a time and looks whether a test fails (Stryker). A change that no test sees
// is a rule that may be broken unnoticed. `npm run mutate` does every file, which takes some ten minutes; names of files do those
// (`npm run mutate -- fold step-rule`); `-- --score` only adds up what is there. What a file gave last is kept in reports/mutation/.
// Stryker is no dependency of the workspace: it is large, and only this script wants it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleFile } from './mutation-runner.mjs';

/** @typedef {{ status: string, mutatorName: string, replacement?: string, location: { start: { line: number, column: number } } }} Mutant */

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'packages/model/src');
const reports = join(root, 'reports/mutation');
const version = '9.6.1';
/** Percent of the mutants that the tests must kill, over all files together. */
const least = 85;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { score: { type: 'boolean', default: false }, survivors: { type: 'boolean', default: false }, bundle: { type: 'boolean', default: false } } });

/** Sources whose lines run in production; flood.ts only makes texts for tests. */
const files = readdirSync(sources).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !['flood.ts', 'index.ts'].includes(file));

/** @param {string} row */
function print(row) {
  process.stdout.write(`${row}\n`);
}

function chosen() {
  const unknown = positionals.filter((name) => !files.includes(`${name}.ts`));
  if (unknown.length > 0) throw new Error(`packages/model/src has no file ${unknown.join(', ')}. Name files without .ts.`);
  return positionals.length === 0 ? files : positionals.map((name) => `${name}.ts`);
}

async function loadStryker() {
  try {
    return (await import(createRequire(import.meta.url).resolve('@stryker-mutator/core'))).Stryker;
  } catch {
    throw new Error(`Stryker is not installed. Type: npm i --no-save @stryker-mutator/core@${version}`);
  }
}

/**
 * Makes one file of the tests and the changed sources, in Stryker's copy of the workspace, which has no packages installed yet.
 * Properties over random texts and measured times are left out; they would cost minutes a mutant.
 */
async function bundle() {
  const { build } = await import('esbuild');
  const copy = join(process.cwd(), 'packages/model/src');
  const tests = readdirSync(copy).filter((file) => file.endsWith('.test.ts') && !/^(?:linear|surface)\.|\.property\./.test(file));
  await build({
    stdin: { contents: [...tests.map((file) => `import './${file}';`), "export { tests } from 'vitest';"].join('\n'), resolveDir: copy, loader: 'ts' },
    alias: { vitest: join(root, 'tools/mutation-tests.mjs') },
    nodePaths: [join(root, 'node_modules')],
    outfile: bundleFile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@runbook/source'],
    external: ['yaml', 'smol-toml', '@vitest/expect'],
  });
}

/** @param {readonly string[]} names */
async function mutate(names) {
  const Stryker = await loadStryker();
  const folder = mkdtempSync(join(tmpdir(), 'runbook-mutate-'));
  const fileName = join(folder, 'report.json');
  try {
    await new Stryker({
      testRunner: 'one-process',
      buildCommand: `node ${fileURLToPath(import.meta.url).replaceAll(' ', '\\ ')} --bundle`,
      plugins: [join(root, 'tools/mutation-runner.mjs')],
      mutate: names.map((name) => `packages/model/src/${name}`),
      ignorePatterns: ['dist', 'bundle', 'reports', '.runbook'],
      tempDirName: folder,
      coverageAnalysis: 'perTest',
      ignoreStatic: true,
      concurrency: 1,
      timeoutMS: 3000,
      reporters: ['json', 'progress-append-only'],
      jsonReporter: { fileName },
    }).runMutationTest();
    keep(names, JSON.parse(readFileSync(fileName, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} names @param {{ files: Record<string, { mutants: Mutant[] }> }} report A file of types only is not in it. */
function keep(names, report) {
  mkdirSync(reports, { recursive: true });
  const found = new Map(Object.entries(report.files).map(([path, { mutants }]) => [basename(path), mutants]));
  for (const name of names) writeFileSync(join(reports, name.replace(/\.ts$/, '.json')), JSON.stringify(found.get(name) ?? []));
}

/** @param {string} name @returns {Mutant[] | undefined} */
function keptOf(name) {
  try {
    return JSON.parse(readFileSync(join(reports, name.replace(/\.ts$/, '.json')), 'utf8'));
  } catch {
    // This file was not mutated yet; the caller says so.
    return undefined;
  }
}

/** Killed and lived of one file. A test that never ends has seen the mutant; one that cannot be compiled is none. @param {readonly Mutant[]} mutants */
function count(mutants) {
  const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  return { killed, survivors, all: killed + survivors.length };
}

/** @param {readonly string[]} names */
function show(names) {
  let killed = 0;
  let all = 0;
  for (const name of names) {
    const mutants = keptOf(name);
    if (mutants === undefined) {
      print(`   -  ${name}: not mutated yet`);
      continue;
    }
    const found = count(mutants);
    killed += found.killed;
    all += found.all;
    print(`${percent(found.killed, found.all)}  ${name} (${found.killed} of ${found.all})`);
    if (values.survivors) for (const { status, mutatorName, replacement, location: { start } } of found.survivors) print(`        ${name}:${start.line}:${start.column} ${status} ${mutatorName} → ${(replacement ?? '').replace(/\s+/g, ' ').slice(0, 100)}`);
  }
  print(`${percent(killed, all)}  together (${killed} of ${all}); at least ${least} are wanted`);
  return all === 0 || (100 * killed) / all >= least;
}

/** @param {number} part @param {number} whole */
function percent(part, whole) {
  return (whole === 0 ? 100 : (100 * part) / whole).toFixed(1).padStart(5);
}

try {
  if (values.bundle) await bundle();
  else {
    const names = chosen();
    if (!values.score) await mutate(names);
    if (!show(names)) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
