// The fields of a cloudbuild.yaml, in their one canonical (lowerCamel) spelling. Data only.
// Source: Google's build configuration file schema; domain facts §3.1; fields real files have were added.

/** What a field holds. `any` is kept as it is and not looked into. */
export type FieldShape =
  | 'text'
  | 'texts'
  | 'flag'
  | 'number'
  | 'duration'
  | 'any'
  | 'text-map'
  | { readonly fields: FieldTable }
  | { readonly listOf: FieldTable };

/** Field name → what it holds. */
export type FieldTable = Readonly<Record<string, FieldShape>>;

const volume: FieldTable = { name: 'text', path: 'text' };

const step: FieldTable = {
  name: 'text', args: 'texts', env: 'texts', dir: 'text', id: 'text', waitFor: 'texts', entrypoint: 'text', secretEnv: 'texts',
  volumes: { listOf: volume }, timeout: 'duration', script: 'text', automapSubstitutions: 'flag', allowFailure: 'flag',
  allowExitCodes: 'any', remoteConfig: 'text', results: 'any',
};

const options: FieldTable = {
  env: 'texts', secretEnv: 'texts', volumes: { listOf: volume }, sourceProvenanceHash: 'any', machineType: 'text', diskSizeGb: 'any',
  substitutionOption: 'text', dynamicSubstitutions: 'flag', automapSubstitutions: 'flag', logStreamingOption: 'text', logging: 'text',
  defaultLogsBucketBehavior: 'text', pool: { fields: { name: 'text' } }, workerPool: 'text', requestedVerifyOption: 'text',
  enableStructuredLogging: 'flag', pubsubTopic: 'text',
};

const artifacts: FieldTable = {
  images: 'texts', objects: { fields: { location: 'text', paths: 'texts', timing: 'any' } }, mavenArtifacts: 'any', pythonPackages: 'any',
  npmPackages: 'any', goModules: 'any', genericArtifacts: 'any', oci: 'any',
};

const availableSecrets: FieldTable = {
  secretManager: { listOf: { versionName: 'text', env: 'text' } },
  inline: { listOf: { kmsKeyName: 'text', envMap: 'text-map' } },
};

/** The top level of a cloudbuild.yaml. */
export const buildFields: FieldTable = {
  steps: { listOf: step }, timeout: 'duration', queueTtl: 'duration', logsBucket: 'text', options: { fields: options },
  substitutions: 'text-map', tags: 'texts', serviceAccount: 'text', secrets: { listOf: { kmsKeyName: 'text', secretEnv: 'text-map' } },
  availableSecrets: { fields: availableSecrets }, artifacts: { fields: artifacts }, images: 'texts', dependencies: 'any', gitConfig: 'any',
  source: 'any',
};

/** Limits of Cloud Build. Source: cloud-build-local:validate/validate.go. Lengths in characters, times in seconds. */
export const limits = {
  steps: 100, stepNameLength: 1000, argsPerStep: 100, argLength: 4000, envsPerStep: 100, envLength: 1000, dirLength: 1000,
  images: 100, imageLength: 1000, substitutions: 100, substitutionKeyLength: 100, substitutionValueLength: 4000, tags: 64,
  artifactPaths: 100, timeoutSeconds: 24 * 3600, defaultTimeoutSeconds: 600,
} as const;

/** Folders of Cloud Build that a volume may not cover. */
export const reservedVolumePaths: readonly string[] = ['/workspace', '/builder/home', '/var/run/docker.sock'];

/** `substitution_option` → `substitutionOption`. */
export function toCamel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
