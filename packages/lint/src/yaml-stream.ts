// YAML and JSON of strangers, read with bounds: no error is thrown, no alias explodes, and whole numbers keep all their digits.
import { parseAllDocuments } from 'yaml';
import type { Document, Node, ParsedNode } from 'yaml';

/** A node of a parsed document. */
export type YamlNode = Node;

/** One document of a stream. */
export type YamlDocument = Document.Parsed<ParsedNode>;

/** Deeper flow collections than these are refused, because a parser would call itself too often. */
const deepestFlow = 200;

/** The documents of a text; undefined when it is not YAML (JSON is), is empty, or is made to exhaust its reader. */
export function parseStream(text: string): readonly YamlDocument[] | undefined {
  if (isDeep(text)) return undefined;
  try {
    const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent', intAsBigInt: true, version: '1.2' });
    if ('empty' in documents || documents.some((document) => document.errors.length > 0)) return undefined;
    return documents;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // nested deeper than the stack
    throw error;
  }
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text.match(/[[\]{}]/g) ?? []) {
    depth += sign === '[' || sign === '{' ? 1 : -1;
    if (depth > deepestFlow) return true;
    if (depth < 0) depth = 0;
  }
  return false;
}

/** The value of a document: maps as `Map`, whole numbers as bigint. Undefined when its aliases explode or lead nowhere. */
export function valueOf(document: YamlDocument): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ mapAsMap: true, maxAliasCount: 100 }) };
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
    throw error;
  }
}
