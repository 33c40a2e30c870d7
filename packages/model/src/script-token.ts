// The tokens of a JavaScript or TypeScript block, as far as names need them: strings, comments and regular expressions are
// told apart from code, and code inside templates is code. No grammar, no types.

/** One token. `depth` counts open parentheses, brackets, braces and template expressions around it. */
export interface ScriptToken {
  readonly kind: 'name' | 'sign' | 'text' | 'number';
  readonly text: string;
  readonly offset: number;
  readonly depth: number;
  /** Whether a line end stands before it. */
  readonly newline: boolean;
}

/** Words behind which a slash begins a regular expression, not a division. */
const beforeValue: ReadonlySet<string> = new Set(['return', 'typeof', 'case', 'in', 'of', 'await', 'yield', 'delete', 'void', 'throw', 'new', 'else', 'do', 'instanceof']);

const space = /\s+/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const string = /"(?:[^"\\\n]|\\[\s\S])*(?:"|$|(?=\n))|'(?:[^'\\\n]|\\[\s\S])*(?:'|$|(?=\n))/y;
/** Bounded, because each slash may begin one: a longer one is taken for signs. */
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,200}\]){1,500}\/[a-z]*/y;
const word = /[A-Za-z_$\u00aa-\uffff][\w$\u00aa-\uffff]*/y;
const number = /\d[\w.]*/y;
const sign = /\.\.\.|=>|\?\.|[=!]==?|&&=?|\|\|=?|\?\?=?|[\s\S]/y;

/** Splits a script into tokens. Never throws; time is linear in the length of the source. */
export function tokenizeScript(source: string): readonly ScriptToken[] {
  const tokens: ScriptToken[] = [];
  /** For each open bracket whether it is a template's `${`. */
  const open: boolean[] = [];
  let at = 0;
  let newline = false;
  const match = (shape: RegExp): string | undefined => {
    shape.lastIndex = at;
    return shape.exec(source)?.[0];
  };
  const push = (kind: ScriptToken['kind'], text: string): void => {
    tokens.push({ kind, text, offset: at, depth: open.length, newline });
    newline = false;
    at += text.length;
  };
  const template = (): void => {
    const end = templateEnd(source, at + 1);
    push('text', source.slice(at, end));
    if (source.startsWith('${', end - 2)) open.push(true);
  };
  while (at < source.length) {
    const blank = match(space);
    if (blank !== undefined) {
      newline ||= blank.includes('\n');
      at += blank.length;
      continue;
    }
    const c = source[at] ?? '';
    const note = c === '/' ? match(comment) : undefined;
    if (note !== undefined) {
      newline ||= note.includes('\n');
      at += note.length;
      continue;
    }
    if (c === '`') template();
    else if (c === '"' || c === "'") push('text', match(string) ?? c);
    else if (c === '/' && startsValue(tokens.at(-1))) push('text', match(regex) ?? c);
    else if (/\d/.test(c)) push('number', match(number) ?? c);
    else {
      const name = match(word);
      if (name !== undefined) push('name', name);
      else if (c === '}' && open.at(-1) === true) {
        open.pop();
        template();
      } else {
        if (c === ')' || c === ']' || c === '}') open.pop();
        push('sign', match(sign) ?? c);
        if (c === '(' || c === '[' || c === '{') open.push(false);
      }
    }
  }
  return tokens;
}

/** The offset behind the backquote that ends a template, or behind the next `${`. */
function templateEnd(source: string, from: number): number {
  for (let i = from; i < source.length; i += 1) {
    const c = source[i];
    if (c === '\\') i += 1;
    else if (c === '`') return i + 1;
    else if (c === '$' && source[i + 1] === '{') return i + 2;
  }
  return source.length;
}

function startsValue(before: ScriptToken | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'name') return beforeValue.has(before.text);
  return before.kind === 'sign' && !/[)\]}]/.test(before.text);
}
