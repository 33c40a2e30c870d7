// The expressions of `if=`: names, literals, comparisons, `&& || !`, `in`, step states. No eval, and no calls but of states.
// Three-valued: what hangs on something withheld is undecidable, never guessed. Grammar in the package's README.
import { ConditionFault, parseTree } from './condition-tree.ts';
import type { ConditionNode } from './condition-tree.ts';
import type { StepState } from './event.ts';
import type { Json } from './runbook.ts';

/** What an expression refers to. */
export type ParsedCondition =
  | { readonly kind: 'condition'; readonly names: readonly string[]; readonly steps: readonly string[] }
  | { readonly kind: 'problem'; readonly message: string; readonly offset: number };

/** What is known when an expression is evaluated. */
export interface ConditionScope {
  /** Inputs and outputs that have a value. */
  readonly values: Readonly<Record<string, Json>>;
  /** Names whose value was withheld. */
  readonly unknown: ReadonlySet<string>;
  readonly steps: Readonly<Record<string, StepState>>;
}

/** The answer of an expression. */
export type ConditionAnswer = { readonly kind: 'true' | 'false' | 'undecidable' } | { readonly kind: 'problem'; readonly message: string };

/** A value, or nothing known of it. */
type Value = { value: Json } | 'unknown';

/** Checks the grammar of an expression and tells its names. Never throws. */
export function parseCondition(source: string): ParsedCondition {
  try {
    const names = new Set<string>();
    const steps = new Set<string>();
    collect(parseTree(source), names, steps);
    return { kind: 'condition', names: [...names], steps: [...steps] };
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error;
    return { kind: 'problem', message: error.message, offset: error.offset };
  }
}

/** Evaluates an expression. Never throws: a wrong grammar, an unknown name or an uneven comparison is a `problem`. */
export function evaluateCondition(source: string, scope: ConditionScope): ConditionAnswer {
  try {
    const answer = truth(parseTree(source), scope);
    return { kind: answer === 'unknown' ? 'undecidable' : answer ? 'true' : 'false' };
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error;
    return { kind: 'problem', message: error.message };
  }
}

function collect(node: ConditionNode, names: Set<string>, steps: Set<string>): void {
  if (node.kind === 'name') names.add(node.name);
  else if (node.kind === 'state') steps.add(node.step);
  else if (node.kind === 'not') collect(node.of, names, steps);
  else if (node.kind === 'list') for (const item of node.items) collect(item, names, steps);
  else if (node.kind !== 'literal') {
    collect(node.left, names, steps);
    collect(node.right, names, steps);
  }
}

/** Kleene's logic: `false && unknown` is false, `true || unknown` is true, everything else with unknown is unknown. */
function truth(node: ConditionNode, scope: ConditionScope): boolean | 'unknown' {
  if (node.kind === 'not') {
    const of = truth(node.of, scope);
    return of === 'unknown' ? of : !of;
  }
  if (node.kind === 'and' || node.kind === 'or') {
    const strong = node.kind === 'or';
    const left = truth(node.left, scope);
    const right = truth(node.right, scope);
    if (left === strong || right === strong) return strong;
    return left === 'unknown' || right === 'unknown' ? 'unknown' : !strong;
  }
  const value = evaluate(node, scope);
  if (value === 'unknown') return value;
  if (value.value === null) return false;
  if (typeof value.value !== 'boolean') throw new ConditionFault(`${tell(node)} is ${describe(value.value)}, neither true nor false; compare it with something`);
  return value.value;
}

function evaluate(node: ConditionNode, scope: ConditionScope): Value {
  if (node.kind === 'literal') return { value: node.value };
  if (node.kind === 'name') return lookUp(node, scope);
  if (node.kind === 'state') return stateOf(node, scope);
  if (node.kind === 'list') {
    const items = node.items.map((item) => evaluate(item, scope));
    const known = items.filter((item) => item !== 'unknown');
    return known.length < items.length ? 'unknown' : { value: known.map((item) => item.value) };
  }
  if (node.kind === 'compare') {
    const left = evaluate(node.left, scope);
    const right = evaluate(node.right, scope);
    return left === 'unknown' || right === 'unknown' ? 'unknown' : { value: compare(node, left.value, right.value) };
  }
  const answer = truth(node, scope);
  return answer === 'unknown' ? answer : { value: answer };
}

function lookUp(node: Extract<ConditionNode, { kind: 'name' }>, scope: ConditionScope): Value {
  if (scope.unknown.has(node.name)) return 'unknown';
  if (!Object.hasOwn(scope.values, node.name)) throw new ConditionFault(`"${node.name}" has no value here`);
  let value: Json = scope.values[node.name] ?? null;
  for (const key of node.path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? ((value as Readonly<Record<string, Json>>)[key] ?? null) : null;
  return { value };
}

function stateOf(node: Extract<ConditionNode, { kind: 'state' }>, scope: ConditionScope): Value {
  const state = Object.hasOwn(scope.steps, node.step) ? scope.steps[node.step] : undefined;
  if (state === undefined) throw new ConditionFault(`there is no step "${node.step}"`);
  // A step that a dry run held back might have ended either way.
  if (state === 'withheld' || state === 'unreachable') return 'unknown';
  return { value: node.states === undefined ? state : node.states.includes(state) };
}

function compare(node: Extract<ConditionNode, { kind: 'compare' }>, left: Json, right: Json): boolean {
  if (node.operator === 'in') {
    if (!Array.isArray(right)) throw new ConditionFault(`${tell(node.right)} is ${describe(right)}; "in" wants a list`);
    return right.some((item: Json) => same(left, item));
  }
  const even = typeof left === typeof right && Array.isArray(left) === Array.isArray(right);
  if (node.operator === '==' || node.operator === '!=') {
    if (!even && left !== null && right !== null) throw new ConditionFault(`${tell(node.left)} is ${describe(left)} and ${tell(node.right)} is ${describe(right)}; they can never be equal`);
    return same(left, right) === (node.operator === '==');
  }
  if (!((typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string'))) {
    throw new ConditionFault(`"${node.operator}" compares two numbers or two texts, not ${describe(left)} with ${describe(right)}`);
  }
  if (node.operator === '<') return left < right;
  if (node.operator === '<=') return left <= right;
  return node.operator === '>' ? left > right : left >= right;
}

function same(left: Json, right: Json): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

function describe(value: Json): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object';
}

function tell(node: ConditionNode): string {
  if (node.kind === 'name') return `"${[node.name, ...node.path].join('.')}"`;
  if (node.kind === 'literal') return JSON.stringify(node.value);
  return node.kind === 'state' ? `the state of "${node.step}"` : 'one side';
}
