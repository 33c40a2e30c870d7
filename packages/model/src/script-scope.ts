// Where in a script which names are its own: each declaration, parameter, loop variable and caught error with the stretch of
// tokens in which it hides an input or output of the same name. Prefers to see a use too many over one too few: what it cannot
// read binds nothing.
import { beginsStatement, declaredNames, expressionEnd, isStatementWord, parameterNames } from './script-pattern.ts';
import type { ScriptTokens } from './script-pattern.ts';
import type { NameUse } from './shell-text.ts';

/** A name that belongs to the script itself from one token to before another. */
export interface Binding {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What is known of the names of a script before they are judged. */
export interface ScriptScopes {
  readonly bindings: readonly Binding[];
  /** Indexes of names that are the names of methods or fields, or stand in types. */
  readonly keys: ReadonlySet<number>;
}

const controlWords: ReadonlySet<string> = new Set(['if', 'while', 'switch', 'with', 'for', 'catch', 'return', 'await', 'typeof', 'of', 'in', 'new', 'throw', 'void', 'delete', 'yield', 'function']);

/** How many tokens may stand between `class` and its brace, or in a type that is looked through. */
const longestHead = 60;

/** Reads the scopes of a script. Never throws; time is linear in the number of tokens. */
export function readScopes(tokens: ScriptTokens): ScriptScopes {
  const reader = new ScopeReader(tokens);
  // Backwards, because the end of an arrow function is the end of the arrow function inside it.
  for (let index = tokens.list.length - 1; index >= 0; index -= 1) reader.functions(index);
  tokens.list.forEach((_, index) => reader.declarations(index));
  return reader;
}

/** Whether a name behind such a sign is that of a field or method: `promise.catch(…)` is no clause. */
function isMember(before: string | undefined): boolean {
  return before === '.' || before === '?.';
}

class ScopeReader implements ScriptScopes {
  readonly bindings: Binding[] = [];
  readonly keys = new Set<number>();
  readonly #tokens: ScriptTokens;
  /** Opening braces of function bodies: `var` belongs to them. */
  readonly #bodies = new Set<number>();
  readonly #classes = new Set<number>();
  readonly #arrowEnds = new Map<number, number>();
  /** Open braces around the present token. */
  readonly #blocks: number[] = [];
  /** Those of them that are bodies of functions. */
  readonly #functions: number[] = [];

  constructor(tokens: ScriptTokens) {
    this.#tokens = tokens;
  }

