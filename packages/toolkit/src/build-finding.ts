// Findings about the builds of a release: which job makes an image, whether its build holds, and for which platforms.
import { needsMultiArch } from '@runbook/promoter';
import type { BuildPlan, BuildPlanRequest, ExpectedBuild } from './build-plan.ts';
import { finding, type Finding } from './finding.ts';
import type { ProjectFiles } from './project.ts';

/** Pains 1 and 18: a tag that starts no job, and a job that pushes elsewhere. */
export function jobFindings(plan: BuildPlan, { images, version, branch, tagsInPush }: Pick<BuildPlanRequest, 'images' | 'version' | 'branch' | 'tagsInPush'>): Finding[] {
  const made = plan.builds.map((build) =>
    build.byTag
      ? finding(`job for ${build.images.join(', ')}`, 'pass', `${build.job}: the push of ${version} starts it`)
      : finding(`job for ${build.images.join(', ')}`, 'warn', `${build.job}: a tag alone starts nothing here (${build.tagReason.replace(/\.$/, '')}); the push to ${build.baseRef} builds the commit`, `Tag a commit that ${build.baseRef} was built at, or give the job a branches pattern for tags.`),
  );
  const missing = plan.missing.map((image) => {
    const strays = plan.strays.filter((reference) => reference.replace(/@.*$|:[^/]*$/g, '').endsWith(`/${image}`));
    if (strays.length > 0) return finding(`job for ${image}`, 'fail', `it is pushed to ${strays.join(', ')}, not to the registry that the promoter manifest takes images from`, 'Correct the image name in the build, the --project of the job, or the registry with src: true.');
    return finding(`job for ${image}`, 'fail', `no job is known to push it, neither for ${version} nor for ${branch}${plan.idle.length === 0 ? '' : ` (${plan.idle.join('; ')})`}`, `Check the images (${images.join(', ')}) and config/jobs/image-pushing of kubernetes/test-infra.`);
  });
  const many = tagsInPush !== undefined && tagsInPush > 3 ? [finding('tags in one push', 'fail', `${tagsInPush} tags are pushed at once, and GitHub tells nobody of more than three`, 'Push at most three tags at a time.')] : [];
  const broken = plan.broken.map((text) => finding('job config', 'fail', text, 'Prow refuses the whole file; repair it first.'));
  return [...many, ...broken, ...made, ...missing];
}

/** Pains 2 and 3: the tag of another component, substitutions that break the build, and pushes that cannot be known. */
export function buildFindings(build: ExpectedBuild): Finding[] {
  const check = `build ${build.job}`;
  const findings = [
    ...build.errors.map((text) => finding(check, 'fail', text, 'Repair the file before you release.')),
    ...build.warnings.map((text) => finding(check, 'warn', text)),
    ...build.opaque.map((text) => finding(check, 'unknown', `what it pushes cannot be known before it ran: ${text}`, 'The build log and the registry tell afterwards.')),
  ];
  const component = /^(.+?)-?v?\d+(\.\d+)+/.exec(build.describe)?.[1];
  const images = build.images.join(', ');
  if (build.byTag && build.describe !== build.baseRef) {
    findings.push(finding(`staging tag of ${images}`, 'warn', `the --version-tag-filter of the job leaves ${build.baseRef} out: git describe says ${build.describe}`, 'The promoted tag is yours to choose; correct the filter to cure the staging tag.'));
  } else if (!build.byTag && component !== undefined && component !== '' && !build.images.includes(component)) {
    findings.push(finding(`staging tag of ${images}`, 'warn', `git describe takes the nearest tag of any component: ${build.describe}`, 'The promoted tag is yours to choose; give the job --version-tag-filter to cure the staging tag.'));
  }
  if (findings.length === 0) findings.push(finding(check, 'pass', `pushes ${build.pushes.map((push) => push.reference).join(', ')}`));
  return findings;
}

/** Since May 2026 pull-k8sio-verify refuses new single-platform images (domain §5.5). */
export function platformFindings(files: ProjectFiles, plan: BuildPlan, version: string, image: string): Finding[] {
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
