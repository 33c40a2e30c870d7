// The expressions of `if=`: names, literals, comparisons, `&& || !`, `in`, step states. No eval, and no calls but of states.
// Three-valued: what hangs on something withheld is undecidable, never guessed. Grammar in the package's README.
import { tokenizeCondition } from './condition-token.ts';
import type { ConditionToken } from './condition-token.ts';
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

type Node =
  | { kind: 'literal'; value: Json }
  | { kind: 'list'; items: Node[] }
  | { kind: 'name'; name: string; path: string[] }
  | { kind: 'state'; step: string; states?: readonly string[] }
  | { kind: 'not'; of: Node }
  | { kind: 'and' | 'or'; left: Node; right: Node }
  | { kind: 'compare'; operator: string; left: Node; right: Node };

/** A value, or nothing known of it. */
type Value = { value: Json } | 'unknown';

class Fault extends Error {
  readonly offset: number;
  constructor(message: string, offset = 0) {
    super(message);
    this.offset = offset;
  }
}

/** Functions over a step's state, with the states for which each is true. `done` is what `needs` accepts. */
const stateFunctions: Readonly<Record<string, readonly StepState[]>> = {
  done: ['passed', 'skipped'],
  passed: ['passed'],
  skipped: ['skipped'],
  failed: ['failed'],
  declined: ['declined'],
  interrupted: ['interrupted'],
  undone: ['undone'],
};

const deepest = 50;

/** Checks the grammar of an expression and tells its names. Never throws. */
export function parseCondition(source: string): ParsedCondition {
  try {
    const names = new Set<string>();
    const steps = new Set<string>();
    collect(parse(source), names, steps);
    return { kind: 'condition', names: [...names], steps: [...steps] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: 'problem', message: error.message, offset: error.offset };
  }
}

/** Evaluates an expression. Never throws: a wrong grammar, an unknown name or an uneven comparison is a `problem`. */
export function evaluateCondition(source: string, scope: ConditionScope): ConditionAnswer {
  try {
    const answer = truth(parse(source), scope);
    return { kind: answer === 'unknown' ? 'undecidable' : answer ? 'true' : 'false' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: 'problem', message: error.message };
  }
}

function parse(source: string): Node {
  const tokens = tokenizeCondition(source);
  if ('message' in tokens) throw new Fault(tokens.message, tokens.offset);
  const parser = new Parser(tokens, source.length);
  return parser.whole();
}

