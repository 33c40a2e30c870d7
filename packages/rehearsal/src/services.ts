// The contract between the parts of the world: what each service offers the others inside this process.
// From outside, everything is reached over HTTP only.
import type { Hono } from 'hono';

/** `owner/name` of a repository. */
export type RepoName = string;

/** One event that the world will handle at a virtual time. Serialisable: the queue survives a restart. */
export interface QueuedEvent {
  readonly at: number;
  readonly seq: number;
  readonly kind: string;
  readonly data: unknown;
}

/**
 * The world's heart: virtual time, the event queue, counted ids and the persistent state of every service.
 * Nothing else in the world reads a clock or draws randomness.
 */
export interface Core {
  /** Virtual time, milliseconds since 1970. Moves only by `advance`. */
  now(): number;
  /** Handles every queued event up to `to`, in order of (time, sequence), then stands at `to`. */
  advance(to: number): Promise<void>;
  /** When the next queued event is due; undefined when nothing will happen by itself. */
  next(): number | undefined;
  /** Queues an event `delayMs` from now. */
  schedule(delayMs: number, kind: string, data: unknown): void;
  /** Registers the handler of a queued event kind. One handler a kind. */
  on(kind: string, handler: (data: never) => Promise<void> | void): void;
  /** Tells every listener of a topic at once (not queued), in order of registration. Topics: `push`, `pull-opened`, `pull-synchronized`, `pull-closed`, `comment-created`, `review-submitted`, `labels-changed`, `status-created`. */
  tell(topic: string, data: unknown): Promise<void>;
  listen(topic: string, listener: (data: never) => Promise<void> | void): void;
  /** A counted id: `id('build')` gives 1, 2, 3 … per name, over restarts too. */
  id(name: string): number;
  /** A service's persistent state; `make` builds it the first time. Mutate it freely, then call `save`. */
  state<T>(name: string, make: () => T): T;
  /** Writes the state to disk (temporary file + rename). Called by the router after each request and each event as well. */
  save(): void;
  /** The merged `world.yaml`. */
  readonly config: WorldConfig;
  /** Whether a fault is on. */
  fault(name: string): boolean;
  /** Says that a step of a runbook has begun: faults that wait for it are on from here. */
  reach(step: string): void;
  /** Folder of the world; each service keeps files below `dir/<service>/` only. */
  readonly dir: string;
}

/** `world.yaml` of a seed: what repository files cannot say. Every key is optional there. */
export interface WorldConfig {
  /** Start of virtual time, ISO 8601. */
  readonly start: string;
  /** The rehearsing person. */
  readonly user: { readonly login: string; readonly name: string; readonly email: string };
  readonly people: readonly { readonly login: string; readonly name: string; readonly role: 'reviewer' | 'approver'; readonly paceMinutes: number }[];
  /** When true the people of the world do nothing by themselves: the rehearsing person plays them with comments. */
  readonly manual?: boolean;
  /** Default branch of a repository; `main` where none is given. */
  readonly branches?: Readonly<Record<RepoName, string>>;
  /** Commits and tags that precede the seeded files, oldest first, per repository. `tags` are lightweight, `annotated` are tag objects. */
  readonly history: Readonly<Record<RepoName, readonly { readonly message: string; readonly tags?: readonly string[]; readonly annotated?: readonly string[]; readonly files?: Readonly<Record<string, string>> }[]>>;
  /** What an opaque build step pushes: per repository, per cloudbuild file, per step index. Image references may hold Cloud Build substitutions. */
  readonly builds: Readonly<Record<RepoName, Readonly<Record<string, Readonly<Record<string, { readonly pushes: readonly { readonly image: string; readonly platforms: readonly string[] }[] }>>>>>>;
  /** Images that `pull-k8sio-verify` lets through with a single platform, as `registry.k8s.io/<project>/<image>`. Written into kubernetes/k8s.io as `registry.k8s.io/manifests/multiarch_test.go` at start. */
  readonly singleArchAllowed: readonly string[];
  /** Images that are in production before the world begins, as `registry.k8s.io/<project>/<image>:<tag>`. The seed's images.yaml must name their digests. */
  readonly promoted: readonly string[];
  /** When given, every manifest must have all of these destinations (host/prefix before the project). */
  readonly prodRegistries?: readonly string[];
  /** Robots' delays in virtual seconds. */
  readonly pace: { readonly trigger: number; readonly schedule: number; readonly build: number; readonly presubmit: number; readonly promotion: number; readonly tide: number };
}

