#!/usr/bin/env node
// Checks the real import graph, tests included, against tools/boundaries.json: imports only go down, only along declared
// dependencies, and the clock, the environment, chance and the network are touched only where that file says.
// It knows no package by name; whoever needs an exception writes it, with its reason, into the table.
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sourceFacts } from './source-facts.mjs';

/**
 * @typedef {object} PackageRule
 * @property {number} level imports go to lower levels only
 * @property {readonly string[]} imports folders of the packages it may import
 * @property {boolean} [pure] no I/O: of Node only `pureModules`
 */
/** @typedef {{ why: string, files: readonly string[] }} Exception paths of files, or of folders with a slash at the end */
/**
 * @typedef {object} Table
 * @property {Readonly<Record<string, PackageRule>>} packages by folder below packages/
 * @property {readonly string[]} testImports modules that any test may import
 * @property {readonly string[]} testSupport files that serve tests alone and count as tests, beside *.test.ts and *.test.NAME.ts
 * @property {readonly string[]} pureModules Node modules a pure package may import
 * @property {Readonly<Record<string, Exception>>} only modules that may be imported nowhere else (tests apart for Node's own)
 * @property {Readonly<Record<import('./source-facts.mjs').Global, Exception>>} globals
 * @property {readonly string[]} computedImports files that may import what they are told to
 * @property {readonly string[]} outsideFiles files that may point outside their package by `new URL(…, import.meta.url)`
 */
/** @typedef {{ file: string, line: number, column: number, code: string, message: string }} Violation */
/** @typedef {{ folder: string, name: string, rule: PackageRule | undefined, dependencies: Readonly<Record<string, string>>, references: readonly string[] }} Package */

/**
 * Every violation of a workspace, sorted by file and line.
 * @param {string} root
 * @param {Table} table
 * @returns {Promise<Violation[]>}
 */
export async function checkBoundaries(root, table) {
  const packages = await readPackages(root, table);
  const types = new Set((await readTypePackages(root)).map((name) => name.slice('@types/'.length)));
  const violations = [...checkTable(table, packages)];
  for (const one of packages) {
    violations.push(...checkManifest(one, packages));
    for (const file of await listSources(root, `packages/${one.folder}/src`)) {
      const facts = sourceFacts(file, await readFile(join(root, file), 'utf8'));
      for (const fact of facts) violations.push(...checkFact({ file, fact, one, packages, table, types }));
    }
  }
  return violations.sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1));
}

/**
 * @param {string} root
 * @param {Table} table
 * @returns {Promise<Package[]>}
 */