/** A recursive descent over the tokens, with the usual precedence: `||`, `&&`, `!`, comparison. */
class Parser {
  readonly #tokens: readonly ConditionToken[];
  readonly #end: number;
  #at = 0;
  #depth = 0;
  constructor(tokens: readonly ConditionToken[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): Node {
    const node = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new Fault(`"${rest.text}" is not expected here`, rest.offset);
    return node;
  }

  #or(): Node {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Fault('the expression is nested too deeply', 0);
    let left = this.#and();
    while (this.#take('||')) left = { kind: 'or', left, right: this.#and() };
    this.#depth -= 1;
    return left;
  }

  #and(): Node {
    let left = this.#not();
    while (this.#take('&&')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Node {
    let negations = 0;
    while (this.#take('!')) negations += 1;
    const node = this.#comparison();
    return negations % 2 === 1 ? { kind: 'not', of: node } : node;
  }

  #comparison(): Node {
    const left = this.#operand();
    const operator = this.#tokens[this.#at];
    if (operator === undefined || !(operator.kind === 'compare' || (operator.kind === 'word' && operator.text === 'in'))) return left;
    this.#at += 1;
    return { kind: 'compare', operator: operator.text, left, right: this.#operand() };
  }

  #operand(): Node {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Fault('the expression ends too early', this.#end);
    this.#at += 1;
    if (token.kind === 'string' || token.kind === 'number') return { kind: 'literal', value: token.value };
    if (token.kind === 'word') return this.#word(token);
    if (token.text === '(') return this.#closing(this.#or(), ')');
    if (token.text === '[') return this.#list();
    throw new Fault(`"${token.text}" is not expected here`, token.offset);
  }

  #word(token: ConditionToken): Node {
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (this.#tokens[this.#at]?.text === '(') {
      const states = Object.hasOwn(stateFunctions, token.text) ? stateFunctions[token.text] : undefined;
      if (states === undefined) throw new Fault(`there is no function "${token.text}"; there are ${Object.keys(stateFunctions).join(', ')}`, token.offset);
      this.#at += 1;
      const step = this.#tokens[this.#at];
      if (step?.kind !== 'word') throw new Fault('the name of a step is expected here', step?.offset ?? this.#end);
      this.#at += 1;
      return this.#closing({ kind: 'state', step: step.text, states }, ')');
    }
    if (token.text.endsWith('.state')) return { kind: 'state', step: token.text.slice(0, -'.state'.length) };
    const [name = '', ...path] = token.text.split('.');
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new Fault(`"${token.text}" is not the name of an input or output`, token.offset);
    return { kind: 'name', name, path };
  }

  #list(): Node {
    const items: Node[] = [];
    if (this.#take(']')) return { kind: 'list', items };
    do items.push(this.#operand());
    while (this.#take(','));
    return this.#closing({ kind: 'list', items }, ']');
  }

  #closing(node: Node, text: string): Node {
    if (!this.#take(text)) throw new Fault(`"${text}" is expected here`, this.#tokens[this.#at]?.offset ?? this.#end);
    return node;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'string' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }
}

function collect(node: Node, names: Set<string>, steps: Set<string>): void {
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
function truth(node: Node, scope: ConditionScope): boolean | 'unknown' {
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
  if (typeof value.value !== 'boolean') throw new Fault(`${tell(node)} is ${describe(value.value)}, neither true nor false; compare it with something`);
  return value.value;
}

function evaluate(node: Node, scope: ConditionScope): Value {
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

function lookUp(node: Extract<Node, { kind: 'name' }>, scope: ConditionScope): Value {
  if (scope.unknown.has(node.name)) return 'unknown';
  if (!Object.hasOwn(scope.values, node.name)) throw new Fault(`"${node.name}" has no value here`);
  let value: Json = scope.values[node.name] ?? null;
  for (const key of node.path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? ((value as Readonly<Record<string, Json>>)[key] ?? null) : null;
  return { value };
}

function stateOf(node: Extract<Node, { kind: 'state' }>, scope: ConditionScope): Value {
  const state = Object.hasOwn(scope.steps, node.step) ? scope.steps[node.step] : undefined;
  if (state === undefined) throw new Fault(`there is no step "${node.step}"`);
  // A step that a dry run held back might have ended either way.
  if (state === 'withheld' || state === 'unreachable') return 'unknown';
  return { value: node.states === undefined ? state : node.states.includes(state) };
}

function compare(node: Extract<Node, { kind: 'compare' }>, left: Json, right: Json): boolean {
  if (node.operator === 'in') {
    if (!Array.isArray(right)) throw new Fault(`${tell(node.right)} is ${describe(right)}; "in" wants a list`);
    return right.some((item: Json) => same(left, item));
  }
  const even = typeof left === typeof right && Array.isArray(left) === Array.isArray(right);
  if (node.operator === '==' || node.operator === '!=') {
    if (!even && left !== null && right !== null) throw new Fault(`${tell(node.left)} is ${describe(left)} and ${tell(node.right)} is ${describe(right)}; they can never be equal`);
    return same(left, right) === (node.operator === '==');
  }
  if (!((typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string'))) {
    throw new Fault(`"${node.operator}" compares two numbers or two texts, not ${describe(left)} with ${describe(right)}`);
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

function tell(node: Node): string {
  if (node.kind === 'name') return `"${[node.name, ...node.path].join('.')}"`;
  if (node.kind === 'literal') return JSON.stringify(node.value);
  return node.kind === 'state' ? `the state of "${node.step}"` : 'one side';
}
