// Reads a cloudbuild.yaml: both spellings of field names, unknown fields as problems, Cloud Build's limits.
// It does not substitute and does not judge style; `substitution.ts` and `build-lint.ts` do.
import type { Place, Problem } from '@runbook/problem';
import { checkBuild } from './build-check.ts';
import { readFields, type ReportAt } from './build-fields.ts';
import { buildFields, limits, toCamel } from './build-schema.ts';
import { placeIn, type BuildArtifacts, type BuildOptions, type BuildStep, type Cloudbuild, type Volume } from './build.ts';
import { isRecord, nounOf, readYaml } from './yaml-document.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses a cloudbuild.yaml. Never throws. `build` is absent only when the text is not a YAML mapping; otherwise it holds
 * what could be read, and `problems` says what Cloud Build would refuse.
 *
 * Source: Google's build configuration file schema, domain facts §3.1 and §3.3.
 */
export function parseCloudbuild(text: string, file: string): { readonly build?: Cloudbuild; readonly problems: readonly Problem[] } {
  const yaml = readYaml(text, file, (name, parent) => (isTextMap(parent) ? name : toCamel(name)));
  if (yaml.root === undefined) return { problems: yaml.problems };
  if (!isRecord(yaml.root)) {
    const place: Place = { file, line: 1, column: 1 };
    return { problems: [{ code: 'wrong-type', severity: 'error', message: `the file holds ${nounOf(yaml.root)}, expected a mapping with "steps"`, hint: 'Start with "steps:".', ...place }] };
  }
  const problems: Problem[] = [];
  const report: ReportAt = (path, code, message, hint, severity = 'error') => {
    problems.push({ code, severity, message, hint, ...placeIn({ file, places: yaml.places }, path) });
  };
  const fields = readFields(yaml.root, buildFields, '', report);
  const build: Cloudbuild = { ...decodeBuild(fields, report), file, raw: yaml.root, places: yaml.places };
  checkBuild(build, report);
  return { build, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function isTextMap(parent: string): boolean {
  return parent === 'substitutions' || parent.endsWith('.secretEnv') || parent.endsWith('.envMap');
}

function decodeBuild(fields: Fields, report: ReportAt): Omit<Cloudbuild, 'file' | 'raw' | 'places'> {
  const artifacts = isRecord(fields['artifacts']) ? decodeArtifacts(fields['artifacts']) : undefined;
  const images = texts(fields['images']);
  return {
    steps: records(fields['steps']).map((step) => decodeStep(step, report)),
    images: images.length === 0 ? (artifacts?.images ?? []) : images,
    substitutions: isRecord(fields['substitutions']) ? (fields['substitutions'] as Readonly<Record<string, string>>) : {},
    timeoutSeconds: number(fields['timeout']) ?? limits.defaultTimeoutSeconds,
    timeoutStated: fields['timeout'] !== undefined,
    options: decodeOptions(isRecord(fields['options']) ? fields['options'] : {}, report),
    tags: texts(fields['tags']),
    ...optional({
      logsBucket: text(fields['logsBucket']),
      serviceAccount: text(fields['serviceAccount']),
      queueTtlSeconds: number(fields['queueTtl']),
      artifacts,
    }),
    secretVersions: records(isRecord(fields['availableSecrets']) ? fields['availableSecrets']['secretManager'] : undefined).map((secret) => text(secret['versionName']) ?? ''),
  };
}

function decodeStep(fields: Fields, report: ReportAt): BuildStep {
  const codes = fields['allowExitCodes'];
  if (codes !== undefined && !(Array.isArray(codes) && codes.every(Number.isInteger))) report('steps', 'wrong-type', 'allowExitCodes is expected to be a list of whole numbers', 'Write [1, 2].');
  return {
    name: text(fields['name']) ?? '',
    args: texts(fields['args']),
    env: texts(fields['env']),
    waitFor: texts(fields['waitFor']),
    secretEnv: texts(fields['secretEnv']),
    volumes: records(fields['volumes']).map((volume): Volume => ({ name: text(volume['name']) ?? '', path: text(volume['path']) ?? '' })),
    allowFailure: fields['allowFailure'] === true,
    allowExitCodes: Array.isArray(codes) ? codes.filter((code) => typeof code === 'number') : [],
    ...optional({
      dir: text(fields['dir']),
      id: text(fields['id']),
      entrypoint: text(fields['entrypoint']),
      script: text(fields['script']),
      timeoutSeconds: number(fields['timeout']),
      automapSubstitutions: typeof fields['automapSubstitutions'] === 'boolean' ? fields['automapSubstitutions'] : undefined,
    }),
  };
}

function decodeOptions(fields: Fields, report: ReportAt): BuildOptions {
  const option = text(fields['substitutionOption']);
  if (option !== undefined && option !== 'MUST_MATCH' && option !== 'ALLOW_LOOSE') {
    report('options.substitutionOption', 'bad-option', `substitutionOption is ${JSON.stringify(option)}, expected MUST_MATCH or ALLOW_LOOSE`, 'Write one of them.');
  }
  return {
    substitutionOption: option === 'ALLOW_LOOSE' ? 'ALLOW_LOOSE' : 'MUST_MATCH',
    substitutionOptionStated: option !== undefined,
    dynamicSubstitutions: fields['dynamicSubstitutions'] === true,
    automapSubstitutions: fields['automapSubstitutions'] === true,
    env: texts(fields['env']),
    secretEnv: texts(fields['secretEnv']),
    ...optional({
      machineType: text(fields['machineType']),
      pool: isRecord(fields['pool']) ? text(fields['pool']['name']) : undefined,
      logging: text(fields['logging']),
    }),
  };
}

function decodeArtifacts(fields: Fields): BuildArtifacts {
  const objects = fields['objects'];
  return {
    images: texts(fields['images']),
    ...(isRecord(objects) ? { objects: { location: text(objects['location']) ?? '', paths: texts(objects['paths']) } } : {}),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function records(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function optional<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
