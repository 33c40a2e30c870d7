// What a script block says of names: which it exports, declares and refers to. Reads tokens, not a syntax tree; where the
// two could differ, it prefers to see a use too many over one too few.
import { declaredNames, pairBrackets } from './script-pattern.ts';
import { readScopes } from './script-scope.ts';
import { tokenizeScript } from './script-token.ts';
import type { ScriptTokens } from './script-pattern.ts';
import type { Binding } from './script-scope.ts';
import type { ScriptToken } from './script-token.ts';
import type { NameUse } from './shell-text.ts';

/** The names of a script block. */
export interface ScriptNames {
  /** `export const|let|var|function|class`, `export { a, b as c }`, `export const { a, b } = …` at the top level. */
  readonly exports: readonly NameUse[];
  /** Every name that is not a property, a key, or bound by the block itself where it stands. */
  readonly uses: readonly NameUse[];
}

/** Reads the names of a script block. Never throws. */
export function readScriptNames(source: string): ScriptNames {
  const tokens = pairBrackets(tokenizeScript(source));
  const { list } = tokens;
  const { bindings, keys } = readScopes(tokens);
  const exports: NameUse[] = [];
  const imports: Binding[] = [];
  /** Offsets of names that belong to another module's or a later block's side of `as`. */
  const foreign = new Set<number>();
  list.forEach((token, index) => {
    if (token.depth !== 0 || token.kind !== 'name' || isProperty(list, index)) return;
    if (token.text === 'export') exports.push(...exported(tokens, index + 1));
    if (token.text !== 'import' && token.text !== 'export') return;
    const names = clause(list, index + 1);
    for (const { first, last } of names) if (first.offset !== last.offset) foreign.add(token.text === 'import' ? first.offset : last.offset);
    if (token.text === 'import') for (const { last } of names) imports.push({ name: last.name, from: 0, to: list.length });
  });
  const isOwn = createOwner([...bindings, ...imports]);
  const uses = list.flatMap((token, index) => {
    const own = isOwn(token.text, index);
    return token.kind === 'name' && !own && !keys.has(index) && !foreign.has(token.offset) && !isProperty(list, index) && !isKey(list, index) ? [at(token)] : [];
  });
  return { exports, uses };
}

/** Answers whether a name is bound at an index. Must be asked for each index in order. */
function createOwner(bindings: readonly Binding[]): (name: string, index: number) => boolean {
  const begins = new Map<number, Binding[]>();
  for (const binding of bindings) {
    const known = begins.get(binding.from);
    if (known === undefined) begins.set(binding.from, [binding]);
    else known.push(binding);
  }
  /** For each name the furthest end of the bindings that have begun. */
  const ends = new Map<string, number>();
  return (name, index) => {
    for (const binding of begins.get(index) ?? []) ends.set(binding.name, Math.max(ends.get(binding.name) ?? 0, binding.to));
    return (ends.get(name) ?? 0) > index;
  };
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

function exported(tokens: ScriptTokens, index: number): NameUse[] {
  const { list } = tokens;
  if (list[index]?.text === '{') return specifiers(list, index).map(({ last }) => last);
  let at = index;
  while (list[at]?.text === 'async' || list[at]?.text === 'abstract') at += 1;
  const keyword = list[at]?.text ?? '';
  if (keyword === 'const' || keyword === 'let' || keyword === 'var') return declaredNames(tokens, at + 1);
  if (keyword !== 'function' && keyword !== 'class') return [];
  const name = list[list[at + 1]?.text === '*' ? at + 2 : at + 1];
  return name?.kind === 'name' ? [{ name: name.text, offset: name.offset }] : [];
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
