// Measures whole processes as ratios: ours and a yardstick in turn, so that a slow moment of the machine meets both.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/**
 * What is run: a program with arguments, in a folder. `before` puts the folder right and is not measured. `isQuiet` throws
 * away what it says, too, so that reading it here is not measured.
 * @typedef {{ argv: readonly string[], cwd?: string, env?: Record<string, string>, before?: () => void, isQuiet?: boolean }} Task
 * @typedef {{ ms: number, peakMb: number }} Sample
 */

/** Runs a task once. @param {Task} task @returns {Promise<Sample>} */
export async function runOnce(task) {
  task.before?.();
  const [program = '', ...args] = task.argv;
  const started = performance.now();
  const child = spawn(program, args, { cwd: task.cwd, env: { ...process.env, NO_COLOR: '1', ...task.env }, stdio: ['ignore', 'ignore', task.isQuiet ? 'ignore' : 'pipe'] });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (errors = (errors + text).slice(-2000)));
  let peakMb = 0;
  const look = () => {
    try {
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      if (found !== null) peakMb = Math.max(peakMb, Number(found[1]) / 1024);
    } catch {
      // not Linux, or it is over
    }
  };
  const watch = setInterval(look, 15);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const ms = performance.now() - started;
  clearInterval(watch);
  if (code !== 0) throw new Error(`${task.argv.join(' ')} ended with ${code}: ${errors}`);
  return { ms, peakMb };
}

/** The middle of some numbers. @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

/**
 * Runs both in turn, after one run of each that does not count.
 * @param {Task} ours @param {Task} yardstick @param {number} rounds
 */
export async function compare(ours, yardstick, rounds) {
  await runOnce(ours);
  await runOnce(yardstick);
  /** @type {{ own: Sample, other: Sample }[]} */
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    // who goes first changes, so that neither always finds the machine as the other left it
    const [first, second] = round % 2 === 0 ? [ours, yardstick] : [yardstick, ours];
    const [one, two] = [await runOnce(first), await runOnce(second)];
    samples.push(round % 2 === 0 ? { own: one, other: two } : { own: two, other: one });
  }
  const own = samples.map((sample) => sample.own.ms);
  const other = samples.map((sample) => sample.other.ms);
  return {
    ratio: median(own) / median(other),
    median: median(own),
    yardstickMedian: median(other),
    spread: (Math.max(...own) - Math.min(...own)) / median(own),
    peakMb: Math.max(...samples.map((sample) => sample.own.peakMb)),
  };
}
