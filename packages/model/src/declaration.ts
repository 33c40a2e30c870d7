// What the front matter declares: title, requirement, lock and inputs, each checked, each fault at its own line.
import { nearest } from '@runbook/problem';
import { splitList } from './attribute-key.ts';
import { didYouMean, nearestOf } from './problem-code.ts';
import { parseInput } from './input-declaration.ts';
import { parseRequirement } from './requirement.ts';
import { reservedNames } from './reserved-name.ts';
import type { FrontMatter } from './front-matter.ts';
import type { Complain } from './problem-code.ts';
import type { InputDeclaration } from './runbook.ts';

/** The declarations of a document. */
export interface Declarations {
  readonly title?: string;
  readonly requires?: string;
  readonly lock?: string;
  /** For shell blocks that name no interpreter: runme's `shell`. Absent where the session's bash does. */
  readonly shell?: string;
  /** Where shell sessions begin, from the document's folder: runme's `cwd`. */
  readonly cwd?: string;
  /** Tags of every step: runme's `tag` and `category`. */
  readonly tags: readonly string[];
  readonly inputs: readonly InputDeclaration[];
}

const ours = ['title', 'requires', 'inputs', 'lock'];

/** Keys of other tools that are near to one of ours but mean something else. */
const foreign: ReadonlySet<string> = new Set(['block', 'blocks', 'clock', 'look']);

/** Reads the declarations. Never throws; a faulty one is told and left out. */
export function readDeclarations(front: FrontMatter, complain: Complain): Declarations {
  for (const key of Object.keys(front.values)) {
    const near = ours.includes(key) || foreign.has(key) ? undefined : nearest(key, ours);
    if (near !== undefined) complain('misspelt-front-matter', front.spot(key), `"${key}" means nothing here`, didYouMean(near, ''));
  }
  const title = readText(front, 'title', complain);
  const requires = readText(front, 'requires', complain);
  const lock = readText(front, 'lock', complain);
  const inputs = readInputs(front, complain);
  if (requires !== undefined && parseRequirement(requires) === undefined) {
    complain('bad-requires', front.spot('requires'), `requires is ${JSON.stringify(requires)}; expected comparisons such as "runbook >= 0.1 < 2"`, 'Name the oldest version that can run this document.');
  }
  if (lock !== undefined) checkLock(lock, inputs, front, complain);
  const shell = readText(front, 'shell', complain);
  const cwd = readText(front, 'cwd', complain);
  const tags = [readText(front, 'category', complain), readText(front, 'tag', complain)].flatMap((tag) => (tag === undefined ? [] : splitList(tag)));
  const isOther = shell !== undefined && shell !== '' && !/(?:^|\/)(?:ba)?sh$/.test(shell);
  return { ...(isOther ? { shell } : {}), ...(cwd === undefined || cwd === '' ? {} : { cwd }), tags, ...(title === undefined ? {} : { title }), ...(requires === undefined ? {} : { requires }), ...(lock === undefined ? {} : { lock }), inputs };
}

/** The input names of a lock template, in order. */
export function lockNames(lock: string): string[] {
  return [...lock.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

function checkLock(lock: string, inputs: readonly InputDeclaration[], front: FrontMatter, complain: Complain): void {
  const known = new Map(inputs.map((input) => [input.name, input]));
  for (const name of lockNames(lock)) {
    const input = known.get(name);
    const spot = front.spot('lock');
    if (input === undefined) complain('unknown-lock-name', spot, `the lock names the input "${name}", which is not declared`, didYouMean(nearestOf(name, known.keys()), 'Declare it under inputs.'));
    else if (input.type === 'secret') complain('unknown-lock-name', spot, `the lock names the secret "${name}", but locks are shown`, 'Name another input.');
  }
  if (/[{}]/.test(lock.replace(/\{[^{}]*\}/g, ''))) complain('unknown-lock-name', front.spot('lock'), `the lock ${JSON.stringify(lock)} has a brace without its partner`, 'Write {name} for the value of an input.');
}

function readText(front: FrontMatter, key: string, complain: Complain): string | undefined {
  const value = Object.hasOwn(front.values, key) ? front.values[key] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.trim();
  complain('bad-front-matter', front.spot(key), `${key} is not text`, 'Put the value in quotes.');
  return undefined;
}

function readInputs(front: FrontMatter, complain: Complain): InputDeclaration[] {
  const value = Object.hasOwn(front.values, 'inputs') ? front.values.inputs : undefined;
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    complain('bad-front-matter', front.spot('inputs'), 'inputs is not a list of names with declarations', 'Write inputs: { version: { type: string } }.');
    return [];
  }
  return Object.entries(value).flatMap(([name, declaration]) => {
    const spot = front.spot('inputs', name);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > 100) {
      complain('bad-input-name', spot, `${JSON.stringify(name)} cannot be the name of an input; expected letters, digits and _, beginning with a letter`, 'Rename it.');
      return [];
    }
    if (reservedNames.has(name)) {
      complain('reserved-name', spot, `the name "${name}" belongs to JavaScript, the shell or the toolkit`, 'Rename the input.');
      return [];
    }
    const input = parseInput(name, declaration, (...path) => front.spot('inputs', name, ...path), complain);
    return input === undefined ? [] : [input];
  });
}
