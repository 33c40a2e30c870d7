// Issues, pull requests, comments, reviews and labels as GitHub's JSON shows them.
import { createHash } from 'node:crypto';
import type { RepoName } from '../services.ts';
import { isoTime, nodeId } from './hub.ts';
import { revisions } from './compare.ts';
import { changedFiles } from './diff.ts';
import { mergeBaseOf } from './pull-range.ts';
import type { CommentRecord, PullRecord, ReviewRecord, ThreadRecord } from './record.ts';
import { repoShape } from './repo-shape.ts';
import { userShape } from './user-shape.ts';
import type { ShapeAt } from './user-shape.ts';

/** A label; its id follows from its name. */
export function labelShape(at: ShapeAt, name: string): Record<string, unknown> {
  const id = Number.parseInt(createHash('sha1').update(`${at.repo}\0${name}`).digest('hex').slice(0, 7), 16);
  return { id, node_id: nodeId('Label', id), url: at.places.api(`/repos/${at.repo}/labels/${encodeURIComponent(name)}`), name, color: 'ededed', default: false, description: null };
}

/** An issue, or a pull request seen as one. */
export function issueShape(at: ShapeAt, thread: ThreadRecord): Record<string, unknown> {
  const { places, repo } = at;
  const { pull, number } = thread;
  const url = places.api(`/repos/${repo}/issues/${number}`);
  const html = places.web(`/${repo}/${pull === undefined ? 'issues' : 'pull'}/${number}`);
  const link = { url: places.api(`/repos/${repo}/pulls/${number}`), html_url: html, diff_url: `${html}.diff`, patch_url: `${html}.patch`, merged_at: pull?.merge === undefined ? null : isoTime(pull.merge.at) };
  return {
    url,
    repository_url: places.api(`/repos/${repo}`),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    ...common(at, thread, pull === undefined ? 'Issue' : 'PullRequest'),
    comments: thread.comments.length,
    state_reason: thread.state === 'closed' && pull === undefined ? 'completed' : null,
    closed_by: null,
    reactions: reactions(url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    ...(pull === undefined ? {} : { draft: pull.draft, pull_request: link }),
  };
}

function common(at: ShapeAt, thread: ThreadRecord, kind: string): Record<string, unknown> {
  return {
    id: thread.id,
    node_id: nodeId(kind, thread.id),
    number: thread.number,
    title: thread.title,
    user: userShape(at.hub, at.places, thread.author),
    labels: thread.labels.map((label) => labelShape(at, label)),
    state: thread.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    created_at: isoTime(thread.createdAt),
    updated_at: isoTime(thread.updatedAt),
    closed_at: thread.closedAt === undefined ? null : isoTime(thread.closedAt),
    author_association: at.repo.startsWith(`${thread.author}/`) ? 'OWNER' : at.hub.github.mayPush(thread.author, at.repo) ? 'MEMBER' : 'CONTRIBUTOR',
    active_lock_reason: null,
    body: thread.body === '' ? null : thread.body,
  };
}

function reactions(url: string): Record<string, unknown> {
  return { url: `${url}/reactions`, total_count: 0, '+1': 0, '-1': 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 };
}

/** A pull request in lists. */
export function pullShape(at: ShapeAt, thread: ThreadRecord, pull: PullRecord): Record<string, unknown> {
  const { places, repo } = at;
  const { number } = thread;
  const url = places.api(`/repos/${repo}/pulls/${number}`);
  const issue = places.api(`/repos/${repo}/issues/${number}`);
  const html = places.web(`/${repo}/pull/${number}`);
  const statuses = places.api(`/repos/${repo}/statuses/${pull.headSha}`);
  const href = (target: string): { readonly href: string } => ({ href: target });
  return {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    ...common(at, thread, 'PullRequest'),
    merged_at: pull.merge === undefined ? null : isoTime(pull.merge.at),
    merge_commit_sha: pull.merge?.sha ?? null,
    requested_reviewers: [],
    requested_teams: [],
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: places.api(`/repos/${repo}/pulls/comments{/number}`),
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: sideShape(at, { repo: pull.headRepo, ref: pull.headRef, sha: pull.headSha }),
    base: sideShape(at, { repo, ref: pull.baseRef, sha: pull.baseSha }),
    _links: { self: href(url), html: href(html), issue: href(issue), comments: href(`${issue}/comments`), review_comments: href(`${url}/comments`), review_comment: href(places.api(`/repos/${repo}/pulls/comments{/number}`)), commits: href(`${url}/commits`), statuses: href(statuses) },
    auto_merge: null,
  };
}

/** A pull request asked for by number: what it changes and whether it would merge. */
export async function fullPullShape(at: ShapeAt, thread: ThreadRecord, pull: PullRecord): Promise<Record<string, unknown>> {
  const { hub, repo } = at;
  const mergeable = thread.state === 'open' ? await hub.github.mergeable(repo, thread.number) : null;
  const base = await mergeBaseOf(hub, repo, pull);
  const files = base === undefined ? [] : await changedFiles(at, base, pull.headSha);
  const commits = base === undefined ? [] : await revisions(hub, repo, `${base}..${pull.headSha}`);
  const sum = (field: string): number => files.reduce((total, file) => total + Number(file[field]), 0);
  return {
    ...pullShape(at, thread, pull),
    merged: pull.merge !== undefined,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
    merged_by: pull.merge === undefined ? null : userShape(hub, at.places, pull.merge.by),
    comments: thread.comments.length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: commits.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  };
}

function sideShape(at: ShapeAt, side: { readonly repo: RepoName; readonly ref: string; readonly sha: string }): Record<string, unknown> {
  const owner = side.repo.split('/')[0] ?? '';
  return { label: `${owner}:${side.ref}`, ref: side.ref, sha: side.sha, user: userShape(at.hub, at.places, owner), repo: repoShape({ ...at, repo: side.repo }, undefined) };
}

/** A comment of a thread. */
export function commentShape(at: ShapeAt, thread: ThreadRecord, comment: CommentRecord): Record<string, unknown> {
  const { places, repo } = at;
  const url = places.api(`/repos/${repo}/issues/comments/${comment.id}`);
  return {
    url,
    html_url: places.web(`/${repo}/${thread.pull === undefined ? 'issues' : 'pull'}/${thread.number}#issuecomment-${comment.id}`),
    issue_url: places.api(`/repos/${repo}/issues/${thread.number}`),
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: userShape(at.hub, places, comment.author),
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    body: comment.body,
    author_association: at.hub.github.mayPush(comment.author, repo) ? 'MEMBER' : 'CONTRIBUTOR',
    reactions: reactions(url),
    performed_via_github_app: null,
  };
}

/** A review of a pull request. */
export function reviewShape(at: ShapeAt, thread: ThreadRecord, review: ReviewRecord): Record<string, unknown> {
  const html = `${at.places.web(`/${at.repo}/pull/${thread.number}`)}#pullrequestreview-${review.id}`;
  const pull = at.places.api(`/repos/${at.repo}/pulls/${thread.number}`);
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userShape(at.hub, at.places, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: isoTime(review.submittedAt),
    commit_id: review.sha,
    author_association: at.hub.github.mayPush(review.author, at.repo) ? 'MEMBER' : 'CONTRIBUTOR',
  };
}
