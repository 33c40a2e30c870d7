// From drafts to steps: ids, typed attributes, and the names each step publishes and uses. Single values only; what steps say
// of each other is checked in step-rule.ts.
import { createHash } from 'node:crypto';
import { parseBoolean, splitList } from './attribute-key.ts';
import { parseDuration } from './duration.ts';
import { parseBindings } from './include-binding.ts';
import { slug } from './heading-text.ts';
import { readScriptNames } from './script-text.ts';
import { readShellNames } from './shell-text.ts';
import { shellVariables } from './reserved-name.ts';
import type { Draft } from './draft.ts';
import type { NameUse } from './shell-text.ts';
import type { Effect } from '@runbook/access';
import type { Step } from './runbook.ts';

/** A step with what is needed to judge it: places, and names with their offsets. */
export interface DraftStep {
  readonly step: Step;
  readonly draft: Draft;
  readonly names: SourceNames;
}

/** The names in a step's source. */
export interface SourceNames {
  readonly exports: readonly NameUse[];
  readonly uses: readonly NameUse[];
  /** Shell variables that the block sets itself. */
  readonly assigns: ReadonlySet<string>;
  readonly comments: readonly (readonly [number, number])[];
}

const noNames: SourceNames = { exports: [], uses: [], assigns: new Set(), comments: [] };
const shellLanguages: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'zsh', '']);

/** Reads the names of a draft's source by its language. */
function readNames(draft: Draft): SourceNames {
  if (draft.kind === 'script') return { ...noNames, ...readScriptNames(draft.source) };
  if (draft.kind === 'include') return includeNames(draft);
  if (draft.kind !== 'shell') return noNames;
  if (!shellLanguages.has(draft.language)) {
    // Another language behind an interpreter: inputs arrive in its environment, so any mention of a name may be a use.
    return { ...noNames, uses: [...draft.source.matchAll(/[A-Za-z_]\w*/g)].map((match) => ({ name: match[0], offset: match.index })) };
  }
  const names = readShellNames(draft.source);
  return { ...names, exports: names.exports.filter(({ name }) => !shellVariables.has(name)) };
}

/** An include uses what it hands over and publishes what it hands back. */
function includeNames({ attributes }: Draft): SourceNames {
  const uses = Object.values(parseBindings(attributes.with ?? '')).flatMap((binding) => (binding.kind === 'from' ? [{ name: binding.name, offset: 0 }] : []));
  return { ...noNames, uses, exports: splitList(attributes.outputs ?? '').map((name) => ({ name, offset: 0 })) };
}

/** Makes steps of the drafts that are steps. `inputs` are the names of declared inputs. */
export function buildSteps(drafts: readonly Draft[], inputs: readonly string[]): DraftStep[] {
  const read = drafts.map((draft) => ({ draft, names: readNames(draft) }));
  const declared = new Set([...inputs, ...read.flatMap(({ names }) => names.exports.map(({ name }) => name))]);
  const taken = new Map(drafts.flatMap((draft) => (draft.attributes.name === undefined ? [] : [[draft.attributes.name, 1]])));
  return read.map(({ draft, names }) => {
    const publishes = unique(names.exports.map(({ name }) => name));
    const own = new Set(publishes);
    const uses = unique(names.uses.map(({ name }) => name)).filter((name) => declared.has(name) && !own.has(name));
    return { draft, names, step: buildStep(draft, identify(draft, taken), publishes, uses) };
  });
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** The name, or one made of the nearest heading and a hash of heading path and content; never one that is taken. */
function identify(draft: Draft, taken: Map<string, number>): string {
  if (draft.attributes.name !== undefined) return draft.attributes.name;
  const hash = createHash('sha256').update(JSON.stringify([draft.heading, draft.hash])).digest('hex').slice(0, 6);
  const base = `${slug(draft.heading.at(-1) ?? '') || draft.kind}-${hash}`;
  let id = base;
  let count = taken.get(base) ?? 0;
  for (; taken.has(id); count += 1) id = `${base}-${count + 1}`;
  taken.set(base, Math.max(count, 1)).set(id, Math.max(taken.get(id) ?? 0, 1));
  return id;
}

function effectOf(draft: Draft): Effect {
  const declared = draft.attributes.effect;
  if (declared === 'read' || declared === 'local' || declared === 'write') return declared;
  if (draft.kind === 'file') return 'local';
  return draft.kind === 'shell' || draft.kind === 'include' ? 'write' : 'read';
}

function buildStep(draft: Draft, id: string, publishes: readonly string[], uses: readonly string[]): Step {
  const { attributes } = draft;
  const flag = (key: string): boolean => parseBoolean(attributes[key] ?? '') === true;
  const [poll, timeout, attempt] = ['poll', 'timeout', 'attempt-timeout'].map((key) => parseDuration(attributes[key] ?? ''));
  const gate = poll === undefined ? undefined : { pollMs: poll, timeoutMs: timeout ?? poll, ...(attempt === undefined ? {} : { attemptTimeoutMs: attempt }) };
  return {
    id,
    named: attributes.name !== undefined,
    kind: draft.kind === 'data' ? 'file' : draft.kind,
    language: draft.language,
    effect: effectOf(draft),
    effectDeclared: attributes.effect !== undefined,
    heading: draft.heading,
    line: draft.spot.line,
    column: draft.spot.column,
    codeLine: draft.codeLine,
    source: draft.source,
    hash: draft.hash,
    attributes,
    ...optional('verifies', attributes.verifies),
    absent: attributes.absent === undefined ? [1] : splitList(attributes.absent).map(Number),
    ...optional('undoes', attributes.undoes),
    onFailure: attributes.on === 'failure',
    retry: Number(attributes.retry ?? 0),
    ...(gate !== undefined ? { gate } : optional('timeoutMs', timeout)),
    ...optional('condition', attributes.if),
    needs: splitList(attributes.needs ?? ''),
    background: flag('background'),
    ...optional('ready', attributes.ready),
    interactive: flag('interactive'),
    ...optional('cwd', attributes.cwd),
    ...optional('interpreter', attributes.interpreter),
    session: attributes.session === 'none' ? 'none' : 'shared',
    tags: unique([...splitList(attributes.category ?? ''), ...splitList(attributes.tag ?? '')]),
    excludeFromRunAll: flag('excludeFromRunAll'),
    approvers: Number(attributes.approvers ?? 1),
    ...optional('path', attributes.file),
    ...optional('target', draft.target),
    publishes,
    uses,
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
