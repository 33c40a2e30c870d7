// Findings about promoter files and about images that are built already: what the files say, and what staging holds.
import { addImage, needsMultiArch, productionRegions } from '@runbook/promoter';
import { formatProblem, type Problem } from '@runbook/problem';
import type { Registry } from '@runbook/registry';
import { finding, unknownFinding, type Finding } from './finding.ts';
import type { ProjectFiles } from './project.ts';

/** Days after which staging deletes an image (K#525, K#8009). */
const stagingDays = 90;

/** Pains 5, 8 and 15: what the promoter files themselves say, alone and beside the others. */
export function manifestFindings({ project, problems }: ProjectFiles): Finding[] {
  const missing = productionRegions.filter((region) => !project.destinations.some((target) => target.startsWith(`${region}-docker.pkg.dev/`)));
  const regions = finding('production regions', missing.length === 0 ? 'pass' : 'warn', missing.length === 0 ? `${project.destinations.length} registries` : `${project.manifestPath} lacks ${missing.join(', ')}`, missing.length === 0 ? undefined : 'The image will not be served from there; add the regions with runbook promoter regions, in a pull request of their own.');
  const others = problems.filter(({ code }) => code !== 'missing-region');
  return [regions, ...others.map((problem) => finding(nameOf(problem, project.imagesPath), problem.severity === 'error' ? 'fail' : 'warn', sentence(problem), problem.hint))];
}

function nameOf({ file }: Problem, imagesPath: string): string {
  return file === imagesPath ? 'images.yaml' : (file.split('/').at(-1) ?? file);
}

function sentence(problem: Problem): string {
  return formatProblem({ ...problem, hint: '' });
}

/** Pains 5 and 7, before anybody is asked: the edit that would promote the digest. */
export function digestFindings({ images, imagesText, project }: ProjectFiles, { digests, version }: { readonly digests?: ReadonlyMap<string, string>; readonly version: string }): Finding[] {
  return [...(digests ?? [])].map(([image, digest]): Finding => {
    const check = `entry of ${image}:${version}`;
    const edit = addImage(imagesText, { image, digest, tag: version });
    if ('problem' in edit) return finding(check, 'fail', sentence({ ...edit.problem, file: project.imagesPath }), edit.problem.hint);
    const other = images.images.find(({ name, digests: lines }) => name !== image && lines.some((line) => line.digest === digest));
    if (other !== undefined) return finding(check, 'warn', `${digest.slice(0, 19)}… stands there for ${other.name} already`, 'Digests of two images are hardly ever the same; resolve it from staging again.');
    return finding(check, 'pass', edit.added.length + edit.changed.length === 0 ? 'there already' : 'one line can be added');
  });
}

/** Pains 4, 5 and 14: whether staging holds the digest under this very name, for which platforms, and for how long. */
export async function stagedFindings(registry: Registry, files: ProjectFiles, { digests, version, now }: { readonly digests?: ReadonlyMap<string, string>; readonly version: string; readonly now: Date }): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const [image, digest] of digests ?? []) {
    const repository = `${files.project.staging}/${image}`;
    const reference = `${repository}@${digest}`;
    try {
      if ((await registry.find(reference)) === undefined) {
        found.push(finding(reference, 'fail', 'staging does not hold it: the promotion would skip it as lost, and the job would be green', 'Copy the digest of this very image; after 90 days build it again.'));
        continue;
      }
      found.push(finding(reference, 'pass', 'staging holds it'), await platformFinding(registry, files, { image, digest, version }), await ageFinding(registry, { repository, digest, now }));
    } catch (error) {
      found.push(unknownFinding(reference, error));
    }
  }
  return found;
}

async function platformFinding(registry: Registry, files: ProjectFiles, { image, digest, version }: { readonly image: string; readonly digest: string; readonly version: string }): Promise<Finding> {
  const check = `staged platforms of ${image}`;
  const platforms = await registry.platforms(`${files.project.staging}/${image}@${digest}`);
  const publicName = `${files.project.publicPrefix}/${image}`;
  if (platforms.length > 1 || !needsMultiArch(image, [version], publicName, files.singleArchAllowed)) return finding(check, 'pass', platforms.join(', ') || 'none, and none is asked for');
  return finding(check, 'fail', `${platforms.join(', ') || 'no platform'} only: this is one image and no index, and pull-k8sio-verify turns red`, 'Copy the digest of the index, not that of one platform; or build several platforms.');
}

async function ageFinding(registry: Registry, { repository, digest, now }: { readonly repository: string; readonly digest: string; readonly now: Date }): Promise<Finding> {
  const check = `age of ${repository}@${digest.slice(0, 19)}…`;
  try {
    const uploaded = (await registry.listGoogle(repository)).manifests.find((manifest) => manifest.digest === digest)?.uploadedAt;
    if (uploaded === undefined) return finding(check, 'unknown', 'the registry does not say when it was uploaded', `Staging deletes images after ${stagingDays} days; see that it is newer.`);
    const days = Math.floor((now.getTime() - Date.parse(uploaded)) / 86_400_000);
    const left = stagingDays - days;
    if (left <= 0) return finding(check, 'fail', `${days} days; staging deletes images after ${stagingDays}`, 'Build it again.');
    return left < 14 ? finding(check, 'warn', `${days} days; staging deletes it in ${left}`, 'Promote it soon.') : finding(check, 'pass', `${days} days of ${stagingDays}`);
  } catch (error) {
    return unknownFinding(check, error);
  }
}
