// Patterns and ends in the tokens of a script: which names a declaration or a parameter list binds, where a group, a statement
// or an expression ends. Works on tokens of one depth; groups inside are jumped over, so that time stays linear.
import type { ScriptToken } from './script-token.ts';
import type { NameUse } from './shell-text.ts';

/** Tokens with the partner of each bracket. */
export interface ScriptTokens {
  readonly list: readonly ScriptToken[];
  /** For each opening bracket the index of its closing one, or of the end; for a closing one that of its opening one. */
  readonly partner: readonly (number | undefined)[];
}

/** Finds the partners of all brackets. The parts of a template are brackets too: each has the next one as its partner. */
export function pairBrackets(list: readonly ScriptToken[]): ScriptTokens {
  const partner: (number | undefined)[] = [];
  const open: number[] = [];
  list.forEach((token, index) => {
    partner.push(undefined);
    if (closes(token)) {
      // A bracket that is never closed ends where the one around it does.
      while ((list[open.at(-1) ?? -1]?.depth ?? -1) > token.depth) partner[open.pop() ?? 0] = index;
      const opening = open.at(-1);
      if (opening !== undefined && list[opening]?.depth === token.depth) {
        open.pop();
        partner[opening] = index;
        partner[index] = opening;
      }
    }
    if (opens(token)) open.push(index);
  });
  for (const index of open) partner[index] = list.length;
  return { list, partner };
}

function opens({ kind, text }: ScriptToken): boolean {
  return kind === 'sign' ? /^[([{]$/.test(text) : kind === 'text' && /^[`}]/.test(text) && text.endsWith('${');
}

function closes({ kind, text }: ScriptToken): boolean {
  return kind === 'sign' ? /^[)\]}]$/.test(text) : kind === 'text' && text.startsWith('}');
}

/** The index of the token that goes on at the same depth: behind the group that begins here, or the next one. */
function nextIndex({ list, partner }: ScriptTokens, index: number): number {
  const token = list[index];
  if (token === undefined || !opens(token)) return index + 1;
  const close = partner[index] ?? index;
  // The next part of a template may open a group of its own.
  return close > index && list[close]?.kind === 'text' ? close : close + 1;
}

const statementWords: ReadonlySet<string> = new Set(['const', 'let', 'var', 'export', 'import', 'return', 'if', 'for', 'while', 'do', 'switch', 'throw', 'try', 'break', 'continue']);
const infixWords = /^(?:in|of|instanceof|as|satisfies)$/;

/** Whether a name is one of the words with which a statement begins, and never a name of something. */
export function isStatementWord(text: string): boolean {
  return statementWords.has(text);
}

/** Whether a new statement begins with the token at an index, by a word or by the rule for missing semicolons. */
export function beginsStatement({ list }: ScriptTokens, index: number): boolean {
  const token = list[index];
  const before = list[index - 1];
  const ended = before !== undefined && (before.kind !== 'sign' || /^[)\]}]$/.test(before.text));
  if (token?.kind !== 'name' || !ended || infixWords.test(token.text)) return false;
  return token.newline || (statementWords.has(token.text) && before.kind !== 'name');
}

/** The index behind the expression or statement that begins at an index: a sign that ends it, or the next statement. */
export function expressionEnd(tokens: ScriptTokens, from: number, stops: RegExp, jump?: (index: number) => number | undefined): number {
  const { list } = tokens;
  let questions = 0;
  for (let index = from; index < list.length; ) {
    const token = list[index];
    if (token === undefined || (token.kind === 'sign' && (/^[)\]}]$/.test(token.text) || stops.test(token.text)))) return index;
    if (token.text === '?') questions += 1;
    if (token.text === ':' && questions === 0 && stops.test(',')) return index;
    if (token.text === ':') questions -= 1;
    if (index > from && beginsStatement(tokens, index)) return index;
    const known = jump?.(index);
    if (known !== undefined) return known;
    index = nextIndex(tokens, index);
  }
  return list.length;
}

function use(token: ScriptToken): NameUse {
  return { name: token.text, offset: token.offset };
}

/** The names bound by `a = 1, { b, c: d } = x, [e]`, the part of a declaration behind `const`. */
export function declaredNames(tokens: ScriptTokens, from: number): NameUse[] {
  const { list } = tokens;
  const found: NameUse[] = [];
  for (let index = from; ; ) {
    const end = bindingEnd(tokens, index, found);
    if (end === undefined) return found;
    const comma = nextComma(tokens, end);
    if (list[comma]?.text !== ',') return found;
    index = comma + 1;
  }
}

/** The names bound by a parameter list in parentheses. */
export function parameterNames(tokens: ScriptTokens, open: number): NameUse[] {
  const { list, partner } = tokens;
  const close = partner[open] ?? open;
  const found: NameUse[] = [];
  for (let index = open + 1; index < close; ) {
    while (list[index]?.text === '...' || (/^(?:public|private|protected|readonly)$/.test(list[index]?.text ?? '') && list[index + 1]?.kind === 'name')) index += 1;
    const end = bindingEnd(tokens, index, found) ?? index + 1;
    index = Math.max(nextComma(tokens, end), index) + 1;
  }
  return found;
}

/** Reads one name or pattern into `found`; the index behind it, or undefined when there is none. */
function bindingEnd({ list, partner }: ScriptTokens, index: number, found: NameUse[]): number | undefined {
  const token = list[index];
  if (token === undefined) return undefined;
  if (token.kind === 'name' && !statementWords.has(token.text)) {
    found.push(use(token));
    return index + 1;
  }
  if (token.text !== '{' && token.text !== '[') return undefined;
  const close = partner[index] ?? index;
  found.push(...patternNames(list, index, close));
  return close + 1;
}

/** The index of the comma, or of the end, behind a binding with its type and value. */
function nextComma(tokens: ScriptTokens, from: number): number {
  const { list } = tokens;
  // In front of the value there may be a type, whose angle brackets hold commas.
  let angles = list[from]?.text === ':' || list[from]?.text === '?' ? 0 : undefined;
  for (let index = from; index < list.length; ) {
    const token = list[index];
    if (token === undefined) break;
    if (token.kind === 'sign') {
      if (/^[)\]};]$/.test(token.text)) return index;
      if (token.text === '=') angles = undefined;
      if (angles !== undefined) angles += token.text === '<' ? 1 : token.text === '>' ? -1 : 0;
      if (token.text === ',' && (angles ?? 0) <= 0) return index;
    }
    if (index > from && beginsStatement(tokens, index)) return index;
    index = nextIndex(tokens, index);
  }
  return list.length;
}

/** The names bound inside a destructuring pattern: a key before `:` and a default behind `=` are none. */
function patternNames(list: readonly ScriptToken[], open: number, close: number): NameUse[] {
  const found: NameUse[] = [];
  let inDefault: number | undefined;
  for (let index = open + 1; index < close; index += 1) {
    const token = list[index];
    if (token === undefined) break;
    if (inDefault !== undefined) {
      if (token.depth < inDefault || (token.depth === inDefault && token.text === ',')) inDefault = undefined;
      else continue;
    }
    if (token.text === '=') inDefault = token.depth;
    else if (token.kind === 'name' && list[index + 1]?.text !== ':') found.push(use(token));
  }
  return found;
}