  /** Reads the function whose arrow, keyword or parameter list stands at an index. */
  functions(index: number): void {
    const { list, partner } = this.#tokens;
    const token = list[index];
    if (token?.text === '=>') return this.#arrow(index);
    const isKeyword = token?.kind === 'name' && !isMember(list[index - 1]?.text);
    if (isKeyword && token.text === 'catch' && list[index + 1]?.text === '(') return this.#parameters(index + 1, this.#bodyEnd((partner[index + 1] ?? index) + 1));
    if (isKeyword && token.text === 'function') {
      let open = index + 1;
      while (open < index + 4 && list[open]?.text !== '(') open += 1;
      if (list[open]?.text !== '(') return;
      const end = this.#bodyEnd(this.#skipType((partner[open] ?? open) + 1));
      const name = list[open - 1];
      // The name of a function that is a value is known inside it only.
      if (name?.kind === 'name' && name.text !== 'function' && !this.#isStatement(index)) this.#bind([{ name: name.text, offset: 0 }], index, end);
      return this.#parameters(open, end);
    }
    if (token?.text === '(' && this.#isMethod(index)) {
      this.keys.add(index - 1);
      this.#parameters(index, this.#bodyEnd(this.#skipType((partner[index] ?? index) + 1)));
    }
  }

  /** Reads the declaration that begins at an index. Comes to every index in order. */
  declarations(index: number): void {
    const { list, partner } = this.#tokens;
    const token = list[index];
    if (token?.kind === 'sign' && token.text === '{') {
      this.#blocks.push(index);
      if (this.#bodies.has(index)) this.#functions.push(index);
    }
    if (token?.kind === 'sign' && token.text === '}' && this.#blocks.at(-1) === partner[index] && this.#functions.at(-1) === this.#blocks.pop()) this.#functions.pop();
    if (token?.kind !== 'name' || isMember(list[index - 1]?.text)) return;
    const next = list[index + 1];
    if (token.text === 'const' || token.text === 'let' || token.text === 'var') this.#variables(index);
    else if (token.text === 'class') this.#class(index);
    else if (token.text === 'function' && this.#isStatement(index)) {
      const name = next?.text === '*' ? list[index + 2] : next;
      if (name?.kind === 'name') this.#bind([{ name: name.text, offset: name.offset }], ...this.#around(this.#blocks.at(-1)));
    } else if ((token.text === 'type' || token.text === 'interface') && next?.kind === 'name' && /^[={<]|extends$/.test(list[index + 2]?.text ?? '')) this.#type(index);
    else if (this.#isField(index)) this.keys.add(index);
  }

  #bind(names: readonly NameUse[], from: number, to: number): void {
    for (const { name } of names) this.bindings.push({ name, from, to });
  }

  #parameters(open: number, end: number): void {
    this.#bind(parameterNames(this.#tokens, open), open, end);
  }

  /** The stretch of a block; of the whole script without one. */
  #around(block: number | undefined): [number, number] {
    return block === undefined ? [0, this.#tokens.list.length] : [block, this.#tokens.partner[block] ?? block];
  }

  /** The index behind the body that begins at an index; the index itself when there is none. */
  #bodyEnd(open: number): number {
    if (this.#tokens.list[open]?.text !== '{') return open;
    this.#bodies.add(open);
    return this.#tokens.partner[open] ?? open;
  }

  /** The index of the body's brace behind a type, when there is a type. */
  #skipType(index: number): number {
    const { list, partner } = this.#tokens;
    if (list[index]?.text !== ':') return index;
    for (let at = index + 1; at < list.length && at < index + longestHead; at += 1) {
      const text = list[at]?.text ?? '';
      if (text === ';' || text === '}' || text === ')') return index;
      if (text === '{' && !/^(?:[:|&<,]|=>)$/.test(list[at - 1]?.text ?? '')) return at;
      if (text === '{' || text === '(' || text === '[') at = partner[at] ?? at;
    }
    return index;
  }

  #arrow(index: number): void {
    const { list, partner } = this.#tokens;
    const body = index + 1;
    let end: number;
    if (list[body]?.text === '{') end = this.#bodyEnd(body);
    else end = expressionEnd(this.#tokens, body, /^[,;]$/, (at) => (list[at]?.text === '=>' ? this.#arrowEnds.get(at) : undefined));
    this.#arrowEnds.set(index, end);
    const before = list[index - 1];
    const open = this.#arrowOpening(index);
    if (open !== undefined) this.#parameters(open, end);
    else if (before?.kind === 'name') this.#bind([{ name: before.text, offset: before.offset }], index - 1, end);
    else if (before?.text === ')') this.#parameters(partner[index - 1] ?? index, end);
  }

  /** The parenthesis of `(a): T => …`; undefined without a type, and in `x ? (a) : b => …`. */
  #arrowOpening(index: number): number | undefined {
    const { list, partner } = this.#tokens;
    for (let at = index - 1; at > 0 && at > index - longestHead; at -= 1) {
      const text = list[at]?.text ?? '';
      if (text === ':' && list[at - 1]?.text === ')') {
        const open = partner[at - 1];
        return open === undefined || list[open - 1]?.text === '?' ? undefined : open;
      }
      if (/^(?:[;{},=([]|=>)$/.test(text)) return undefined;
    }
    return undefined;
  }

  /** Whether a method's parameters begin here: `{ name(…) {`, `; async name(…): T {`. */
  #isMethod(open: number): boolean {
    const { list, partner } = this.#tokens;
    const name = list[open - 1];
    if (name?.kind !== 'name' || controlWords.has(name.text) || list[this.#skipType((partner[open] ?? open) + 1)]?.text !== '{') return false;
    let before = open - 2;
    while (/^(?:async|get|set|static|public|private|protected|override|\*|#)$/.test(list[before]?.text ?? '')) before -= 1;
    return /^[{},;]$/.test(list[before]?.text ?? '');
  }

  #isStatement(index: number): boolean {
    const { list } = this.#tokens;
    let first = index;
    while (/^(?:async|default|export|abstract|declare)$/.test(list[first - 1]?.text ?? '')) first -= 1;
    return first === 0 || /^[{};)]$/.test(list[first - 1]?.text ?? '') || beginsStatement(this.#tokens, first);
  }

  #variables(index: number): void {
    const { list, partner } = this.#tokens;
    const names = declaredNames(this.#tokens, index + 1);
    let loop = index - 1;
    if (list[loop]?.text === '(') loop -= list[loop - 1]?.text === 'await' ? 2 : 1;
    const inLoop = loop < index - 1 && list[loop]?.text === 'for';
    if (list[index]?.text === 'var') return this.#bind(names, ...this.#around(this.#functions.at(-1)));
    if (!inLoop) return this.#bind(names, ...this.#around(this.#blocks.at(-1)));
    const body = (partner[index - 1] ?? index) + 1;
    this.#bind(names, index, list[body]?.text === '{' ? (partner[body] ?? body) : expressionEnd(this.#tokens, body, /^;$/));
  }

  #class(index: number): void {
    const { list, partner } = this.#tokens;
    const name = list[index + 1];
    let open = index + 1;
    while (open < index + longestHead && list[open]?.text !== '{' && list[open]?.text !== ';') open = list[open]?.text === '(' ? (partner[open] ?? open) + 1 : open + 1;
    this.#classes.add(open);
    if (name?.kind !== 'name' || name.text === 'extends') return;
    if (this.#isStatement(index)) this.#bind([{ name: name.text, offset: 0 }], ...this.#around(this.#blocks.at(-1)));
    else this.#bind([{ name: name.text, offset: 0 }], index, partner[open] ?? open);
  }

  /** Types are no uses: all names up to the end of the declaration. */
  #type(index: number): void {
    const { list, partner } = this.#tokens;
    let brace = index + 1;
    while (brace < index + longestHead && list[brace]?.text !== '{') brace += 1;
    const end = list[index]?.text === 'interface' ? (partner[brace] ?? brace) : expressionEnd(this.#tokens, index + 3, /^;$/);
    for (let at = index + 1; at < end; at += 1) if (list[at]?.kind === 'name') this.keys.add(at);
  }

  /** A field of a class, and the key of a type or a label, which no comma need separate. */
  #isField(index: number): boolean {
    const { list } = this.#tokens;
    const before = list[index - 1];
    const next = list[index + 1]?.text ?? '';
    const starts = before === undefined || /^[{};]$/.test(before.text) || beginsStatement(this.#tokens, index) || /^(?:static|readonly|public|private|protected|declare|#)$/.test(before.text);
    if (!starts || isStatementWord(list[index]?.text ?? '')) return false;
    return next === ':' || (next === '?' && list[index + 2]?.text === ':') || (this.#classes.has(this.#blocks.at(-1) ?? -1) && /^[=;}!]$/.test(next));
  }
}