async function readPackages(root, table) {
  const folders = (await readdir(join(root, 'packages'), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return Promise.all(
    folders.map(async (folder) => {
      const manifest = JSON.parse(await readFile(join(root, 'packages', folder, 'package.json'), 'utf8'));
      const config = JSON.parse(await readFile(join(root, 'packages', folder, 'tsconfig.json'), 'utf8'));
      /** @type {{ path: string }[]} */
      const references = config.references ?? [];
      return {
        folder,
        name: String(manifest.name),
        rule: table.packages[folder],
        // what is built into a bundle is not installed with it, and so stands under devDependencies
        dependencies: { ...manifest.dependencies, ...manifest.optionalDependencies, ...(manifest.files?.includes('bundle') ? manifest.devDependencies : {}) },
        references: references.map((reference) => posix.basename(reference.path)),
      };
    }),
  );
}

/** Packages of types alone are dependencies of the workspace. @param {string} root */
async function readTypePackages(root) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return Object.keys(manifest.devDependencies ?? {}).filter((name) => name.startsWith('@types/'));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function listSources(root, folder) {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true }).catch((/** @type {unknown} */ error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => posix.join(folder, entry.parentPath.slice(join(root, folder).length), entry.name))
    .sort();
}

/**
 * The table itself: it must name every package, and its own imports must go down.
 * @param {Table} table
 * @param {readonly Package[]} packages
 * @returns {Violation[]}
 */
function checkTable(table, packages) {
  const at = { file: 'tools/boundaries.json', line: 1, column: 1 };
  /** @type {Violation[]} */
  const violations = [];
  for (const one of packages) {
    if (one.rule === undefined) violations.push({ ...at, code: 'package-unlisted', message: `packages/${one.folder} is not in the table. Give it a level and its imports.` });
  }
  for (const [folder, rule] of Object.entries(table.packages)) {
    if (!packages.some((one) => one.folder === folder)) violations.push({ ...at, code: 'package-absent', message: `the table lists "${folder}", but there is no packages/${folder}. Remove the row.` });
    for (const other of rule.imports) {
      const below = table.packages[other];
      if (below === undefined) violations.push({ ...at, code: 'package-absent', message: `"${folder}" may import "${other}", which the table does not list.` });
      else if (below.level >= rule.level) violations.push({ ...at, code: 'level-order', message: `"${folder}" (level ${rule.level}) may not import "${other}" (level ${below.level}). Imports only go down.` });
    }
  }
  return violations;
}

/**
 * package.json and tsconfig.json of a package against the table.
 * @param {Package} one
 * @param {readonly Package[]} packages
 * @returns {Violation[]}
 */
function checkManifest(one, packages) {
  const at = { line: 1, column: 1 };
  /** @type {Violation[]} */
  const violations = [];
  const needed = packages.filter((other) => other.name in one.dependencies).map((other) => other.folder);
  for (const folder of needed) {
    if (one.rule !== undefined && !one.rule.imports.includes(folder)) {
      violations.push({ ...at, file: `packages/${one.folder}/package.json`, code: 'dependency-not-allowed', message: `${one.folder} may not depend on ${folder}. See the table in tools/boundaries.json.` });
    }
    if (!one.references.includes(folder)) {
      violations.push({ ...at, file: `packages/${one.folder}/tsconfig.json`, code: 'reference-missing', message: `package.json depends on ${folder}, but tsconfig.json has no reference to ../${folder}. Add it.` });
    }
  }
  for (const folder of one.references) {
    if (!needed.includes(folder)) {
      violations.push({ ...at, file: `packages/${one.folder}/tsconfig.json`, code: 'reference-undeclared', message: `tsconfig.json refers to ../${folder}, but package.json does not depend on it. Remove one or add the other.` });
    }
  }
  return violations;
}

/**
 * @typedef {object} Question
 * @property {string} file
 * @property {import('./source-facts.mjs').Fact} fact
 * @property {Package} one
 * @property {readonly Package[]} packages
 * @property {Table} table
 * @property {ReadonlySet<string>} types
 */

/**
 * @param {Question} question
 * @returns {Violation[]}
 */
function checkFact(question) {
  const { file, fact, table } = question;
  const at = { file, line: fact.line, column: fact.column };
  if (fact.kind === 'global') {
    const exception = table.globals[fact.global];
    // Tests look at the world with foreign eyes and time real processes; chance alone makes them unrepeatable.
    if (isTest(file, table) && fact.global !== 'random') return [];
    if (covers(exception.files, file)) return [];
    return [{ ...at, code: `global-${fact.global}`, message: `${fact.text} is not allowed here: ${exception.why}.` }];
  }
  if (fact.kind === 'file') return checkFile(question, fact.path, at);
  if (fact.specifier === undefined) {
    if (isTest(file, table) || table.computedImports.includes(file)) return [];
    return [{ ...at, code: 'import-computed', message: 'what this imports cannot be seen. Name the module, or list the file under computedImports.' }];
  }
  if (fact.specifier.startsWith('.')) return checkRelative(question, fact.specifier, at);
  return [...checkOnly(question, fact.specifier, at), ...checkModule(question, fact.specifier, fact.typeOnly, at)];
}

/**
 * @param {Question} question
 * @param {string} path
 * @param {{ file: string, line: number, column: number }} at
 * @returns {Violation[]}
 */
function checkFile({ file, one, table }, path, at) {
  if (/^[a-z]+:/.test(path)) return [];
  const target = posix.normalize(posix.join(posix.dirname(file), path));
  if (isBelow(target, `packages/${one.folder}`) || table.outsideFiles.includes(file)) return [];
  if (isTest(file, table) && !/^packages\/[^/]+\/src(\/|$)/.test(target)) return [];
  return [{ ...at, code: 'file-reach', message: `"${path}" points outside packages/${one.folder}. Have the caller hand the place in.` }];
}

/**
 * @param {Question} question
 * @param {string} specifier
 * @param {{ file: string, line: number, column: number }} at
 * @returns {Violation[]}
 */
function checkRelative({ file, one, table }, specifier, at) {
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  if (!isBelow(target, `packages/${one.folder}`)) return [{ ...at, code: 'import-reach', message: `"${specifier}" reaches out of packages/${one.folder}. Import the other package by its name.` }];
  if (!/\.(ts|json|mjs|js)$/.test(specifier)) return [{ ...at, code: 'import-extension', message: `"${specifier}" does not say which file it means. Local imports end in .ts.` }];
  if (isTest(target, table) && !isTest(file, table)) return [{ ...at, code: 'import-test', message: `"${specifier}" is there for tests alone.` }];
  return [];
}

/**
 * @param {Question} question
 * @param {string} specifier
 * @param {{ file: string, line: number, column: number }} at
 * @returns {Violation[]}
 */
function checkOnly({ file, table }, specifier, at) {
  const name = isBuiltin(specifier) ? nodeName(specifier) : packageName(specifier);
  const exception = table.only[name] ?? table.only[name.split('/')[0] ?? ''];
  if (exception === undefined || covers(exception.files, file)) return [];
  if (isTest(file, table) && isBuiltin(specifier)) return [];
  const where = exception.files.length === 0 ? 'nowhere' : `only in ${exception.files.join(', ')}`;
  return [{ ...at, code: 'import-only', message: `${name} may be imported ${where}: ${exception.why}.` }];
}

/**
 * @param {Question} question
 * @param {string} specifier
 * @param {boolean} typeOnly
 * @param {{ file: string, line: number, column: number }} at
 * @returns {Violation[]}
 */
function checkModule({ file, one, packages, table, types }, specifier, typeOnly, at) {
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return [{ ...at, code: 'import-prefix', message: `write "node:${specifier}" for Node's own module.` }];
    if (one.rule?.pure !== true || isTest(file, table) || typeOnly || table.pureModules.includes(specifier)) return [];
    return [{ ...at, code: 'import-impure', message: `${one.folder} is pure: of Node it may import ${table.pureModules.join(', ')} only.` }];
  }
  const name = packageName(specifier);
  const other = packages.find((candidate) => candidate.name === name);
  if (other === one) return [{ ...at, code: 'import-self', message: `${name} imports itself by name. Use a relative import.` }];
  if (other !== undefined && specifier !== name) return [{ ...at, code: 'import-reach', message: `"${specifier}" reaches into packages/${other.folder}. Import what its index.ts exports.` }];
  if (other !== undefined && one.rule !== undefined && !one.rule.imports.includes(other.folder)) {
    return [{ ...at, code: 'import-not-allowed', message: `${one.folder} may not import ${other.folder}. See the table in tools/boundaries.json.` }];
  }
  if (name in one.dependencies || (isTest(file, table) && table.testImports.includes(name)) || (typeOnly && types.has(name))) return [];
  return [{ ...at, code: 'import-undeclared', message: `${name} is not in the dependencies of packages/${one.folder}/package.json. Add it there, if the table allows it.` }];
}

/** @param {string} file @param {Table} table */
const isTest = (file, table) => /\.test(\.[a-z-]+)?\.ts$/.test(file) || table.testSupport.includes(file);

/** @param {string} path @param {string} folder */
const isBelow = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** @param {readonly string[]} paths @param {string} file */
const covers = (paths, file) => paths.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path));

/** @param {string} specifier */
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier);

/** @param {string} specifier */
const nodeName = (specifier) => (specifier.startsWith('node:') ? specifier : `node:${specifier}`);

/** @param {string} specifier */
const packageName = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

async function main() {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  /** @type {Table} */
  const table = JSON.parse(await readFile(join(root, 'tools/boundaries.json'), 'utf8'));
  const violations = await checkBoundaries(root, table);
  for (const { file, line, column, code, message } of violations) process.stdout.write(`${file}:${line}:${column}  ${code}: ${message}\n`);
  process.stdout.write(violations.length === 0 ? 'boundaries: every import is allowed\n' : `boundaries: ${violations.length} not allowed\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
