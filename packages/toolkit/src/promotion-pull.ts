// Opens the pull request that promotes images: branch, commit and pull request, each only where it is not there yet. Run twice, it
// finds what it did. The digests are looked up in staging first: what staging does not hold is not asked for.
import type { Github } from '@runbook/github';
import { needsMultiArch } from '@runbook/promoter';
import type { Registry } from '@runbook/registry';
import { readProject, type Project, type ProjectFiles } from './project.ts';
import { githubPromoter, promotionRepo } from './promoter-source.ts';
import { editImages, PromotionError, promotionBody, promotionBranch, promotionTitle, type PromotionEdit } from './promotion.ts';
import type { StagedImage } from './staging.ts';

/** What is to be promoted. */
export interface PromotionRequest {
  readonly project: string;
  /** The tag it is promoted under. */
  readonly version: string;
  /** Image → what names it in staging: a digest, or a tag of staging. */
  readonly images: ReadonlyMap<string, string>;
  /** Whose fork of kubernetes/k8s.io carries the branch. */
  readonly fork: string;
}

/** What there is now. */
export interface OpenedPromotion {
  readonly state: 'opened' | 'updated' | 'there' | 'merged' | 'nothing-to-do';
  readonly url?: string;
  readonly number?: number;
  readonly branch: string;
  readonly title: string;
  /** Lines of images.yaml that are new. */
  readonly added: readonly string[];
  readonly images: readonly StagedImage[];
}

/** Opens the pull request. @throws PromotionError, OutsideError; WithheldError in a dry run at the first write */
export async function openPromotion(clients: { readonly github: Github; readonly registry: Registry }, request: PromotionRequest): Promise<OpenedPromotion> {
  const { github } = clients;
  const files = await readProject(githubPromoter(github), request.project);
  const staged: StagedImage[] = [];
  for (const [image, name] of request.images) {
    const found = await inStaging(clients.registry, files, { image, name, version: request.version });
    await refuseTaken(clients.registry, files.project, { ...found, version: request.version });
    staged.push(found);
  }
  const edit = await editImages(github, { project: files.project, staged, version: request.version });
  const branch = promotionBranch(request.project, request.version);
  const title = promotionTitle(request.project, request.version);
  const common = { branch, title, added: edit.added, images: staged };
  const head = `${request.fork}:${branch}`;
  const before = await github.findPullRequest(promotionRepo, { head, base: 'main', state: 'all' });
  if (before?.merged === true) return { state: 'merged', url: before.url, number: before.number, ...common };
  if (edit.added.length === 0) return { state: 'nothing-to-do', ...common };
  const isPushed = await pushBranch(github, `${request.fork}/${promotionRepo.split('/')[1] ?? ''}`, { branch, title, edit });
  if (before?.state === 'open') return { state: isPushed ? 'updated' : 'there', url: before.url, number: before.number, ...common };
  const body = promotionBody({ project: files.project, version: request.version, staged, runs: [] });
  const pull = await github.createPullRequest(promotionRepo, { head, base: 'main', title, body });
  return { state: 'opened', url: pull.url, number: pull.number, ...common };
}

/** Brings the edit onto the branch; false when it is there. */
async function pushBranch(github: Github, fork: string, { branch, title, edit }: { readonly branch: string; readonly title: string; readonly edit: PromotionEdit }): Promise<boolean> {
  const ref = await github.findRef(fork, `heads/${branch}`);
  if (ref === undefined) await github.createBranch(fork, branch, edit.base);
  const there = ref === undefined ? undefined : await github.findFile(fork, edit.path, branch);
  if (there?.text === edit.text) return false;
  await github.putFile(fork, { branch, path: edit.path, text: edit.text, previous: there?.sha ?? edit.previous, message: title });
  return true;
}

async function inStaging(registry: Registry, { project, singleArchAllowed }: ProjectFiles, { image, name, version }: { readonly image: string; readonly name: string; readonly version: string }): Promise<StagedImage> {
  const repository = `${project.staging}/${image}`;
  const reference = name.startsWith('sha256:') ? `${repository}@${name}` : `${repository}:${name}`;
  const found = await registry.find(reference);
  if (found === undefined) throw new PromotionError(`staging does not hold ${reference}; promoting it would be green and do nothing. See registry ls ${repository}.`);
  const platforms = await registry.platforms(`${repository}@${found.digest}`);
  refuseSingle({ project, image, version, platforms, singleArchAllowed, reference });
  return { image, digest: found.digest, reference: `${reference}${name.startsWith('sha256:') ? '' : `@${found.digest}`}`, platforms };
}

/** A promoted tag never moves; the merge is too late to find out (domain §7, pain 7). */
async function refuseTaken(registry: Registry, { publicPrefix }: Project, { image, digest, version }: { readonly image: string; readonly digest: string; readonly version: string }): Promise<void> {
  const reference = `${publicPrefix}/${image}:${version}`;
  const there = await registry.find(reference);
  if (there !== undefined && there.digest !== digest) throw new PromotionError(`${reference} is ${there.digest} in production already, and a promoted tag never moves. Release another version.`);
}

function refuseSingle({ project, image, version, platforms, singleArchAllowed, reference }: { readonly project: Project; readonly image: string; readonly version: string; readonly platforms: readonly string[]; readonly singleArchAllowed: readonly string[]; readonly reference: string }): void {
  if (platforms.length > 1 || !needsMultiArch(image, [version], `${project.publicPrefix}/${image}`, singleArchAllowed)) return;
  throw new PromotionError(`${reference} is for ${platforms.join(', ') || 'no platform'} only, and pull-k8sio-verify refuses a new image with a single platform. Give the digest of the index, or have the image put on its list.`);
}
