// Reads a promoter-manifest.yaml: where images come from and where they go. Unknown keys are kept in `raw`.
// Source: PT:promoter/image/schema/manifest.go; K:registry.k8s.io/manifests/manifest_test.go; domain facts §5.1, §5.2, §5.5.
import { isMap, isSeq } from 'yaml';
import { nearest, type Problem } from '@runbook/problem';
import type { ProblemCode } from './problem-code.ts';
import { entriesOf, follow, nounOf, offsetOf, readYaml, scalarText, type Entry, type YamlText } from './yaml-document.ts';

/** A registry of a promoter-manifest.yaml. */
export interface ManifestRegistry {
  /** Host and path without a tag: `us-east1-docker.pkg.dev/k8s-artifacts-prod/images/kueue`. */
  readonly name: string;
  /** True for the staging registry images come from. */
  readonly src: boolean;
  readonly serviceAccount?: string;
  readonly line: number;
  readonly column: number;
}

/** A parsed promoter-manifest.yaml. */
export interface PromoterManifest {
  readonly file: string;
  readonly registries: readonly ManifestRegistry[];
  /** Optional, and ignored by kpromo. */
  readonly imagesPath?: string;
  /** The document as it was written, all fields kept. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The staging registry's name, or undefined when the manifest does not name exactly one. */
export function sourceRegistry(manifest: PromoterManifest): string | undefined {
  const sources = manifest.registries.filter((registry) => registry.src);
  return sources.length === 1 ? sources[0]?.name : undefined;
}

/** Names of the production registries, in file order. */
export function destinations(manifest: PromoterManifest): readonly string[] {
  return manifest.registries.filter((registry) => !registry.src).map((registry) => registry.name);
}

type Report = (offset: number, code: ProblemCode, message: string, hint: string, severity?: Problem['severity']) => void;

const rootFields: readonly string[] = ['registries', 'imagesPath', 'images', 'provenance'];
const registryFields: readonly string[] = ['name', 'src', 'service-account'];

/** Parses a promoter-manifest.yaml. Never throws. `manifest` is absent when the text is not a YAML mapping. */
export function parseManifest(text: string, file: string): { readonly manifest?: PromoterManifest; readonly problems: readonly Problem[] } {
  const yaml = readYaml(text, file);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const problems: Problem[] = [];
  const report: Report = (offset, code, message, hint, severity = 'error') => {
    problems.push({ code, severity, message, hint, ...yaml.at(offset) });
  };
  const contents = yaml.document.contents;
  if (!isMap(contents)) {
    report(0, 'wrong-type', `the file holds ${nounOf(contents)}, expected a mapping with registries`, 'Start with "registries:".');
    return { problems };
  }
  const fields = entriesOf(contents, yaml.document);
  reportUnknown(fields, rootFields, 'a promoter manifest', report);
  if (fields.some((field) => field.key === 'provenance')) report(fields.find((field) => field.key === 'provenance')?.offset ?? 0, 'new-field', '"provenance" is known to kpromo from v4.6 on; older ones refuse the file', 'Check the version of the promotion jobs.', 'warning');
  const registries = readRegistries(yaml, fields.find((field) => field.key === 'registries'), report);
  const imagesPath = scalarText(fields.find((field) => field.key === 'imagesPath')?.value);
  const raw = readRaw(yaml, report);
  return { manifest: { file, registries, ...(imagesPath === undefined ? {} : { imagesPath }), raw }, problems };
}

function readRaw(yaml: YamlText, report: Report): Readonly<Record<string, unknown>> {
  try {
    return yaml.document.toJS({ maxAliasCount: 100 }) as Readonly<Record<string, unknown>>;
  } catch (error) {
    // Too many aliases is the one error expected here.
    report(0, 'yaml-syntax', `the file cannot be read: ${error instanceof Error ? error.message : 'bad aliases'}`, 'Write the values out.');
    return {};
  }
}

function readRegistries(yaml: YamlText, field: Entry | undefined, report: Report): readonly ManifestRegistry[] {
  if (!isSeq(field?.value)) {
    report(field?.offset ?? 0, 'no-registries', `registries is ${field === undefined ? 'nothing' : nounOf(field.value)}, expected a list`, 'List the staging registry with "src: true" and the production ones.');
    return [];
  }
  const registries = field.value.items.map((item) => readRegistry(yaml, follow(item, yaml.document), report)).filter((registry) => registry !== undefined);
  const sources = registries.filter((registry) => registry.src);
  if (sources.length !== 1) report(field.offset, 'one-source', `${sources.length === 0 ? 'no registry has' : `${sources.length} registries have`} "src: true", expected exactly one`, 'Mark the staging registry, and only it.');
  if (sources.length === registries.length && registries.length > 0) report(field.offset, 'no-destination', 'no production registry is listed, so nothing would be promoted', 'List the production registries.');
  const seen = new Map<string, ManifestRegistry>();
  for (const registry of registries) {
    const other = seen.get(registry.name);
    if (other !== undefined) report(yamlOffset(yaml, field, registries.indexOf(registry)), 'duplicate-registry', `${registry.name} is listed in line ${other.line} already`, 'Remove one.', 'warning');
    seen.set(registry.name, registry);
  }
  return registries;
}

function yamlOffset(yaml: YamlText, field: Entry, index: number): number {
  return isSeq(field.value) ? (offsetOf(follow(field.value.items[index], yaml.document)) ?? field.offset) : field.offset;
}

function readRegistry(yaml: YamlText, node: unknown, report: Report): ManifestRegistry | undefined {
  const start = offsetOf(node) ?? 0;
  if (!isMap(node)) {
    report(start, 'wrong-type', `a registry is ${nounOf(node)}, expected a mapping`, 'Write "- name:".');
    return undefined;
  }
  const fields = entriesOf(node, yaml.document);
  reportUnknown(fields, registryFields, 'a registry', report);
  const value = (key: string): string | undefined => scalarText(fields.find((field) => field.key === key)?.value);
  const name = value('name') ?? '';
  if (name === '') report(start, 'no-name', 'the registry has no name', 'Add "name:".');
  else if (!/^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/.test(name)) report(start, 'bad-name', `${JSON.stringify(name)} is not a registry with a path`, 'Write host/path without scheme, tag or slash at the end.');
  const src = value('src');
  if (src !== undefined && src !== 'true' && src !== 'false') report(start, 'wrong-type', `src is ${JSON.stringify(src)}, expected true or false`, 'Write "src: true" for the staging registry.');
  const serviceAccount = value('service-account');
  const { line, column } = yaml.at(start);
  return { name, src: src === 'true', ...(serviceAccount === undefined ? {} : { serviceAccount }), line, column };
}

function reportUnknown(fields: readonly Entry[], known: readonly string[], noun: string, report: Report): void {
  for (const { key, offset } of fields) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    report(offset, 'unknown-field', `"${key}" is not a field of ${noun}; kpromo refuses the file`, meant === undefined ? `Known fields: ${known.join(', ')}.` : `Did you mean "${meant}"?`);
  }
}
