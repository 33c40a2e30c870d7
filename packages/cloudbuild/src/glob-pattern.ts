// Shell patterns (`*`, `?`, `[…]`) as Cloud Build's dynamic substitutions use them. Linear in time for real patterns.

type Token = { readonly kind: 'any' } | { readonly kind: 'one'; readonly matches: (character: string) => boolean };

/** A parsed pattern. */
export type GlobPattern = readonly Token[];

/** Parses a pattern; a `[` without its `]` is a plain character. */
export function parseGlob(text: string): GlobPattern {
  const tokens: Token[] = [];
  let rest = text;
  while (rest !== '') {
    const set = /^\[(!|\^)?(\]?[^\]]*)\]/s.exec(rest);
    if (rest.startsWith('*')) {
      if (tokens.at(-1)?.kind !== 'any') tokens.push({ kind: 'any' });
      rest = rest.slice(1);
    } else if (rest.startsWith('?')) {
      tokens.push({ kind: 'one', matches: () => true });
      rest = rest.slice(1);
    } else if (set !== null && (set[2] ?? '') !== '') {
      tokens.push({ kind: 'one', matches: inSet(set[2] ?? '', set[1] !== undefined) });
      rest = rest.slice(set[0].length);
    } else {
      const escaped = rest.startsWith('\\') && rest.length > 1;
      const character = rest.charAt(escaped ? 1 : 0);
      tokens.push({ kind: 'one', matches: (other) => other === character });
      rest = rest.slice(escaped ? 2 : 1);
    }
  }
  return tokens;
}

function inSet(set: string, negated: boolean): (character: string) => boolean {
  return (character) => {
    let found = false;
    for (let i = 0; i < set.length; i += 1) {
      const last = set.charAt(i + 2);
      if (set.charAt(i + 1) === '-' && last !== '') {
        if (set.charAt(i) <= character && character <= last) found = true;
        i += 2;
      } else if (set.charAt(i) === character) found = true;
    }
    return found !== negated;
  };
}

/** Every end offset at which the pattern can end when it starts at `start`, ascending. */
export function matchEnds(pattern: GlobPattern, text: string, start: number): readonly number[] {
  let ends = new Set([start]);
  for (const token of pattern) {
    const next = new Set<number>();
    if (token.kind === 'any') {
      for (let end = Math.min(...ends); end <= text.length; end += 1) next.add(end);
    } else {
      for (const end of ends) if (end < text.length && token.matches(text.charAt(end))) next.add(end + 1);
    }
    ends = next;
    if (ends.size === 0) return [];
  }
  return [...ends].sort((a, b) => a - b);
}
