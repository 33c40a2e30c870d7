// One job from its raw mapping: types checked, defaults filled in as Prow does. Rules between fields or jobs are in
// `job-check.ts`.
import { nearest, type Place } from '@runbook/problem';
import type { Job, JobContainer, JobKind, RerunAuth } from './job.ts';
import { isRecord, nounOf, type Report } from './yaml-value.ts';

/** A job as it stands in the file, with its path in the document. */
export interface RawJob {
  readonly kind: JobKind;
  readonly repo?: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly path: readonly (string | number)[];
}

const baseFields = [
  'name', 'labels', 'max_concurrency', 'agent', 'cluster', 'namespace', 'error_on_eviction', 'spec', 'pipeline_run_spec',
  'tekton_pipeline_run_spec', 'annotations', 'reporter_config', 'rerun_auth_config', 'hidden', 'job_queue_name', 'source_path',
  'decorate', 'path_alias', 'clone_uri', 'skip_submodules', 'clone_depth', 'skip_fetch_head', 'extra_refs',
  'decoration_config', 'prowjob_defaults',
];
const changeFields = ['branches', 'skip_branches', 'run_if_changed', 'skip_if_only_changed', 'always_run', 'context', 'skip_report'];

/** The fields Prow knows per kind of job. Source: PROW:pkg/config/jobs.go. */
const knownFields: Readonly<Record<JobKind, readonly string[]>> = {
  presubmit: [...baseFields, ...changeFields, 'optional', 'trigger', 'rerun_command', 'run_before_merge', 'jenkins_spec'],
  postsubmit: [...baseFields, ...changeFields, 'jenkins_spec'],
  periodic: [...baseFields, 'interval', 'minimum_interval', 'cron', 'tags', 'retry'],
};

/** Decodes a job, or reports why it cannot be one. */
export function decodeJob(source: RawJob, place: Place, report: Report): Job | undefined {
  const { raw, path, kind } = source;
  const read = reader(raw, path, report);
  reportUnknown(source, report);
  const name = read.text('name');
  if (name === undefined) {
    if (raw['name'] === undefined) report(path, { code: 'job-name', message: 'the job has no name', hint: 'Give it a name.' });
    return undefined;
  }
  const presubmit = kind === 'presubmit';
  return {
    ...place,
    kind,
    name,
    ...(source.repo === undefined ? {} : { repo: source.repo }),
    branches: read.texts('branches'),
    skipBranches: read.texts('skip_branches'),
    ...defined({
      runIfChanged: nonEmpty(read.text('run_if_changed')),
      skipIfOnlyChanged: nonEmpty(read.text('skip_if_only_changed')),
      alwaysRun: read.flag('always_run'),
      maxConcurrency: read.count('max_concurrency'),
      jobQueueName: read.text('job_queue_name'),
      rerunAuth: decodeRerunAuth(raw['rerun_auth_config']),
      trigger: presubmit ? (read.text('trigger') ?? `(?m)^/test( | .* )${name},?($|\\s.*)`) : undefined,
      rerunCommand: presubmit ? (read.text('rerun_command') ?? `/test ${name}`) : undefined,
      cron: read.text('cron'),
      interval: read.text('interval') ?? read.text('minimum_interval'),
    }),
    optional: read.flag('optional') ?? false,
    skipReport: read.flag('skip_report') ?? false,
    context: nonEmpty(read.text('context')) ?? name,
    cluster: nonEmpty(read.text('cluster')) ?? 'default',
    decorate: read.flag('decorate') ?? false,
    decorationTimeout: decorationTimeout(raw['decoration_config']),
    containers: decodeContainers(raw['spec'], path, report),
    raw,
  };
}

function reportUnknown({ raw, path, kind }: RawJob, report: Report): void {
  for (const key of Object.keys(raw)) {
    if (knownFields[kind].includes(key)) continue;
    const meant = nearest(key, knownFields[kind]);
    report([...path, key], {
      code: 'unknown-field',
      severity: 'warning',
      message: `"${key}" is not a field of a ${kind}`,
      hint: meant === undefined ? 'Prow ignores or refuses it.' : `Did you mean "${meant}"?`,
    });
  }
}

interface FieldReader {
  text(field: string): string | undefined;
  texts(field: string): readonly string[];
  flag(field: string): boolean | undefined;
  count(field: string): number | undefined;
}

function reader(raw: Readonly<Record<string, unknown>>, path: readonly (string | number)[], report: Report): FieldReader {
  const wrong = (field: string, value: unknown, expected: string): undefined => {
    report([...path, field], { code: 'wrong-type', message: `${field} is ${nounOf(value)}, expected ${expected}`, hint: 'Prow refuses the file.' });
    return undefined;
  };
  const text = (field: string): string | undefined => {
    const value = raw[field];
    if (value === undefined || value === null) return undefined;
    return scalarText(value) ?? wrong(field, value, 'a text');
  };
  return {
    text,
    texts(field) {
      const value = raw[field];
      if (value === undefined || value === null) return [];
      const items = Array.isArray(value) ? value.map(scalarText) : [undefined];
      if (items.every((item) => item !== undefined)) return items;
      wrong(field, value, 'a list of texts');
      return [];
    },
    flag(field) {
      const value = raw[field];
      if (value === undefined || value === null) return undefined;
      return typeof value === 'boolean' ? value : wrong(field, value, 'true or false');
    },
    count(field) {
      const value = raw[field];
      if (value === undefined || value === null) return undefined;
      return typeof value === 'number' && Number.isInteger(value) ? value : wrong(field, value, 'a whole number');
    },
  };
}

function decodeContainers(spec: unknown, path: readonly (string | number)[], report: Report): readonly JobContainer[] {
  const containers = isRecord(spec) ? spec['containers'] : undefined;
  if (containers === undefined || containers === null) return [];
  if (!Array.isArray(containers)) {
    report([...path, 'spec', 'containers'], { code: 'wrong-type', message: `containers is ${nounOf(containers)}, expected a list`, hint: 'Prow refuses the file.' });
    return [];
  }
  return containers.filter(isRecord).map((container, index) => {
    const read = reader(container, [...path, 'spec', 'containers', index], report);
    return { image: read.text('image') ?? '', command: read.texts('command'), args: read.texts('args'), env: decodeEnv(container['env']) };
  });
}

function decodeEnv(env: unknown): Readonly<Record<string, string>> {
  const pairs = (Array.isArray(env) ? env : []).filter(isRecord).flatMap((entry): [string, string][] => {
    const name = scalarText(entry['name']);
    const value = scalarText(entry['value']);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(pairs);
}

function decodeRerunAuth(config: unknown): RerunAuth | undefined {
  if (!isRecord(config)) return undefined;
  const teams = (Array.isArray(config['github_team_slugs']) ? config['github_team_slugs'] : []).filter(isRecord);
  return {
    allowAnyone: config['allow_anyone'] === true,
    teams: teams.map((team) => ({ org: scalarText(team['org']) ?? '', slug: scalarText(team['slug']) ?? '' })),
    users: (Array.isArray(config['github_users']) ? config['github_users'] : []).map(scalarText).filter((user) => user !== undefined),
  };
}

function decorationTimeout(config: unknown): string {
  return (isRecord(config) ? scalarText(config['timeout']) : undefined) ?? '2h';
}

/** Prow reads numbers and booleans as text where it wants text. */
function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
