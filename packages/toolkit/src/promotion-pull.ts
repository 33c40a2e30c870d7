// Opens the pull request that promotes images: branch, commit and pull request, each only where it is not there yet. Run twice, it
// finds what it did. The digests are looked up in staging first: what staging does not hold is not asked for.
import type { Github } from '@runbook/github';
import { needsMultiArch, parseImages } from '@runbook/promoter';
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
  const fork = await openFork(github, request.fork);
  const isPushed = await pushBranch(github, fork, { branch, title, edit, images: request.images });
  const body = promotionBody({ project: files.project, version: request.version, staged, runs: [] });
  if (before?.state === 'open') {
    const told = isPushed ? withEvidence(before.body, body) : before.body;
    if (told !== before.body) await github.updatePullRequest(promotionRepo, before.number, { body: told });
    return { state: isPushed ? 'updated' : 'there', url: before.url, number: before.number, ...common };
  }
  const pull = await github.createPullRequest(promotionRepo, { head, base: 'main', title, body });
  return { state: 'opened', url: pull.url, number: pull.number, ...common };
}

/** The fork, as `owner/name`; it is made where there is none. */
async function openFork(github: Github, owner: string): Promise<string> {
  const name = `${owner}/${promotionRepo.split('/')[1] ?? ''}`;
  const there = await github.findRepository(name);
  if (there?.parent === promotionRepo) return name;
  if (there !== undefined) throw new PromotionError(`${name} is no fork of ${promotionRepo}. Give the login whose fork it is with --fork.`);
  const me = await github.viewer();
  const fork = await github.createFork(promotionRepo, me.login === owner ? {} : { organization: owner });
  if ((await github.findRef(fork.fullName, 'heads/main')) === undefined) throw new PromotionError(`GitHub is still making the fork ${fork.fullName}. Call this again in a few minutes; it goes on then.`);
  return fork.fullName;
}

/**
 * Brings the edit onto the branch; false when it is there.
 * @throws PromotionError where the branch promotes an image that this call leaves out: somebody asked for it before
 */
async function pushBranch(github: Github, fork: string, { branch, title, edit, images }: { readonly branch: string; readonly title: string; readonly edit: PromotionEdit; readonly images: ReadonlyMap<string, string> }): Promise<boolean> {
  const ref = await github.findRef(fork, `heads/${branch}`);
  if (ref === undefined) await github.createBranch(fork, branch, edit.base);
  const there = ref === undefined ? undefined : await github.findFile(fork, edit.path, branch);
  if (there?.text === edit.text) return false;
  const known = new Set(entriesOf(edit.text).map(({ entry }) => entry));
  const dropped = entriesOf(there?.text ?? '').filter(({ entry, image }) => !known.has(entry) && !images.has(image));
  if (dropped.length > 0) throw new PromotionError(`the branch ${branch} of ${fork} promotes ${dropped.map(({ entry }) => entry).join(', ')} too, which this call leaves out. Name it as well, or delete the branch to begin anew.`);
  await github.putFile(fork, { branch, path: edit.path, text: edit.text, previous: there?.sha ?? edit.previous, message: title });
  return true;
}

/** Every image with digest and tag of an images.yaml; none of a text that is not one. */
function entriesOf(text: string): readonly { readonly image: string; readonly entry: string }[] {
  const images = parseImages(text, 'images.yaml').images?.images ?? [];
  return images.flatMap(({ name, digests }) => digests.flatMap(({ digest, tags }) => tags.map((tag) => ({ image: name, entry: `${name}:${tag} (${digest})` }))));
}

/** The text of the pull request with the evidence of now; what people wrote around it stays, and a text without it is theirs. */
function withEvidence(before: string, body: string): string {
  const lines = body.trimEnd().split('\n');
  const [first = '', last = ''] = [lines[0], lines.at(-1)];
  const text = before.replaceAll('\r\n', '\n');
  const start = text.indexOf(first);
  const end = text.indexOf(last, start);
  return start === -1 || end === -1 ? before : text.slice(0, start) + body.trimEnd() + text.slice(end + last.length);
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
