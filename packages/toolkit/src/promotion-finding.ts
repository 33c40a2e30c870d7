// Findings about a promotion that is on its way: its pull request, the job behind the merge, and where the image has arrived.
import type { Github, PullRequest } from '@runbook/github';
import { parseRunUrl, type Prow } from '@runbook/prow';
import type { Registry } from '@runbook/registry';
import { attempt, finding, type Finding } from './finding.ts';
import { productionAnswers } from './production.ts';
import type { Project } from './project.ts';
import { promotionRepo } from './promoter-source.ts';

/** The job that promotes, under its name of today and that of 2021 (domain §1.3). */
const promotionJobs = ['post-k8sio-image-promo', 'post-k8sio-cip'];
/** Signatures are written there alone (domain §5.4). */
const canonical = 'us-central1-docker.pkg.dev/';
const healing = 'ci-k8sio-image-promo promotes daily at 07:00 UTC what was missed in the last 14 days; in a hurry, ask in #sig-k8s-infra.';

/** Why the pull request does not merge yet, and once it did, how the promotion job went (pains 6, 11 and 12). @param prow what reads the job's log; without it the job's state is all there is */
export function pullFindings(github: Github, prow: Prow | undefined, number: number): Promise<readonly Finding[]> {
  const check = `pull request ${promotionRepo}#${number}`;
  return attempt(check, async () => {
    const pull = await github.getPullRequest(promotionRepo, number);
    if (pull.merged) return [finding(check, 'pass', 'merged'), ...(await jobFinding(github, prow, pull))];
    if (pull.state === 'closed') return [finding(check, 'fail', 'closed, and not merged', 'Open it again, or make another one.')];
    const reasons = await github.explainPullRequest(promotionRepo, number);
    return reasons.length === 0 ? [finding(check, 'pass', 'nothing is known to hold it')] : reasons.map((reason) => finding(check, 'warn', reason));
  });
}

async function jobFinding(github: Github, prow: Prow | undefined, { mergeCommit }: PullRequest): Promise<readonly Finding[]> {
  const check = 'promotion job';
  if (mergeCommit === undefined) return [finding(check, 'unknown', 'GitHub does not name the merge commit')];
  const status = (await github.listStatuses(promotionRepo, mergeCommit)).find(({ context }) => promotionJobs.includes(context));
  if (status === undefined) return [finding(check, 'unknown', `no job has told of itself at ${mergeCommit.slice(0, 10)} yet`, `Look again in a few minutes. Where none comes, ${healing}`)];
  const said = `${status.context}: ${status.description === '' ? status.state : status.description}${status.url === undefined ? '' : ` (${status.url})`}`;
  if (status.state === 'success') return prow === undefined || status.url === undefined || parseRunUrl(status.url) === undefined ? [finding(check, 'pass', said)] : greenFinding(prow, { check, said, url: status.url });
  return status.state === 'pending' ? [finding(check, 'unknown', said, 'It runs one at a time, for up to four hours; wait for it.')] : [finding(check, 'fail', said, `Read its log. ${healing}`)];
}

/** A green job may have promoted nothing: its log tells (pain 6). */
async function greenFinding(prow: Prow, { check, said, url }: { readonly check: string; readonly said: string; readonly url: string }): Promise<readonly Finding[]> {
  const run = await prow.findRunAt(url);
  if (run === undefined) return [finding(check, 'unknown', `${said}, but its log is not to be found`, 'Ask production itself: runbook promoter status.')];
  const leftOut = await prow.explainPromotion(run);
  return leftOut.length === 0 ? [finding(check, 'pass', said)] : leftOut.map((words) => finding(check, 'fail', `${said}, and yet: ${words}`));
}

/** Whether a promoted image is in every region, and signed. */
export function arrivalFindings(registry: Registry, project: Project, { image, tag, digest }: { readonly image: string; readonly tag: string; readonly digest: string }): Promise<readonly Finding[]> {
  const check = `regions of ${image}:${tag}`;
  return attempt(check, async () => {
    const answers = (await productionAnswers(registry, project, image, tag)).slice(1);
    const late = answers.filter((answer) => answer.digest !== digest).map(({ reference }) => reference);
    const regions = late.length === 0 ? finding(check, 'pass', `all ${answers.length} serve it`) : finding(check, 'warn', `${late.length} of ${answers.length} do not serve it: ${late.join(', ')}`, `The promotion may still be under way. ${healing}`);
    return [regions, await signatureFinding(registry, project, { image, tag, digest })];
  });
}

async function signatureFinding(registry: Registry, project: Project, { image, tag, digest }: { readonly image: string; readonly tag: string; readonly digest: string }): Promise<Finding> {
  const check = `signature of ${image}:${tag}`;
  const home = project.destinations.find((target) => target.startsWith(canonical));
  if (home === undefined) return finding(check, 'unknown', `none of the registries of the project is ${canonical}…, where signatures are written`);
  const found = await registry.findSignature(`${home}/${image}`, digest);
  return found === undefined ? finding(check, 'warn', 'there is none yet', 'Signing comes after copying, and periodic-release-verify-image-signatures signs what was missed.') : finding(check, 'pass', `${digest.slice(0, 19)}… is signed`);
}
