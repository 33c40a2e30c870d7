// variants.yaml of image-builder: several builds of one cloudbuild.yaml with different substitutions.
// Source: TI:images/builder/main.go (getVariants), domain facts §2.3.
import type { Place, Problem } from '@runbook/problem';
import type { ProblemCode } from './problem-code.ts';
import { isRecord, nounOf, readYaml, type YamlDocument } from './yaml-document.ts';

/** The variants of a build by name, each a set of values whose names lack the leading `_`. */
export type Variants = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Parses variants.yaml, strictly as image-builder does. Never throws. */
export function parseVariants(text: string, file: string): { readonly variants?: Variants; readonly problems: readonly Problem[] } {
  const yaml = readYaml(text, file);
  const problems = [...yaml.problems];
  if (yaml.root === undefined) return { problems };
  const wrong = (path: string, code: ProblemCode, message: string, hint: string, severity: Problem['severity'] = 'error'): void => {
    const place: Place = yaml.places.get(path) ?? { file, line: 1, column: 1 };
    problems.push({ code, severity, message, hint, ...place });
  };
  const root = yaml.root ?? {};
  if (!isRecord(root)) {
    wrong('', 'wrong-type', `the file holds ${nounOf(root)}, expected a mapping with "variants"`, 'Start with "variants:".');
    return { problems };
  }
  for (const key of Object.keys(root)) {
    if (key !== 'variants') wrong(key, 'unknown-field', `"${key}" is not a field of variants.yaml`, 'image-builder refuses the file; only "variants" is known.');
  }
  const list = root['variants'] ?? {};
  if (!isRecord(list)) {
    wrong('variants', 'wrong-type', `variants is ${nounOf(list)}, expected a mapping of names to values`, 'Put each variant\'s name above its values.');
    return { problems };
  }
  const variants = Object.fromEntries(Object.entries(list).map(([name, values]) => [name, readVariant(yaml, name, values, wrong)]));
  return { variants, problems };
}

type Wrong = (path: string, code: ProblemCode, message: string, hint: string, severity?: Problem['severity']) => void;

function readVariant(yaml: YamlDocument, name: string, values: unknown, wrong: Wrong): Record<string, string> {
  const path = `variants.${name}`;
  if (values === null || values === undefined) return {};
  if (!isRecord(values)) {
    wrong(path, 'wrong-type', `the variant "${name}" is ${nounOf(values)}, expected a mapping`, 'Write KEY: value lines under it.');
    return {};
  }
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    const at = `${path}.${key}`;
    if (value !== null && value !== undefined && typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      wrong(at, 'wrong-type', `${key} is ${nounOf(value)}, expected a text`, 'Quote the value.');
      continue;
    }
    const text = String(value ?? '');
    found[key] = text;
    const source = yaml.sources.get(at);
    if (typeof value === 'number' && source !== text) wrong(at, 'rewritten-number', `${key} is written ${source ?? ''} but passed as ${text}`, 'Quote the value.', 'warning');
    if (!/^[A-Z0-9_]+$/.test(key)) wrong(at, 'substitution-key', `substitution key "_${key}" does not respect format "^_[A-Z0-9_]+$"`, 'Use capitals, digits and "_".');
    if (text.includes(',')) wrong(at, 'comma-in-substitution', `${key} holds a comma, which splits the --substitutions flag image-builder writes`, 'Use a value without commas.');
  }
  return found;
}

/**
 * The problem of a job that asks for a variant which is not there, in the words of image-builder.
 * @param variants undefined when there is no variants.yaml
 */
export function checkVariant(wanted: string | undefined, variants: Variants | undefined, file: string): readonly Problem[] {
  if (wanted === undefined || (variants !== undefined && Object.hasOwn(variants, wanted))) return [];
  const message = variants === undefined ? `no variants.yaml found, but a build variant ("${wanted}") was specified` : `requested variant "${wanted}", which is not present in variants.yaml`;
  const code: ProblemCode = 'unknown-variant';
  return [{ code, severity: 'error', message, hint: 'Add the variant, or change --variant of the job.', file, line: 1, column: 1 }];
}
