// Which builds a release waits for: the job that makes each image, the push that starts it, and what it will push.
// Everything is read from local clones; what cannot be known from them is said to be unknown.
import {
  builderSubstitutions,
  cleanDescribe,
  describeArgs,
  gitTag,
  gitTagPattern,
  imagesPushed,
  lintCloudbuild,
  parseCloudbuild,
  substitute,
  type BuilderOptions,
} from '@runbook/cloudbuild';
import { formatProblem, type Problem } from '@runbook/problem';
import { jobsFor, type JobDecision } from '@runbook/prow-config';
import { builderOf } from './builder-job.ts';
import { readJobFiles } from './job-files.ts';
import { openGit, type LocalGit } from './local-git.ts';

/** A build that a release waits for. Data only. */
export interface ExpectedBuild {
  readonly job: string;
  /** The branch or tag whose push starts it. */
  readonly baseRef: string;
  /** Whether that push is the release tag's. */
  readonly byTag: boolean;
  /** Why the job runs for that push. */
  readonly reason: string;
  /** What `git describe` says of the commit the job will see. */
  readonly describe: string;
  /** Regular expression source of `_GIT_TAG`; the date is the build's own. */
  readonly gitTag: string;
  /** References it will push, with YYYYMMDD for the date; empty when it cannot be known. */
  readonly pushes: readonly { readonly reference: string; readonly repository: string; readonly platforms?: readonly string[] }[];
  /** Sentences on steps whose pushes cannot be known. */
  readonly opaque: readonly string[];
  /** Formatted problems of its cloudbuild.yaml. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Which of the wanted images it makes, as far as can be known. */
  readonly images: readonly string[];
}

/** What a build plan is made from. */
export interface BuildPlanRequest {
  readonly repo: string;
  readonly version: string;
  /** The commit to release. */
  readonly commit: string;
  readonly branch: string;
  readonly images: readonly string[];
  readonly staging: string;
  /** A clone of `repo`. */
  readonly source: string;
  /** A checkout of kubernetes/test-infra with its job config. */
  readonly jobs: string;
}

/** The plan, and why other jobs of the repository do not run. */
export interface BuildPlan {
  readonly builds: readonly ExpectedBuild[];
  /** Wanted images that no job is known to make. */
  readonly missing: readonly string[];
  /** `job: reason` of every job that runs neither for the tag nor for the branch. */
  readonly idle: readonly string[];
}

/** Finds the builds of a release. The tag's push is preferred; where it starts nothing, the branch's push has built the commit. */
export async function planBuilds(request: BuildPlanRequest): Promise<BuildPlan> {
  const { jobs } = await readJobFiles([request.jobs], request.repo);
  const byTag = jobsFor(jobs, { repo: request.repo, ref: `refs/tags/${request.version}` });
  const git = openGit(request.source);
  const changedFiles = await changedIn(git, request.commit);
  const byBranch = jobsFor(jobs, { repo: request.repo, ref: `refs/heads/${request.branch}`, changedFiles });
  const candidates: ExpectedBuild[] = [];
  const idle: string[] = [];
  for (const [index, decision] of byTag.entries()) {
    const other = byBranch[index];
    const isUndecided = decision.undecided === true || other?.undecided === true;
    const chosen = decision.runs ? { decision, byTag: true } : other?.runs === true ? { decision: other, byTag: false } : undefined;
    const options = builderOf(decision.job)?.options;
    if (options === undefined) continue; // not an image-builder job
    if (chosen === undefined) idle.push(`${decision.job.name}: ${isUndecided ? 'cannot be decided: ' : ''}${decision.reason}`);
    else candidates.push(await expectBuild(request, git, chosen.decision, chosen.byTag, options));
  }
  return choose(request, candidates, idle);
}

/** Keeps the builds that make a wanted image; one that cannot be known stands in for the images nobody else makes. */
function choose(request: BuildPlanRequest, candidates: readonly ExpectedBuild[], idle: readonly string[]): BuildPlan {
  const known = candidates.map((build) => ({ ...build, images: request.images.filter((image) => makes(build, request.staging, image)) }));
  const unclaimed = request.images.filter((image) => !known.some((build) => build.images.includes(image)));
  const builds = known
    .map((build) => (build.opaque.length > 0 && unclaimed.length > 0 ? { ...build, images: [...build.images, ...unclaimed] } : build))
    .filter((build) => build.images.length > 0);
  return { builds, idle, missing: request.images.filter((image) => !builds.some((build) => build.images.includes(image))) };
}

function makes(build: ExpectedBuild, staging: string, image: string): boolean {
  return build.pushes.some((push) => push.repository === `${staging}/${image}`);
}

/** Files that a commit changed against its first parent: what a merge to the branch pushed. */
async function changedIn(git: LocalGit, commit: string): Promise<readonly string[]> {
  const text = await git.read(['show', '--first-parent', '--name-only', '--format=', '-z', commit]);
  return text.split('\0').filter((name) => name !== '');
}

async function expectBuild(request: BuildPlanRequest, git: LocalGit, decision: JobDecision, byTag: boolean, options: BuilderOptions): Promise<ExpectedBuild> {
  const describe = byTag ? request.version : await git.read(['describe', ...describeArgs(options).filter((arg) => arg !== 'describe' && arg !== '--dirty'), request.commit]);
  const path = [options.configDir, options.gcbConfig].filter((part) => part !== '.').join('/');
  const common = {
    job: decision.job.name,
    baseRef: byTag ? request.version : request.branch,
    byTag,
    reason: decision.reason,
    describe,
    gitTag: gitTagPattern(describe).source,
    images: [],
  };
  const text = await git.findFile(request.commit, path);
  if (text === undefined) return { ...common, pushes: [], opaque: [], errors: [`${path} does not exist in ${request.repo} at ${request.commit.slice(0, 10)}`], warnings: [] };
  const { build, problems } = parseCloudbuild(text, path);
  if (build === undefined) return { ...common, pushes: [], opaque: [], ...sorted(problems) };
  const substitutions = builderSubstitutions({ options, env: { PULL_BASE_REF: common.baseRef }, gitTag: gitTag(cleanDescribe(describe), 'YYYYMMDD') });
  const expanded = substitute(build, { substitutions, builtins: { PROJECT_ID: options.project ?? '' } });
  const pushed = imagesPushed(expanded.build);
  const lints = lintCloudbuild(build, { file: path, builder: options, stagingPrefix: request.staging });
  return {
    ...common,
    pushes: pushed.images.map((image) => ({ reference: image.reference, repository: repositoryOf(image.reference), ...(image.platforms === undefined ? {} : { platforms: image.platforms }) })),
    opaque: pushed.opaque.map((step) => `${path} step ${step.step} (${step.name}): ${step.why}`),
    ...sorted([...problems, ...expanded.problems, ...lints]),
  };
}

function sorted(problems: readonly Problem[]): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  const of = (severity: Problem['severity']): string[] => [...new Set(problems.filter((problem) => problem.severity === severity).map(formatProblem))];
  return { errors: of('error'), warnings: of('warning') };
}

/** A reference without its tag. */
function repositoryOf(reference: string): string {
  const slash = reference.lastIndexOf('/');
  const colon = reference.indexOf(':', slash);
  return colon === -1 ? reference : reference.slice(0, colon);
}
