// Which attributes there are, where each may stand and what its value looks like. (DESIGN §3, attribute table.)
// Knows single attributes only; how they go together is the business of step-rule.ts.
import { parseCondition } from './condition.ts';
import { parseDuration } from './duration.ts';
import { isBindingList } from './include-binding.ts';

/** What an attribute can stand on. */
export type AttributeHost = 'run' | 'manual' | 'include' | 'file' | 'data';

interface AttributeRule {
  readonly hosts: readonly AttributeHost[];
  /** For messages: "expected …". */
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
}

const nameShape = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
const isName = (value: string): boolean => value.length <= 100 && nameShape.test(value);
const isNameList = (value: string): boolean => splitList(value).length > 0 && splitList(value).every(isName);
const isDuration = (value: string): boolean => parseDuration(value) !== undefined;
const isFilled = (value: string): boolean => value.trim() !== '' && !value.includes('\0');
const isInteger = (low: number, high: number) => (value: string): boolean => /^\d{1,6}$/.test(value) && Number(value) >= low && Number(value) <= high;

/** Whether a path stays below the folder it starts in. */
function isInnerPath(value: string): boolean {
  return isFilled(value) && !/[\\:]|^\/|^~|\/$/.test(value) && value.split('/').every((part) => part !== '..' && part !== '') && !value.endsWith('/.') && value !== '.';
}

const everywhere: readonly AttributeHost[] = ['run', 'manual', 'include', 'file', 'data'];
const steps: readonly AttributeHost[] = ['run', 'manual', 'include', 'file'];
const run: readonly AttributeHost[] = ['run'];
/** Attributes that runme allows on blocks that we do not run; there they have no meaning and do no harm. */
const runAndData: readonly AttributeHost[] = ['run', 'data'];

const name = 'a name of letters, digits and . _ / -, beginning with a letter or digit';
const boolean = 'true or false';
const duration = 'a length of time such as 30s, 10m, 2h or 1d';

const rules: Readonly<Record<string, AttributeRule>> = {
  name: { hosts: everywhere, expected: name, accepts: isName },
  effect: { hosts: ['run', 'manual', 'include'], expected: 'read, local or write', accepts: (value) => value === 'read' || value === 'local' || value === 'write' },
  verifies: { hosts: run, expected: name, accepts: isName },
  absent: { hosts: run, expected: 'exit codes from 1 to 255 with commas between', accepts: (value) => splitList(value).length > 0 && splitList(value).every(isInteger(1, 255)) },
  undoes: { hosts: ['run', 'manual'], expected: name, accepts: isName },
  on: { hosts: ['run', 'manual', 'include'], expected: 'failure', accepts: (value) => value === 'failure' },
  retry: { hosts: run, expected: 'a number from 0 to 100', accepts: isInteger(0, 100) },
  timeout: { hosts: ['run', 'manual'], expected: duration, accepts: isDuration },
  poll: { hosts: run, expected: duration, accepts: isDuration },
  'attempt-timeout': { hosts: run, expected: duration, accepts: isDuration },
  if: { hosts: steps, expected: 'an expression', accepts: (value) => parseCondition(value).kind === 'condition' },
  needs: { hosts: steps, expected: 'names of steps with commas between', accepts: isNameList },
  background: { hosts: runAndData, expected: boolean, accepts: (value) => parseBoolean(value) !== undefined },
  ready: { hosts: run, expected: name, accepts: isName },
  interactive: { hosts: runAndData, expected: boolean, accepts: (value) => parseBoolean(value) !== undefined },
  cwd: { hosts: runAndData, expected: 'a folder', accepts: isFilled },
  interpreter: { hosts: run, expected: 'a command', accepts: isFilled },
  session: { hosts: run, expected: 'none or shared', accepts: (value) => value === 'none' || value === 'shared' },
  tag: { hosts: everywhere, expected: 'words with commas between', accepts: (value) => splitList(value).length > 0 },
  category: { hosts: everywhere, expected: 'words with commas between', accepts: (value) => splitList(value).length > 0 },
  excludeFromRunAll: { hosts: everywhere, expected: boolean, accepts: (value) => parseBoolean(value) !== undefined },
  ignore: { hosts: runAndData, expected: boolean, accepts: (value) => parseBoolean(value) !== undefined },
  approvers: { hosts: ['manual'], expected: 'a number from 1 to 20', accepts: isInteger(1, 20) },
  with: { hosts: ['include'], expected: 'pairs such as "version=$version channel=stable"', accepts: isBindingList },
  outputs: { hosts: ['include'], expected: 'names of outputs with commas between', accepts: (value) => splitList(value).length > 0 && splitList(value).every((word) => /^[A-Za-z_]\w*$/.test(word)) },
  expect: { hosts: ['data'], expected: name, accepts: isName },
  file: { hosts: ['file'], expected: 'a path below the work folder, without .. and without a leading /', accepts: isInnerPath },
  source: { hosts: ['data', 'file'], expected: 'an https URL or a path', accepts: (value) => isFilled(value) && !/\s|^(?!https:)[a-z]+:/i.test(value) },
};

/** Keys of runme that mean something to an editor only. Accepted and ignored. */
const inert: ReadonlySet<string> = new Set(['id', 'promptEnv', 'mimeType', 'mimetype', 'terminalRows', 'closeTerminalOnSuccess', 'openTerminalOnError', 'transform', 'index', 'language']);

/** Every key that has a meaning here, for messages and completion. */
export const attributeKeys: readonly string[] = Object.keys(rules);

/** Whether a key has a meaning here. */
export function isAttributeKey(key: string): boolean {
  return Object.hasOwn(rules, key);
}

/** Whether a key is accepted and ignored. */
export function isInertKey(key: string): boolean {
  return inert.has(key) || key.startsWith('runme.dev/') || key.startsWith('_');
}

/** Whether a known key may stand on such a block. */
export function mayStandOn(key: string, host: AttributeHost): boolean {
  return rules[key]?.hosts.includes(host) ?? false;
}

/** What is wrong with the value of a known key: what was expected, or undefined when it is fine. */
export function findExpectation(key: string, value: string): string | undefined {
  const rule = rules[key];
  return rule === undefined || rule.accepts(value) ? undefined : rule.expected;
}

/** The words of a comma-separated value, trimmed, without empty ones. */
export function splitList(value: string): string[] {
  return value.split(',').map((word) => word.trim()).filter((word) => word !== '');
}

/** Booleans as runme reads them (Go's ParseBool). */
export function parseBoolean(value: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value) ? false : undefined;
}
