import type { Problem } from '@runbook/problem';
import type { BuilderOptions } from './builder.ts';
import type { Cloudbuild } from './build.ts';
export interface BuildLintInput {
  readonly file: string;
  readonly builder?: BuilderOptions;
  /** Where images should go: `gcr.io/k8s-staging-x` or `us-central1-docker.pkg.dev/k8s-staging-images/x`. */
  readonly stagingPrefix?: string;
  /** YYYY-MM-DD; without it the age of pinned builders is not judged. */
  readonly today?: string;
}
export function lintCloudbuild(build: Cloudbuild, input: BuildLintInput): readonly Problem[] {
  throw new Error(`being written: ${build.file} ${input.file}`);
}
