// image-builder's command line, read as Go's `flag` package reads it, and what it hands to Cloud Build.
// Source: TI:images/builder/main.go, domain facts §2.1 and §2.3.
import { nearest, type Problem } from '@runbook/problem';
import type { ProblemCode } from './problem-code.ts';

/** What image-builder was told on its command line. */
export interface BuilderOptions {
  /** CONFIG_DIR, without trailing slash; empty when it is missing, which is a problem. */
  readonly configDir: string;
  /** Directory uploaded as source and cwd of `git describe`; CONFIG_DIR when not given. */
  readonly buildDir: string;
  /** File name inside `configDir`. */
  readonly gcbConfig: string;
  readonly logDir?: string;
  /** `gs://…`, without it gcloud uploads the source itself. */
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
  /** Seconds. */
  readonly pollingInterval: number;
  readonly suppressLogs: boolean;
  readonly region?: string;
  readonly machineType?: string;
  readonly workerPool?: string;
  readonly serviceAccount?: string;
}

const booleanFlags: readonly string[] = ['allow-dirty', 'no-source', 'with-git-dir', 'suppress-logs'];
const valueFlags: readonly string[] = [
  'build-dir', 'gcb-config', 'log-dir', 'scratch-bucket', 'project', 'variant', 'version-tag-filter', 'env-passthrough',
  'polling-interval', 'region', 'machine-type', 'worker-pool', 'service-account',
];

/**
 * Parses the arguments after the image's command. Problems name the file `image-builder`; their line is the 1-based
 * position of the argument. Never throws.
 */
export function parseBuilderArgs(args: readonly string[]): { readonly options: BuilderOptions; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const { values, rest, restAt } = readFlags(args, problems);
  if (rest.length === 0) problems.push(wrong(Math.max(args.length, 1), 'no-config-dir', 'error', 'expected a config directory to be provided', 'Name the folder of cloudbuild.yaml last.'));
  const late = rest.slice(1).find((arg) => arg.startsWith('-'));
  if (late !== undefined) problems.push(wrong(restAt + rest.indexOf(late), 'flag-after-directory', 'warning', `${late} stands behind the config directory, where flags are ignored`, 'Put it before the directory.'));
  const interval = values.get('polling-interval') ?? '10';
  if (!/^\d+$/.test(interval)) problems.push(wrong(1, 'bad-flag', 'error', `--polling-interval is ${JSON.stringify(interval)}, expected whole seconds`, 'Give a number.'));
  const configDir = (rest[0] ?? '').replace(/\/$/, '');
  const given = (flag: string): string | undefined => values.get(flag) || undefined;
  const options: BuilderOptions = {
    configDir,
    buildDir: given('build-dir') ?? configDir,
    gcbConfig: given('gcb-config') ?? 'cloudbuild.yaml',
    allowDirty: values.get('allow-dirty') === 'true',
    noSource: values.get('no-source') === 'true',
    envPassthrough: (values.get('env-passthrough') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== ''),
    withGitDir: values.get('with-git-dir') === 'true',
    pollingInterval: /^\d+$/.test(interval) ? Number(interval) : 10,
    suppressLogs: values.get('suppress-logs') === 'true',
    ...optional({
      logDir: given('log-dir'),
      scratchBucket: given('scratch-bucket'),
      project: given('project'),
      variant: given('variant'),
      versionTagFilter: given('version-tag-filter'),
      region: given('region'),
      machineType: given('machine-type'),
      workerPool: given('worker-pool'),
      serviceAccount: given('service-account'),
    }),
  };
  return { options, problems };
}

interface Flags {
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
  /** 1-based position of the first of `rest`. */
  readonly restAt: number;
}

/** Go's flag syntax: one or two dashes, `-f=v` or `-f v`, booleans only with `=`, the first other word ends the flags. */
function readFlags(args: readonly string[], problems: Problem[]): Flags {
  const values = new Map<string, string>();
  let at = 0;
  while (at < args.length) {
    const arg = args[at] ?? '';
    if (arg.length < 2 || !arg.startsWith('-')) break;
    at += 1;
    if (arg === '--') break;
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg);
    const name = match?.[1];
    if (name === undefined) {
      problems.push(wrong(at, 'bad-flag', 'error', `bad flag syntax: ${arg}`, 'Write --name=value.'));
    } else if (booleanFlags.includes(name)) {
      values.set(name, readBoolean(name, match?.[2] ?? 'true', at, problems));
    } else if (!valueFlags.includes(name)) {
      const meant = nearest(name, [...booleanFlags, ...valueFlags]);
      problems.push(wrong(at, 'unknown-flag', 'error', `flag provided but not defined: -${name}`, meant === undefined ? 'image-builder stops with its usage.' : `Did you mean --${meant}?`));
    } else if (match?.[2] !== undefined) {
      values.set(name, match[2]);
    } else if (at < args.length) {
      values.set(name, args[at] ?? '');
      at += 1;
    } else {
      problems.push(wrong(at, 'bad-flag', 'error', `flag needs an argument: -${name}`, `Write --${name}=value.`));
    }
  }
  return { values, rest: args.slice(at), restAt: at + 1 };
}

/** The words Go's strconv.ParseBool knows. */
function readBoolean(name: string, text: string, at: number, problems: Problem[]): string {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return 'true';
  if (!['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) {
    problems.push(wrong(at, 'bad-flag', 'error', `--${name} is ${JSON.stringify(text)}, expected true or false`, `Write --${name} or --${name}=false.`));
  }
  return 'false';
}

/** What `builderSubstitutions` needs. */
export interface BuilderSubstitutionsInput {
  readonly options: BuilderOptions;
  /** Environment of the job. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly gitTag: string;
  /** The variant's own values, KEY without `_`. */
  readonly variant?: Readonly<Record<string, string>>;
}

/**
 * What image-builder passes as `--substitutions`: each passed-through name as `_NAME` (empty when unset), the variant's
 * values over them, and `_GIT_TAG`, which is always there.
 */
export function builderSubstitutions(input: BuilderSubstitutionsInput): Record<string, string> {
  const { options, env, gitTag, variant = {} } = input;
  return {
    ...Object.fromEntries(options.envPassthrough.map((name) => [`_${name}`, env[name] ?? ''])),
    ...Object.fromEntries(Object.entries(variant).map(([key, value]) => [`_${key}`, value])),
    _GIT_TAG: gitTag,
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function optional<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

function wrong(line: number, code: ProblemCode, severity: Problem['severity'], message: string, hint: string): Problem {
  return { code, severity, message, hint, file: 'image-builder', line, column: 1 };
}
