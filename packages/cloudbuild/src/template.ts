// Finds the variables in a text the way Cloud Build does, and replaces them. It knows nothing of builds.
// Source: cloud-build-local:subst/subst.go; dynamic operators: Google's page on substituting variable values.
import { matchEnds, parseGlob } from './glob-pattern.ts';

/** A variable, or an escaped dollar, in a text. Offsets are UTF-16, `end` exclusive. */
export interface TemplateVariable {
  readonly start: number;
  readonly end: number;
  /** Absent for `$$`. */
  readonly name?: string;
  /** What follows the name inside the braces, when dynamic substitutions are on: `%-*`, `:-x`, `//a/b`. */
  readonly operation?: string;
}

/** All variables of a text, left to right. `$$` is an escaped dollar; `$` before anything else is plain text. */
export function findVariables(text: string, dynamic: boolean): readonly TemplateVariable[] {
  const found: TemplateVariable[] = [];
  let at = text.indexOf('$');
  while (at !== -1 && at < text.length) {
    const variable = variableAt(text, at, dynamic);
    if (variable !== undefined) found.push(variable);
    at = text.indexOf('$', variable?.end ?? at + 1);
  }
  return found;
}

function variableAt(text: string, start: number, dynamic: boolean): TemplateVariable | undefined {
  if (text.startsWith('$$', start)) return { start, end: start + 2 };
  const plain = /\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))/y;
  plain.lastIndex = start;
  const match = plain.exec(text);
  const name = match?.[1] ?? match?.[2];
  if (name !== undefined) return { start, end: plain.lastIndex, name };
  if (!dynamic) return undefined;
  const opening = /\$\{([A-Z_][A-Z0-9_]*)(?=[%#/:,^])/y;
  opening.lastIndex = start;
  const head = opening.exec(text);
  const close = head === null ? -1 : closingBrace(text, opening.lastIndex);
  if (head?.[1] === undefined || close === -1) return undefined;
  return { start, end: close + 1, name: head[1], operation: text.slice(opening.lastIndex, close) };
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i += 1) {
    if (text.startsWith('${', i)) depth += 1;
    else if (text.charAt(i) === '}') {
      if (depth === 0) return i;
      depth -= 1;
    }
  }
  return -1;
}

/** Replaces every variable by what `value` gives; undefined keeps it as it is written. */
export function replaceVariables(text: string, dynamic: boolean, value: (variable: TemplateVariable & { name: string }) => string | undefined): string {
  let out = '';
  let last = 0;
  for (const variable of findVariables(text, dynamic)) {
    const { name } = variable;
    const replacement = name === undefined ? '$' : value({ ...variable, name });
    out += text.slice(last, variable.start) + (replacement ?? text.slice(variable.start, variable.end));
    last = variable.end;
  }
  return out + text.slice(last);
}

/** Applies a dynamic operator to a value; undefined when the operator is not known. */
export function applyOperation(value: string, operation: string): string | undefined {
  const [, operator = '', operand = ''] = /^(:-|%%|%|##|#|\/\/|\/|:|,,|,|\^\^|\^)(.*)$/s.exec(operation) ?? [];
  switch (operator) {
    case ':-':
      return value === '' ? operand : value;
    case '%':
    case '%%':
      return cutSuffix(value, operand, operator === '%%');
    case '#':
    case '##':
      return cutPrefix(value, operand, operator === '##');
    case '/':
    case '//':
      return replacePattern(value, operand, operator === '//');
    case ':':
      return slice(value, operand);
    case ',,':
      return value.toLowerCase();
    case '^^':
      return value.toUpperCase();
    case ',':
      return value.charAt(0).toLowerCase() + value.slice(1);
    case '^':
      return value.charAt(0).toUpperCase() + value.slice(1);
    default:
      return undefined;
  }
}

function cutPrefix(value: string, pattern: string, longest: boolean): string {
  const ends = matchEnds(parseGlob(pattern), value, 0);
  return value.slice((longest ? ends.at(-1) : ends[0]) ?? 0);
}

function cutSuffix(value: string, pattern: string, longest: boolean): string {
  const glob = parseGlob(pattern);
  const starts = Array.from({ length: value.length + 1 }, (_, index) => (longest ? index : value.length - index));
  const start = starts.find((index) => matchEnds(glob, value, index).at(-1) === value.length);
  return value.slice(0, start ?? value.length);
}

function replacePattern(value: string, operand: string, all: boolean): string {
  const slash = operand.search(/(?<!\\)\//);
  const glob = parseGlob(slash === -1 ? operand : operand.slice(0, slash));
  const replacement = slash === -1 ? '' : operand.slice(slash + 1);
  if (glob.length === 0) return value;
  let out = '';
  let at = 0;
  while (at < value.length) {
    const end = matchEnds(glob, value, at).at(-1) ?? at;
    if (end === at) {
      out += value.charAt(at);
      at += 1;
      continue;
    }
    out += replacement;
    at = end;
    if (!all) break;
  }
  return out + value.slice(at);
}

/** `${V:offset}` and `${V:offset:length}`; negative numbers count from the end, as in bash. */
function slice(value: string, operand: string): string | undefined {
  const match = /^\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?$/.exec(operand);
  if (match === null) return undefined;
  const offset = Number(match[1]);
  const start = offset < 0 ? value.length + offset : offset;
  if (start < 0 || start > value.length) return '';
  if (match[2] === undefined) return value.slice(start);
  const length = Number(match[2]);
  return length < 0 ? value.slice(start, Math.max(start, value.length + length)) : value.slice(start, start + length);
}
