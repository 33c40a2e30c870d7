// What the world's GitHub remembers beyond git: pull requests and issues with their talk, statuses, releases.
// Plain data that survives `JSON`; who may change it, and whom it is told, is not decided here.
import type { CommitStatus, PullRequest, RepoName } from '../services.ts';

/** A comment of an issue or pull request. Times are milliseconds. */
export interface CommentRecord {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
}

/** A review of a pull request. */
export interface ReviewRecord {
  readonly id: number;
  readonly author: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
  readonly body: string;
  readonly sha: string;
  readonly submittedAt: number;
}

/** What makes a thread a pull request. */
export interface PullRecord {
  readonly headRepo: RepoName;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  readonly maintainerCanModify: boolean;
  merge?: { readonly sha: string; readonly by: string; readonly at: number };
}

/** An issue, or a pull request when it has a `pull`. */
export interface ThreadRecord {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string;
  readonly author: string;
  labels: string[];
  state: 'open' | 'closed';
  readonly createdAt: number;
  updatedAt: number;
  closedAt?: number;
  readonly comments: CommentRecord[];
  readonly reviews: ReviewRecord[];
  readonly pull?: PullRecord;
}

/** A commit status, append-only. */
export interface StatusRecord extends CommitStatus {
  readonly id: number;
  readonly creator: string;
  readonly createdAt: number;
}

/** A file of a release; its bytes lie in `dir/github/assets/<id>`. */
export interface AssetRecord {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly contentType: string;
  readonly size: number;
  readonly digest: string;
  readonly createdAt: number;
}

/** A release. */
export interface ReleaseRecord {
  readonly id: number;
  tag: string;
  target: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  readonly author: string;
  readonly createdAt: number;
  publishedAt: number | undefined;
  assets: AssetRecord[];
}

/** Everything of one repository. Threads are keyed by their number, statuses by commit. */
export interface RepoRecord {
  readonly id: number;
  readonly createdAt: number;
  lastNumber: number;
  readonly threads: Record<string, ThreadRecord>;
  readonly statuses: Record<string, StatusRecord[]>;
  readonly releases: ReleaseRecord[];
}

/** A thread as the rest of the world sees a pull request. */
export function pullOf(repo: RepoName, thread: ThreadRecord): PullRequest | undefined {
  const { pull } = thread;
  if (pull === undefined) return undefined;
  return {
    repo,
    number: thread.number,
    title: thread.title,
    body: thread.body,
    author: thread.author,
    headRepo: pull.headRepo,
    headRef: pull.headRef,
    headSha: pull.headSha,
    baseRef: pull.baseRef,
    baseSha: pull.baseSha,
    labels: [...thread.labels],
    state: thread.state,
    merged: pull.merge !== undefined,
    ...(pull.merge === undefined ? {} : { mergeCommitSha: pull.merge.sha }),
    draft: pull.draft,
  };
}
