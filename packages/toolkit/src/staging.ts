// From the builds that ran to the digests that may be promoted: what the log says, cross-checked with what staging holds.
import { OutsideError } from '@runbook/http';
import { needsMultiArch } from '@runbook/promoter';
import type { Github } from '@runbook/github';
import type { Prow, Run } from '@runbook/prow';
import type { Registry } from '@runbook/registry';
import type { ExpectedBuild } from './build-plan.ts';
import { readProject, type Project } from './project.ts';
import { githubPromoter } from './promoter-source.ts';

/** How an operation tells what it sees. */
export interface Voice {
  /** One line of what is awaited. */
  readonly progress: (text: string) => void;
  /** Lines for the step's output. */
  readonly print: (text: string) => void;
}

/** How many last lines of a failed build's log are shown. */
const shownLines = 12;

/** A run of an expected build. Data only. */
export interface BuildRun {
  readonly job: string;
  readonly run: Run;
  readonly images: readonly string[];
  /** The run's page. */
  readonly url: string;
}

/** An image in staging, ready for promotion. Data only. */
export interface StagedImage {
  readonly image: string;
  readonly digest: string;
  /** `gcr.io/k8s-staging-x/image:tag@sha256:…`. */
  readonly reference: string;
  readonly platforms: readonly string[];
}

/**
 * The runs of all expected builds, or undefined as long as one is missing or not finished.
 * @param shas the commit and, for an annotated tag, its tag object: a tag's run names the latter.
 * @throws Error with known reasons in words when a run failed
 */
export async function findBuilds(prow: Prow, repo: string, builds: readonly ExpectedBuild[], shas: readonly string[], voice: Voice): Promise<readonly BuildRun[] | undefined> {
  const found: BuildRun[] = [];
  for (const build of builds) {
    const run = await findOne(prow, repo, build, shas);
    const line = run === undefined ? `${build.job}: no run for ${shas[0]?.slice(0, 10) ?? build.baseRef} on ${build.baseRef} yet; a push may start none, see runbook prow jobs` : `${build.job}: ${run.state} ${run.url}`;
    voice.progress(line);
    if (run?.finished !== true) voice.print(line); // what a gate that runs out of time was told last
    if (run?.failed === true) {
      voice.print((await endOfLog(prow, run)).join('\n'));
      throw new Error(await failureOf(prow, run));
    }
    if (run?.succeeded === true) found.push({ job: build.job, run, images: build.images, url: run.url });
  }
  return found.length === builds.length ? found : undefined;
}

async function findOne(prow: Prow, repo: string, build: ExpectedBuild, shas: readonly string[]): Promise<Run | undefined> {
  for (const sha of shas) {
    const run = await prow.findRun({ job: build.job, repo, baseRef: build.baseRef, sha, kind: 'postsubmit' });
    if (run !== undefined) return run;
  }
  return undefined;
}

/** The end of Cloud Build's log, or of the job's own where there is none: the cure usually stands there. */
async function endOfLog(prow: Prow, run: Run): Promise<readonly string[]> {
  const text = (await prow.findArtifact(run, 'artifacts/build.log')) ?? (await logOf(prow, run));
  return text.trimEnd().split('\n').slice(-shownLines);
}

/** A pod that was lost has uploaded no log; its run's description still says something. */
async function logOf(prow: Prow, run: Run): Promise<string> {
  try {
    return await prow.log(run, { tailBytes: 16_384 });
  } catch (error) {
    if (error instanceof OutsideError && error.code === 'absent') return run.description ?? '';
    throw error;
  }
}

async function failureOf(prow: Prow, run: Run): Promise<string> {
  const reasons = await prow.explainFailure(run);
  return `${run.job} ${run.state}: ${reasons.length === 0 ? (run.description ?? 'see its log') : reasons.join('; ').replace(/\.$/, '')}. Log: ${run.url}`;
}

/**
 * The digest of every wanted image: taken from its build's log, found in staging under that digest, with its platforms.
 * @throws Error when a log names no digest, staging does not hold it, or it has too few platforms
 */
export async function stagedImages(clients: { readonly github: Github; readonly prow: Prow; readonly registry: Registry }, request: { readonly project: Project; readonly runs: readonly BuildRun[]; readonly version: string }): Promise<readonly StagedImage[]> {
  const { singleArchAllowed } = await readProject(githubPromoter(clients.github), request.project.name);
  const staged: StagedImage[] = [];
  for (const run of request.runs) {
    const pushed = await clients.prow.pushedImages(run.run);
    for (const image of run.images) {
      const repository = `${request.project.staging}/${image}`;
      const digests = new Set(pushed.filter((candidate) => candidate.repository === repository).map((candidate) => candidate.digest));
      if (digests.size !== 1) throw new Error(`the log of ${run.job} names ${digests.size === 0 ? 'no digest' : `${digests.size} digests`} for ${repository}; expected one. Log: ${run.url}`);
      const [digest = ''] = digests;
      staged.push(await crossCheck(clients.registry, { image, repository, digest, tag: pushed.find((candidate) => candidate.repository === repository)?.tag }, (platforms) => {
        const publicName = `${request.project.publicPrefix}/${image}`;
        if (platforms.length < 2 && needsMultiArch(image, [request.version], publicName, singleArchAllowed)) {
          throw new Error(`${repository}@${digest} is for ${platforms.join(', ') || 'no platform'} only; pull-k8sio-verify refuses a new single-platform image`);
        }
      }));
    }
  }
  return staged;
}

async function crossCheck(registry: Registry, pushed: { readonly image: string; readonly repository: string; readonly digest: string; readonly tag: string | undefined }, check: (platforms: readonly string[]) => void): Promise<StagedImage> {
  const { image, repository, digest, tag } = pushed;
  if ((await registry.find(`${repository}@${digest}`)) === undefined) throw new Error(`the build log names ${repository}@${digest}, but staging does not hold it. Has its 90-day retention passed, or was it pushed elsewhere?`);
  if (tag !== undefined) {
    const tagged = await registry.find(`${repository}:${tag}`);
    if (tagged !== undefined && tagged.digest !== digest) throw new Error(`${repository}:${tag} is ${tagged.digest} by now, not ${digest} as the build log says`);
  }
  const platforms = await registry.platforms(`${repository}@${digest}`);
  check(platforms);
  return { image, digest, reference: `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`, platforms };
}
