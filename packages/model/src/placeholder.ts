// Text that an author meant a reader to replace, left in a command: `<your-name>` is a redirection to a shell, and `ghp-xxxx`
// a wrong password. Such a document is refused.

/** A placeholder at an offset of the source. */
export interface Placeholder {
  readonly text: string;
  readonly offset: number;
}

/** Shapes that are placeholders in any language. */
const anywhere: readonly RegExp[] = [
  /<(?:your|my|insert|enter|replace|fill|some|the)[-_ ][^<>\n]{1,60}>/gi,
  /<(?:todo|tbd|fixme)\b[^<>\n]{0,60}>/gi,
  /\b(?:gh[pousr]|github_pat|glpat)[-_][xX*.]{4,}/g,
  /(?<![\w$-])x{8,}(?![\w-])/gi,
  /(?<![\w${])(?:YOUR|REPLACE|INSERT)[-_][A-Z][A-Z0-9_-]*/g,
  /(?<![\w${])CHANGE_?ME(?!\w)/g,
];

/** In a shell also `<VERSION>` and `<github-username>`, which in a script would be types or tags. */
const shellOnly: readonly RegExp[] = [/<[A-Z][A-Z0-9_-]{1,60}>/g, /<[a-z][a-z0-9]*(?:[-_][a-z0-9]+){1,6}>/g];

/** The placeholders of a source, in order, but for those in comments, whose offsets are given in order. */
export function findPlaceholders(source: string, kind: 'shell' | 'script', comments: readonly (readonly [number, number])[]): readonly Placeholder[] {
  const found = new Map<number, Placeholder>();
  for (const shape of kind === 'shell' ? [...anywhere, ...shellOnly] : anywhere) {
    let comment = 0;
    for (const match of source.matchAll(shape)) {
      while ((comments[comment]?.[1] ?? Number.POSITIVE_INFINITY) <= match.index) comment += 1;
      const inComment = match.index >= (comments[comment]?.[0] ?? Number.POSITIVE_INFINITY);
      if (!inComment && !found.has(match.index)) found.set(match.index, { text: match[0], offset: match.index });
    }
  }
  return [...found.values()].sort((a, b) => a.offset - b.offset);
}
