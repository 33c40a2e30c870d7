import type { Problem } from '@runbook/problem';
/** What image-builder was told on its command line. Source: domain facts §2.1, TI:images/builder/main.go. */
export interface BuilderOptions {
  /** CONFIG_DIR, without trailing slash. */
  readonly configDir: string;
  /** Directory uploaded as source and cwd of `git describe`; CONFIG_DIR when not given. */
  readonly buildDir: string;
  /** File name inside `configDir`. */
  readonly gcbConfig: string;
  readonly logDir?: string;
  readonly scratchBucket?: string;
  readonly project?: string;
  readonly allowDirty: boolean;
  readonly noSource: boolean;
  readonly variant?: string;
  /** Glob for `git describe --match`. */
  readonly versionTagFilter?: string;
  /** Environment names passed as substitutions `_NAME`. */
  readonly envPassthrough: readonly string[];
  readonly withGitDir: boolean;
  readonly pollingInterval: number;
  readonly suppressLogs: boolean;
  readonly region?: string;
  readonly machineType?: string;
  readonly workerPool?: string;
  readonly serviceAccount?: string;
}
export function parseBuilderArgs(args: readonly string[]): { readonly options?: BuilderOptions; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${args.length}`);
}
export interface BuilderSubstitutionsInput {
  readonly options: BuilderOptions;
  /** Environment of the job. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly gitTag: string;
  /** The variant's own values, KEY without `_`. */
  readonly variant?: Readonly<Record<string, string>>;
}
export function builderSubstitutions(input: BuilderSubstitutionsInput): Record<string, string> {
  throw new Error(`being written: ${input.gitTag}`);
}
