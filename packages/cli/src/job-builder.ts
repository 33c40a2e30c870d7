// What a job of a job config tells image-builder, for the verbs that judge by it: `--job NAME --config PATH`.
import type { BuilderOptions } from '@runbook/cloudbuild';
import { nearest, type Problem } from '@runbook/problem';
import { builderOf, readJobFiles } from '@runbook/toolkit';
import { readFault } from './check/document-set.ts';
import { exitCodes, UsageError } from './exit.ts';

/** The flags that name a job. */
export interface JobFlags {
  readonly config?: readonly string[];
  readonly job?: string;
}

/** What the job tells image-builder; undefined where no job is named. @throws UsageError */
export async function readBuilder({ config, job: name }: JobFlags): Promise<{ readonly options: BuilderOptions; readonly problems: readonly Problem[] } | undefined> {
  if (name === undefined && config === undefined) return undefined;
  if (name === undefined || config === undefined) throw new UsageError('--job and --config belong together: the name of the job, and the job config that has it.');
  let jobs;
  try {
    ({ jobs } = await readJobFiles(config));
  } catch (cause) {
    throw new UsageError(`--config ${config.join(' ')}: ${readFault(cause)}.`, undefined, { cause });
  }
  const job = jobs.find((one) => one.name === name);
  const meant = nearest(name, jobs.map((one) => one.name));
  if (job === undefined) throw new UsageError(`--job ${name}: the config has no such job.${meant === undefined ? '' : ` Did you mean ${meant}?`}`, exitCodes.failed);
  const builder = builderOf(job);
  if (builder === undefined) throw new UsageError(`--job ${name}: this job does not run image-builder, so it says nothing of a cloudbuild.yaml.`);
  return builder;
}
