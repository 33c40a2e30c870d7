// `world.yaml`: what a seed says about its world beyond repository files. Reads and checks it with places, and lays one
// over another. Pure: the caller reads the file.
import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import type { ProblemCode } from '../problem-code.ts';
import type { WorldConfig } from '../services.ts';

type Shape =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly expected: string }
  | { readonly kind: 'seconds' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape; readonly key: RegExp; readonly expected: string }
  | { readonly kind: 'record'; readonly keys: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

type Path = readonly (string | number)[];
interface Defect { readonly path: Path; readonly atKey: boolean; readonly code: ProblemCode; readonly message: string; readonly hint: string }

const text = (expected: string, pattern?: RegExp): Shape => ({ kind: 'text', expected, ...(pattern === undefined ? {} : { pattern }) });
const list = (of: Shape): Shape => ({ kind: 'list', of });
const byRepo = (of: Shape): Shape => ({ kind: 'map', of, key: /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/, expected: 'a repository as owner/name' });
const login = text('a GitHub login', /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/);
const tagName = text('a git tag name', /^(?!.*(\.\.|@\{|[\x00-\x20~^:?*[\\\x7f]|\/\/|\.lock$))[^/.-][^\n]*[^/.]$|^[^/.\-\s~^:?*[\\]$/);

const worldShape: Shape = {
  kind: 'record',
  keys: {
    start: text('a date and time such as 2026-08-24T09:00:00Z', /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$/),
    user: { kind: 'record', keys: { login, name: text('a name'), email: text('an e-mail address', /^[^\s@<>]+@[^\s@<>]+$/) } },
    people: list({
      kind: 'record',
      keys: { login, name: text('a name'), role: text('reviewer or approver', /^(reviewer|approver)$/), paceMinutes: { kind: 'seconds' } },
      required: ['login', 'name', 'role', 'paceMinutes'],
    }),
    manual: { kind: 'flag' },
    branches: byRepo(text('a branch name', /^[^\s~^:?*[\\-][^\s~^:?*[\\]*$/)),
    history: byRepo(list({
      kind: 'record',
      keys: {
        message: text('a commit message'),
        tags: list(tagName),
        annotated: list(tagName),
        files: { kind: 'map', of: text('the text of the file'), key: /^(?!\/)(?!(.*\/)?\.\.?(\/|$))[^\0\n]+$/, expected: 'a path inside the repository' },
      },
      required: ['message'],
    })),
    builds: byRepo({
      kind: 'map', key: /./, expected: 'the path of a cloudbuild file',
      of: {
        kind: 'map', key: /^\d+$/, expected: 'the index of a step, from 0',
        of: {
          kind: 'record', required: ['pushes'],
          keys: {
            pushes: list({
              kind: 'record', required: ['image', 'platforms'],
              keys: { image: text('an image reference with a tag', /^[^\s/]+\/\S+:\S+$/), platforms: list(text('a platform such as linux/amd64', /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9.]+)?$/)) },
            }),
          },
        },
      },
    }),
    singleArchAllowed: list(text('an image as registry.k8s.io/PROJECT/IMAGE', /^registry\.k8s\.io\/[a-z0-9][a-z0-9._/-]*$/)),
    promoted: list(text('an image as registry.k8s.io/PROJECT/IMAGE:TAG', /^registry\.k8s\.io\/[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._/-]*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)),
    prodRegistries: list(text('a registry, host and path before the project', /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/)),
    pace: {
      kind: 'record',
      keys: Object.fromEntries(['trigger', 'schedule', 'build', 'presubmit', 'promotion', 'tide'].map((name) => [name, { kind: 'seconds' } satisfies Shape])),
    },
  },
};

/** What one `world.yaml` says: any part of the configuration. */
export type PartialWorld = { readonly [K in keyof WorldConfig]?: unknown };

/** Reads one `world.yaml`. Never throws: what is wrong comes back as problems with places in `file`. */
export function parseWorldYaml(file: string, source: string): { readonly world: PartialWorld; readonly problems: readonly Problem[] } {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter });
  const problem = (offset: number, rest: Omit<Defect, 'path' | 'atKey'>): Problem => {
    const { line, col } = counter.linePos(offset);
    return { ...rest, severity: 'error', file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return { world: {}, problems: document.errors.map((error) => problem(error.pos[0], { code: 'seed-yaml', message: error.message.split('\n')[0] ?? 'not YAML', hint: 'Correct the YAML.' })) };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 }) ?? {};
  } catch {
    return { world: {}, problems: [problem(0, { code: 'seed-yaml', message: 'the aliases of this file cannot be resolved', hint: 'Write the values out.' })] };
  }
  const defects: Defect[] = [];
  check(value, worldShape, [], defects);
  const problems = defects.map(({ path, atKey, ...rest }) => problem(offsetOf(document, path, atKey), rest));
  return { world: problems.length === 0 ? (value as PartialWorld) : {}, problems };
}

/** Lays one world over another: maps key by key, lists and single values as a whole. */
export function overlayWorld(base: PartialWorld, over: PartialWorld): PartialWorld {
  return overlay(base, over) as PartialWorld;
}

/** The complete configuration, or the names of the keys that are missing. */
export function completeWorld(world: PartialWorld): { readonly config?: WorldConfig; readonly missing: readonly string[] } {
  const full = { history: {}, builds: {}, singleArchAllowed: [], promoted: [], people: [], ...world };
  const missing = [
    ...['start', 'user', 'pace'].filter((key) => !(key in full)),
    ...['login', 'name', 'email'].filter((key) => !has(full.user, key)).map((key) => `user.${key}`),
    ...['trigger', 'schedule', 'build', 'presubmit', 'promotion', 'tide'].filter((key) => !has(full.pace, key)).map((key) => `pace.${key}`),
  ];
  return missing.length === 0 ? { config: full as unknown as WorldConfig, missing } : { missing };
}

function has(value: unknown, key: string): boolean {
  return isRecord(value) && key in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function overlay(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = key in base ? overlay(base[key], value) : value;
  return merged;
}

function check(value: unknown, shape: Shape, path: Path, defects: Defect[]): void {
  const bad = (expected: string): void => {
    defects.push({ path, atKey: false, code: 'seed-bad-value', message: `${path.join('.') || 'world.yaml'} is ${shown(value)}, expected ${expected}`, hint: typeof value === 'number' && shape.kind === 'text' ? 'Put it in quotes.' : '' });
  };
  switch (shape.kind) {
    case 'text':
      if (typeof value !== 'string' || value === '' || shape.pattern?.test(value) === false) bad(shape.expected);
      return;
    case 'seconds':
      if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) bad('a number, zero or more');
      return;
    case 'flag':
      if (typeof value !== 'boolean') bad('true or false');
      return;
    case 'list':
      if (!Array.isArray(value)) bad('a list');
      else value.forEach((item, index) => check(item, shape.of, [...path, index], defects));
      return;
    case 'map':
      if (!isRecord(value)) bad('a mapping');
      else {
        for (const [key, item] of Object.entries(value)) {
          if (shape.key.test(key)) check(item, shape.of, [...path, key], defects);
          else defects.push({ path: [...path, key], atKey: true, code: 'seed-bad-value', message: `the key ${shown(key)} is not ${shape.expected}`, hint: '' });
        }
      }
      return;
    case 'record':
      if (!isRecord(value)) bad('a mapping');
      else checkRecord(value, shape.keys, shape.required ?? [], path, defects);
  }
}

function checkRecord(value: Record<string, unknown>, keys: Readonly<Record<string, Shape>>, required: readonly string[], path: Path, defects: Defect[]): void {
  for (const [key, item] of Object.entries(value)) {
    const shape = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (shape !== undefined) check(item, shape, [...path, key], defects);
    else {
      const meant = nearest(key, Object.keys(keys));
      defects.push({ path: [...path, key], atKey: true, code: 'seed-unknown-key', message: `${shown(key)} is no key of ${path.join('.') || 'world.yaml'}`, hint: meant === undefined ? `Known keys: ${Object.keys(keys).join(', ')}.` : `Did you mean ${meant}?` });
    }
  }
  for (const key of required) {
    if (!Object.hasOwn(value, key)) defects.push({ path, atKey: false, code: 'seed-bad-value', message: `${path.join('.')} has no ${key}`, hint: `Add ${key}.` });
  }
}

function shown(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing';
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
}

function offsetOf(document: Document, path: Path, atKey: boolean): number {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (atKey && isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last));
    if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0];
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) && node.range ? node.range[0] : 0;
}
