// Writes packages/toolkit/globals.d.ts: the types of everything a script block has in scope, in one file that needs no other.
//   node tools/globals.mjs           writes it, from the declarations of `npm run build`
//   node tools/globals.mjs --print   prints it
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'packages/toolkit/globals.d.ts');

/** What stands in scope, and the declaration file that says what it is. */
const scopes = [
  { file: 'packages/toolkit/dist/toolkit.d.ts', type: 'ToolkitGlobals', names: ['github', 'prow', 'registry', 'release', 'run', 'prowConfig', 'cloudbuild', 'promoter'] },
  { file: 'packages/runner/dist/script-scope.d.ts', type: 'ScopeHelpers', names: ['sleep', 'retry'] },
];

const head = `// What the script blocks of a runbook have in scope. Written by tools/globals.mjs from the sources; do not edit it by hand.
// For an editor: runbook types FILE > runbook.d.ts, and \`/// <reference path="runbook.d.ts" />\` on top of a module.
`;

/** zx's own, as far as blocks need it: zx need not be installed beside a runbook. */
const shell = `/** What a command printed and how it ended. */
interface CommandOutput {
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number | null;
    text(): string;
    json<T = unknown>(): T;
    lines(): string[];
}
/** A command that runs. It throws where the command fails, unless it is told not to. */
interface Command extends Promise<CommandOutput> {
    nothrow(): Command;
    quiet(): Command;
    timeout(duration: number | string): Command;
    text(): Promise<string>;
    json<T = unknown>(): Promise<T>;
    lines(): Promise<string[]>;
}
/** Runs a command through zx: values are quoted, never spliced in. A step that does so says effect=write or effect=local. */
declare const $: (pieces: TemplateStringsArray, ...values: unknown[]) => Command;
`;

/** @typedef {{ readonly text: string }} Declaration */

/** @param {string} file */
const idOf = (file) => relative(join(root, 'packages'), file).replace('/dist/', '/').replace(/\.d\.ts$/, '').replace(/^/, 'runbook/');

/** The declaration file behind a specifier; undefined for packages that are not ours. @param {string} from @param {string} specifier */
function fileOf(from, specifier) {
  if (specifier.startsWith('.')) return join(dirname(from), specifier.replace(/\.ts$/, '.d.ts'));
  return specifier.startsWith('@runbook/') ? join(root, 'packages', specifier.slice('@runbook/'.length), 'dist/index.d.ts') : undefined;
}

/** The file that declares a name which an index passes on. @param {string} file @param {string} name @returns {string} */
function declaringFile(file, name) {
  if (!file.endsWith('/index.d.ts')) return file;
  for (const [, names = '', specifier = ''] of readFileSync(file, 'utf8').matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)) {
    if (names.split(',').some((one) => one.trim().replace(/^type /, '') === name)) return fileOf(file, specifier) ?? file;
  }
  throw new Error(`${file} does not export ${name}`);
}

/** Collects the declarations that a file needs, itself included. @param {string} file @param {Map<string, string>} found */
function collect(file, found) {
  if (found.has(file)) return;
  if (!existsSync(file)) throw new Error(`${file} is not there. Build it first: npm run build`);
  found.set(file, '');
  const needed = new Set();
  const text = readFileSync(file, 'utf8').replace(/^(import|export) (type )?\{([^}]*)\} from '([^']+)';\n?/gm, (_all, verb, isType, names, specifier) => {
    const from = fileOf(file, specifier);
    if (from === undefined) throw new Error(`${file} needs ${specifier}, which is not ours`);
    return names.split(',').map((/** @type {string} */ one) => one.trim()).filter((/** @type {string} */ one) => one !== '').map((/** @type {string} */ one) => {
      const declared = declaringFile(from, one.replace(/^type /, '').replace(/ as .*$/, ''));
      needed.add(declared);
      return `${verb} ${isType ?? ''}{ ${one} } from '${idOf(declared)}';\n`;
    }).join('');
  });
  found.set(file, text);
  for (const next of needed) collect(next, found);
}

/** The whole text. */
export function globalsText() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { file } of scopes) collect(join(root, file), found);
  const modules = [...found].sort(([a], [b]) => (idOf(a) < idOf(b) ? -1 : 1)).map(([file, text]) => `declare module '${idOf(file)}' {\n${indent(withoutNode(text).replace(/\bdeclare /g, '').replace(/^export \{\};\n/gm, '').replace(/^\/\/# sourceMappingURL=.*\n?/gm, ''))}}\n`);
  const globals = scopes.flatMap(({ file, type, names }) => names.map((name) => `declare const ${name}: import('${idOf(join(root, file))}').${type}['${name}'];\n`));
  return `${head}\n${modules.join('\n')}\n${globals.join('')}${shell}`;
}

/** The types of Node need not be installed beside a runbook. @param {string} text */
const withoutNode = (text) => text.replace(/\bBuffer\b(?:<[^>]*>)?/g, 'Uint8Array');

/** @param {string} text */
const indent = (text) => text.replace(/^(?=.)/gm, '    ');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--print')) process.stdout.write(globalsText());
  else writeFileSync(target, globalsText());
}
