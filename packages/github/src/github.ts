// What a release needs of GitHub, in the words of the domain. Wire shapes stay inside this package.
// `find…` is undefined only after a 404; a 401 or 403 always throws.

/** A repository, named `owner/name` everywhere. */
export interface Repository {
  readonly fullName: string;
  readonly fork: boolean;
  /** `owner/name` of what it was forked from. */
  readonly parent?: string;
  /** Whether the token may push. False when there is no token. */
  readonly push: boolean;
  readonly defaultBranch: string;
  readonly url: string;
}

/** A branch or tag. */
export interface Ref {
  /** `refs/tags/v1` or `refs/heads/main`. */
  readonly ref: string;
  /** What the ref names itself: a commit, or an annotated tag's object. */
  readonly sha: string;
  readonly kind: 'commit' | 'tag';
  /** The commit, after peeling tag objects. */
  readonly commit: string;
  /** SHA of the annotated tag's object. */
  readonly tagObject?: string;
  /** For annotated tags: whether GitHub could verify the signature. */
  readonly verified?: boolean;
}

/** One commit, for people. */
export interface CommitSummary {
  readonly sha: string;
  /** First line of the message. */
  readonly title: string;
  /** GitHub login where known, else the name in the commit. */
  readonly author: string;
}

/** How two revisions relate. All commits are listed, oldest first. */
export interface Comparison {
  readonly status: 'ahead' | 'behind' | 'identical' | 'diverged';
  readonly aheadBy: number;
  readonly behindBy: number;
  readonly commits: readonly CommitSummary[];
}

/** A text file at a revision. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
  /** SHA of the blob. */
  readonly sha: string;
  readonly url: string;
}

/** One entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'submodule';
}

/** A pull request. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  /** The commit that merged it; only once it is merged. */
  readonly mergeCommit?: string;
  readonly headSha: string;
  readonly headRef: string;
  /** `owner/name` of the head, unless its repository is gone. */
  readonly headRepo?: string;
  readonly baseRef: string;
  readonly author: string;
  readonly labels: readonly string[];
  /** GitHub's word: `clean`, `dirty` (conflicts), `blocked`, `unstable`, `unknown` (still computing) … */
  readonly mergeableState?: string;
  readonly draft: boolean;
}

/** A file that a pull request changes. */
export interface ChangedFile {
  readonly path: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  /** The diff's hunks; absent for binary or very large files. */
  readonly patch?: string;
}

/** A comment on a pull request or issue. */
export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
  readonly url: string;
}

/** The newest commit status of one context. */
export interface Status {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** Without the padding and the BaseSHA that Prow adds (domain §4.7). */
  readonly description: string;
  readonly url?: string;
}

/** A check run. Prow writes statuses, EasyCLA and GitHub Actions write check runs. */
export interface CheckRun {
  readonly name: string;
  readonly status: string;
  /** Absent until completed. */
  readonly conclusion?: string;
  readonly url?: string;
}

/** A release with its assets. */
export interface Release {
  readonly id: number;
  readonly url: string;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly assets: readonly ReleaseAsset[];
}

/** A file attached to a release. */
export interface ReleaseAsset {
  readonly id: number;
  readonly name: string;
  readonly url: string;
}

