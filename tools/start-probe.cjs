// Loaded before the command (`node --require`): counts what it does until it ends or, for `run`, until it starts bash.
// What is counted does not depend on how fast the machine is. The counts go to the file that START_PROBE names.
'use strict';
const childProcess = require('node:child_process');
const fs = require('node:fs');
const vm = require('node:vm');

const own = new Set(process.moduleLoadList);
const { writeFileSync } = fs;
const counts = { chunks: 0, bytes: 0, files: 0, processes: 0, modules: 0 };
let isOver = false;

/** @param {object} module @param {string} name @param {(args: readonly unknown[]) => void} note */
function watch(module, name, note) {
  const original = module[name];
  module[name] = function watched(...args) {
    if (!isOver) note(args);
    return Reflect.apply(original, this, args);
  };
}

function tell() {
  if (isOver) return;
  isOver = true;
  counts.modules = process.moduleLoadList.filter((name) => !own.has(name)).length;
  writeFileSync(process.env.START_PROBE, JSON.stringify(counts));
}

vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    counts.chunks += isOver ? 0 : 1;
    counts.bytes += isOver ? 0 : Buffer.byteLength(code);
  }
};
// a descriptor was opened, and counted, before it is read
watch(fs, 'readFileSync', ([file]) => void (counts.files += typeof file === 'number' ? 0 : 1));
watch(fs, 'openSync', () => void (counts.files += 1));
watch(fs, 'existsSync', () => void (counts.files += 1));
for (const name of ['spawnSync', 'execFileSync', 'execFile', 'spawn']) {
  watch(childProcess, name, ([program]) => {
    if (name === 'spawn' && program === 'bash') tell();
    else counts.processes += 1;
  });
}
process.once('exit', tell);
