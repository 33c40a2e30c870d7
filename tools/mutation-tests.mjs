// Stands in for the package vitest in the bundle that tools/mutate.mjs makes of the tests of packages/model: `test` only notes what is
// to be run, so that tools/mutation-runner.mjs can run it thousands of times in one process. The matchers are those of vitest.
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend, chai } from '@vitest/expect';

/** @typedef {(...args: any[]) => unknown} Body */

chai.use(JestExtend).use(JestChaiExpect).use(JestAsymmetricMatchers);

/** @param {unknown} value @param {string} [message] */
export const expect = (value, message) => chai.expect(value, message);
Object.assign(expect, chai.expect);

/** @type {{ name: string, body: () => unknown }[]} */
export const tests = [];
/** @type {string[]} */
let path = [];

/** @param {string} title @param {Body} body @param {unknown[]} [row] */
function note(title, body, row = []) {
  tests.push({ name: `${tests.length} ${[...path, title].join(' › ')}`, body: () => body(...(row.length > 0 ? row : [{ skip() {} }])) });
}

/** @param {string} title @param {Body} body */
export const test = (title, body) => note(title, body);
/** @param {readonly unknown[]} rows */
test.each = (rows) => (/** @type {string} */ title, /** @type {Body} */ body) => {
  for (const row of rows) note(title, body, Array.isArray(row) ? row : [row]);
};

/** @param {string} title @param {() => void} body */
export function describe(title, body) {
  path = [...path, title];
  body();
  path = path.slice(0, -1);
}
