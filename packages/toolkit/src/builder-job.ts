// Jobs that run image-builder: what they tell it, and the tag it will give.
import { gitTag, parseBuilderArgs, passesTagFilter, type BuilderOptions } from '@runbook/cloudbuild';
import type { Problem } from '@runbook/problem';
import type { Job } from '@runbook/prow-config';

/** What a job tells image-builder, or undefined when it does not run it. Problems stand at the job. */
export function builderOf(job: Job): { readonly options: BuilderOptions; readonly problems: readonly Problem[] } | undefined {
  const container = job.containers.find((candidate) => /(^|\/)image-builder(:|@|$)/.test(candidate.image));
  if (container === undefined) return undefined;
  const { options, problems } = parseBuilderArgs(container.args);
  return { options, problems: problems.map((problem) => ({ ...problem, message: `job "${job.name}": ${problem.message}`, file: job.file, line: job.line, column: job.column })) };
}

/**
 * `_GIT_TAG` of a build that the push of a tag starts, or undefined when it cannot be known without the repository: the
 * tag does not pass the job's filter, so that git takes another one.
 * @param date UTC date of the build's start, `YYYYMMDD`
 */
export function expectGitTag(options: BuilderOptions, tag: string, date: string): string | undefined {
  return passesTagFilter(tag, options.versionTagFilter) ? gitTag(tag, date) : undefined;
}
