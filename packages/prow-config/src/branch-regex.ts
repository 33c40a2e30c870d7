// Go's regular expressions (RE2), as far as Prow job configs use them, read as JavaScript ones.
// What the two languages do not share is refused with a reason: a pattern must never silently mean something else.

/** A compiled pattern, or why it cannot be used. */
export interface BranchRegex {
  readonly regex?: RegExp;
  /** A sentence for people; present exactly when `regex` is not. */
  readonly problem?: string;
}

/** Escapes that mean the same in RE2 and JavaScript, besides escaped punctuation. */
const sharedEscapes = 'dDwWsSbBtnrfv';

/**
 * Compiles a pattern of `branches`, `skip_branches`, `run_if_changed`, `skip_if_only_changed` or `trigger`. The result
 * searches unanchored, as Go's `MatchString` does. A leading `(?m)` becomes the `m` flag. Never throws.
 *
 * Source: PROW:pkg/config/branch.go, and the RE2 syntax page of Go's regexp package.
 */
export function compileBranchRegex(text: string): BranchRegex {
  const multiline = text.startsWith('(?m)');
  const source = multiline ? text.slice('(?m)'.length) : text;
  const foreign = findForeign(source);
  if (foreign !== undefined) return { problem: `the pattern ${JSON.stringify(text)} uses ${foreign}` };
  try {
    return { regex: new RegExp(source, multiline ? 'm' : '') };
  } catch (error) {
    // The one error expected is the SyntaxError of a malformed pattern, which Prow would refuse too.
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : 'it does not parse';
    return { problem: `the pattern ${JSON.stringify(text)} is not a regular expression: ${why}` };
  }
}

/** The first construct on which RE2 and JavaScript differ, in words. */
function findForeign(source: string): string | undefined {
  let inClass = false;
  for (let i = 0; i < source.length; i += 1) {
    const rest = source.slice(i);
    if (rest.startsWith('\\')) {
      const found = foreignEscape(rest);
      if (found !== undefined) return found;
      i += 1;
    } else if (inClass) {
      if (/^\[[:.=]/.test(rest)) return `the character class "${rest.slice(0, rest.indexOf(']') + 1 || 3)}", which is not supported here`;
      if (rest.startsWith(']')) inClass = false;
    } else if (rest.startsWith('[')) {
      if (/^\[\^?\]/.test(rest)) return 'a "]" as first member of a class, which means different things in Go and here';
      inClass = true;
    } else {
      const found = foreignGroup(rest) ?? foreignRepeat(rest);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function foreignEscape(rest: string): string | undefined {
  const next = rest[1] ?? '';
  if (next === '') return undefined; // A trailing backslash fails to compile, with its own message.
  if (/[0-9]/.test(next)) return `"\\${next}", a back reference or octal escape, which is not supported here`;
  if (/[a-zA-Z]/.test(next) && !sharedEscapes.includes(next) && !/^\\x[0-9a-fA-F]{2}/.test(rest)) {
    return `the escape "\\${next}", which is not supported here`;
  }
  return undefined;
}

function foreignGroup(rest: string): string | undefined {
  if (!rest.startsWith('(?') || rest.startsWith('(?:')) return undefined;
  const opening = /^\(\?(?:P?<[^>]*>|<?[=!]|[a-zA-Z-]+[:)]?|.?)/.exec(rest)?.[0] ?? '(?';
  if (/^\(\?<?[=!]/.test(opening)) return `"${opening}", a look-around, which Go refuses`;
  if (/^\(\?[a-zA-Z-]+[:)]?$/.test(opening)) return `the flags "${opening}", which are not supported here; only a leading "(?m)" is`;
  return `the group "${opening}", which is not supported here`;
}

function foreignRepeat(rest: string): string | undefined {
  if (/^(?:[*+?]|\{\d+(?:,\d*)?\})[*+]/.test(rest)) return `"${rest.slice(0, 2)}…", a repeated repetition, which Go refuses`;
  const counts = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
  if (counts !== null && Math.max(Number(counts[1]), Number(counts[2] ?? 0)) > 1000) return `"${counts[0]}", a repetition above Go's limit of 1000`;
  return undefined;
}
