#!/usr/bin/env node
// Builds what a checkout needs before `runbook` runs: the type check of all packages and the bundle of the command.
// The root script `prepare` calls `build.mjs bundle` after `npm ci`, as Nx does for the cli; types are checked by `npm test`. It must stay quick, must fail
// loudly where the sources are wrong, and must not fail where only the build tools were left out on purpose.
import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'packages/cli/bundle');

/** The command: what Node starts, and what that loads. */
const sources = { start: 'packages/cli/src/start/start.ts', main: 'packages/cli/src/main.ts' };

/** Modules of processes that run script blocks: name in the bundle → source. The runner and the cli know these names. */
const modules = { 'script-child': 'packages/runner/src/script-child.ts', toolkit: 'packages/toolkit/src/index.ts' };

/** Folders and files that travel beside the bundle: name there → source. */
const companions = { seed: 'packages/rehearsal/seed', 'errors.md': 'docs/errors.md', 'globals.d.ts': 'packages/toolkit/globals.d.ts' };

/** @param {string} path */
const exists = (path) => stat(path).then(() => true, () => false);

/** @returns {string[]} the build tools that are not installed */
function missingTools() {
  const require = createRequire(import.meta.url);
  return ['esbuild', '@typescript/native/package.json'].filter((name) => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

/**
 * Type checks every package and writes `dist` folders.
 * @returns {Promise<boolean>} whether the sources are right
 */
function checkTypes() {
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
  const child = spawn(process.execPath, [compiler, '-b', '--pretty', 'false'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

/**
 * Bundles the command. The new bundle takes the place of the old one only when it is complete.
 * @returns {Promise<boolean>} whether it did
 */
async function bundle() {
  const missing = [];
  for (const path of Object.values({ ...sources, ...modules, ...companions })) if (!(await exists(join(root, path)))) missing.push(path);
  if (missing.length > 0) {
    process.stderr.write(`build: not found: ${missing.join(', ')}. The bundle of the command needs it; restore it, or change the lists in tools/build.mjs.\n`);
    return false;
  }
  await mkdir(join(root, 'packages/cli/dist'), { recursive: true });
  const fresh = await mkdtemp(join(root, 'packages/cli/dist/bundle-'));
  try {
    if (!(await writeBundle(fresh))) return false;
    await chmod(fresh, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
    return true;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/**
 * @param {string} outdir
 * @returns {Promise<boolean>} false when a source is wrong; esbuild has said where
 */
async function writeBundle(outdir) {
  // not above: without the build tools this file still has to say so
  const { bundleCommand, bundleForBlocks } = await import('./bundle.mjs');
  try {
    await bundleCommand(root, outdir, sources);
    await bundleForBlocks(root, outdir, modules);
  } catch (error) {
    if (error instanceof Error && 'errors' in error) return false;
    throw error;
  }
  for (const [name, source] of Object.entries(companions)) await cp(join(root, source), join(outdir, name), { recursive: true });
  // the files of the rehearsal world are data, some of them CommonJS; they are no part of the module that this package is
  await writeFile(join(outdir, 'seed/package.json'), '{ "type": "commonjs" }\n');
  return true;
}

/** @param {string | undefined} part */
async function main(part) {
  if (part !== undefined && part !== 'types' && part !== 'bundle') {
    process.stderr.write(`build: unknown part "${part}". Say types, bundle, or nothing for both.\n`);
    return 2;
  }
  const absent = missingTools();
  if (absent.length > 0) {
    process.stderr.write('build: the development tools are not installed, so runbook was not built; run `npm ci` without --omit=dev to build it.\n');
    return 0;
  }
  const results = await Promise.all([part === 'bundle' ? true : checkTypes(), part === 'types' ? true : bundle()]);
  return results.every(Boolean) ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
