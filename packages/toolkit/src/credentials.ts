// May this person release at all? Asked before the first write, because half a release is worse than none.
import type { Github } from '@runbook/github';
import { finding, unknownFinding, type Finding } from './finding.ts';
import { promotionRepo } from './promoter-source.ts';

/** Whose rights are checked, and where. */
export interface CredentialsRequest {
  /** The repository that gets the tag, `owner/name`. */
  readonly repo: string;
  /** The user or organisation whose fork of kubernetes/k8s.io carries the pull request. */
  readonly fork: string;
}

/** Checks the token, the right to push the tag, and the fork. Never throws for what a check found. */
export async function checkCredentials(github: Github, { repo, fork }: CredentialsRequest): Promise<readonly Finding[]> {
  const token = await attempt('token', () => checkToken(github));
  if (token.state === 'fail') return [token];
  return [token, await attempt(`push to ${repo}`, () => checkPush(github, repo)), ...(await checkFork(github, fork))];
}

async function attempt(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (isOutsideError(error) && error.code === 'unreachable') throw error;
    return unknownFinding(check, error);
  }
}

function isOutsideError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

async function checkToken(github: Github): Promise<Finding> {
  try {
    const { login, scopes } = await github.viewer();
    if (scopes === undefined) return finding('token', 'unknown', `it is ${login}'s; GitHub does not tell the scopes of such a token`, 'Make sure it may write contents and pull requests.');
    const enough = scopes.includes('repo') || scopes.includes('public_repo');
    return enough
      ? finding('token', 'pass', `${login}, scopes ${scopes.join(', ')}`)
      : finding('token', 'fail', `${login}'s token has the scopes ${scopes.join(', ') || '(none)'}`, 'Make one with public_repo.');
  } catch (error) {
    if (isOutsideError(error) && error.code === 'unauthorized') return finding('token', 'fail', error.message, 'Set GITHUB_TOKEN to a token of yours with the scope public_repo.');
    throw error;
  }
}

async function checkPush(github: Github, repo: string): Promise<Finding> {
  const { push } = await github.getRepository(repo);
  return push ? finding(`push to ${repo}`, 'pass', 'the token may push') : finding(`push to ${repo}`, 'fail', 'the token may not push', `Ask a maintainer of ${repo}.`);
}

async function checkFork(github: Github, owner: string): Promise<readonly Finding[]> {
  const name = `${owner}/${promotionRepo.split('/')[1] ?? ''}`;
  const check = `fork ${name}`;
  try {
    const fork = await github.findRepository(name);
    if (fork === undefined) return [finding(check, 'fail', 'there is no such fork', `Fork https://github.com/${promotionRepo} as ${owner}.`)];
    if (fork.parent !== promotionRepo) return [finding(check, 'fail', `it is ${fork.fork ? `a fork of ${fork.parent ?? 'something else'}` : 'not a fork'}`, `Fork https://github.com/${promotionRepo}.`)];
    if (!fork.push) return [finding(check, 'fail', 'the token may not push to it', `Use a token of ${owner}.`)];
    return [finding(check, 'pass', `a fork of ${promotionRepo} that the token may push to`), await attempt(`${check} is fresh`, () => checkFresh(github, owner, check))];
  } catch (error) {
    return [unknownFinding(check, error)];
  }
}

/** A stale fork is no obstacle (the branch starts from upstream's main), but it is worth knowing. */
async function checkFresh(github: Github, owner: string, check: string): Promise<Finding> {
  const { behindBy } = await github.compare(promotionRepo, 'main', `${owner}:main`);
  return behindBy === 0
    ? finding(`${check} is fresh`, 'pass', 'its main is upstream main')
    : finding(`${check} is fresh`, 'warn', `its main is ${behindBy} commits behind upstream`, 'The branch starts from upstream main all the same; sync the fork when convenient.');
}
