// Which builds a release waits for: the job that makes each image, the push that starts it, and what it will push.
// Everything is read from local clones; what cannot be known from them is said to be unknown.
import {
  builderSubstitutions,
  checkVariant,
  cleanDescribe,
  describeArgs,
  gitTag,
  gitTagPattern,
  imagesPushed,
  lintCloudbuild,
  parseVariants,
  passesTagFilter,
  parseCloudbuild,
  substitute,
  type BuilderOptions,
  type Variants,
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
  /** Why the push of the tag starts it, or does not. */
  readonly tagReason: string;
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
  /** References it pushes that lie elsewhere than staging. */
  readonly elsewhere: readonly string[];
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
  /** How many tags are pushed at once; one unless given. */
  readonly tagsInPush?: number;
  /** YYYY-MM-DD; without it the age of pinned builders is not judged. */
  readonly today?: string;
}

/** The plan, and why other jobs of the repository do not run. */
export interface BuildPlan {
  readonly builds: readonly ExpectedBuild[];
  /** Wanted images that no job is known to make. */
  readonly missing: readonly string[];
  /** `job: reason` of every job that runs neither for the tag nor for the branch. */
  readonly idle: readonly string[];
  /** References that builds of the repository push elsewhere than to staging. */
  readonly strays: readonly string[];
  /** Formatted errors of job config files that may hold jobs of the repository. */
  readonly broken: readonly string[];
}

/** Finds the builds of a release. The tag's push is preferred; where it starts nothing, the branch's push has built the commit. */
export async function planBuilds(request: BuildPlanRequest): Promise<BuildPlan> {
  const { jobs, problems } = await readJobFiles([request.jobs], request.repo);
  const byTag = jobsFor(jobs, { repo: request.repo, ref: `refs/tags/${request.version}`, ...(request.tagsInPush === undefined ? {} : { tagsInPush: request.tagsInPush }) });
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
    else candidates.push({ ...(await expectBuild(request, git, chosen.decision, chosen.byTag, options)), tagReason: decision.reason });
  }
  // A pattern that cannot be read is told as the reason of its job.
  const broken = problems.filter(({ severity, code }) => severity === 'error' && code !== 'bad-pattern').map(formatProblem);
  return { ...choose(request, candidates, idle), broken };
}

/** Keeps the builds that make a wanted image; one that cannot be known stands in for the images nobody else makes. */
function choose(request: BuildPlanRequest, candidates: readonly ExpectedBuild[], idle: readonly string[]): Omit<BuildPlan, 'broken'> {
  const known = candidates.map((build) => ({ ...build, images: request.images.filter((image) => makes(build, request.staging, image)) }));
  const unclaimed = request.images.filter((image) => !known.some((build) => build.images.includes(image)));
  const builds = known
    .map((build) => (build.opaque.length > 0 && unclaimed.length > 0 ? { ...build, images: [...build.images, ...unclaimed] } : build))
    .filter((build) => build.images.length > 0);
  return { builds, idle, strays: candidates.flatMap((build) => build.elsewhere), missing: request.images.filter((image) => !builds.some((build) => build.images.includes(image))) };
}

function makes(build: ExpectedBuild, staging: string, image: string): boolean {
  return build.pushes.some((push) => push.repository === `${staging}/${image}`);
}

/** Files that a commit changed against its first parent: what a merge to the branch pushed. */
async function changedIn(git: LocalGit, commit: string): Promise<readonly string[]> {
  const text = await git.read(['show', '--first-parent', '--name-only', '--format=', '-z', commit]);
  return text.split('\0').filter((name) => name !== '');
}

