// The pull request to kubernetes/k8s.io: a minimal edit of images.yaml, and a text that gives reviewers their evidence.
import type { Github } from '@runbook/github';
import { addImage } from '@runbook/promoter';
import { formatProblem } from '@runbook/problem';
import type { Project } from './project.ts';
import { promotionRepo } from './promoter-source.ts';
import type { StagedImage } from './staging.ts';

/** Thrown where the promotion would not be what was meant. */
export class PromotionError extends Error {
  readonly code = 'promotion-refused';
  constructor(message: string) {
    super(`promotion-refused: ${message}`);
    this.name = 'PromotionError';
  }
}

/** The edit that promotes images. Data only. */
export interface PromotionEdit {
  readonly path: string;
  readonly text: string;
  /** Lines that are new. */
  readonly added: readonly string[];
  /** Blob SHA of the file it was made from. */
  readonly previous: string;
  /** The commit of main it was made from. */
  readonly base: string;
}

/**
 * Edits images.yaml as it stands on main: one line a digest, in the file's own style.
 * @throws PromotionError when the edit would move a tag or the file cannot be understood
 */
export async function editImages(github: Github, request: { readonly project: Project; readonly staged: readonly StagedImage[]; readonly version: string }): Promise<PromotionEdit> {
  const main = await github.findRef(promotionRepo, 'heads/main');
  if (main === undefined) throw new PromotionError(`${promotionRepo} has no branch main.`);
  const file = await github.getFile(promotionRepo, request.project.imagesPath, main.commit);
  let { text } = file;
  const added: string[] = [];
  for (const { image, digest } of request.staged) {
    const edit = addImage(text, { image, digest, tag: request.version });
    if ('problem' in edit) throw new PromotionError(formatProblem({ ...edit.problem, file: request.project.imagesPath }));
    text = edit.text;
    added.push(...edit.added, ...edit.changed.map((line) => line.after));
  }
  return { path: request.project.imagesPath, text, added, previous: file.sha, base: main.commit };
}

/** Title of the commit and of the pull request. */
export function promotionTitle(project: string, version: string): string {
  return `Image promotion for ${project} ${version}`;
}

/** Name of the branch on the fork. */
export function promotionBranch(project: string, version: string): string {
  return `${project}-${version}-image-promotion`;
}

/** Body of the pull request: what is promoted, where it was built, and what was checked. */
export function promotionBody(request: { readonly project: Project; readonly version: string; readonly staged: readonly StagedImage[]; readonly runs: readonly { readonly job: string; readonly url: string }[] }): string {
  const rows = request.staged.map(({ image, digest, platforms }) => `| \`${request.project.publicPrefix}/${image}:${request.version}\` | \`${digest}\` | ${platforms.join(', ')} |`);
  return [
    `Promote ${request.project.name} ${request.version} from \`${request.project.staging}\`.`,
    '',
    '| Image | Digest | Platforms |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...(request.runs.length === 0 ? [] : ['Built by:', ...request.runs.map((run) => `- [${run.job}](${run.url})`), '']),
    `- [x] ${request.runs.length === 0 ? 'Staging holds the digests under these names.' : 'The digests are the ones of the build logs, and staging holds them.'}`,
    '- [x] The tag is free in production (or this very digest), and is no moving tag.',
    '- [x] I know that a promoted image cannot be changed any more.',
    '',
  ].join('\n');
}
