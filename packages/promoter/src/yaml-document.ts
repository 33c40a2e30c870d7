// A YAML text as nodes with places, for readers that must see how a file is written: quotes, duplicates, lines.
// Never throws; a text that is not one YAML document gives problems and no contents.
import { isAlias, isMap, isScalar, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml';
import { yamlFaults, type Place, type Problem } from '@runbook/problem';

/** What a YAML text holds. */
export interface YamlText {
  readonly document: Document;
  /** Where an offset of the text lies. */
  at(offset: number): Place;
  /** Problems that make the contents unusable; empty when they can be read. */
  readonly problems: readonly Problem[];
}

/** Reads a YAML text. kpromo reads strictly, so duplicate keys are errors. */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = yamlFaults(text, document.errors).map(({ isDuplicate, message, hint, offset }): Problem => {
    const said = isDuplicate ? { message: 'a key stands twice in one mapping', hint: 'Keep one; kpromo refuses the file.' } : { message, hint };
    return { code: isDuplicate ? 'duplicate-key' : 'yaml-syntax', severity: 'error', ...said, ...at(offset) };
  });
  return { document, at, problems };
}

/** One entry of a mapping. */
export interface Entry {
  /** The key as text; numbers and booleans as they are written. */
  readonly key: string;
  /** Offset of the key. */
  readonly offset: number;
  /** How the key is quoted. */
  readonly quote: '"' | "'" | '';
  /** The value's node, aliases followed. */
  readonly value: unknown;
}

/** The entries of a mapping, in order. */
export function entriesOf(map: YAMLMap, document: Document): readonly Entry[] {
  return map.items.map(({ key, value }) => ({
    key: scalarText(key) ?? '',
    offset: offsetOf(key) ?? 0,
    quote: quoteOf(key),
    value: follow(value, document),
  }));
}

/** The node an alias stands for, or the node itself. */
export function follow(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** The text of a scalar as it is written: `2.10` stays `2.10`. Undefined for anything but a scalar with a value. */
export function scalarText(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

/** How a scalar is quoted. */
function quoteOf(node: unknown): '"' | "'" | '' {
  if (!isScalar(node)) return '';
  return node.type === 'QUOTE_DOUBLE' ? '"' : node.type === 'QUOTE_SINGLE' ? "'" : '';
}

/** Where a node starts in its text; undefined for nodes that are not written. */
export function offsetOf(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined;
}

/** What a node is, with its article, for messages. */
export function nounOf(node: unknown): string {
  if (node === null || node === undefined || (isScalar(node) && node.value === null)) return 'nothing';
  if (isScalar(node)) return `a ${typeof node.value}`;
  return isMap(node) ? 'a mapping' : 'a list';
}
