// The world's job config: every job file in its own kubernetes/test-infra at the default branch, as Prow reads it.
import { parseJobs } from '@runbook/prow-config';
import type { Job } from '@runbook/prow-config';
import type { Git, RepoName } from '../services.ts';

const home = 'kubernetes/test-infra';

/** All jobs of the world, and the questions asked of them. */
export interface JobConfig {
  readonly jobs: readonly Job[];
  /** Whether a postsubmit of the repository runs image-builder. */
  pushesImages(repo: RepoName): boolean;
}

/** The config of a world's newest commit, so that one commit is read once. */
const known = new WeakMap<Git, { readonly head: string | undefined; readonly config: JobConfig }>();

/** Reads `config/jobs/**` of kubernetes/test-infra; files with errors keep the jobs that could be read. A world without that repository has no jobs. */
export async function readJobConfig(git: Git): Promise<JobConfig> {
  const head = git.has(home) ? await git.resolve(home, `refs/heads/${git.defaultBranch(home)}`) : undefined;
  const before = known.get(git);
  if (before !== undefined && before.head === head) return before.config;
  const config = await readAt(git, head);
  known.set(git, { head, config });
  return config;
}

async function readAt(git: Git, head: string | undefined): Promise<JobConfig> {
  const jobs: Job[] = [];
  if (head !== undefined) {
    const paths = (await git.listFiles(home, head, 'config/jobs')).filter((path) => /\.ya?ml$/.test(path));
    for (const path of [...paths].sort()) jobs.push(...parseJobs((await git.readFile(home, head, path)) ?? '', path).jobs);
  }
  return { jobs, pushesImages: (repo) => jobs.some((job) => job.kind === 'postsubmit' && job.repo === repo && job.containers.some((container) => runsImageBuilder(container.image))) };
}

/** Whether a container's image is image-builder. */
export function runsImageBuilder(image: string): boolean {
  return /\/image-builder(:|@|$)/.test(image);
}
