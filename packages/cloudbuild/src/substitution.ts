import type { Problem } from '@runbook/problem';
import type { Cloudbuild, SubstitutionOption } from './build.ts';
export interface SubstitutionValues {
  /** What `gcloud builds submit --substitutions` passes: names with `_`, or overridable built-ins. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** Values of built-ins: PROJECT_ID, BUILD_ID, … */
  readonly builtins: Readonly<Record<string, string>>;
}
export interface SubstitutedText {
  readonly text: string;
  /** Names that stood in the text and have a value. */
  readonly used: readonly string[];
  /** Names that stood in the text and have none. */
  readonly missing: readonly string[];
}
export function substituteText(text: string, values: Readonly<Record<string, string>>, mode: SubstitutionOption, dynamic = false): SubstitutedText {
  throw new Error(`being written: ${text} ${values} ${mode} ${dynamic}`);
}
export function substitute(build: Cloudbuild, values: SubstitutionValues): { readonly build: Cloudbuild; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${build.file} ${values}`);
}
