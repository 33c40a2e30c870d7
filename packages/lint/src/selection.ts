// The part of a file that a block quotes: all of it, some lines, or what stands under a key of a YAML or JSON file. Pure.
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import { parseStream } from './yaml-stream.ts';
import type { YamlNode } from './yaml-stream.ts';

/** Which part of a file is meant. Lines are 1-based and inclusive. */
export type Selection =
  | { readonly kind: 'whole' }
  | { readonly kind: 'lines'; readonly from: number; readonly to: number }
  | { readonly kind: 'path'; readonly keys: readonly (string | number)[]; readonly text: string };

/** What was selected, or in words why there is nothing. */
export type Selected =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly message: string };

/**
 * Reads what stands behind the `#`: nothing, `L10`, `L10-L20`, or a path of keys such as `steps[0].args`, where a key that
 * holds dots or brackets is written `["a.b"]`. Undefined when it is none of them.
 */
export function parseSelection(fragment: string): Selection | undefined {
  const text = decode(fragment);
  if (text === '') return { kind: 'whole' };
  const lines = /^L(\d{1,7})(?:-L?(\d{1,7}))?$/.exec(text);
  if (lines !== null) {
    const from = Number(lines[1]);
    const to = Number(lines[2] ?? lines[1]);
    return from >= 1 && to >= from ? { kind: 'lines', from, to } : undefined;
  }
  const keys: (string | number)[] = [];
  const token = /\.?([^.[\]"\s]+)|\[(\d{1,7})\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) return undefined;
    const [piece, bare, index, quoted = ''] = found;
    // A dot stands between keys, and nowhere else.
    if (bare !== undefined && piece.startsWith('.') === (keys.length === 0)) return undefined;
    keys.push(index === undefined ? (bare ?? quoted.replace(/\\(.)/g, '$1')) : Number(index));
  }
  return { kind: 'path', keys, text };
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch (error) {
    if (error instanceof URIError) return fragment; // a lone % is just a sign
    throw error;
  }
}

/**
 * Takes the selected part of a file with LF line ends.
 * @param as what stands under a key: its `source`, moved to the left margin, or the `value` of a string.
 */
export function selectText(text: string, selection: Selection, as: 'source' | 'value'): Selected {
  if (selection.kind === 'path') return selectNode(text, selection, as);
  const all = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (selection.kind === 'whole') return { kind: 'text', text: all };
  const lines = all.split('\n');
  if (selection.to > lines.length) return { kind: 'absent', message: `it has ${lines.length} lines, so there is no line ${selection.to}` };
  return { kind: 'text', text: lines.slice(selection.from - 1, selection.to).join('\n') };
}

function selectNode(text: string, { keys, text: path }: Extract<Selection, { kind: 'path' }>, as: 'source' | 'value'): Selected {
  const documents = parseStream(text);
  if (documents === undefined) return { kind: 'unreadable', message: 'it cannot be read as YAML or JSON, so it has no keys' };
  for (const document of documents) {
    const node = findNode(document.contents, keys);
    const range = node?.range;
    if (range == null) continue;
    if (isAlias(node)) return { kind: 'unreadable', message: `"${path}" is an alias there; name what it stands for` };
    if (as === 'value' && isScalar(node) && typeof node.value === 'string') return { kind: 'text', text: node.value.replace(/\n$/, '') };
    return { kind: 'text', text: isBlockCollection(node) ? nodeText(text, range[0], range[1]) : text.slice(range[0], range[1]) };
  }
  return { kind: 'absent', message: `it has no "${path}"` };
}

/** The node under a path of keys; a number is an index in a list. */
function findNode(root: YamlNode | null, keys: readonly (string | number)[]): YamlNode | undefined {
  let node: unknown = root;
  for (const key of keys) {
    if (isMap(node)) node = node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))?.value;
    else if (isSeq(node) && /^\d+$/.test(String(key))) node = node.items[Number(key)];
    else return undefined;
  }
  return isNode(node) ? node : undefined;
}

function isBlockCollection(node: YamlNode | undefined): boolean {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

/** The lines of a block collection, moved left by the column of its first sign, without the blank lines at its end. */
export function nodeText(text: string, start: number, end: number): string {
  const column = start === 0 ? 0 : start - (text.lastIndexOf('\n', start - 1) + 1);
  const [first = '', ...rest] = text.slice(start, end).trimEnd().split('\n');
  return [first, ...rest.map((line) => line.slice(Math.min(column, line.search(/\S|$/))))].join('\n');
}
