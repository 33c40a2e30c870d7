// Pull requests, their comments, labels and checks.
import { OutsideError } from '@runbook/http';
import { allPages, listOf, pageSize, split, withFields, type Session } from './session.ts';
import { explain } from './explain.ts';
import type { CheckRun, Comment, Github, PullRequest, Status } from './github.ts';

type Part = Pick<
  Github,
  | 'createPullRequest' | 'findPullRequest' | 'getPullRequest' | 'listPullRequestFiles' | 'closePullRequest' | 'updatePullRequest' | 'mergePullRequest' | 'comment' | 'updateComment' | 'listComments' | 'addLabels' | 'removeLabel' | 'listStatuses' | 'listCheckRuns' | 'explainPullRequest'
>;

/** A pull request on the wire, as far as we read it. */
interface WirePull {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly merged?: boolean;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly sha: string; readonly ref: string; readonly label: string | null; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly ref: string };
  readonly user: { readonly login: string } | null;
  readonly labels: readonly { readonly name?: string }[];
  readonly mergeable_state?: string;
  readonly draft?: boolean;
}

const commentFields = ['id:number', 'created_at:text', 'html_url:text', 'body?:text', 'user?:object'] as const;

/** The part of the client that knows pull requests. */
export function pullRequests(session: Session): Part {
  const getPullRequest = async (repo: string, number: number): Promise<PullRequest> => {
    const { rest } = await session.octokit();
    return readPull(session, `repos/${repo}/pulls/${number}`, (await rest.pulls.get({ ...split(repo), pull_number: number })).data);
  };
  const statuses = (repo: string, sha: string): Promise<readonly Status[]> => listStatuses(session, repo, sha);
  const checks = (repo: string, sha: string): Promise<readonly CheckRun[]> => listCheckRuns(session, repo, sha);
  return {
    getPullRequest,
    async createPullRequest(repo, pull) {
      const { rest } = await session.octokit();
      return readPull(session, `POST repos/${repo}/pulls`, (await rest.pulls.create({ ...split(repo), ...pull, maintainer_can_modify: true })).data);
    },
    async findPullRequest(repo, query) {
      const number = await findNumber(session, repo, query);
      return number === undefined ? undefined : getPullRequest(repo, number);
    },
    async listPullRequestFiles(repo, number) {
      const { rest } = await session.octokit();
      const files = await allPages(async (page) => listOf(session, `repos/${repo}/pulls/${number}/files`, (await rest.pulls.listFiles({ ...split(repo), pull_number: number, page, per_page: pageSize })).data, ['filename:text', 'status:text', 'additions:number', 'deletions:number', 'patch?:text']));
      return files.map(({ filename, status, additions, deletions, patch }) => ({ path: filename, status, additions, deletions, ...(patch === undefined ? {} : { patch }) }));
    },
    async closePullRequest(repo, number) {
      const { rest } = await session.octokit();
      return readPull(session, `PATCH repos/${repo}/pulls/${number}`, (await rest.pulls.update({ ...split(repo), pull_number: number, state: 'closed' })).data);
    },
    async updatePullRequest(repo, number, { body }) {
      const { rest } = await session.octokit();
      return readPull(session, `PATCH repos/${repo}/pulls/${number}`, (await rest.pulls.update({ ...split(repo), pull_number: number, body })).data);
    },
    async mergePullRequest(repo, number, { headSha, method = 'merge' }) {
      const { rest } = await session.octokit();
      const { data } = await rest.pulls.merge({ ...split(repo), pull_number: number, sha: headSha, merge_method: method });
      return { commit: withFields(session, `PUT repos/${repo}/pulls/${number}/merge`, data, ['sha:text']).sha };
    },
    async comment(repo, number, body) {
      const { rest } = await session.octokit();
      return readComment(session, `POST repos/${repo}/issues/${number}/comments`, (await rest.issues.createComment({ ...split(repo), issue_number: number, body })).data);
    },
    async updateComment(repo, id, body) {
      const { rest } = await session.octokit();
      return readComment(session, `PATCH repos/${repo}/issues/comments/${id}`, (await rest.issues.updateComment({ ...split(repo), comment_id: id, body })).data);
    },
    async listComments(repo, number) {
      const { rest } = await session.octokit();
      const comments = await allPages(async (page) => listOf(session, `repos/${repo}/issues/${number}/comments`, (await rest.issues.listComments({ ...split(repo), issue_number: number, page, per_page: pageSize })).data, commentFields));
      return comments.map((comment) => readComment(session, `repos/${repo}/issues/${number}/comments`, comment));
    },
    async addLabels(repo, number, labels) {
      const { rest } = await session.octokit();
      listOf(session, `POST repos/${repo}/issues/${number}/labels`, (await rest.issues.addLabels({ ...split(repo), issue_number: number, labels: [...labels] })).data, ['name:text']);
    },
    async removeLabel(repo, number, label) {
      const { rest } = await session.octokit();
      try {
        listOf(session, `DELETE repos/${repo}/issues/${number}/labels/${label}`, (await rest.issues.removeLabel({ ...split(repo), issue_number: number, name: label })).data, ['name:text']);
        return true;
      } catch (error) {
        // the same status says that there is no such pull request; its words do not
        if (error instanceof OutsideError && error.code === 'absent' && /label/i.test(error.detail ?? '')) return false;
        throw error;
      }
    },
    listStatuses: statuses,
    listCheckRuns: checks,
    async explainPullRequest(repo, number) {
      const pull = await getPullRequest(repo, number);
      if (pull.state === 'closed') return explain(repo, pull, { statuses: [], checks: [] });
      return explain(repo, pull, { statuses: await statuses(repo, pull.headSha), checks: await checks(repo, pull.headSha) });
    },
  };
}

