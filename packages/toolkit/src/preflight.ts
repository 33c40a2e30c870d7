// What would go wrong with this release, said before the first write. Every rule is one of the field's known pains (domain §7).
// What could not be looked at is unknown, with the reason; it is never left out and never a pass.
import type { Github } from '@runbook/github';
import type { Prow } from '@runbook/prow';
import type { Registry } from '@runbook/registry';
import { planBuilds, type BuildPlanRequest, type ExpectedBuild } from './build-plan.ts';
import { buildFindings, jobFindings, platformFindings } from './build-finding.ts';
import { attempt, finding, unknownFinding, type Finding } from './finding.ts';
import { digestFindings, manifestFindings, stagedFindings } from './image-finding.ts';
import { ProjectError, readProject, type Project, type ProjectFiles } from './project.ts';
import { githubPromoter, type PromoterSource } from './promoter-source.ts';
import { arrivalFindings, pullFindings } from './promotion-finding.ts';

/** What is to be released. */
export interface PreflightRequest extends Omit<BuildPlanRequest, 'staging'> {
  readonly project: string;
}

/** The findings, and what the later steps need of what was read. Data only. */
export interface Preflight {
  readonly findings: readonly Finding[];
  readonly project: Project;
  readonly builds: readonly ExpectedBuild[];
}

/** Runs the whole checklist. It throws only where the outside cannot be reached at all. */
export async function preflight(clients: { readonly github: Github; readonly registry: Registry }, request: PreflightRequest): Promise<Preflight> {
  const files = await readProject(githubPromoter(clients.github), request.project);
  const plan = await planBuilds({ ...request, staging: files.project.staging });
  const findings = [...buildPart(files, plan, request), ...manifestFindings(files), await tagFinding(clients.github, request), ...(await freeFindings(clients.registry, files.project, request))];
  return { findings, project: files.project, builds: plan.builds };
}

/** Part of the outside that a checklist may look at, or why it may not. */
export type Looked<T> = { readonly kind: 'here'; readonly value: T } | { readonly kind: 'not'; readonly why: string; readonly fix: string };

/** What a checklist has at hand. */
export interface ChecklistSources {
  readonly promoter: Looked<PromoterSource>;
  /** A checkout of kubernetes/test-infra with its job config. */
  readonly jobs: Looked<string>;
  /** A clone of the repository, and its commit to release. */
  readonly source: Looked<{ readonly folder: string; readonly commit: string }>;
  readonly github: Looked<Github>;
  readonly registry: Looked<Registry>;
  /** Reads the log of the promotion job. */
  readonly prow?: Prow;
}

/** What a checklist is about. */
export interface ChecklistRequest extends Omit<PreflightRequest, 'jobs' | 'source' | 'commit'> {
  /** Digests that are to be promoted, by image, once they are known. */
  readonly digests?: ReadonlyMap<string, string>;
  /** The pull request that promotes them, once it is open. */
  readonly pull?: number;
  /** The time, for the age of what is in staging. */
  readonly now: Date;
}

/** The checklist with what is at hand. Never throws for what a check found or could not see. */
export async function checklist(sources: ChecklistSources, request: ChecklistRequest): Promise<readonly Finding[]> {
  const files = await readFiles(sources.promoter, request.project);
  const findings: Finding[] = [];
  if (isFinding(files)) findings.push(files, ...request.images.map((image) => finding(`build of ${image}`, 'unknown', 'without its promoter files nobody knows to which registry the image must go', files.fix)));
  else findings.push(...(await attempt(`build of ${request.images.join(', ')}`, () => buildChecks(sources, files, request))), ...manifestFindings(files), ...digestFindings(files, request));
  findings.push(...(await onlineChecks(sources, isFinding(files) ? undefined : files, request)));
  return findings;
}

function isFinding(value: ProjectFiles | Finding): value is Finding {
  return 'state' in value;
}

async function readFiles(promoter: Looked<PromoterSource>, project: string): Promise<ProjectFiles | Finding> {
  const check = `promoter files of ${project}`;
  if (promoter.kind === 'not') return finding(check, 'unknown', promoter.why, promoter.fix);
  try {
    return await readProject(promoter.value, project);
  } catch (error) {
    return error instanceof ProjectError ? finding(check, 'fail', error.message, error.fix) : unknownFinding(check, error);
  }
}

