// Runs the tests of packages/model for Stryker, all in one process: the tests are pure, and which mutant is active is a variable of
// the changed sources. A mutant costs some milliseconds, where a test runner that loads everything anew takes a second.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @typedef {{ static: object, perTest: Readonly<Record<string, object>> }} Coverage What is gone through while loading, and by each test: mutants, by their number. */
/** @typedef {{ activeMutant?: string, currentTestId?: string, hitCount?: number, hitLimit?: number, mutantCoverage?: Coverage }} Switch */

/** Where tools/mutate.mjs puts the bundle of the tests. */
export const bundleFile = 'packages/model/src/mutation.js';

/** How many mutants each test goes through; kept in Stryker's copy of the workspace. */
const reachFile = 'mutation-reach.json';

/** What the changed sources read: the active mutant, and the test that is running. @returns {Switch} */
function mutantSwitch() {
  const found = Reflect.get(globalThis, '__stryker__') ?? {};
  Reflect.set(globalThis, '__stryker__', found);
  return found;
}

class Runner {
  /** @type {readonly { name: string, body: () => unknown }[]} */
  #tests = [];

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    ({ tests: this.#tests } = await import(pathToFileURL(join(process.cwd(), bundleFile)).href));
    // After a mutant that never ended Stryker begins with a new process, and without a dry run.
    if (existsSync(reachFile)) this.#sort(JSON.parse(readFileSync(reachFile, 'utf8')));
  }

  /** Puts the tests that go through least in front: those about a rule see a change of it, where others just pass by. @param {Readonly<Record<string, number>>} reach */
  #sort(reach) {
    this.#tests = [...this.#tests].sort((a, b) => (reach[a.name] ?? 0) - (reach[b.name] ?? 0));
  }

  async dryRun() {
    const state = mutantSwitch();
    const results = [];
    for (const { name, body } of this.#tests) {
      state.currentTestId = name;
      const start = performance.now();
      const failure = await failureOf(body);
      const result = { id: name, name, timeSpentMs: performance.now() - start };
      results.push(failure === undefined ? { ...result, status: 0 } : { ...result, status: 1, failureMessage: failure });
    }
    delete state.currentTestId;
    const reach = Object.fromEntries(Object.entries(state.mutantCoverage?.perTest ?? {}).map(([name, mutants]) => [name, Object.keys(mutants).length]));
    writeFileSync(reachFile, JSON.stringify(reach));
    this.#sort(reach);
    return { status: 'complete', tests: results, mutantCoverage: withoutTwice(state.mutantCoverage) };
  }

  /** @param {{ activeMutant: { id: string }, testFilter?: string[], hitLimit?: number }} options */
  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    const state = mutantSwitch();
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    Object.assign(state, { activeMutant: activeMutant.id, hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
    try {
      let count = 0;
      for (const { name, body } of this.#tests) {
        if (wanted !== undefined && !wanted.has(name)) continue;
        count += 1;
        const failure = await failureOf(body);
        if (hitLimit !== undefined && (state.hitCount ?? 0) > hitLimit) return { status: 'timeout', reason: 'it goes round without end' };
        if (failure !== undefined) return { status: 'killed', killedBy: [name], failureMessage: failure, nrOfTests: count };
      }
      return { status: 'survived', nrOfTests: count };
    } finally {
      delete state.activeMutant;
    }
  }
}

/** Only what no test goes through is a matter of loading: tests prepare documents while they load, and Stryker would load all anew for those. @param {Coverage} [coverage] */
function withoutTwice(coverage = { static: {}, perTest: {} }) {
  const seen = new Set(Object.values(coverage.perTest).flatMap((mutants) => Object.keys(mutants)));
  return { static: Object.fromEntries(Object.entries(coverage.static).filter(([id]) => !seen.has(id))), perTest: coverage.perTest };
}

/** @param {() => unknown} body @returns {Promise<string | undefined>} */
async function failureOf(body) {
  try {
    await body();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'one-process', injectableClass: Runner }];
