// What a script block says of names: which it exports, declares and refers to. Reads tokens, not a syntax tree; where the
// two could differ, it prefers to see a use too many over one too few.
import { tokenizeScript } from './script-token.ts';
import type { ScriptToken } from './script-token.ts';
import type { NameUse } from './shell-text.ts';

/** The names of a script block. */
export interface ScriptNames {
  /** `export const|let|var|function|class`, `export { a, b as c }`, `export const { a, b } = …` at the top level. */
  readonly exports: readonly NameUse[];
  /** Every name that is not a property, a key, or declared by the block itself. */
  readonly uses: readonly NameUse[];
}

/** Reads the names of a script block. Never throws. */
export function readScriptNames(source: string): ScriptNames {
  const tokens = tokenizeScript(source);
  const exports: NameUse[] = [];
  const declared = new Set<string>();
  /** Offsets of names that belong to another module's or a later block's side of `as`. */
  const foreign = new Set<number>();
  tokens.forEach((token, index) => {
    if (token.depth !== 0 || token.kind !== 'name' || isProperty(tokens, index)) return;
    if (token.text === 'export') exports.push(...exported(tokens, index + 1));
    if (token.text === 'import' || token.text === 'export') {
      const names = clause(tokens, index + 1);
      for (const { first, last } of names) if (first.offset !== last.offset) foreign.add(token.text === 'import' ? first.offset : last.offset);
      if (token.text === 'import') for (const { last } of names) declared.add(last.name);
    }
    for (const name of declaredBy(tokens, index)) declared.add(name.name);
  });
  const uses = tokens.flatMap((token, index) => (token.kind === 'name' && !declared.has(token.text) && !foreign.has(token.offset) && !isProperty(tokens, index) && !isKey(tokens, index) ? [at(token)] : []));
  return { exports, uses };
}

function at(token: ScriptToken): NameUse {
  return { name: token.text, offset: token.offset };
}

function isProperty(tokens: readonly ScriptToken[], index: number): boolean {
  const before = tokens[index - 1];
  return before?.kind === 'sign' && (before.text === '.' || before.text === '?.');
}

/** `{ name: …` and `, name: …`; not `a ? name : b`. */
function isKey(tokens: readonly ScriptToken[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return tokens[index + 1]?.text === ':' && (before === '{' || before === ',');
}

function exported(tokens: readonly ScriptToken[], index: number): NameUse[] {
  const next = tokens[index];
  if (next?.text === '{') return specifiers(tokens, index).map(({ last }) => last);
  return declaredBy(tokens, index);
}

/** The names of an import or export clause: `a`, `{ b, c as d }`, `* as e`. */
function clause(tokens: readonly ScriptToken[], index: number): { first: NameUse; last: NameUse }[] {
  const names: { first: NameUse; last: NameUse }[] = [];
  for (let i = index; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token?.text === '{') return [...names, ...specifiers(tokens, i)];
    if (token === undefined || !(token.kind === 'name' || token.text === '*' || token.text === ',') || /^(?:from|const|let|var|function|class|async|default)$/.test(token.text)) break;
    if (token.kind === 'name' && token.text !== 'as' && token.text !== 'type') names.push({ first: at(token), last: at(token) });
  }
  return names;
}

/** The entries of `{ a, b as c }`: the name before `as` and the name behind it. */
function specifiers(tokens: readonly ScriptToken[], brace: number): { first: NameUse; last: NameUse }[] {
  const found: { first: NameUse; last: NameUse }[] = [];
  let group: ScriptToken[] = [];
  const close = (): void => {
    const names = group.filter((token) => token.kind === 'name' && token.text !== 'as' && token.text !== 'type');
    const first = names[0];
    const last = names.at(-1);
    if (first !== undefined && last !== undefined && group[0]?.text !== 'type') found.push({ first: at(first), last: at(last) });
    group = [];
  };
  for (let i = brace + 1; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token === undefined || token.text === '}') break;
    if (token.text === ',') close();
    else group.push(token);
  }
  close();
  return found;
}

/** The names that a declaration beginning at this token declares; none when it is not one. */
function declaredBy(tokens: readonly ScriptToken[], index: number): NameUse[] {
  let i = index;
  while (tokens[i]?.text === 'async' || tokens[i]?.text === 'abstract') i += 1;
  const keyword = tokens[i]?.text ?? '';
  if (keyword === 'function' || keyword === 'class') {
    const name = tokens[tokens[i + 1]?.text === '*' ? i + 2 : i + 1];
    return name?.kind === 'name' ? [at(name)] : [];
  }
  if (keyword !== 'const' && keyword !== 'let' && keyword !== 'var') return [];
  return bindings(tokens, i + 1);
}

/** The names bound by `a = 1, { b, c: d } = x, [e]`. */
function bindings(tokens: readonly ScriptToken[], from: number): NameUse[] {
  const found: NameUse[] = [];
  const depth = tokens[from]?.depth ?? 0;
  let i = from;
  for (;;) {
    const token = tokens[i];
    if (token === undefined) return found;
    if (token.kind === 'name') {
      found.push(at(token));
      i += 1;
    } else if (token.text === '{' || token.text === '[') {
      const end = groupEnd(tokens, i);
      found.push(...patternNames(tokens, i, end));
      i = end + 1;
    } else return found;
    const comma = nextDeclarator(tokens, i, depth);
    if (comma === undefined) return found;
    i = comma + 1;
  }
}

/** The comma before the next declarator of the same statement. Follows the rule for missing semicolons. */
function nextDeclarator(tokens: readonly ScriptToken[], from: number, depth: number): number | undefined {
  // In front of the value there may be a type, whose angle brackets hold commas.
  let angles = tokens[from]?.text === ':' ? 0 : undefined;
  for (let i = from; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token === undefined || token.depth < depth) return undefined;
    if (token.depth > depth) continue;
    if (token.text === '=') angles = undefined;
    if (angles !== undefined) angles += token.text === '<' ? 1 : token.text === '>' ? -1 : 0;
    if (token.text === ',' && (angles ?? 0) <= 0) return i;
    const before = tokens[i - 1];
    const ended = before !== undefined && (before.kind !== 'sign' || /[)\]}]/.test(before.text));
    if (token.text === ';' || (token.newline && token.kind === 'name' && ended && !/^(?:in|of|instanceof|as|satisfies)$/.test(token.text))) return undefined;
  }
  return undefined;
}

function groupEnd(tokens: readonly ScriptToken[], open: number): number {
  const depth = tokens[open]?.depth ?? 0;
  let i = open + 1;
  while (i < tokens.length && (tokens[i]?.depth ?? 0) > depth) i += 1;
  return i;
}

/** The names bound inside a destructuring pattern: a key before `:` and a default behind `=` are none. */
function patternNames(tokens: readonly ScriptToken[], open: number, end: number): NameUse[] {
  const found: NameUse[] = [];
  let inDefault: number | undefined;
  for (let i = open + 1; i < end; i += 1) {
    const token = tokens[i];
    if (token === undefined) break;
    if (inDefault !== undefined) {
      if (token.depth < inDefault || (token.depth === inDefault && token.text === ',')) inDefault = undefined;
      else continue;
    }
    if (token.text === '=') inDefault = token.depth;
    else if (token.kind === 'name' && tokens[i + 1]?.text !== ':') found.push(at(token));
  }
  return found;
}