async function buildChecks({ jobs, source }: ChecklistSources, files: ProjectFiles, request: ChecklistRequest): Promise<readonly Finding[]> {
  const missing = [jobs, source].find((one) => one.kind === 'not');
  if (jobs.kind === 'not' || source.kind === 'not') return request.images.map((image) => finding(`build of ${image}`, 'unknown', missing?.kind === 'not' ? missing.why : '', missing?.kind === 'not' ? missing.fix : undefined));
  const whole = { ...request, jobs: jobs.value, source: source.value.folder, commit: source.value.commit };
  return buildPart(files, await planBuilds({ ...whole, staging: files.project.staging }), whole);
}

function buildPart(files: ProjectFiles, plan: Awaited<ReturnType<typeof planBuilds>>, request: PreflightRequest): Finding[] {
  return [...jobFindings(plan, request), ...plan.builds.flatMap((build) => buildFindings(build)), ...request.images.flatMap((image) => platformFindings(files, plan, request.version, image))];
}

async function onlineChecks({ github, registry, source, prow }: ChecklistSources, files: ProjectFiles | undefined, request: ChecklistRequest): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const tag = `tag ${request.version} in ${request.repo}`;
  if (github.kind === 'not') found.push(finding(tag, 'unknown', github.why, github.fix));
  else if (source.kind === 'not') found.push(finding(tag, 'unknown', source.why, source.fix));
  else found.push(await tagFinding(github.value, { ...request, commit: source.value.commit }));
  if (request.pull !== undefined) found.push(...(github.kind === 'not' ? [finding(`pull request #${request.pull}`, 'unknown', github.why, github.fix)] : await pullFindings(github.value, prow, request.pull)));
  if (files === undefined) return [...found, ...request.images.map((image) => finding(`production tag of ${image}`, 'unknown', 'without its promoter files nobody knows where the image goes'))];
  const references = request.images.map((image) => `${files.project.publicPrefix}/${image}:${request.version}`);
  if (registry.kind === 'not') return [...found, ...references.map((reference) => finding(reference, 'unknown', registry.why, registry.fix))];
  return [...found, ...(await freeFindings(registry.value, files.project, request)), ...(await stagedFindings(registry.value, files, request))];
}

/** Pain 1 again: the tag itself. */
async function tagFinding(github: Github, { repo, version, commit }: Pick<PreflightRequest, 'repo' | 'version' | 'commit'>): Promise<Finding> {
  const check = `tag ${version} in ${repo}`;
  try {
    const ref = await github.findRef(repo, `tags/${version}`);
    if (ref === undefined) return finding(check, 'pass', 'free');
    return ref.commit === commit ? finding(check, 'pass', `there already, at this commit`) : finding(check, 'fail', `there already, at ${ref.commit.slice(0, 10)} and not at ${commit.slice(0, 10)}`, 'Release another version; tags are not moved.');
  } catch (error) {
    return unknownFinding(check, error);
  }
}

/** Pain 7: a production tag never moves, and the merge is too late to find out. */
async function freeFindings(registry: Registry, project: Project, { images, version, digests }: Pick<ChecklistRequest, 'images' | 'version' | 'digests'>): Promise<readonly Finding[]> {
  const found = await Promise.all(images.map(async (image): Promise<readonly Finding[]> => {
    const reference = `${project.publicPrefix}/${image}:${version}`;
    try {
      const found = await registry.find(reference);
      if (found === undefined) return [finding(reference, 'pass', 'free in production')];
      const isSame = found.digest === digests?.get(image);
      if (isSame) return [finding(reference, 'pass', 'promoted already, with this digest'), ...(await arrivalFindings(registry, project, { image, tag: version, digest: found.digest }))];
      return [finding(reference, 'fail', `taken: ${found.digest}`, 'Release another version; promoted tags never move.')];
    } catch (error) {
      return [unknownFinding(reference, error)];
    }
  }));
  return found.flat();
}
