// Bundles the command: `main.cjs`, which Node starts, and chunks that it loads when something of them is wanted
// (packages/cli/src/start). esbuild splits ES modules only, so it splits first; then each chunk becomes the body of a function.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';

/** What Node 20 runs; names stay as they are written, for stacks. */
const plain = /** @type {const} */ ({ platform: 'node', target: 'node20', minifySyntax: true, minifyWhitespace: true });

/** @type {import('esbuild').BuildOptions} */
const usual = {
  ...plain,
  bundle: true,
  // Native: it finds the file of this platform beside itself.
  external: ['@lydell/node-pty'],
  conditions: ['@runbook/source'],
  legalComments: 'linked',
  logLevel: 'warning',
};

/** Libraries that many commands name and few need: each a chunk of its own, and so not loaded before it is used. */
const libraries = ['smol-toml', 'unbash', 'yaml', 'zx/core'];

/**
 * @param {string} root
 * @param {string} outdir
 * @param {{ readonly start: string, readonly main: string }} sources
 * @throws esbuild's error when a source is wrong
 */
export async function bundleCommand(root, outdir, { start, main }) {
  const { outputFiles } = await build({
    ...usual,
    absWorkingDir: root,
    entryPoints: { main },
    outdir,
    write: false,
    format: 'esm',
    splitting: true,
    // Flat, so that `new URL('./…', import.meta.url)` means the bundle folder in every chunk.
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    plugins: [librariesAsChunks(outdir)],
  });
  let entry = '';
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    if (name.endsWith('.js')) await writeFile(join(outdir, chunkName(name)), await asBody(text, name));
    else await writeFile(path, text);
    if (/^main-\w+\.js$/.test(name)) entry = chunkName(name);
  }
  const names = outputFiles.map(({ path }) => basename(path)).sort();
  const version = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
  await build({
    ...usual,
    absWorkingDir: root,
    entryPoints: { main: start },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { runbookEntry: JSON.stringify(entry), runbookBuild: JSON.stringify(version) },
  });
}

/**
 * Modules that child processes import: ES modules, as blocks are.
 * @param {string} root
 * @param {string} outdir
 * @param {Readonly<Record<string, string>>} entryPoints name in the bundle → source
 */
export async function bundleForBlocks(root, outdir, entryPoints) {
  await build({
    ...usual,
    absWorkingDir: root,
    entryPoints,
    outdir,
    format: 'esm',
    splitting: true,
    chunkNames: 'block-[name]-[hash]',
    // Names of error classes are shown to people, and esbuild would change some.
    keepNames: true,
    // Some dependencies are CommonJS and ask for `require` at run time; an ES module has none.
    banner: { js: "import{createRequire as runbookRequire}from'node:module';const require=runbookRequire(import.meta.url);" },
  });
}

/**
 * Leaves the libraries out of every other chunk. Packages may need different versions of one.
 * @param {string} outdir
 * @returns {import('esbuild').Plugin}
 */
function librariesAsChunks(outdir) {
  /** @type {Map<string, Promise<string>>} */
  const known = new Map();
  return {
    name: 'libraries as chunks',
    setup(setup) {
      setup.onResolve({ filter: new RegExp(`^(?:${libraries.join('|')})$`) }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === 'asked by us') return undefined;
        if (kind !== 'import-statement') throw new Error(`${importer} loads ${path} by ${kind}: its chunk is made for import statements only`);
        const { path: file, errors } = await setup.resolve(path, { kind, importer, resolveDir, pluginData: 'asked by us' });
        if (errors.length > 0) return { errors };
        const chunk = known.get(file) ?? bundleLibrary(path, file, outdir);
        known.set(file, chunk);
        return { path: `./${await chunk}`, external: true };
      });
    },
  };
}

/**
 * @param {string} library
 * @param {string} file
 * @param {string} outdir
 * @returns {Promise<string>} the name of its chunk
 */
async function bundleLibrary(library, file, outdir) {
  const { outputFiles } = await build({ ...usual, entryPoints: [file], outdir, write: false, format: 'cjs', legalComments: 'inline' });
  const [{ text } = { text: '' }] = outputFiles;
  const name = `library-${library.replace('/', '-')}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.cjs`;
  // CommonJS as it is written expects what it requires to be there
  await writeFile(join(outdir, name), `require=runbook.require;${text}`);
  return name;
}

/** @param {string} name of a file of esbuild's */
const chunkName = (name) => name.replace(/\.js$/, '.cjs');

/**
 * A chunk as the body of the function that the loader makes of it: what it imports is required (lazily), what it imports later
 * is loaded by `runbook.load` or, where it is no chunk, `runbook.import`; and `require` of CommonJS code is Node's own.
 * @param {string} text
 * @param {string} name for messages
 */
async function asBody(text, name) {
  const loads = text.replaceAll(/\bimport\("\.\/([\w.-]+)\.js"\)/g, (_, chunk) => `runbook.load("${chunk}.cjs")`).replaceAll(/(?<![.\w])import\(("[^"]+")\)/g, 'runbook.import($1)');
  const { code } = await transform(loads, { ...plain, format: 'cjs', sourcefile: name, define: { 'import.meta.url': 'runbook.url', require: 'runbook.require' } });
  // what is imported as a whole is read at once, so it cannot wait for its first use
  const body = code.replaceAll(/\b__toESM\(require\("(node:[\w/]+)"\)/g, (_, module) => `__toESM(runbook.require("${module}")`).replaceAll(/\brequire\("\.\/([\w.-]+)\.js"\)/g, (_, chunk) => `require("./${chunk}.cjs")`);
  const whole = /__toESM\(require\(/.exec(body);
  if (whole !== null) throw new Error(`${name} imports a chunk or a library as a whole or by default: ${body.slice(whole.index, whole.index + 80)}. Import what is used of it by name.`);
  return body;
}
