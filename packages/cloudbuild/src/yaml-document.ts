// A YAML text as plain data, with the place of every value, field names in one spelling.
// Never throws; a text that is not one YAML document gives problems and no data.
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { yamlFaults, type Place, type Problem } from '@runbook/problem';
import type { ProblemCode } from './problem-code.ts';

/** What a YAML text says. */
export interface YamlDocument {
  /** Absent when the text is not one well-formed document. `null` for an empty one. */
  readonly root?: unknown;
  /** Path (`steps[0].args[2]`, canonical field names) → where the value, or its key, stands. */
  readonly places: ReadonlyMap<string, Place>;
  /** Path → how a scalar was written: `1.20` for the number 1.2. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Deep enough for every real file; deeper ones are cut, so that aliases in circles end. */
const maxDepth = 60;

/** Reads a YAML text. `canonical` gives the one spelling of a field name, by the path of its parent. */
export function readYaml(text: string, file: string, canonical: (name: string, parent: string) => string = (name) => name): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const places = new Map<string, Place>();
  const sources = new Map<string, string>();
  const broken = (code: ProblemCode, message: string, offset: number): Problem => ({ code, severity: 'error', message: `the file is not valid YAML: ${message}`, hint: 'Correct it; nothing else can be checked before.', ...at(offset) });
  if (document.errors.length > 0) {
    return { places, sources, problems: yamlFaults(text, document.errors).map(({ isDuplicate, message, hint, offset }) => ({ code: isDuplicate ? 'duplicate-key' : 'yaml-syntax', severity: 'error', message, hint, ...at(offset) })) };
  }
  try {
    const root: unknown = document.toJS({ maxAliasCount: 1000 });
    collect({ document, canonical, at, places, sources }, document.contents, '', 0);
    return { root: root ?? null, places, sources, problems: [] };
  } catch (error) {
    // Too many or circular aliases are the errors expected here.
    return { places, sources, problems: [broken('yaml-syntax', error instanceof Error ? error.message : 'bad aliases', 0)] };
  }
}

interface Walk {
  readonly document: Document;
  readonly canonical: (name: string, parent: string) => string;
  readonly at: (offset: number) => Place;
  readonly places: Map<string, Place>;
  readonly sources: Map<string, string>;
}

function collect(walk: Walk, start: unknown, path: string, depth: number): void {
  const node: unknown = isAlias(start) ? start.resolve(walk.document) : start;
  if (!isNode(node) || depth > maxDepth) return;
  if (!walk.places.has(path) && (start as Node).range) walk.places.set(path, walk.at((start as Node).range?.[0] ?? 0));
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = walk.canonical(String(key.value), path);
      const child = path === '' ? name : `${path}.${name}`;
      if (key.range) walk.places.set(child, walk.at(key.range[0]));
      collect(walk, value, child, depth + 1);
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => collect(walk, item, `${path}[${index}]`, depth + 1));
  } else if (isScalar(node) && node.source !== undefined) {
    walk.sources.set(path, node.source);
  }
}

/** True for a mapping. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, with its article, for messages. */
export function nounOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
