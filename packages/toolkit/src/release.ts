// What a release block holds in its hands as `release`: operations that need several clients at once.
import type { Github } from '@runbook/github';
import type { Prow } from '@runbook/prow';
import type { Registry } from '@runbook/registry';
import { checkCredentials, type CredentialsRequest } from './credentials.ts';
import type { ExpectedBuild } from './build-plan.ts';
import { formatFindings, PreflightError, type Finding } from './finding.ts';
import { preflight, type Preflight, type PreflightRequest } from './preflight.ts';
import { isEverywhere, productionAnswers, type ProductionAnswer } from './production.ts';
import { readProject, type Project } from './project.ts';
import { githubPromoter } from './promoter-source.ts';
import { editImages, promotionBody, promotionBranch, promotionTitle, type PromotionEdit } from './promotion.ts';
import { findBuilds, stagedImages, type BuildRun, type StagedImage } from './staging.ts';

/** The clients and the voice that the operations use. */
export interface ReleaseParts {
  readonly github: Github;
  readonly prow: Prow;
  readonly registry: Registry;
  /** Shows one line of what is being awaited. */
  readonly progress: (text: string) => void;
  /** Prints to the step's output. */
  readonly print: (text: string) => void;
}

/** Operations of an image release. All reading; the writes stand in the document, through `github`. */
export interface ReleaseTools {
  /** Token, push rights, fork. */
  credentials(request: CredentialsRequest): Promise<readonly Finding[]>;
  /** The whole checklist, and what later steps need. */
  preflight(request: PreflightRequest): Promise<Preflight>;
  /** Prints findings. @throws PreflightError when one of them failed */
  insist(findings: readonly Finding[]): void;
  /** Staging and production of a project, from its promoter manifest. */
  project(name: string): Promise<Project>;
  /** The finished runs of the expected builds, or undefined while one is missing. @throws Error when one failed */
  findBuilds(request: { readonly repo: string; readonly builds: readonly ExpectedBuild[]; readonly shas: readonly string[] }): Promise<readonly BuildRun[] | undefined>;
  /** Digests from the logs, cross-checked with staging. */
  stagedImages(request: { readonly project: Project; readonly runs: readonly BuildRun[]; readonly version: string }): Promise<readonly StagedImage[]>;
  /** The minimal edit of images.yaml. */
  editImages(request: { readonly project: Project; readonly staged: readonly StagedImage[]; readonly version: string }): Promise<PromotionEdit>;
  title(project: string, version: string): string;
  branch(project: string, version: string): string;
  body(request: Parameters<typeof promotionBody>[0]): string;
  /** What every production registry answers. */
  production(project: Project, image: string, tag: string): Promise<readonly ProductionAnswer[]>;
  /** True when all of them answer with this digest. @throws Error when one has another */
  isEverywhere(answers: readonly ProductionAnswer[], digest: string): boolean;
}

/** Makes the operations over a set of clients. */
export function createReleaseTools({ github, prow, registry, progress, print }: ReleaseParts): ReleaseTools {
  return {
    credentials: (request) => checkCredentials(github, request),
    preflight: (request) => preflight({ github, registry }, request),
    insist(findings) {
      print(formatFindings(findings));
      if (findings.some((finding) => finding.state === 'fail')) throw new PreflightError(findings);
    },
    project: async (name) => (await readProject(githubPromoter(github), name)).project,
    findBuilds: ({ repo, builds, shas }) => findBuilds(prow, repo, builds, shas, { progress, print }),
    stagedImages: (request) => stagedImages({ github, prow, registry }, request),
    editImages: (request) => editImages(github, request),
    title: promotionTitle,
    branch: promotionBranch,
    body: promotionBody,
    production: (project, image, tag) => productionAnswers(registry, project, image, tag),
    isEverywhere,
  };
}
