// The words of an `if=` expression. A minus sign is part of a name, because step names have dashes and there is no arithmetic.

/** One word of an expression. */
export type ConditionToken =
  | { readonly kind: 'string' | 'number'; readonly text: string; readonly offset: number; readonly value: string | number }
  | { readonly kind: 'word' | 'compare' | 'sign'; readonly text: string; readonly offset: number };

const shapes = /\s+|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?(?![\w./-]))|([A-Za-z0-9_][\w./-]*)|(==|!=|<=|>=|<|>)|(&&|\|\||[!()[\],])/y;

/** Splits an expression into words, or tells the first character that is none. Never throws. */
export function tokenizeCondition(source: string): readonly ConditionToken[] | { readonly message: string; readonly offset: number } {
  const tokens: ConditionToken[] = [];
  shapes.lastIndex = 0;
  while (shapes.lastIndex < source.length) {
    const offset = shapes.lastIndex;
    const found = shapes.exec(source);
    if (found === null) return { message: complaint(source, offset), offset };
    const [text, string, number, word, compare, sign] = found;
    if (string !== undefined) tokens.push({ kind: 'string', text, offset, value: string.slice(1, -1).replace(/\\(.)/g, '$1') });
    else if (number !== undefined) tokens.push({ kind: 'number', text, offset, value: Number(number) });
    else if (word !== undefined) tokens.push({ kind: 'word', text, offset });
    else if (compare !== undefined) tokens.push({ kind: 'compare', text, offset });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text, offset });
  }
  return tokens;
}

function complaint(source: string, offset: number): string {
  const c = source[offset] ?? '';
  if (c === '"' || c === "'") return 'the text has no closing quote';
  if (c === '=') return '"=" does not compare; write "=="';
  if (c === '&' || c === '|') return `"${c}" is not an operator; write "${c}${c}"`;
  return `${JSON.stringify(c)} is not expected here`;
}