async function expectBuild(request: BuildPlanRequest, git: LocalGit, decision: JobDecision, byTag: boolean, options: BuilderOptions): Promise<Omit<ExpectedBuild, 'tagReason'>> {
  // The tag need not be there yet; where the job's filter leaves it out, git takes another one.
  const describe = byTag && passesTagFilter(request.version, options.versionTagFilter) ? request.version : await git.read(['describe', ...describeArgs(options).filter((arg) => arg !== 'describe' && arg !== '--dirty'), request.commit]);
  const path = [options.configDir, options.gcbConfig].filter((part) => part !== '.').join('/');
  const common = {
    job: decision.job.name,
    baseRef: byTag ? request.version : request.branch,
    byTag,
    reason: decision.reason,
    describe,
    gitTag: gitTagPattern(describe).source,
    images: [],
    elsewhere: [],
  };
  const text = await git.findFile(request.commit, path);
  if (text === undefined) return { ...common, pushes: [], opaque: [], errors: [`${path} does not exist in ${request.repo} at ${request.commit.slice(0, 10)}`], warnings: [] };
  const { build, problems } = parseCloudbuild(text, path);
  if (build === undefined) return { ...common, pushes: [], opaque: [], ...sorted(problems) };
  const beside = await readVariants(git, request.commit, options);
  const found: Problem[] = [...problems, ...beside.problems];
  const pushes: { reference: string; repository: string; platforms?: readonly string[] }[] = [];
  const opaque = new Set<string>();
  for (const variant of beside.chosen) {
    const env = { PULL_BASE_REF: common.baseRef, PULL_BASE_SHA: request.commit };
    const substitutions = builderSubstitutions({ options, env, gitTag: gitTag(cleanDescribe(describe), 'YYYYMMDD'), ...(variant === undefined ? {} : { variant }) });
    const expanded = substitute(build, { substitutions, builtins: { PROJECT_ID: options.project ?? '', BUILD_ID: 'BUILD_ID', LOCATION: options.region ?? 'global' } });
    const pushed = imagesPushed(expanded.build);
    pushes.push(...pushed.images.map((image) => ({ reference: image.reference, repository: repositoryOf(image.reference), ...(image.platforms === undefined ? {} : { platforms: image.platforms }) })));
    for (const step of pushed.opaque) opaque.add(`${path} step ${step.step} (${step.name}): ${step.why}`);
    found.push(...expanded.problems);
  }
  found.push(...lintCloudbuild(build, { file: path, builder: options, stagingPrefix: request.staging, ...(request.today === undefined ? {} : { today: request.today }), ...(beside.variants === undefined ? {} : { variants: beside.variants }) }));
  const elsewhere = pushes.filter(({ repository }) => !repository.startsWith(`${request.staging}/`)).map(({ reference }) => reference);
  return { ...common, pushes, elsewhere, opaque: [...opaque], ...sorted(found) };
}

interface FoundVariants {
  readonly variants?: Variants;
  /** The values of each build: one without variants, else one a variant. */
  readonly chosen: readonly (Readonly<Record<string, string>> | undefined)[];
  readonly problems: readonly Problem[];
}

/** The variants.yaml beside the build, as image-builder reads it. */
async function readVariants(git: LocalGit, commit: string, options: BuilderOptions): Promise<FoundVariants> {
  const path = [options.configDir, 'variants.yaml'].filter((part) => part !== '.').join('/');
  const text = await git.findFile(commit, path);
  const { variants, problems } = text === undefined ? { variants: undefined, problems: [] } : parseVariants(text, path);
  const missing = checkVariant(options.variant, variants, path);
  const all = Object.entries(variants ?? {}).filter(([name]) => options.variant === undefined || options.variant === name);
  return { ...(variants === undefined ? {} : { variants }), chosen: all.length === 0 ? [undefined] : all.map(([, values]) => values), problems: [...problems, ...missing] };
}

function sorted(problems: readonly Problem[]): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  // for how many platforms an image is built has a finding of its own, which knows the images that need no more than one
  const of = (severity: Problem['severity']): string[] => [...new Set(problems.filter((problem) => problem.severity === severity && problem.code !== 'single-platform').map(formatProblem))];
  return { errors: of('error'), warnings: of('warning') };
}

/** A reference without its tag. */
function repositoryOf(reference: string): string {
  const slash = reference.lastIndexOf('/');
  const colon = reference.indexOf(':', slash);
  return colon === -1 ? reference : reference.slice(0, colon);
}
