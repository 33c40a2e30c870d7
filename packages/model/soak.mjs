#!/usr/bin/env node
// The long form of two tests, run by hand with `npm run soak [-- SECONDS [SEED]]`: texts of a megabyte and more of every shape
// that is known to be hard, and random documents for as long as asked. Ends with exit 1 at the first thing that is wrong.
import fc from 'fast-check';
import { floods } from './dist/flood.js';
import { parseRunbook } from './dist/index.js';

const seconds = Number(process.argv[2] ?? 60);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const pieces = 16;
const pieceSize = 64_000;

/** Milliseconds of processor time, which another process's load does not touch. @param {() => void} work */
function timeOf(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

let failed = false;
for (const { name, make } of floods) {
  const short = make(pieceSize);
  const long = make(pieceSize * pieces);
  parseRunbook(short, 'a.md');
  const many = timeOf(() => {
    for (let piece = 0; piece < pieces; piece += 1) parseRunbook(short, 'a.md');
  });
  const one = timeOf(() => parseRunbook(long, 'a.md'));
  const ratio = one / Math.max(many, 20);
  if (ratio > 4) failed = true;
  console.log(`${name.padEnd(44)} ${(long.length / 1e6).toFixed(1)} MB ${one.toFixed(0).padStart(6)} ms  ${ratio.toFixed(1).padStart(4)} times as long as in pieces${ratio > 4 ? '  TOO LONG' : ''}`);
}

const piece = fc.constantFrom('\n', '\n\n', ' ', '    ', '\t', '> ', '- ', '- [ ] ', '1. ', '# h', '---\n', '+++\n', '{', '}', '```', '````', '~~~', '```sh {effect=read}\n', '```js\n', '```\n', 'export x=1', '$x', '`', '"', "'", '<!-- ', ' -->', '{name=a}', '<div>', 'inputs:\n', '  v: { type: string }\n', '[a](b.md)', ' {include} ', 'cat <<EOF\n', 'EOF\n', '\\', '\0', '\u00a0', 'é', '\ud800', '===\n', 'const x = 1', '=>', '({', '})', '```text {expect=a}\n', '(glob)\n', '(regex)\n');
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.array(piece, { maxLength: 400 }).map((parts) => parts.join('')));
console.log(`random documents for ${seconds} s, seed ${seed}`);
const result = fc.check(
  fc.property(text, (source) => {
    const { runbook } = parseRunbook(source, 'a.md');
    const windows = parseRunbook(source.replaceAll('\r', '').replaceAll('\n', '\r\n'), 'a.md').runbook;
    const plain = parseRunbook(source.replaceAll('\r', ''), 'a.md').runbook;
    return runbook.text.length <= source.length && JSON.stringify(windows.steps) === JSON.stringify(plain.steps);
  }),
  { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 1000 },
);
console.log(`${result.numRuns} documents`);
if (result.counterexample !== null) {
  failed = true;
  console.log(JSON.stringify(result.counterexample[0]), result.errorInstance instanceof Error ? result.errorInstance.message : '');
}
process.exitCode = failed ? 1 : 0;
