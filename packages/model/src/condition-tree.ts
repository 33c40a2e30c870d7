// The grammar of `if=` expressions: words to a tree. Knows no values; condition.ts evaluates.
import { tokenizeCondition } from './condition-token.ts';
import type { ConditionToken } from './condition-token.ts';
import type { StepState } from './event.ts';
import type { Json } from './runbook.ts';

/** A part of an expression. */
export type ConditionNode =
  | { kind: 'literal'; value: Json }
  | { kind: 'list'; items: ConditionNode[] }
  | { kind: 'name'; name: string; path: string[] }
  | { kind: 'state'; step: string; states?: readonly string[] }
  | { kind: 'not'; of: ConditionNode }
  | { kind: 'and' | 'or'; left: ConditionNode; right: ConditionNode }
  | { kind: 'compare'; operator: string; left: ConditionNode; right: ConditionNode };

/** What is wrong with an expression, or with a value in it. Never leaves this package. */
export class ConditionFault extends Error {
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

/** Reads an expression; throws a `ConditionFault` where the grammar is broken. */
export function parseTree(source: string): ConditionNode {
  const tokens = tokenizeCondition(source);
  if ('message' in tokens) throw new ConditionFault(tokens.message, tokens.offset);
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

  whole(): ConditionNode {
    const node = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new ConditionFault(`"${rest.text}" is not expected here`, rest.offset);
    return node;
  }

  #or(): ConditionNode {
    this.#depth += 1;
    if (this.#depth > deepest) throw new ConditionFault('the expression is nested too deeply', 0);
    let left = this.#and();
    while (this.#take('||')) left = { kind: 'or', left, right: this.#and() };
    this.#depth -= 1;
    return left;
  }

  #and(): ConditionNode {
    let left = this.#not();
    while (this.#take('&&')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): ConditionNode {
    let negations = 0;
    while (this.#take('!')) negations += 1;
    const node = this.#comparison();
    return negations % 2 === 1 ? { kind: 'not', of: node } : node;
  }

  #comparison(): ConditionNode {
    const left = this.#operand();
    const operator = this.#tokens[this.#at];
    if (operator === undefined || !(operator.kind === 'compare' || (operator.kind === 'word' && operator.text === 'in'))) return left;
    this.#at += 1;
    return { kind: 'compare', operator: operator.text, left, right: this.#operand() };
  }

  #operand(): ConditionNode {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new ConditionFault('the expression ends too early', this.#end);
    this.#at += 1;
    if (token.kind === 'string' || token.kind === 'number') return { kind: 'literal', value: token.value };
    if (token.kind === 'word') return this.#word(token);
    if (token.text === '(') return this.#closing(this.#or(), ')');
    if (token.text === '[') return this.#list();
    throw new ConditionFault(`"${token.text}" is not expected here`, token.offset);
  }

  #word(token: ConditionToken): ConditionNode {
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (this.#tokens[this.#at]?.text === '(') {
      const states = Object.hasOwn(stateFunctions, token.text) ? stateFunctions[token.text] : undefined;
      if (states === undefined) throw new ConditionFault(`there is no function "${token.text}"; there are ${Object.keys(stateFunctions).join(', ')}`, token.offset);
      this.#at += 1;
      const step = this.#tokens[this.#at];
      if (step?.kind !== 'word') throw new ConditionFault('the name of a step is expected here', step?.offset ?? this.#end);
      this.#at += 1;
      return this.#closing({ kind: 'state', step: step.text, states }, ')');
    }
    if (token.text.endsWith('.state')) return { kind: 'state', step: token.text.slice(0, -'.state'.length) };
    const [name = '', ...path] = token.text.split('.');
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ConditionFault(`"${token.text}" is not the name of an input or output`, token.offset);
    return { kind: 'name', name, path };
  }

  #list(): ConditionNode {
    const items: ConditionNode[] = [];
    if (this.#take(']')) return { kind: 'list', items };
    do items.push(this.#operand());
    while (this.#take(','));
    return this.#closing({ kind: 'list', items }, ']');
  }

  #closing(node: ConditionNode, text: string): ConditionNode {
    if (!this.#take(text)) throw new ConditionFault(`"${text}" is expected here`, this.#tokens[this.#at]?.offset ?? this.#end);
    return node;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'string' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }
}
