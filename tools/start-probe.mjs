// Loaded before the command (`node --import`): counts what it does until it ends or, for `run`, until it starts bash.
// What is counted does not depend on how fast the machine is. The counts go to the file that START_PROBE names.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import vm from 'node:vm';

/** Not in Node's types: the names of what Node itself has loaded. @returns {string[]} */
const nodeModules = () => /** @type {{ moduleLoadList: string[] }} */ (/** @type {unknown} */ (process)).moduleLoadList;

const own = new Set(nodeModules());
const { writeFileSync } = fs;
const counts = { chunks: 0, bytes: 0, files: 0, processes: 0, modules: 0 };
let isOver = false;

/** Calls `note` before a function of a module. @param {object} module @param {string} name @param {(first: unknown) => void} note */
function watch(module, name, note) {
  const functions = /** @type {Record<string, Function>} */ (module);
  const original = functions[name];
  if (original === undefined) throw new Error(`there is no ${name} any more`);
  /** @this {unknown} @param {unknown[]} args @returns {unknown} */
  functions[name] = function (...args) {
    if (!isOver) note(args[0]);
    return Reflect.apply(original, this, args);
  };
}

function tell() {
  if (isOver) return;
  isOver = true;
  counts.modules = nodeModules().filter((name) => !own.has(name)).length;
  writeFileSync(process.env['START_PROBE'] ?? '', JSON.stringify(counts));
}

vm.Script = class extends vm.Script {
  /** @param {string} code @param {import('node:vm').ScriptOptions} options */
  constructor(code, options) {
    super(code, options);
    if (isOver) return;
    counts.chunks += 1;
    counts.bytes += Buffer.byteLength(code);
  }
};
// a descriptor was opened, and counted, before it is read
watch(fs, 'readFileSync', (file) => void (counts.files += typeof file === 'number' ? 0 : 1));
for (const name of ['openSync', 'existsSync']) watch(fs, name, () => void (counts.files += 1));
for (const name of ['spawnSync', 'execFileSync', 'execFile', 'spawn']) {
  watch(childProcess, name, (program) => {
    if (name === 'spawn' && program === 'bash') tell();
    else counts.processes += 1;
  });
}
process.once('exit', tell);