/** Who made a commit. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A push, as GitHub's webhook tells it. One per ref. */
export interface PushEvent {
  readonly repo: RepoName;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly deleted: boolean;
  readonly forced: boolean;
  /** How many tags were pushed in the same push: GitHub sends no webhook for more than three. */
  readonly tagsInPush: number;
  readonly commits: readonly { readonly id: string; readonly added: readonly string[]; readonly removed: readonly string[]; readonly modified: readonly string[] }[];
}

/** What git says of an object. */
export interface GitObjectInfo {
  readonly sha: string;
  /** `commit`, `tree`, `blob` or `tag`. */
  readonly type: string;
  readonly size: number;
}

/** An object of git with its bytes. */
export interface GitObject extends GitObjectInfo {
  readonly bytes: Buffer;
}

/** Git over bare repositories; the one truth for REST, raw content and clone/push. */
export interface Git {
  /** Makes an empty bare repository with HEAD at `main` (or `defaultBranch`). Made with a `parent`, it is a fork: it borrows the parent's objects and starts with the parent's branches and tags. */
  create(repo: RepoName, options?: { readonly defaultBranch?: string; readonly parent?: RepoName }): Promise<void>;
  /** One commit on top of a branch (which is made when absent): `files` are written (undefined removes one), everything else stays. Gives its SHA. Says nothing to anyone: call `settle` after. */
  commit(repo: RepoName, branch: string, change: { readonly message: string; readonly files: Readonly<Record<string, string | Uint8Array | undefined>>; readonly author?: Person }): Promise<string>;
  /** An annotated tag. Says nothing to anyone: call `settle` after. */
  tag(repo: RepoName, name: string, target: string, message: string): Promise<string>;
  /** Compares branches and tags with the ones last known and tells `push` for each that moved; with `quiet` it only remembers them (seeds). */
  settle(repo: RepoName, quiet?: 'quiet'): Promise<void>;
  repos(): readonly RepoName[];
  has(repo: RepoName): boolean;
  path(repo: RepoName): string;
  defaultBranch(repo: RepoName): string;
  /** Full SHA of a revision (`refs/heads/main`, a SHA, `v1^{commit}`), or undefined. */
  resolve(repo: RepoName, revision: string): Promise<string | undefined>;
  /** The object that a revision means (`<commit>:<path>` too), with its bytes, which nobody may change; undefined where there is none. */
  object(repo: RepoName, revision: string): Promise<GitObject | undefined>;
  /** As `object`, without the bytes. */
  info(repo: RepoName, revision: string): Promise<GitObjectInfo | undefined>;
  /** Text of a file at a revision, or undefined where there is none. */
  readFile(repo: RepoName, revision: string, path: string): Promise<string | undefined>;
  /** Paths of all files below a folder at a revision ('' for all). */
  listFiles(repo: RepoName, revision: string, folder: string): Promise<readonly string[]>;
  /** Changed paths between two commits. */
  changedFiles(repo: RepoName, base: string, head: string): Promise<readonly string[]>;
  /** `git diff --unified=0 base head -- paths`. */
  diff(repo: RepoName, base: string, head: string, paths?: readonly string[]): Promise<string>;
  /** `git describe --tags --always [--match M]` of a commit. */
  describe(repo: RepoName, commit: string, match?: string): Promise<string>;
  /** Runs git in a bare repository with the world's identity and virtual dates. */
  run(repo: RepoName, args: readonly string[], options?: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> }): Promise<string>;
  /** As `run`, in bytes. */
  bytes(repo: RepoName, args: readonly string[], options?: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> }): Promise<Uint8Array>;
}

/** A commit status as Prow writes it. */
export interface CommitStatus {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly description: string;
  readonly targetUrl: string;
}

/** Data of the topics `pull-opened`, `pull-synchronized`, `pull-closed` and `labels-changed`. */
export interface PullEvent {
  readonly repo: RepoName;
  readonly number: number;
}

/** Data of the topic `comment-created`. Told for comments from outside and for those of robots and people. */
export interface CommentEvent {
  readonly repo: RepoName;
  readonly number: number;
  readonly author: string;
  readonly body: string;
}

