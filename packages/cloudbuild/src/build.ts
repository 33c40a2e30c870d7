// What a cloudbuild.yaml says, as data: one spelling of each field, defaults applied, places kept.
// No logic here; parsing is in `build-file.ts`, substitution in `substitution.ts`.
import type { Place } from '@runbook/problem';

/** How Cloud Build treats substitutions that do not match the template. `gcloud builds submit` defaults to MUST_MATCH. */
export type SubstitutionOption = 'MUST_MATCH' | 'ALLOW_LOOSE';

/** A volume that several steps share. */
export interface Volume {
  readonly name: string;
  readonly path: string;
}

/** One build step: a container image and what runs in it. */
export interface BuildStep {
  /** The container image that runs the step. */
  readonly name: string;
  readonly args: readonly string[];
  /** `KEY=VALUE` entries. */
  readonly env: readonly string[];
  readonly dir?: string;
  readonly id?: string;
  /** Ids of earlier steps; `-` means "start at once". Empty: wait for all steps before. */
  readonly waitFor: readonly string[];
  readonly entrypoint?: string;
  readonly script?: string;
  readonly timeoutSeconds?: number;
  readonly secretEnv: readonly string[];
  readonly volumes: readonly Volume[];
  readonly automapSubstitutions?: boolean;
  readonly allowFailure: boolean;
  readonly allowExitCodes: readonly number[];
}

/** The options of a build that matter to a release; the others stay in `raw`. */
export interface BuildOptions {
  readonly substitutionOption: SubstitutionOption;
  /** False when the file leaves the option to its default. */
  readonly substitutionOptionStated: boolean;
  readonly dynamicSubstitutions: boolean;
  readonly automapSubstitutions: boolean;
  readonly machineType?: string;
  readonly env: readonly string[];
  readonly secretEnv: readonly string[];
  readonly pool?: string;
  readonly logging?: string;
}

/** Files and images that Cloud Build uploads after the steps. */
export interface BuildArtifacts {
  readonly images: readonly string[];
  readonly objects?: { readonly location: string; readonly paths: readonly string[] };
}

/** A parsed cloudbuild.yaml. */
export interface Cloudbuild {
  readonly file: string;
  readonly steps: readonly BuildStep[];
  /** Images that Cloud Build itself pushes after the steps. */
  readonly images: readonly string[];
  /** Default values of user substitutions, names with their leading `_`. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** Seconds; 600 when the file does not say. */
  readonly timeoutSeconds: number;
  readonly timeoutStated: boolean;
  readonly options: BuildOptions;
  readonly tags: readonly string[];
  readonly logsBucket?: string;
  readonly serviceAccount?: string;
  readonly queueTtlSeconds?: number;
  readonly artifacts?: BuildArtifacts;
  /** Names of `availableSecrets` versions, in order. */
  readonly secretVersions: readonly string[];
  /** The document as it was written, all fields kept. */
  readonly raw: unknown;
  /** Where a value stands, by its path in canonical spelling: `steps[0].args[2]`, `options.machineType`. */
  readonly places: ReadonlyMap<string, Place>;
}

/** The place of a value, or of its nearest parent that has one. */
export function placeIn(build: Pick<Cloudbuild, 'file' | 'places'>, path: string): Place {
  for (let at = path; at !== ''; at = at.replace(/(\[[^[\]]*\]|\.?[^.[\]]+)$/, '')) {
    const place = build.places.get(at);
    if (place !== undefined) return place;
  }
  return { file: build.file, line: 1, column: 1 };
}
