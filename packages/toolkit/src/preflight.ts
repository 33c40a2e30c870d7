// What would go wrong with this release, said before the first write. Every rule is one of the field's known pains (domain §7).
import type { Github } from '@runbook/github';
import { needsMultiArch, productionRegions } from '@runbook/promoter';
import type { Registry } from '@runbook/registry';
import { planBuilds, type BuildPlan, type BuildPlanRequest, type ExpectedBuild } from './build-plan.ts';
import { finding, unknownFinding, type Finding } from './finding.ts';
import { readProject, type Project, type ProjectFiles } from './project.ts';

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
  const files = await readProject(clients.github, request.project);
  const plan = await planBuilds({ ...request, staging: files.project.staging });
  const findings = [
    ...jobFindings(plan, request),
    ...plan.builds.flatMap((build) => buildFindings(build)),
    ...request.images.flatMap((image) => platformFindings(files, plan, request.version, image)),
    ...manifestFindings(files),
    await tagFinding(clients.github, request),
    ...(await Promise.all(request.images.map((image) => freeFinding(clients.registry, `${files.project.publicPrefix}/${image}:${request.version}`)))),
  ];
  return { findings, project: files.project, builds: plan.builds };
}

/** Pain 1: a tag that starts no job. */
function jobFindings(plan: BuildPlan, { images, version, branch }: PreflightRequest): Finding[] {
  const made = plan.builds.map((build) => {
    const why = build.byTag ? `the push of ${version} starts it` : `a tag alone starts nothing here; the push to ${build.baseRef} builds the commit`;
    return finding(`job for ${build.images.join(', ')}`, 'pass', `${build.job}: ${why}`);
  });
  const missing = plan.missing.map((image) =>
    finding(`job for ${image}`, 'fail', `no job is known to push it, neither for ${version} nor for ${branch}${plan.idle.length === 0 ? '' : ` (${plan.idle.join('; ')})`}`, `Check the images input (${images.join(', ')}) and config/jobs/image-pushing of kubernetes/test-infra.`),
  );
  return [...made, ...missing];
}

/** Pains 2 and 3: the tag of another component, substitutions that break the build, and pushes that cannot be known. */
function buildFindings(build: ExpectedBuild): Finding[] {
  const check = `build ${build.job}`;
  const findings = [
    ...build.errors.map((text) => finding(check, 'fail', text, 'Repair the file before you release.')),
    ...build.warnings.map((text) => finding(check, 'warn', text)),
    ...build.opaque.map((text) => finding(check, 'unknown', `what it pushes cannot be known before it ran: ${text}`, 'The build log and the registry tell afterwards.')),
  ];
  const component = /^(.+?)-?v?\d+(\.\d+)+/.exec(build.describe)?.[1];
  if (!build.byTag && component !== undefined && component !== '' && !build.images.includes(component)) {
    findings.push(finding(`staging tag of ${build.images.join(', ')}`, 'warn', `git describe takes the nearest tag of any component: ${build.describe}`, 'The promoted tag is yours to choose; give the job --version-tag-filter to cure the staging tag.'));
  }
  if (findings.length === 0) findings.push(finding(check, 'pass', `pushes ${build.pushes.map((push) => push.reference).join(', ')}`));
  return findings;
}

/** Since May 2026 pull-k8sio-verify refuses new single-platform images (domain §5.5). */
function platformFindings(files: ProjectFiles, plan: BuildPlan, version: string, image: string): Finding[] {
  const check = `platforms of ${image}`;
  const publicName = `${files.project.publicPrefix}/${image}`;
  if (!needsMultiArch(image, [version], publicName, files.singleArchAllowed)) return [finding(check, 'pass', 'one platform is enough for this image: it is on the allow list of pull-k8sio-verify or named for its platform')];
  const repository = `${files.project.staging}/${image}`;
  const push = plan.builds.flatMap((build) => build.pushes).find((candidate) => candidate.repository === repository);
  if (push?.platforms === undefined) return [finding(check, 'unknown', 'the build does not say for which platforms it builds', 'They are checked in staging once the image is there.')];
  if (push.platforms.length > 1) return [finding(check, 'pass', push.platforms.join(', '))];
  return [
    finding(check, 'fail', `the build makes ${push.platforms.join(', ') || 'no platform'} only, and pull-k8sio-verify turns red for a new image with a single platform`, `Build several platforms (docker buildx build --platform=…), or have ${publicName} put on the list in registry.k8s.io/manifests/multiarch_test.go.`),
  ];
}

/** What the promoter files themselves say: regions, digests under two names. */
function manifestFindings({ project, images }: ProjectFiles): Finding[] {
  const missing = productionRegions.filter((region) => !project.destinations.some((target) => target.startsWith(`${region}-docker.pkg.dev/`)));
  const regions = finding('production regions', missing.length === 0 ? 'pass' : 'warn', missing.length === 0 ? `${project.destinations.length} registries` : `${project.manifestPath} lacks ${missing.join(', ')}`, missing.length === 0 ? undefined : 'The image will not be served from there; add the regions in a pull request of their own.');
  const names = new Map<string, Set<string>>();
  for (const image of images.images) for (const { digest } of image.digests) names.set(digest, (names.get(digest) ?? new Set()).add(image.name));
  const shared = [...names].filter(([, users]) => users.size > 1);
  return [regions, ...shared.map(([digest, users]) => finding('images.yaml', 'warn', `${digest.slice(0, 19)}… stands under ${[...users].join(' and ')}`, 'Looks like a copy: one of them was lost at promotion unless staging held it under both names.'))];
}

/** Pain 1 again: the tag itself. */
async function tagFinding(github: Github, { repo, version, commit }: PreflightRequest): Promise<Finding> {
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
async function freeFinding(registry: Registry, reference: string): Promise<Finding> {
  try {
    const found = await registry.find(reference);
    return found === undefined ? finding(reference, 'pass', 'free in production') : finding(reference, 'fail', `taken: ${found.digest}`, 'Release another version; promoted tags never move.');
  } catch (error) {
    return unknownFinding(reference, error);
  }
}