/** The newest pull request of exactly this head. GitHub ignores a head that it cannot read and lists everything instead. */
async function findNumber(session: Session, repo: string, query: Parameters<Github['findPullRequest']>[1]): Promise<number | undefined> {
  const { rest } = await session.octokit();
  const { head, base, state = 'open' } = query;
  const wanted = head.includes(':') ? head : `${split(repo).owner}:${head}`;
  const found = await allPages(async (page) => listOf(session, `repos/${repo}/pulls`, (await rest.pulls.list({ ...split(repo), head: wanted, base, state, page, per_page: pageSize })).data, ['number:number', 'head:object', 'base:object']));
  for (const pull of found) withFields(session, `repos/${repo}/pulls`, pull.head, ['label?:text']);
  const same = found.filter((pull) => sameHead(pull.head.label, wanted) && pull.base.ref === base);
  return same.reduce<number | undefined>((newest, { number }) => (newest === undefined || number > newest ? number : newest), undefined);
}

/** Logins do not mind case, branches do. */
function sameHead(label: string | null, wanted: string): boolean {
  const [login = '', ...branch] = (label ?? '').split(':');
  const [wantedLogin = '', ...wantedBranch] = wanted.split(':');
  return login.toLowerCase() === wantedLogin.toLowerCase() && branch.join(':') === wantedBranch.join(':');
}

function readPull(session: Session, what: string, answer: WirePull): PullRequest {
  const pull = withFields(session, what, answer, ['number:number', 'html_url:text', 'title:text', 'body?:text', 'state:text', 'merged?:flag', 'merge_commit_sha?:text', 'head:object', 'base:object', 'user?:object', 'labels:list', 'mergeable_state?:text', 'draft?:flag']);
  withFields(session, what, pull.head, ['sha:text', 'ref:text', 'repo?:object']);
  withFields(session, what, pull.base, ['ref:text']);
  if (pull.head.repo !== null && pull.head.repo !== undefined) withFields(session, what, pull.head.repo, ['full_name:text']);
  if (pull.user !== null && pull.user !== undefined) withFields(session, what, pull.user, ['login:text']);
  listOf(session, what, pull.labels, ['name?:text']);
  const merged = pull.merged ?? false;
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    body: pull.body ?? '',
    state: pull.state === 'open' ? 'open' : 'closed',
    merged,
    // Before the merge this is GitHub's trial merge, which is nobody's commit.
    ...(merged && pull.merge_commit_sha !== null ? { mergeCommit: pull.merge_commit_sha } : {}),
    headSha: pull.head.sha,
    headRef: pull.head.ref,
    ...(pull.head.repo === null || pull.head.repo === undefined ? {} : { headRepo: pull.head.repo.full_name }),
    baseRef: pull.base.ref,
    author: pull.user?.login ?? '',
    labels: pull.labels.flatMap(({ name }) => name ?? []),
    ...(pull.mergeable_state === undefined ? {} : { mergeableState: pull.mergeable_state }),
    draft: pull.draft ?? false,
  };
}

function readComment(session: Session, what: string, answer: { readonly id: number; readonly user: { readonly login: string } | null; readonly body?: string; readonly created_at: string; readonly html_url: string }): Comment {
  const comment = withFields(session, what, answer, commentFields);
  if (comment.user !== null && comment.user !== undefined) withFields(session, what, comment.user, ['login:text']);
  return { id: comment.id, author: comment.user?.login ?? '', body: comment.body ?? '', createdAt: comment.created_at, url: comment.html_url };
}

/** Prow pads with U+2001 and puts the base's SHA behind (domain §4.7). */
const baseShaTail = /[\s\u2001]*(?:BaseSHA|Basesha):[0-9a-f]{40}$/;

async function listStatuses(session: Session, repo: string, sha: string): Promise<readonly Status[]> {
  const { rest } = await session.octokit();
  const found = await allPages(async (page) => listOf(session, `repos/${repo}/commits/${sha}/status`, (await rest.repos.getCombinedStatusForRef({ ...split(repo), ref: sha, page, per_page: pageSize })).data?.statuses, ['context:text', 'state:text', 'description?:text', 'target_url?:text']));
  return found.map(({ context, state, description, target_url: url }) => ({
    context,
    state: readState(state),
    description: (description ?? '').replace(baseShaTail, '').replace(/\u2001+$/, ''),
    ...(typeof url === 'string' && url !== '' ? { url } : {}),
  }));
}

function readState(state: string): Status['state'] {
  return state === 'success' || state === 'failure' || state === 'error' ? state : 'pending';
}

async function listCheckRuns(session: Session, repo: string, sha: string): Promise<readonly CheckRun[]> {
  const { rest } = await session.octokit();
  const found = await allPages(async (page) => listOf(session, `repos/${repo}/commits/${sha}/check-runs`, (await rest.checks.listForRef({ ...split(repo), ref: sha, page, per_page: pageSize })).data?.check_runs, ['name:text', 'status:text', 'conclusion?:text', 'html_url?:text']));
  return found.map(({ name, status, conclusion, html_url: url }) => ({ name, status, ...(conclusion === null ? {} : { conclusion }), ...(url === null ? {} : { url }) }));
}