/** The client. `repo` is always `owner/name`. All errors of the outside are `OutsideError`. */
export interface Github {
  /** Who the token is. `scopes` is undefined where GitHub does not tell (fine-grained and app tokens). */
  viewer(): Promise<{ readonly login: string; readonly scopes: readonly string[] | undefined }>;
  getRepository(repo: string): Promise<Repository>;
  findRepository(repo: string): Promise<Repository | undefined>;
  /** `ref` is `tags/v1` or `heads/main`, exactly; a prefix is never taken for it. */
  findRef(repo: string, ref: string): Promise<Ref | undefined>;
  /** Base and head may be `user:branch`. */
  compare(repo: string, base: string, head: string): Promise<Comparison>;
  getFile(repo: string, path: string, ref?: string): Promise<RepositoryFile>;
  findFile(repo: string, path: string, ref?: string): Promise<RepositoryFile | undefined>;
  listFolder(repo: string, path: string, ref?: string): Promise<readonly FolderEntry[]>;
  /** Every tag with the commit it means, as GitHub sorts them. */
  listTags(repo: string): Promise<readonly { readonly name: string; readonly commit: string }[]>;
  /** An annotated tag without a signature, which only git can give. @throws OutsideError `conflict` when there is a tag of that name */
  createTag(repo: string, tag: { readonly tag: string; readonly commit: string; readonly message: string }): Promise<Ref>;
  createBranch(repo: string, name: string, sha: string): Promise<void>;
  deleteBranch(repo: string, name: string): Promise<void>;
  /** Writes one file in one commit. `previous` is the blob SHA of the file that it replaces; without it the file must be new. */
  putFile(repo: string, change: { readonly path: string; readonly branch: string; readonly text: string; readonly message: string; readonly previous?: string }): Promise<{ readonly commit: string }>;
  /** Writes several files (and removes those without text) in one commit on a branch that is there; the branch moves last. */
  commitFiles(repo: string, change: { readonly branch: string; readonly message: string; readonly files: readonly { readonly path: string; readonly text?: string }[] }): Promise<{ readonly commit: string }>;
  /** Forks to the token's own account unless an organization is given. A fork that is there already is found, not made again. */
  createFork(repo: string, options?: { readonly organization?: string; readonly name?: string }): Promise<Repository>;
  /** Brings a branch of a fork up to its parent. */
  updateFork(repo: string, branch: string): Promise<void>;
  createPullRequest(repo: string, pull: { readonly head: string; readonly base: string; readonly title: string; readonly body: string }): Promise<PullRequest>;
  /** The newest pull request from exactly this head (`user:branch`) to this base. Open ones unless `state` says otherwise. */
  findPullRequest(repo: string, query: { readonly head: string; readonly base: string; readonly state?: 'open' | 'closed' | 'all' }): Promise<PullRequest | undefined>;
  getPullRequest(repo: string, number: number): Promise<PullRequest>;
  listPullRequestFiles(repo: string, number: number): Promise<readonly ChangedFile[]>;
  closePullRequest(repo: string, number: number): Promise<PullRequest>;
  /** Gives it another text. */
  updatePullRequest(repo: string, number: number, pull: { readonly body: string }): Promise<PullRequest>;
  /** Merges exactly the commit that was looked at. @throws OutsideError `conflict` when the head has moved on */
  mergePullRequest(repo: string, number: number, merge: { readonly headSha: string; readonly method?: 'merge' | 'squash' | 'rebase' }): Promise<{ readonly commit: string }>;
  /** Comments; a slash command such as `/lgtm` is a comment. */
  comment(repo: string, number: number, body: string): Promise<Comment>;
  /** Replaces the text of a comment of one's own. */
  updateComment(repo: string, id: number, body: string): Promise<Comment>;
  listComments(repo: string, number: number): Promise<readonly Comment[]>;
  addLabels(repo: string, number: number, labels: readonly string[]): Promise<void>;
  /** False when the label was not there. @throws OutsideError `absent` when the pull request is not */
  removeLabel(repo: string, number: number, label: string): Promise<boolean>;
  /** Newest status per context. */
  listStatuses(repo: string, sha: string): Promise<readonly Status[]>;
  listCheckRuns(repo: string, sha: string): Promise<readonly CheckRun[]>;
  /** Why a pull request does not merge yet, in words; empty when nothing is known to hold it. */
  explainPullRequest(repo: string, number: number): Promise<readonly string[]>;
  /** A published release by tag; drafts have no tag address and are found only by people who may push. */
  findRelease(repo: string, tag: string): Promise<Release | undefined>;
  createRelease(repo: string, release: { readonly tag: string; readonly title: string; readonly notes: string; readonly prerelease: boolean }): Promise<Release>;
  /** The notes GitHub would write for a tag, since the release before or a given tag. Changes nothing. (https://docs.github.com/rest/releases/releases#generate-release-notes-content-for-a-release) */
  generateNotes(repo: string, release: { readonly tag: string; readonly previousTag?: string; readonly target?: string }): Promise<{ readonly title: string; readonly notes: string }>;
  uploadAsset(repo: string, releaseId: number, asset: { readonly name: string; readonly contentType: string; readonly text: string }): Promise<ReleaseAsset>;
  rateLimit(): Promise<{ readonly limit: number; readonly remaining: number; readonly resetsAt: string }>;
}