/** Data of the topic `review-submitted`. */
export interface ReviewEvent {
  readonly repo: RepoName;
  readonly number: number;
  readonly author: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
}

/** Data of the topic `status-created`. */
export interface StatusEvent {
  readonly repo: RepoName;
  readonly sha: string;
  readonly status: CommitStatus;
}

/** A pull request inside the world. Its head commit is reachable in the base repository as `refs/pull/<number>/head`. */
export interface PullRequest {
  readonly repo: RepoName;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly headRepo: RepoName;
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly labels: readonly string[];
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly mergeCommitSha?: string;
  readonly draft: boolean;
}

/** What robots and people do on GitHub. Not in the ledger: the ledger holds requests from outside. */
export interface GitHub {
  pull(repo: RepoName, number: number): PullRequest | undefined;
  pulls(repo: RepoName): readonly PullRequest[];
  statuses(repo: RepoName, sha: string): readonly CommitStatus[];
  setStatus(repo: RepoName, sha: string, status: CommitStatus): Promise<void>;
  comment(repo: RepoName, number: number, author: string, body: string): Promise<void>;
  addLabels(repo: RepoName, number: number, labels: readonly string[]): Promise<void>;
  removeLabel(repo: RepoName, number: number, label: string): Promise<void>;
  review(repo: RepoName, number: number, author: string, state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED', body: string): Promise<void>;
  /** Whether head merges into base without conflict. */
  mergeable(repo: RepoName, number: number): Promise<boolean>;
  /** Closes a pull request without a merge. */
  close(repo: RepoName, number: number): Promise<void>;
  /** Makes the merge commit (first parent the old base) as `author` and tells `push`. */
  merge(repo: RepoName, number: number, author: string): Promise<string>;
}

/** A stored manifest. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The registries of the world: one content-addressed store, repositories named `host/path`. */
export interface Registry {
  /** Stores a blob in a repository; gives its digest. */
  putBlob(repository: string, bytes: Uint8Array): Promise<string>;
  putManifest(repository: string, bytes: Uint8Array, mediaType: string, tags?: readonly string[]): Promise<string>;
  /** The manifest under a tag or digest, or undefined. */
  manifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  tags(repository: string): Promise<readonly string[]>;
  /** Copies a manifest (an index with its children and blobs) between repositories and tags it. */
  copy(from: string, digest: string, to: string, tags: readonly string[]): Promise<void>;
}

/** What a part of the world adds to it: HTTP routes for public hosts. Paths arrive without the host. */
export interface HostedApp {
  /** Which public hosts the app answers for. */
  serves(host: string): boolean;
  /** Named in the ledger: `github`, `git`, `raw`, `registry`, `prow`, `gcs`. */
  readonly service: string;
  readonly app: Hono;
  /** Whether a request changes anything outside. */
  writes(method: string, path: string): boolean;
}

/** Everything the parts of the world hold of each other. `installRobots(services)` of `robots.ts` gets it at every start. */
export interface Services {
  readonly core: Core;
  readonly git: Git;
  readonly github: GitHub;
  readonly registry: Registry;
  /** Adds routes for public hosts. The router answers 501 for what no route serves, so an app must not call `c.notFound()`. The URL of a request inside an app is `http://<public host>/<path>`. */
  addApp(app: HostedApp): void;
  /** The URL by which the sender of `request` finds `path` of a public host: `https://host/path` when it says `x-forwarded-host`, else the loopback form. Bodies that are stored (statuses, logs) use the public form always. */
  address(request: Request, host: string, path: string): string;
}

/** What a new world starts from: `loadSeed(options)` of `seed.ts` gives it. A continued world has its config in `state.json` and plants nothing. */
export interface Seed {
  readonly config: WorldConfig;
  /** Makes repositories and images. Runs once, after `installRobots`; may `settle` what is to be told. */
  plant(services: Services): Promise<void>;
}

/** What `loadSeed` reads. `seed` lies over `defaultSeed`; `user` and `start` win over both. */
export interface SeedOptions {
  readonly defaultSeed: string;
  readonly seed?: string;
  readonly user?: Partial<WorldConfig['user']>;
  readonly start?: string;
}
