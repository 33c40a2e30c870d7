// What the script blocks of a runbook have in scope. Written by tools/globals.mjs from the sources; do not edit it by hand.
// For an editor: runbook types FILE > runbook.d.ts, and `/// <reference path="runbook.d.ts" />` on top of a module.

declare module 'runbook/access/byte-stream' {
    /** A stream of bytes under redaction: UTF-8 comes out of it, whatever goes in. */
    export interface RedactedBytes {
        /** Gives what may be passed on by now: whole lines, and of a long line all but its end. */
        push(chunk: Uint8Array): readonly Uint8Array[];
        /** Gives the rest. */
        flush(): readonly Uint8Array[];
    }
    /** What a stream of bytes is made from. */
    interface ByteStreamParts {
        /** The stream for what has to be searched, as text. */
        readonly text: {
            push(chunk: string): string;
            flush(): string;
            readonly isHolding: boolean;
        };
        /** Whether no secret can begin in these bytes, nor in what follows them but for the last `window`. */
        readonly isPlain: (bytes: Uint8Array) => boolean;
        /** How much of a line without an end is kept back, in bytes. */
        readonly window: number;
    }
    /** Starts a stream. Bytes wait in `rest` until their line ends; text that may be a secret waits in the stream of text. */
    export function createByteStream({ text, isPlain, window }: ByteStreamParts): RedactedBytes;
}

declare module 'runbook/access/effect' {
    /**
     * What a step changes: `read` nothing anywhere; `local` only the run's work folder, repeatably; `write` the outside world.
     * (DESIGN §3, attribute `effect`.)
     */
    export type Effect = 'read' | 'local' | 'write';
    /** How a run treats the world: `dry-run` withholds every outside write. (DESIGN §4, modes.) */
    export type Mode = 'live' | 'rehearse' | 'dry-run';
    /** What a call that wants to leave the process is about to do. */
    export interface Call {
        /** Who is spoken to, for people: `github`, `prow`, `registry`, `shell` … */
        readonly service: string;
        /** Whether the call changes anything outside. An HTTP verb alone does not decide this: a POST for a token only reads. */
        readonly effect: 'read' | 'write';
        /** `POST` for HTTP; absent for commands. */
        readonly method?: string;
        /** The public URL, or the command line as it would be typed. */
        readonly target: string;
        /** The body in full, already redacted, as text for people. */
        readonly body?: string;
    }
    /** A write that happened or was held back, as the journal and the report show it. */
    export interface WriteRecord {
        readonly service: string;
        readonly method?: string;
        readonly target: string;
        readonly body?: string;
        /** True when the write lock held it back: it did not happen. */
        readonly withheld: boolean;
    }
    /** In which mode and under which declared effect the present step runs. */
    export interface Posture {
        readonly mode: Mode;
        readonly effect: Effect;
    }
    /** What the write lock says of one call. */
    export type Verdict = 'go' | 'withheld' | 'undeclared-write';
    /**
     * Decides one call. Reads always go. A write from a step that did not `effect=write` is `undeclared-write` in every
     * mode; a declared write is `withheld` in a dry run and goes otherwise. (DESIGN §3 and §4: one write lock.)
     */
    export function decide(posture: Posture, call: Pick<Call, 'effect'>): Verdict;
    /** The record of a call, as it is journalled. */
    export function recordWrite(call: Call, withheld: boolean): WriteRecord;
    /** Thrown where a call was held back. The first one ends its block, even if the block catches it. */
    export class WithheldError extends Error {
        readonly code = "withheld";
        readonly call: Call;
        constructor(call: Call);
    }
    /** Thrown where a step writes without having declared it. */
    export class UndeclaredWriteError extends Error {
        readonly code = "undeclared-write";
        readonly call: Call;
        constructor(call: Call);
    }
    /**
     * The lock that every client, `fetch` and `$` of a block asks before a call leaves.
     * `enter` returns when the call may go, and throws `WithheldError` or `UndeclaredWriteError` when not.
     */
    export interface WriteLock {
        enter(call: Call): void;
    }
    /**
     * A write lock whose posture may change from step to step.
     * @param posture tells the present mode and declared effect.
     * @param tell is told of every write that goes out or is withheld, before it does.
     */
    export function createWriteLock(posture: () => Posture, tell: (record: WriteRecord) => void): WriteLock;
}

declare module 'runbook/access/redact' {
    import { type RedactedBytes } from 'runbook/access/byte-stream';
    /** Replaces secrets in text that is whole, or in text that arrives in pieces. */
    export interface Redactor {
        /** The text with every secret replaced by `***`. */
        redact(text: string): string;
        /** A redactor for one stream: it holds back just enough text that a secret split over two chunks is still found. */
        stream(): RedactedStream;
        /** The same for bytes. Much quicker where no secret can begin in them, as in most output. */
        byteStream(): RedactedBytes;
    }
    /** One stream under redaction. */
    export interface RedactedStream {
        /** Gives what may be shown by now: whole lines, and of a long line all but its end. */
        push(chunk: string): string;
        /**
         * Gives what may be shown because nothing more comes for now: also a line without an end, such as a question. Of what begins
         * like a secret it gives the first three characters at most, so that typed text is echoed; it still counts as its beginning.
         */
        pause(): string;
        /** Gives the rest. */
        flush(): string;
    }
    /**
     * Makes a redactor for the given secret values; each also as base64, URLs, JSON and shells write it,
     * and, where it has several lines, line by line.
     */
    export function createRedactor(secrets: readonly string[]): Redactor;
}

declare module 'runbook/cloudbuild/build' {
    import type { Place } from 'runbook/problem/problem';
    /** How Cloud Build treats substitutions that do not match the template. `gcloud builds submit` defaults to MUST_MATCH. */
    export type SubstitutionOption = 'MUST_MATCH' | 'ALLOW_LOOSE';
    /** A volume that several steps share. */
    export interface Volume {
        readonly name: string;
        readonly path: string;
    }
    /** One build step: a container image and what runs in it. */
    export interface BuildStep {
        /** The container image that runs the step. */
        readonly name: string;
        readonly args: readonly string[];
        /** `KEY=VALUE` entries. */
        readonly env: readonly string[];
        readonly dir?: string;
        readonly id?: string;
        /** Ids of earlier steps; `-` means "start at once". Empty: wait for all steps before. */
        readonly waitFor: readonly string[];
        readonly entrypoint?: string;
        readonly script?: string;
        readonly timeoutSeconds?: number;
        readonly secretEnv: readonly string[];
        readonly volumes: readonly Volume[];
        readonly automapSubstitutions?: boolean;
        readonly allowFailure: boolean;
        readonly allowExitCodes: readonly number[];
    }
    /** The options of a build that matter to a release; the others stay in `raw`. */
    export interface BuildOptions {
        readonly substitutionOption: SubstitutionOption;
        /** False when the file leaves the option to its default. */
        readonly substitutionOptionStated: boolean;
        readonly dynamicSubstitutions: boolean;
        readonly automapSubstitutions: boolean;
        readonly machineType?: string;
        readonly env: readonly string[];
        readonly secretEnv: readonly string[];
        readonly pool?: string;
        readonly logging?: string;
    }
    /** Files and images that Cloud Build uploads after the steps. */
    export interface BuildArtifacts {
        readonly images: readonly string[];
        readonly objects?: {
            readonly location: string;
            readonly paths: readonly string[];
        };
    }
    /** A parsed cloudbuild.yaml. */
    export interface Cloudbuild {
        readonly file: string;
        readonly steps: readonly BuildStep[];
        /** Images that Cloud Build itself pushes after the steps. */
        readonly images: readonly string[];
        /** Default values of user substitutions, names with their leading `_`. */
        readonly substitutions: Readonly<Record<string, string>>;
        /** Seconds; 600 when the file does not say. */
        readonly timeoutSeconds: number;
        readonly timeoutStated: boolean;
        readonly options: BuildOptions;
        readonly tags: readonly string[];
        readonly logsBucket?: string;
        readonly serviceAccount?: string;
        readonly queueTtlSeconds?: number;
        readonly artifacts?: BuildArtifacts;
        /** Names of `availableSecrets` versions, in order. */
        readonly secretVersions: readonly string[];
        /** The document as it was written, all fields kept. */
        readonly raw: unknown;
        /** Where a value stands, by its path in canonical spelling: `steps[0].args[2]`, `options.machineType`. */
        readonly places: ReadonlyMap<string, Place>;
    }
    /** The place of a value, or of its nearest parent that has one. */
    export function placeIn(build: Pick<Cloudbuild, 'file' | 'places'>, path: string): Place;
}

declare module 'runbook/cloudbuild/build-file' {
    import type { Problem } from 'runbook/problem/problem';
    import { type Cloudbuild } from 'runbook/cloudbuild/build';
    /**
     * Parses a cloudbuild.yaml. Never throws. `build` is absent only when the text is not a YAML mapping; otherwise it holds
     * what could be read, and `problems` says what Cloud Build would refuse.
     *
     * Source: Google's build configuration file schema, domain facts §3.1 and §3.3.
     */
    export function parseCloudbuild(text: string, file: string): {
        readonly build?: Cloudbuild;
        readonly problems: readonly Problem[];
    };
}

declare module 'runbook/cloudbuild/build-lint' {
    import type { Problem } from 'runbook/problem/problem';
    import { type Cloudbuild } from 'runbook/cloudbuild/build';
    import { type BuilderOptions } from 'runbook/cloudbuild/builder';
    import type { Variants } from 'runbook/cloudbuild/variants';
    /** What the lint may know besides the file. */
    export interface BuildLintInput {
        /** The file name problems are reported at. */
        readonly file: string;
        /** The job's arguments to image-builder; without them, what it passes is not judged. */
        readonly builder?: BuilderOptions;
        /** The variants.yaml beside the file. */
        readonly variants?: Variants;
        /** Where images should go: `gcr.io/k8s-staging-x` or `us-central1-docker.pkg.dev/k8s-staging-images/x`. */
        readonly stagingPrefix?: string;
        /** YYYY-MM-DD; without it the age of pinned builders is not judged. */
        readonly today?: string;
    }
    /** The useful warnings of domain facts §3.4, and the errors that image-builder's own substitutions cause. */
    export function lintCloudbuild(build: Cloudbuild, input: BuildLintInput): readonly Problem[];
}

declare module 'runbook/cloudbuild/builder' {
    import { type Problem } from 'runbook/problem/problem';
    /** What image-builder was told on its command line. */
    export interface BuilderOptions {
        /** CONFIG_DIR, without trailing slash; empty when it is missing, which is a problem. */
        readonly configDir: string;
        /** Directory uploaded as source and cwd of `git describe`; CONFIG_DIR when not given. */
        readonly buildDir: string;
        /** File name inside `configDir`. */
        readonly gcbConfig: string;
        readonly logDir?: string;
        /** `gs://…`, without it gcloud uploads the source itself. */
        readonly scratchBucket?: string;
        readonly project?: string;
        readonly allowDirty: boolean;
        readonly noSource: boolean;
        readonly variant?: string;
        /** Glob for `git describe --match`. */
        readonly versionTagFilter?: string;
        /** Environment names passed as substitutions `_NAME`. */
        readonly envPassthrough: readonly string[];
        readonly withGitDir: boolean;
        /** Seconds. */
        readonly pollingInterval: number;
        readonly suppressLogs: boolean;
        readonly region?: string;
        readonly machineType?: string;
        readonly workerPool?: string;
        readonly serviceAccount?: string;
    }
    /**
     * Parses the arguments after the image's command. Problems name the file `image-builder`; their line is the 1-based
     * position of the argument. Never throws.
     */
    export function parseBuilderArgs(args: readonly string[]): {
        readonly options: BuilderOptions;
        readonly problems: readonly Problem[];
    };
    /** What `builderSubstitutions` needs. */
    export interface BuilderSubstitutionsInput {
        readonly options: BuilderOptions;
        /** Environment of the job. */
        readonly env: Readonly<Record<string, string | undefined>>;
        readonly gitTag: string;
        /** The variant's own values, KEY without `_`. */
        readonly variant?: Readonly<Record<string, string>>;
    }
    /**
     * What image-builder passes as `--substitutions`: each passed-through name as `_NAME` (empty when unset), the variant's
     * values over them, and `_GIT_TAG`, which is always there.
     */
    export function builderSubstitutions(input: BuilderSubstitutionsInput): Record<string, string>;
}

declare module 'runbook/cloudbuild/git-tag' {
    /** Arguments after `git`, to run in the build directory. */
    export function describeArgs(options: {
        readonly versionTagFilter?: string | undefined;
    }): string[];
    /** What `git describe` printed, without the characters a tag may not have: `/`, `+`, `~`, the newline and others vanish. */
    export function cleanDescribe(text: string): string;
    /**
     * The tag of a build. `describe` is the raw output of git; `date` is the UTC date on which the build starts, `YYYYMMDD`:
     * the same commit gets another tag tomorrow.
     */
    export function gitTag(describe: string, date: string): string;
    /** Matches the tags this `git describe` output gives on any day, and nothing else. */
    export function gitTagPattern(describe: string): RegExp;
    /**
     * Whether `git describe` looks at a tag under a `--version-tag-filter`. git matches the whole name, and `*` also goes over
     * slashes. Without a filter every tag passes.
     */
    export function passesTagFilter(tag: string, filter: string | undefined): boolean;
}

declare module 'runbook/cloudbuild/pushed-images' {
    import type { Problem } from 'runbook/problem/problem';
    import { type Cloudbuild } from 'runbook/cloudbuild/build';
    /** An image that a build will push. */
    export interface PushedImage {
        /** Reference as written after substitution, with its tag. */
        readonly reference: string;
        /** `linux/amd64`, …, only when the build says it; a plain docker build is `linux/amd64`. */
        readonly platforms?: readonly string[];
        /** 0-based step that pushes; absent when Cloud Build pushes it from `images:`. */
        readonly step?: number;
    }
    /** A step that may push images which cannot be known from the file. */
    export interface OpaqueStep {
        /** 0-based. */
        readonly step: number;
        /** The step's builder image. */
        readonly name: string;
        /** A sentence for people. */
        readonly why: string;
    }
    /** What a build pushes. */
    export interface ImagesPushed {
        /** In the order of pushing; each reference once. */
        readonly images: readonly PushedImage[];
        /** Each step once. */
        readonly opaque: readonly OpaqueStep[];
    }
    /** The images an expanded build pushes. Give it the build that `substitute` returned. */
    export function imagesPushed(build: Cloudbuild): ImagesPushed;
    /** A warning for each opaque step, at its place: the list of images may lack what it pushes. */
    export function opaqueProblems(build: Cloudbuild, opaque: readonly OpaqueStep[]): readonly Problem[];
}

declare module 'runbook/cloudbuild/substitution' {
    import type { Problem } from 'runbook/problem/problem';
    import { type Cloudbuild } from 'runbook/cloudbuild/build';
    import { type SubstitutionOption } from 'runbook/cloudbuild/build';
    /** The values a build gets from outside. */
    export interface SubstitutionValues {
        /** What `gcloud builds submit --substitutions` passes: names with `_`, or overridable built-ins. */
        readonly substitutions: Readonly<Record<string, string>>;
        /** Values of built-ins: PROJECT_ID, BUILD_ID, …. Trigger-only ones not given are empty, as in life. */
        readonly builtins: Readonly<Record<string, string>>;
    }
    /** A text after substitution. */
    export interface SubstitutedText {
        readonly text: string;
        /** Names that stood in the text and have a value. */
        readonly used: readonly string[];
        /** Names that stood in the text and have none. */
        readonly missing: readonly string[];
    }
    /**
     * Substitutes variables in one text. `$$` becomes `$`. A trigger-only built-in without value becomes empty. Another name
     * without value becomes empty under ALLOW_LOOSE when it starts with `_`; else it stays as it is written, so that nobody
     * takes the text for complete.
     */
    export function substituteText(text: string, values: Readonly<Record<string, string>>, mode: SubstitutionOption, dynamic?: boolean): SubstitutedText;
    /**
     * Expands a build. The problems hold what Cloud Build refuses (errors) and what it silently leaves empty (warnings);
     * `build` is expanded as far as possible either way.
     */
    export function substitute(build: Cloudbuild, values: SubstitutionValues): {
        readonly build: Cloudbuild;
        readonly problems: readonly Problem[];
    };
    /** Names of variables a build's texts use, each with the first path that uses it. Values of dynamic ones included. */
    export function listUsedNames(build: Cloudbuild): ReadonlyMap<string, string>;
    /** True when some step gets every substitution as environment, which counts as using them. */
    export function automaps(build: Cloudbuild): boolean;
}

declare module 'runbook/cloudbuild/variants' {
    import type { Problem } from 'runbook/problem/problem';
    /** The variants of a build by name, each a set of values whose names lack the leading `_`. */
    export type Variants = Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** Parses variants.yaml, strictly as image-builder does. Never throws. */
    export function parseVariants(text: string, file: string): {
        readonly variants?: Variants;
        readonly problems: readonly Problem[];
    };
    /**
     * The problem of a job that asks for a variant which is not there, in the words of image-builder.
     * @param variants undefined when there is no variants.yaml
     */
    export function checkVariant(wanted: string | undefined, variants: Variants | undefined, file: string): readonly Problem[];
}

declare module 'runbook/github/github' {
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
        viewer(): Promise<{
            readonly login: string;
            readonly scopes: readonly string[] | undefined;
        }>;
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
        listTags(repo: string): Promise<readonly {
            readonly name: string;
            readonly commit: string;
        }[]>;
        /** An annotated tag without a signature, which only git can give. @throws OutsideError `conflict` when there is a tag of that name */
        createTag(repo: string, tag: {
            readonly tag: string;
            readonly commit: string;
            readonly message: string;
        }): Promise<Ref>;
        createBranch(repo: string, name: string, sha: string): Promise<void>;
        deleteBranch(repo: string, name: string): Promise<void>;
        /** Writes one file in one commit. `previous` is the blob SHA of the file that it replaces; without it the file must be new. */
        putFile(repo: string, change: {
            readonly path: string;
            readonly branch: string;
            readonly text: string;
            readonly message: string;
            readonly previous?: string;
        }): Promise<{
            readonly commit: string;
        }>;
        /** Writes several files (and removes those without text) in one commit on a branch that is there; the branch moves last. */
        commitFiles(repo: string, change: {
            readonly branch: string;
            readonly message: string;
            readonly files: readonly {
                readonly path: string;
                readonly text?: string;
            }[];
        }): Promise<{
            readonly commit: string;
        }>;
        /** Forks to the token's own account unless an organization is given. A fork that is there already is found, not made again. */
        createFork(repo: string, options?: {
            readonly organization?: string;
            readonly name?: string;
        }): Promise<Repository>;
        /** Brings a branch of a fork up to its parent. */
        updateFork(repo: string, branch: string): Promise<void>;
        createPullRequest(repo: string, pull: {
            readonly head: string;
            readonly base: string;
            readonly title: string;
            readonly body: string;
        }): Promise<PullRequest>;
        /** The newest pull request from exactly this head (`user:branch`) to this base. Open ones unless `state` says otherwise. */
        findPullRequest(repo: string, query: {
            readonly head: string;
            readonly base: string;
            readonly state?: 'open' | 'closed' | 'all';
        }): Promise<PullRequest | undefined>;
        getPullRequest(repo: string, number: number): Promise<PullRequest>;
        listPullRequestFiles(repo: string, number: number): Promise<readonly ChangedFile[]>;
        closePullRequest(repo: string, number: number): Promise<PullRequest>;
        /** Gives it another text. */
        updatePullRequest(repo: string, number: number, pull: {
            readonly body: string;
        }): Promise<PullRequest>;
        /** Merges exactly the commit that was looked at. @throws OutsideError `conflict` when the head has moved on */
        mergePullRequest(repo: string, number: number, merge: {
            readonly headSha: string;
            readonly method?: 'merge' | 'squash' | 'rebase';
        }): Promise<{
            readonly commit: string;
        }>;
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
        createRelease(repo: string, release: {
            readonly tag: string;
            readonly title: string;
            readonly notes: string;
            readonly prerelease: boolean;
        }): Promise<Release>;
        /** The notes GitHub would write for a tag, since the release before or a given tag. Changes nothing. (https://docs.github.com/rest/releases/releases#generate-release-notes-content-for-a-release) */
        generateNotes(repo: string, release: {
            readonly tag: string;
            readonly previousTag?: string;
            readonly target?: string;
        }): Promise<{
            readonly title: string;
            readonly notes: string;
        }>;
        uploadAsset(repo: string, releaseId: number, asset: {
            readonly name: string;
            readonly contentType: string;
            readonly text: string;
        }): Promise<ReleaseAsset>;
        rateLimit(): Promise<{
            readonly limit: number;
            readonly remaining: number;
            readonly resetsAt: string;
        }>;
    }
}

declare module 'runbook/http/http' {
    import type { Redactor } from 'runbook/access/redact';
    import type { WriteLock } from 'runbook/access/effect';
    import type { OutsideError } from 'runbook/http/outside-error';
    import type { Routed } from 'runbook/http/routes';
    /** What `createHttp` is made of. */
    export interface HttpOptions {
        readonly lock: WriteLock;
        /** Read here: `RUNBOOK_ROUTES`, `RUNBOOK_TRACE` (a file for the transcript), and the proxy variables `HTTPS_PROXY`, `NO_PROXY`, ….  */
        readonly env: Readonly<Record<string, string | undefined>>;
        readonly redactor?: Redactor;
        /** The fetch that opens sockets; Node's http modules do it unless given. */
        readonly fetch?: typeof globalThis.fetch;
        readonly userAgent?: string;
        /** Told in a sentence before each pause of a second or more: what went wrong and how long it is waited. */
        readonly progress?: (text: string) => void;
        /** How long a request may take in all, retries and body included. Milliseconds; 60 000 unless given. */
        readonly deadlineMs?: number;
        readonly now?: () => number;
        readonly sleep?: (ms: number) => Promise<void>;
        /** 0 ≤ x < 1, spreads retries. */
        readonly random?: () => number;
    }
    /** The bytes of an answer. What is not read to its end has to be cancelled. */
    export interface AnswerBody extends AsyncIterable<Uint8Array> {
        /** The next part; undefined at the end. One call after the other. */
        read(): Promise<Uint8Array | undefined>;
        /** Says that nobody wants the rest. */
        cancel(): Promise<void>;
    }
    /** A body that is read while it is sent, so that it never has to be held whole. */
    export interface StreamedBody {
        /** Bytes. */
        readonly size: number;
        /**
         * Gives the bytes from the beginning; called for each attempt. What it throws is thrown by the request, as it is. The signal says
         * that nobody wants the rest.
         */
        open(signal: AbortSignal): AsyncIterable<Uint8Array>;
    }
    /** What is sent. */
    export type HttpBody = string | Uint8Array | StreamedBody;
    /** One request. */
    export interface HttpRequest {
        /** Who is spoken to, for people: `github`, `registry` … */
        readonly service: string;
        readonly method: string;
        /** The public address: https, or http to this machine. */
        readonly url: string;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: HttpBody;
        /** What the call does. By method unless said: GET and HEAD read, everything else writes. */
        readonly effect?: 'read' | 'write';
        /** `follow` unless said: at most 10 hops, credentials never to another origin. */
        readonly redirect?: 'follow' | 'manual';
        readonly signal?: AbortSignal;
        /** Milliseconds for this request in all; the client's own unless said. */
        readonly deadlineMs?: number;
        /** Further attempts after a temporary failure. Reads 3, writes 0 unless said. */
        readonly retry?: number;
        /** What the write lock and the journal see of the body; the redacted body itself unless said. */
        readonly shownBody?: string;
        /** The largest body to read, in bytes; 64 MiB unless said. */
        readonly maxBytes?: number;
        /** Says that the lock was asked for this very write already; made by `admit`. Good for any number of attempts. */
        readonly admission?: Admission;
    }
    /** Proof that the write lock let one write go. Only `Http.admit` makes one. */
    export interface Admission {
        readonly method: string;
        readonly url: string;
    }
    /** An answer of any status; whether it is good is for the caller to say. The body is read once. */
    export interface HttpAnswer {
        readonly status: number;
        /** True for 200–299. */
        readonly ok: boolean;
        readonly headers: Headers;
        /** The public address that answered, after redirects; it may hold signed query values, so do not show it. */
        readonly url: string;
        /** `GET https://…` as people may see it. */
        readonly request: string;
        text(): Promise<string>;
        /** @throws OutsideError `unexpected-answer` when the body is not JSON. */
        json(): Promise<unknown>;
        bytes(): Promise<Uint8Array>;
        readonly body: AnswerBody;
        /** The typed error of this answer, with what its body says. */
        error(): Promise<OutsideError>;
        /** An `unexpected-answer` about this answer, in the caller's words. */
        unexpected(detail: string): OutsideError;
    }
    /** The door. */
    export interface Http {
        /**
         * Sends one request and gives its answer, whatever the status.
         * @throws WithheldError, UndeclaredWriteError from the lock, before anything leaves
         * @throws OutsideError `unreachable` when there is no answer within the deadline, `unexpected-answer` for a redirect that may not be followed
         * @throws AddressError when the address may not be spoken to
         */
        request(request: HttpRequest): Promise<HttpAnswer>;
        /** Asks the lock for a write ahead of time, for clients whose own retries must not ask again. Reads pass too. */
        admit(request: Pick<HttpRequest, 'service' | 'method' | 'url' | 'body' | 'effect' | 'shownBody'>): Admission;
        /** Where a public address is answered. */
        route(publicUrl: string): Routed;
    }
}

declare module 'runbook/http/outside-error' {
    /**
     * What went wrong outside (DESIGN §7):
     * - `absent` – the service proved that the thing is not there (404, 410)
     * - `unauthorized` – who are you? (401) · `forbidden` – you may not (403)
     * - `conflict` – something is there already, or moved meanwhile (409, and 412 and 422 where the answer says so)
     * - `rate-limited` – too many requests (429, and GitHub's and proxies' forms of 403)
     * - `unreachable` – no answer, or an answer that says "not now" (408, 500, 502–504, 52x); a later try may work
     * - `unexpected-answer` – an answer that this client cannot take for what it asked for
     */
    export type OutsideCode = 'absent' | 'unauthorized' | 'forbidden' | 'conflict' | 'rate-limited' | 'unreachable' | 'unexpected-answer';
    /** What an `OutsideError` says. */
    export interface OutsideFacts {
        readonly code: OutsideCode;
        /** Who was spoken to: `github`, `prow`, `registry` … */
        readonly service: string;
        /** `GET https://…`: the public address, without credentials. */
        readonly request: string;
        /** HTTP status, where there was an answer. */
        readonly status?: number;
        /** What the outside said, or why there was no answer; redacted, at most a few lines. */
        readonly detail?: string;
        /** How long the service asks to wait, in milliseconds. */
        readonly retryAfterMs?: number;
        /** True when the request was a write and it is not known whether it happened. */
        readonly maybeDone?: boolean;
        /** True when the same request may work a moment later. A refused port or an unknown name is not temporary. */
        readonly temporary?: boolean;
        readonly cause?: unknown;
    }
    /** Thrown where the outside is wrong. Its message is one sentence: what happened, and what to do. */
    export class OutsideError extends Error {
        readonly code: OutsideCode;
        readonly service: string;
        readonly request: string;
        readonly status?: number;
        readonly detail?: string;
        readonly retryAfterMs?: number;
        readonly maybeDone?: boolean;
        readonly temporary: boolean;
        constructor(facts: OutsideFacts);
    }
    /** An answer that is an error, as far as it matters for its code. */
    export interface FailedAnswer {
        readonly service: string;
        readonly request: string;
        readonly status: number;
        readonly headers: Headers;
        /** The beginning of the body as text, redacted. */
        readonly body: string;
        readonly retryAfterMs?: number;
        readonly write?: boolean;
    }
    /** Statuses after which the same request may work a moment later. The one list for retry and for `unreachable`. */
    export function isTemporary(status: number): boolean;
    /** The typed error of an HTTP answer: the one place where statuses become codes. */
    export function outsideError(answer: FailedAnswer): OutsideError;
}

declare module 'runbook/http/routes' {
    /** Where a public address is answered, and the headers that tell the far side its public name. */
    export interface Routed {
        readonly url: string;
        readonly headers: Readonly<Record<string, string>>;
        /** False when no route applies: `url` is the public address itself. */
        readonly routed: boolean;
    }
    /** The routes of one environment. */
    export interface Routes {
        /** Where a public address is answered. Addresses without a route stay as they are. */
        (publicUrl: string): Routed;
        /** The public address of a routed one, and any other address unchanged. */
        publicUrl(url: string): string;
    }
    /**
     * Reads `RUNBOOK_ROUTES`: words `from=to` apart by white space, `from` an origin (`https://prow.k8s.io`) or `https://*`.
     * An exact origin beats `*`; with `*` the public host becomes the first part of the path.
     * @throws AddressError when a word is malformed, or a target is neither https nor this machine.
     */
    export function createRoutes(env: Readonly<Record<string, string | undefined>>): Routes;
}

declare module 'runbook/model/expectation' {
    import type { Json } from 'runbook/model/runbook';
    /** One expected line. */
    export interface ExpectedLine {
        /** `text` is compared sign by sign; `glob` knows `*`, `?` and `\`; `regex` is a JavaScript expression for the whole line. */
        readonly kind: 'text' | 'glob' | 'regex';
        readonly text: string;
    }
    /** What a step is expected to print, and how it is expected to end. */
    export type Expectation = {
        /** 1-based line of the block in the document. */
        readonly line: number;
        /** Exit code; 0 unless the block says `[1]`. */
        readonly exitCode: number;
    } & ({
        readonly kind: 'lines';
        readonly lines: readonly ExpectedLine[];
        /** Whether the last line must end without a line end: `(no-eol)`. */
        readonly noEol: boolean;
    } | {
        readonly kind: 'json';
        /** Objects may hold more keys than this; lists are as long as this. */
        readonly json: Json;
    });
    /** What is wrong with a block, at an offset of its text. */
    export interface ExpectationFault {
        readonly offset: number;
        readonly message: string;
        readonly hint: string;
    }
    /** Reads the text of a block with `expect`. Never throws; with faults the expectation is not to be used. */
    export function parseExpectation(source: string, language: string, line: number): {
        readonly expectation: Expectation;
        readonly faults: readonly ExpectationFault[];
    };
    /** The expression for a whole line; undefined when it is none. */
    export function compilePattern(pattern: string): RegExp | undefined;
    /** A JSON value in a text; undefined when there is none. */
    export function decode(text: string): {
        readonly value: Json;
    } | undefined;
}

declare module 'runbook/model/runbook' {
    import type { Effect } from 'runbook/access/effect';
    import type { Expectation } from 'runbook/model/expectation';
    /** Any JSON value. Inputs and outputs are nothing else. */
    export type Json = null | boolean | number | string | readonly Json[] | {
        readonly [key: string]: Json;
    };
    /** The types an input may have. (DESIGN §3.) */
    export type InputType = 'string' | 'number' | 'boolean' | 'choice' | 'list' | 'secret';
    /** One declared input of a runbook. */
    export interface InputDeclaration {
        readonly name: string;
        readonly type: InputType;
        readonly description?: string;
        /** The value when none is given. Never present on a secret. */
        readonly default?: Json;
        /** Stands in where nothing is written: in `plan`, `--dry-run` and `--rehearse`, when no value is given. Never in a live run. */
        readonly example?: Json;
        /** True when a live run cannot start without a value. */
        readonly required: boolean;
        /** For strings, and for each item of a list: a JavaScript regular expression the whole value must match. */
        readonly pattern?: string;
        /** For `choice`, and for each item of a list. */
        readonly choices?: readonly string[];
        /** The environment variable a value is taken from when none is given. The only source of a secret besides a prompt and a file. */
        readonly env?: string;
        /** 1-based place in the front matter. */
        readonly line: number;
        readonly column: number;
    }
    /** What runs a step. */
    export type StepKind = 'shell' | 'script' | 'manual' | 'file' | 'include';
    /** A wait: try every `pollMs` until met, for `timeoutMs` at most. Milliseconds. */
    export interface Gate {
        readonly pollMs: number;
        readonly timeoutMs: number;
        readonly attemptTimeoutMs?: number;
    }
    /** A block that runs, or a manual item. */
    export interface Step {
        /** The `name`, or a name made of heading path and content hash. */
        readonly id: string;
        /** Whether the author named it. */
        readonly named: boolean;
        readonly kind: StepKind;
        /** The language as written, lower case; empty for manual items. */
        readonly language: string;
        readonly effect: Effect;
        /** Whether the author declared the effect. */
        readonly effectDeclared: boolean;
        /** Texts of the headings above, outermost first. */
        readonly heading: readonly string[];
        /** 1-based place of the fence or list item. */
        readonly line: number;
        readonly column: number;
        /** 1-based line of the first line of code in the document. */
        readonly codeLine: number;
        /** The code with LF line endings, container prefixes removed; the text of a manual item. */
        readonly source: string;
        /** SHA-256 (hex) of kind, language and source. */
        readonly hash: string;
        /** The attributes as written, after unquoting. */
        readonly attributes: Readonly<Record<string, string>>;
        /** The step whose doing this one verifies. */
        readonly verifies?: string;
        /** Exit codes of a verifier that mean "not done"; default 1. */
        readonly absent: readonly number[];
        /** The step this one undoes. */
        readonly undoes?: string;
        /** Runs by itself when the run failed, timed out or was cancelled. */
        readonly onFailure: boolean;
        /** How many further attempts a failing step gets. */
        readonly retry: number;
        readonly timeoutMs?: number;
        readonly gate?: Gate;
        /** Source of the `if` expression. */
        readonly condition?: string;
        readonly needs: readonly string[];
        readonly background: boolean;
        readonly ready?: string;
        readonly interactive: boolean;
        readonly cwd?: string;
        readonly interpreter?: string;
        readonly session: 'shared' | 'none';
        readonly tags: readonly string[];
        readonly excludeFromRunAll: boolean;
        /** How many distinct verified people must tick a manual step; 1 unless said. */
        readonly approvers: number;
        /** For `file` steps: the path below the work folder. */
        readonly path?: string;
        /** For `include` steps: the other runbook, as linked. */
        readonly target?: string;
        /** What a data block with `expect` says of this step's output. */
        readonly expectation?: Expectation;
        /** Names this step publishes (`export` in its own text). */
        readonly publishes: readonly string[];
        /** Declared inputs, and outputs of other steps, that the source refers to, in the order of first use. */
        readonly uses: readonly string[];
    }
    /** A fenced block that does not run. */
    export interface DataBlock {
        readonly language: string;
        readonly line: number;
        readonly column: number;
        readonly codeLine: number;
        readonly source: string;
        readonly attributes: Readonly<Record<string, string>>;
    }
    /** A parsed document. */
    export interface Runbook {
        readonly file: string;
        /** The document as it was read, without a byte order mark. */
        readonly text: string;
        /** SHA-256 (hex) of `text`. */
        readonly hash: string;
        readonly title: string;
        /** Version requirement of the front matter, for example `runbook >= 0.1`. */
        readonly requires?: string;
        /** Template of the release lock, for example `{project}-{version}`. */
        readonly lock?: string;
        /** Where shell sessions begin, from the document's folder; the run's work folder without it. */
        readonly cwd?: string;
        readonly inputs: readonly InputDeclaration[];
        readonly steps: readonly Step[];
        readonly data: readonly DataBlock[];
    }
}

declare module 'runbook/problem/problem' {
    /** How much a problem matters: an `error` stops a run, a `warning` does not. */
    export type Severity = 'error' | 'warning';
    /** A place in a text file. Line and column are 1-based; the column counts UTF-16 units, as editors do. */
    export interface Place {
        readonly file: string;
        readonly line: number;
        readonly column: number;
    }
    /** A defect of a document: what is wrong, where, and what to do about it. The JSON shape of `runbook check`. */
    export interface Problem extends Place {
        /** Stable kebab-case name; `docs/errors.md` has a row for each. */
        readonly code: string;
        readonly severity: Severity;
        /** What is wrong, got versus expected. */
        readonly message: string;
        /** What to do. */
        readonly hint: string;
        /** More lines for people, for example a diff. */
        readonly detail?: string;
    }
    /** True when at least one of the problems stops a run. */
    export function hasErrors(problems: readonly Problem[]): boolean;
    /** One line for people: `file:line:col  code: what is wrong. What to do.` */
    export function formatProblem(problem: Problem): string;
}

declare module 'runbook/promoter/base-check' {
    import type { Problem } from 'runbook/problem/problem';
    import type { ImagesFile } from 'runbook/promoter/images-file';
    /** A change of one images.yaml. */
    export interface ImagesChange {
        /** Undefined for a new file. */
        readonly before?: ImagesFile;
        readonly after: ImagesFile;
        /** Digests that the promotion job reads from the diff, see `changedDigests`. */
        readonly diffDigests: ReadonlySet<string>;
    }
    /** Checks a change. Problems stand in the new file. */
    export function checkChange({ before, after, diffDigests }: ImagesChange): readonly Problem[];
}

declare module 'runbook/promoter/image-edit' {
    import type { Problem } from 'runbook/problem/problem';
    /** What to promote: one digest under one tag. */
    export interface ImageAddition {
        readonly image: string;
        readonly digest: string;
        readonly tag: string;
    }
    /** The edited text. `added` and `changed` are both empty when the entry was there already. */
    export interface ImageEdit {
        readonly text: string;
        /** Lines of the new text that were not there, without line endings, in order. */
        readonly added: readonly string[];
        /** A line that had to change: its digest was there and gets one more tag, or it was the `[]` of an empty file. */
        readonly changed: readonly {
            readonly before: string;
            readonly after: string;
        }[];
    }
    /** An edit, or why there is none. */
    export type ImageEditResult = ImageEdit | {
        readonly problem: Problem;
    };
    /**
     * Adds an image to the text of an images.yaml. The text comes back unchanged when the tag is there with this digest; the
     * tag with another digest is a problem, since promoted tags never move. A new image goes to the end of the file.
     */
    export function addImage(text: string, addition: ImageAddition): ImageEditResult;
}

declare module 'runbook/promoter/images-file' {
    import { type Problem } from 'runbook/problem/problem';
    /** One digest of an image and the tags it is promoted under. */
    export interface ImageDigest {
        /** `sha256:` and 64 hex digits, when the file is right; else as written. */
        readonly digest: string;
        readonly tags: readonly string[];
        /** 1-based place of the digest in the file. */
        readonly line: number;
        readonly column: number;
    }
    /** One `- name:` entry of images.yaml; a name may occur in several entries. */
    export interface ImageEntry {
        /** May hold slashes: `charts/kueue`. */
        readonly name: string;
        readonly digests: readonly ImageDigest[];
        readonly line: number;
        readonly column: number;
    }
    /** A parsed images.yaml. */
    export interface ImagesFile {
        readonly file: string;
        readonly images: readonly ImageEntry[];
    }
    /** `sha256:` and 64 lower-case hex digits. */
    export const digestPattern: RegExp;
    /** What a registry takes as a tag. */
    export const tagPattern: RegExp;
    /**
     * Parses an images.yaml. Never throws. `images` is absent when the text is not a YAML list; otherwise it holds what could
     * be read. An empty file, comments alone and `[]` are a list without images.
     */
    export function parseImages(text: string, file: string): {
        readonly images?: ImagesFile;
        readonly problems: readonly Problem[];
    };
}

declare module 'runbook/promoter/manifest-file' {
    import { type Problem } from 'runbook/problem/problem';
    /** A registry of a promoter-manifest.yaml. */
    export interface ManifestRegistry {
        /** Host and path without a tag: `us-east1-docker.pkg.dev/k8s-artifacts-prod/images/kueue`. */
        readonly name: string;
        /** True for the staging registry images come from. */
        readonly src: boolean;
        readonly serviceAccount?: string;
        readonly line: number;
        readonly column: number;
    }
    /** A parsed promoter-manifest.yaml. */
    export interface PromoterManifest {
        readonly file: string;
        readonly registries: readonly ManifestRegistry[];
        /** Optional, and ignored by kpromo. */
        readonly imagesPath?: string;
        /** The document as it was written, all fields kept. */
        readonly raw: Readonly<Record<string, unknown>>;
    }
    /** The staging registry's name, or undefined when the manifest does not name exactly one. */
    export function sourceRegistry(manifest: PromoterManifest): string | undefined;
    /** Names of the production registries, in file order. */
    export function destinations(manifest: PromoterManifest): readonly string[];
    /** Parses a promoter-manifest.yaml. Never throws. `manifest` is absent when the text is not a YAML mapping. */
    export function parseManifest(text: string, file: string): {
        readonly manifest?: PromoterManifest;
        readonly problems: readonly Problem[];
    };
}

declare module 'runbook/promoter/multi-arch' {
    /**
     * The public names excused by the Go source of the check: the strings in the list assigned to `allowedImages`. Comments
     * are left out. An empty list when there is no such assignment.
     */
    export function parseSingleArchAllowed(goSource: string): readonly string[];
    /**
     * True when the check wants this image to be an index of several platforms. `image` is the name in images.yaml,
     * `publicName` the name users pull (`registry.k8s.io/apisnoop/snoopdb`). The check calls images of the root project
     * `registry.k8s.io/images/NAME`, so both spellings are looked up. A digest without tags is excused, as in the check.
     */
    export function needsMultiArch(image: string, tags: readonly string[], publicName: string, allowed: readonly string[]): boolean;
}

declare module 'runbook/promoter/promotion' {
    import type { ImagesFile } from 'runbook/promoter/images-file';
    import { type PromoterManifest } from 'runbook/promoter/manifest-file';
    /** What one repository of a registry holds. */
    export interface Inventory {
        readonly digests: ReadonlySet<string>;
        /** Tag → digest. */
        readonly tags: ReadonlyMap<string, string>;
    }
    /** A thin manifest with the images it promotes. */
    export interface ManifestPair {
        /** Directory name: `k8s-staging-apisnoop`. */
        readonly dir: string;
        readonly manifest: PromoterManifest;
        readonly images: ImagesFile;
    }
    /** What `planPromotion` needs. */
    export interface PromotionInput {
        readonly manifests: readonly ManifestPair[];
        /** Only these digests, as `--use-prow-manifest-diff` does. An empty list promotes nothing. */
        readonly onlyDigests?: readonly string[];
        /** What a repository (`registry/name`) holds; asked for sources and destinations, once each. */
        readonly inventory: (repository: string) => Inventory;
    }
    /**
     * What will be done with one copy. `promote`: it is copied. `skip`: it is there. `lost`: staging does not hold the digest;
     * only a log line, the run stays green. `move`, `move-detected`: production holds the tag with another digest, and the
     * digest itself is not (is) there; the run fails.
     */
    export type PromotionVerdict = 'promote' | 'skip' | 'lost' | 'move' | 'move-detected';
    /** One copy of one image from staging to one production registry. */
    export interface PromotionEdge {
        /** Staging registry, without the image name. */
        readonly source: string;
        /** Production registry, without the image name. */
        readonly destination: string;
        readonly image: string;
        readonly digest: string;
        /** Absent for a digest without tags. */
        readonly tag?: string;
        readonly verdict: PromotionVerdict;
        /** The log line, in the words of kpromo. */
        readonly line: string;
    }
    /** A plan of promotion. */
    export interface Promotion {
        /** In file order; empty when edges overlap, since the run then ends before it looks at any. */
        readonly edges: readonly PromotionEdge[];
        /** False when a tag would have to move or edges overlap: the whole run fails and nothing is promoted. */
        readonly clean: boolean;
        /** A sentence for each production tag that two digests are meant for. */
        readonly overlaps: readonly string[];
    }
    /** Plans a promotion. A manifest without exactly one source gives no edges; `parseManifest` reports it. */
    export function planPromotion(input: PromotionInput): Promotion;
}

declare module 'runbook/promoter/region-edit' {
    import { type Problem } from 'runbook/problem/problem';
    /** An edited manifest. */
    export interface RegionEdit {
        readonly text: string;
        /** The lines that are new, without their ends. */
        readonly added: readonly string[];
    }
    /** Adds what is missing; a text with every region comes back as it is. */
    export function addRegions(text: string, file?: string): RegionEdit | {
        readonly problem: Problem;
    };
}

declare module 'runbook/promoter/tree' {
    import { type Problem } from 'runbook/problem/problem';
    /**
     * Checks the files of a tree (path → text). Paths end in `images/DIR/images.yaml` and `manifests/DIR/promoter-manifest.yaml`,
     * with anything in front; other files are looked at by name only.
     * @param focus only problems of these files are given; the others are there to be compared with. All of them unless given.
     */
    export function checkTree(files: Readonly<Record<string, string>>, focus?: ReadonlySet<string>): readonly Problem[];
}

declare module 'runbook/prow-config/job' {
    import type { Place } from 'runbook/problem/problem';
    /** When a job runs: before a merge, after a push, or by the clock. */
    export type JobKind = 'presubmit' | 'postsubmit' | 'periodic';
    /** A container of the job's pod. */
    export interface JobContainer {
        readonly image: string;
        readonly command: readonly string[];
        readonly args: readonly string[];
        /** Variables with a literal value; those from secrets are left out. */
        readonly env: Readonly<Record<string, string>>;
    }
    /** Who may rerun a job besides the cluster's admins. */
    export interface RerunAuth {
        readonly allowAnyone: boolean;
        readonly teams: readonly {
            readonly org: string;
            readonly slug: string;
        }[];
        readonly users: readonly string[];
    }
    /** A job of a Prow job config. Source: PROW:pkg/config/jobs.go. */
    export interface Job extends Place {
        readonly kind: JobKind;
        readonly name: string;
        /** `org/repo`; absent for a periodic. */
        readonly repo?: string;
        readonly branches: readonly string[];
        readonly skipBranches: readonly string[];
        readonly runIfChanged?: string;
        readonly skipIfOnlyChanged?: string;
        /** As written; a postsubmit without it runs by default, a presubmit does not. */
        readonly alwaysRun?: boolean;
        readonly optional: boolean;
        readonly skipReport: boolean;
        /** Name of the commit status; the job's name by default. */
        readonly context: string;
        readonly maxConcurrency?: number;
        readonly jobQueueName?: string;
        /** Build cluster; `default` by default. */
        readonly cluster: string;
        readonly decorate: boolean;
        /** As written, for example `4h`; `2h` by default. */
        readonly decorationTimeout: string;
        readonly containers: readonly JobContainer[];
        readonly rerunAuth?: RerunAuth;
        /** Regular expression (RE2) on comments that starts a presubmit. */
        readonly trigger?: string;
        /** Comment that starts a presubmit: `/test NAME`. */
        readonly rerunCommand?: string;
        readonly cron?: string;
        readonly interval?: string;
        /** The job as it was written, all fields kept. */
        readonly raw: Readonly<Record<string, unknown>>;
    }
}

declare module 'runbook/prow-config/job-file' {
    import { type Problem } from 'runbook/problem/problem';
    import type { Job } from 'runbook/prow-config/job';
    /**
     * Parses a job config file. Never throws. Jobs without a usable name are left out, with a problem.
     *
     * Source: PROW:pkg/config/jobs.go, config.go (domain facts §4.1).
     */
    export function parseJobs(text: string, file: string): {
        readonly jobs: readonly Job[];
        readonly problems: readonly Problem[];
    };
}

declare module 'runbook/prow-config/job-lint' {
    import type { Problem } from 'runbook/problem/problem';
    import type { Job } from 'runbook/prow-config/job';
    /** Lints jobs of one or several files: what each job hides, and jobs of one name in two files. */
    export function lintJobs(jobs: readonly Job[]): readonly Problem[];
}

declare module 'runbook/prow-config/trigger' {
    import type { Job } from 'runbook/prow-config/job';
    /** Whether a job runs, and why. */
    export interface JobDecision {
        readonly job: Job;
        readonly runs: boolean;
        /** A sentence for people. */
        readonly reason: string;
        /** Present when the job may run after all: a pattern could not be read, or the changed files were not given. */
        readonly undecided?: true;
    }
    /** A push to a repository. */
    export interface Push {
        /** `org/repo`. */
        readonly repo: string;
        /** `refs/heads/main` or `refs/tags/v1`. */
        readonly ref: string;
        /** Files of the pushed commits. A tag push carries none, so they are ignored for tags. */
        readonly changedFiles?: readonly string[];
        /** How many tags the same push carries; GitHub sends no event for more than three. */
        readonly tagsInPush?: number;
        readonly deleted?: boolean;
    }
    /** A pull request, as far as it decides which jobs run. */
    export interface PullChange {
        /** `org/repo`. */
        readonly repo: string;
        /** Base branch; `refs/heads/` in front is tolerated. */
        readonly baseRef: string;
        readonly changedFiles: readonly string[];
    }
    /**
     * The postsubmits of a repository, each with whether this push starts it. The list holds every postsubmit of the
     * repository, in the order given.
     *
     * Source: PROW:pkg/plugins/trigger/push.go, PROW:pkg/config/jobs.go (domain facts §4.2).
     */
    export function jobsFor(jobs: readonly Job[], push: Push): readonly JobDecision[];
    /**
     * The presubmits of a repository, each with whether a pull request starts it by itself.
     *
     * Source: PROW:pkg/config/jobs.go (Presubmit.ShouldRun), domain facts §4.1.
     */
    export function presubmitsFor(jobs: readonly Job[], change: PullChange): readonly JobDecision[];
}

declare module 'runbook/prow/prow' {
    import type { Http } from 'runbook/http/http';
    import type { CloudBuild } from 'runbook/prow/run';
    import type { PushedImage } from 'runbook/prow/run';
    import type { Run } from 'runbook/prow/run';
    import type { RunQuery } from 'runbook/prow/run';
    /** What `createProw` is made of. Addresses fall back to `RUNBOOK_PROW_URL` and `RUNBOOK_LOGS_URL`, then to prow.k8s.io's. */
    export interface ProwOptions {
        readonly http: Http;
        readonly env?: Readonly<Record<string, string | undefined>>;
        /** https://prow.k8s.io unless given. */
        readonly deckUrl?: string;
        /** https://storage.googleapis.com unless given. */
        readonly logsUrl?: string;
        /** `kubernetes-ci-logs` unless given. */
        readonly bucket?: string;
        /** The clock that tells a lost run from one that is on its way; the real one unless given. */
        readonly now?: () => number;
    }
    /** The client. All errors of the outside are `OutsideError`. */
    export interface Prow {
        /** The newest run that matches, or undefined when neither Deck nor the newest 200 runs of the bucket hold one. */
        findRun(query: RunQuery): Promise<Run | undefined>;
        /** Every matching run that Deck or the newest `limit` (50) runs of the bucket hold, newest first. */
        listRuns(query: RunQuery & {
            readonly limit?: number;
        }): Promise<readonly Run[]>;
        /** The run of a page such as `https://prow.k8s.io/view/gs/BUCKET/logs/JOB/ID`, however old, in any bucket. @throws AddressError when it is no such page */
        findRunAt(url: string): Promise<Run | undefined>;
        /** The run as it is now; itself where nothing more is known. */
        refreshRun(run: Run): Promise<Run>;
        /** Text of a file of the run, such as `artifacts/build.log`. @throws OutsideError `absent` */
        readArtifact(run: Run, path: string): Promise<string>;
        findArtifact(run: Run, path: string): Promise<string | undefined>;
        /** Paths below `artifacts/`. */
        listArtifacts(run: Run): Promise<readonly string[]>;
        /** The run's build log; while it runs, what Deck shows of it. `tailBytes` gives only the end. */
        log(run: Run, options?: {
            readonly tailBytes?: number;
        }): Promise<string>;
        /**
         * The same log from a byte on, piece by piece, for logs of any length and for following. Gives how many bytes it has so far:
         * where to go on. @throws OutsideError `absent` where there is none
         */
        streamLog(run: Run, from: number, onPiece: (piece: Uint8Array) => void): Promise<number>;
        /** Images that the run's build log says it pushed. Empty means: the log names none. (domain §2.4) */
        pushedImages(run: Run): Promise<readonly PushedImage[]>;
        /** The Cloud Build of an image-builder run, or undefined when its logs name none. */
        buildOf(run: Run): Promise<CloudBuild | undefined>;
        /** Known reasons in words; empty when none of the known ones fits. */
        explainFailure(run: Run): Promise<readonly string[]>;
        /** What a run of the promoter left out although it is green: lost digests, a change in which it saw none. Empty for other jobs. (domain §7, row 6) */
        explainPromotion(run: Run): Promise<readonly string[]>;
    }
}

declare module 'runbook/prow/run' {
    /** A Prow build id: up to 20 digits, beyond what a JavaScript number can hold, so always a string. (domain §4.6) */
    export type BuildId = string & {
        readonly brand: 'BuildId';
    };
    /** Prow's states. The last four are final. (domain §4.4) */
    export type RunState = 'scheduling' | 'triggered' | 'pending' | 'success' | 'failure' | 'aborted' | 'error';
    /** What started a job. */
    export type JobKind = 'presubmit' | 'postsubmit' | 'periodic' | 'batch';
    /** One run of a job. Times are ISO 8601 in UTC. */
    export interface Run {
        readonly job: string;
        readonly kind: JobKind;
        /** Absent while Prow has not given one (`scheduling`, `triggered`). */
        readonly id?: BuildId;
        readonly state: RunState;
        readonly finished: boolean;
        readonly succeeded: boolean;
        /** Finished, but not with success. */
        readonly failed: boolean;
        /** The public page of the run. */
        readonly url: string;
        readonly description?: string;
        readonly startedAt?: string;
        readonly finishedAt?: string;
        /** `owner/name`; absent for periodics without refs. */
        readonly repo?: string;
        /** The branch or tag name that was pushed, or the base of a pull request. */
        readonly baseRef?: string;
        /** The commit that ran: the pull request's head, else what the ref named. For an annotated tag that is the tag object. */
        readonly sha?: string;
        /** The checked-out commit, where the run recorded it; differs from `sha` for annotated tags. */
        readonly commit?: string;
        readonly pull?: number;
        readonly bucket: string;
        /** Folder of the run in the bucket, without a slash at its end. Absent until there is an id. */
        readonly prefix?: string;
    }
    /** Which run is meant. Everything given must match. */
    export interface RunQuery {
        readonly job: string;
        /** A commit or a tag object. A run of an annotated tag is found by either. */
        readonly sha?: string;
        /** Branch or tag name, without `refs/…/`. */
        readonly baseRef?: string;
        /** `owner/name`. Needed to find presubmits in the bucket. */
        readonly repo?: string;
        readonly pull?: number;
        readonly kind?: JobKind;
    }
    /** An image that a build pushed, as its log says. */
    export interface PushedImage {
        /** `repository:tag@digest`, or `repository@digest`. */
        readonly reference: string;
        readonly repository: string;
        readonly tag?: string;
        readonly digest: string;
        /** Only where the log says so beyond doubt. Ask the registry otherwise. */
        readonly platforms?: readonly string[];
    }
    /** The Cloud Build behind a run of image-builder. */
    export interface CloudBuild {
        readonly id: string;
        readonly project?: string;
        /** The console page. */
        readonly url: string;
    }
}

declare module 'runbook/registry/auth' {
    import { type Http } from 'runbook/http/http';
    import { type HttpAnswer } from 'runbook/http/http';
    /** Who to be: a name with its password, or an identity token, which stands for a person who logged in elsewhere. */
    export type Login = {
        readonly username: string;
        readonly password: string;
    } | {
        readonly identityToken: string;
    };
    /** Who to be at one registry host; undefined for anonymous. */
    export type Credentials = (host: string) => Login | undefined | Promise<Login | undefined>;
    /** Answers challenges for one client. */
    export interface Auth {
        /** A header that worked before for this host and scope. */
        remembered(host: string, scope: string): string | undefined;
        /** The header that answers a 401 of `host`, or undefined when nothing can answer it. */
        answer(refused: HttpAnswer, host: string, scope: string): Promise<string | undefined>;
    }
    /** Makes it. */
    export function createAuth(http: Http, credentials: Credentials, now: () => number): Auth;
}

declare module 'runbook/registry/copy' {
    import type { Manifest } from 'runbook/registry/manifest';
    import type { Reference } from 'runbook/registry/reference';
    import { type Transport } from 'runbook/registry/transport';
    /** How a copy is made, and who is told. */
    export interface CopyOptions {
        /** Blobs that are on their way at once; 4 unless given. */
        readonly concurrency?: number;
        /** Called after each blob and manifest. */
        readonly progress?: (step: CopyStep) => void;
    }
    /** One thing that a copy has seen to. */
    export interface CopyStep {
        readonly kind: 'blob' | 'manifest';
        readonly digest: string;
        /** Bytes. */
        readonly size: number;
        readonly how: 'there' | 'mounted' | 'uploaded';
    }
    /** What a copy did. */
    export interface Copied {
        readonly digest: string;
        readonly mediaType: string;
        readonly steps: readonly CopyStep[];
    }
    interface Job {
        readonly transport: Transport;
        readonly from: Reference;
        readonly to: Reference;
        readonly manifest: (reference: Reference) => Promise<Manifest>;
        readonly steps: CopyStep[];
        readonly tell: (step: CopyStep) => void;
        readonly concurrency: number;
    }
    /** Copies what a reference names, with everything below it, and sets the tag. */
    export function copyImage(transport: Transport, from: Reference, to: Reference, options: CopyOptions & {
        readonly manifest: Job['manifest'];
    }): Promise<Copied>;
}

declare module 'runbook/registry/manifest' {
    /** What a registry says of a stored thing. */
    export interface Descriptor {
        readonly digest: string;
        readonly mediaType: string;
        /** Bytes. */
        readonly size: number;
    }
    /** An entry of an index. */
    export interface IndexEntry extends Descriptor {
        /** `linux/arm64` or `linux/arm/v7`; absent where the entry names none. */
        readonly platform?: string;
        /** True for build attestations, which are no images. (domain §6.4) */
        readonly attestation: boolean;
    }
    /** A manifest whose bytes hash to its digest. */
    export type Manifest = Descriptor & {
        readonly bytes: Uint8Array;
    } & ({
        readonly kind: 'image';
        readonly config: Descriptor;
        readonly layers: readonly Descriptor[];
        readonly annotations: Readonly<Record<string, string>>;
    } | {
        readonly kind: 'index';
        readonly entries: readonly IndexEntry[];
        readonly annotations: Readonly<Record<string, string>>;
    }
    /** Something older or stranger, such as a schema 1 manifest. */
     | {
        readonly kind: 'other';
    });
    /** The media types a client should accept, so that a registry does not convert what it stores. (domain §6.4) */
    export const manifestTypes: readonly ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];
    /** The digest of bytes, by the algorithm of another digest; sha256 unless that one says sha512. */
    export function digestOf(bytes: Uint8Array, like?: string): string;
    /** True for a digest of any algorithm. (OCI image spec, descriptor.md "Digests") What is none would be foreign text in an address. */
    export function isDigestText(text: string): boolean;
    /** Decodes a manifest. `problem` says why it is none. The caller has verified the digest. */
    export function parseManifest(bytes: Uint8Array, about: {
        readonly digest: string;
        readonly mediaType: string;
    }): {
        readonly manifest?: Manifest;
        readonly problem?: string;
    };
    /** The entries of an index that are images. */
    export function imageEntries(entries: readonly IndexEntry[]): readonly IndexEntry[];
    /** The platform an image config declares, such as `linux/arm/v7`. */
    export function platformOfConfig(bytes: Uint8Array): string | undefined;
    /** True for a JSON object. */
    export function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
}

declare module 'runbook/registry/reference' {
    /** An image reference. `repository` is `host/name`. A digest wins over a tag. */
    export interface Reference {
        readonly host: string;
        /** Path below the host. */
        readonly name: string;
        /** `host/name`. */
        readonly repository: string;
        readonly tag?: string;
        /** `sha256:<64 hex>` or `sha512:<128 hex>`. */
        readonly digest?: string;
    }
    /**
     * Reads `host/name[:tag][@digest]`. The host must be written: `alpine` is a problem, never `docker.io/library/alpine`.
     * Never throws; `problem` says what is wrong and what was expected.
     */
    export function parseReference(text: string): {
        readonly reference?: Reference;
        readonly problem?: string;
    };
    /** The text of a reference. */
    export function formatReference(reference: Reference): string;
}

declare module 'runbook/registry/registry' {
    import type { Http } from 'runbook/http/http';
    import type { Credentials } from 'runbook/registry/auth';
    import type { Copied } from 'runbook/registry/copy';
    import type { CopyOptions } from 'runbook/registry/copy';
    import type { Descriptor } from 'runbook/registry/manifest';
    import type { IndexEntry } from 'runbook/registry/manifest';
    import type { Manifest } from 'runbook/registry/manifest';
    import type { Reference } from 'runbook/registry/reference';
    /** What `createRegistry` is made of. */
    export interface RegistryOptions {
        readonly http: Http;
        /** Asked per host; anonymous everywhere unless given. */
        readonly credentials?: Credentials;
        /** The clock that tokens run out by; the real one unless given. */
        readonly now?: () => number;
    }
    /** One manifest in Google's extended listing. Times are ISO 8601 in UTC. (domain §6.3) */
    export interface GoogleManifest {
        readonly digest: string;
        readonly mediaType: string;
        /** Bytes of the whole image; 0 for an index, as Google gives it. */
        readonly size: number;
        readonly tags: readonly string[];
        readonly createdAt?: string;
        readonly uploadedAt?: string;
    }
    /** Google's extended listing of a repository. */
    export interface GoogleListing {
        readonly tags: readonly string[];
        /** Names of repositories below this one. */
        readonly children: readonly string[];
        readonly manifests: readonly GoogleManifest[];
    }
    /** The client. References and repositories are text (`host/name:tag`) or parsed. All errors of the outside are `OutsideError`. */
    export interface Registry {
        /** What stands under a tag or digest, or undefined after a 404. */
        find(reference: string | Reference): Promise<Descriptor | undefined>;
        get(reference: string | Reference): Promise<Descriptor>;
        /** The manifest itself, its digest verified against the bytes. */
        manifest(reference: string | Reference): Promise<Manifest>;
        /** Platforms of an image (`linux/amd64`), attestations left out, in the index's order. */
        platforms(reference: string | Reference): Promise<readonly string[]>;
        /** True for an index of at least two images. */
        isMultiArch(reference: string | Reference): Promise<boolean>;
        /** Every tag, all pages, sorted as the registry gives them. */
        listTags(repository: string): Promise<readonly string[]>;
        /** Google's extended listing. @throws OutsideError `unexpected-answer` where the registry has no such extension */
        listGoogle(repository: string): Promise<GoogleListing>;
        /** Cosign's signature of a digest, by its tag `sha256-<hex>.sig`. (domain §6.6) */
        findSignature(repository: string, digest: string): Promise<Descriptor | undefined>;
        /**
         * What refers to a digest: signatures, attestations, SBOMs. Where the registry has no such question, the tag `sha256-<hex>` is
         * read that clients keep instead.
         */
        listReferrers(repository: string, digest: string, artifactType?: string): Promise<readonly Referrer[]>;
        /** What cosign keeps beside a digest under tags of its own: `sha256-<hex>.sig`, `.att`, `.sbom`. (domain §6.6) */
        listAttachments(repository: string, digest: string): Promise<readonly Attachment[]>;
        /** The bytes of a blob, verified. With a range only those from `start` to before `end`, which no digest can vouch for. */
        blob(repository: string, digest: string, range?: BlobRange): Promise<Uint8Array>;
        /** Copies an image or index with everything in it, and sets the tag last. What is there already is left. A write. */
        copy(from: string | Reference, to: string | Reference, options?: CopyOptions): Promise<Copied>;
        /** Deletes a manifest, or a tag where the registry can. False when there was nothing. A write. */
        delete(reference: string | Reference): Promise<boolean>;
    }
    /** A manifest that refers to another one. */
    export interface Referrer extends IndexEntry {
        readonly artifactType?: string;
        readonly annotations: Readonly<Record<string, string>>;
    }
    /** A part of a blob, in bytes; the end is left out. */
    export interface BlobRange {
        readonly start: number;
        readonly end: number;
    }
    /** Something that cosign keeps beside an image. */
    export interface Attachment extends Descriptor {
        readonly kind: 'signature' | 'attestation' | 'sbom';
        readonly tag: string;
    }
}

declare module 'runbook/registry/transport' {
    import { type Http } from 'runbook/http/http';
    import { type HttpAnswer } from 'runbook/http/http';
    import { type StreamedBody } from 'runbook/http/http';
    import type { Auth } from 'runbook/registry/auth';
    /** A request to a registry. GET and HEAD read, everything else writes. */
    export interface Ask {
        readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
        /** Full address, as `registryUrl`, a page's link or an upload's location gives it. */
        readonly url: string;
        readonly accept?: string;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: Uint8Array | StreamedBody;
        /** What the write lock shows of the body; its size unless given. */
        readonly shownBody?: string;
        readonly maxBytes?: number;
        /** Milliseconds for the whole of it; the door's own unless given. */
        readonly deadlineMs?: number;
        readonly signal?: AbortSignal;
        /** Further attempts of a write that may be repeated; reads have theirs. */
        readonly retry?: number;
    }
    /** Sends requests to registries. Any status but an answerable 401 comes back. */
    export type Transport = (ask: Ask) => Promise<HttpAnswer>;
    /** The address of a path below a registry's `/v2/`. Only registries on this machine speak plain http. */
    export function registryUrl(host: string, path: string): string;
    /** How long one request for so many bytes may take: a slow line brings 16 MiB in a quarter of an hour. At most a week. */
    export function patienceMs(bytes: number): number;
    /** Makes it. */
    export function createTransport(http: Http, auth: Auth): Transport;
}

declare module 'runbook/runner/script-scope' {
    import type { Call } from 'runbook/access/effect';
    import type { Mode } from 'runbook/access/effect';
    import type { Json } from 'runbook/model/runbook';
    /** What the helpers need of the run. */
    export interface ScopeContext {
        readonly mode: () => Mode;
        readonly ask: (kind: string, data: Json) => Promise<Json>;
    }
    /** Milliseconds, or a text like `500ms`, `30s`, `5m`, `2h`. */
    export type Duration = number | string;
    /** The helpers of a block. */
    export interface ScopeHelpers {
        /** Waits. In a rehearsal the world's clock goes on instead (asked of the run as `sleep`). */
        readonly sleep: (duration: Duration) => Promise<void>;
        /** Calls up to `count` times until it does not throw; waits `pause` between tries. A withheld or undeclared write is not tried again. */
        readonly retry: <T>(count: number, ...rest: [run: () => T | Promise<T>] | [pause: Duration, run: () => T | Promise<T>]) => Promise<T>;
    }
    /** Makes the helpers of a child. */
    export function createScopeHelpers(context: ScopeContext): ScopeHelpers;
    /** Whether an error says that the write lock held a call back. Told by its code: the class may come from another bundle. */
    export function isHeldBack(error: unknown): error is Error & {
        readonly code: 'withheld' | 'undeclared-write';
        readonly call: Call;
    };
}

declare module 'runbook/toolkit/build-plan' {
    /** A build that a release waits for. Data only. */
    export interface ExpectedBuild {
        readonly job: string;
        /** The branch or tag whose push starts it. */
        readonly baseRef: string;
        /** Whether that push is the release tag's. */
        readonly byTag: boolean;
        /** Why the job runs for that push. */
        readonly reason: string;
        /** Why the push of the tag starts it, or does not. */
        readonly tagReason: string;
        /** What `git describe` says of the commit the job will see. */
        readonly describe: string;
        /** Regular expression source of `_GIT_TAG`; the date is the build's own. */
        readonly gitTag: string;
        /** References it will push, with YYYYMMDD for the date; empty when it cannot be known. */
        readonly pushes: readonly {
            readonly reference: string;
            readonly repository: string;
            readonly platforms?: readonly string[];
        }[];
        /** Sentences on steps whose pushes cannot be known. */
        readonly opaque: readonly string[];
        /** Formatted problems of its cloudbuild.yaml. */
        readonly errors: readonly string[];
        readonly warnings: readonly string[];
        /** References it pushes that lie elsewhere than staging. */
        readonly elsewhere: readonly string[];
        /** Which of the wanted images it makes, as far as can be known. */
        readonly images: readonly string[];
    }
    /** What a build plan is made from. */
    export interface BuildPlanRequest {
        readonly repo: string;
        readonly version: string;
        /** The commit to release. */
        readonly commit: string;
        readonly branch: string;
        readonly images: readonly string[];
        readonly staging: string;
        /** A clone of `repo`. */
        readonly source: string;
        /** A checkout of kubernetes/test-infra with its job config. */
        readonly jobs: string;
        /** How many tags are pushed at once; one unless given. */
        readonly tagsInPush?: number;
        /** YYYY-MM-DD; without it the age of pinned builders is not judged. */
        readonly today?: string;
    }
    /** The plan, and why other jobs of the repository do not run. */
    export interface BuildPlan {
        readonly builds: readonly ExpectedBuild[];
        /** Wanted images that no job is known to make. */
        readonly missing: readonly string[];
        /** `job: reason` of every job that runs neither for the tag nor for the branch. */
        readonly idle: readonly string[];
        /** References that builds of the repository push elsewhere than to staging. */
        readonly strays: readonly string[];
        /** Formatted errors of job config files that may hold jobs of the repository. */
        readonly broken: readonly string[];
    }
    /** Finds the builds of a release. The tag's push is preferred; where it starts nothing, the branch's push has built the commit. */
    export function planBuilds(request: BuildPlanRequest): Promise<BuildPlan>;
}

declare module 'runbook/toolkit/credentials' {
    import type { Github } from 'runbook/github/github';
    import { type Finding } from 'runbook/toolkit/finding';
    /** Whose rights are checked, and where. */
    export interface CredentialsRequest {
        /** The repository that gets the tag, `owner/name`. */
        readonly repo: string;
        /** The user or organisation whose fork of kubernetes/k8s.io carries the pull request. */
        readonly fork: string;
    }
    /** Checks the token, the right to push the tag, and the fork. Never throws for what a check found. */
    export function checkCredentials(github: Github, { repo, fork }: CredentialsRequest): Promise<readonly Finding[]>;
}

declare module 'runbook/toolkit/finding' {
    /** How one check of a preflight came out. */
    export type FindingState = 'pass' | 'warn' | 'fail' | 'unknown';
    /** One check of a preflight. */
    export interface Finding {
        /** What was checked, in a few words. */
        readonly check: string;
        readonly state: FindingState;
        /** What was seen. */
        readonly evidence: string;
        /** What to do, where there is something to do. */
        readonly fix?: string;
    }
    /** Thrown by `insist` when a check failed. */
    export class PreflightError extends Error {
        readonly code = "preflight-failed";
        readonly findings: readonly Finding[];
        constructor(findings: readonly Finding[]);
    }
    /** One line a finding, widest first column, for logs. */
    export function formatFindings(findings: readonly Finding[]): string;
    /** The finding of a check that could not be made. */
    export function unknownFinding(check: string, error: unknown): Finding;
    /** Makes a finding; a failing or warning one says what to do. */
    export function finding(check: string, state: FindingState, evidence: string, fix?: string): Finding;
    /** A check that could not be made to its end is unknown, whatever came in between. */
    export function attempt(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]>;
}

declare module 'runbook/toolkit/formats' {
    import { builderSubstitutions } from 'runbook/cloudbuild/builder';
    import { gitTag } from 'runbook/cloudbuild/git-tag';
    import { imagesPushed } from 'runbook/cloudbuild/pushed-images';
    import { lintCloudbuild } from 'runbook/cloudbuild/build-lint';
    import { parseBuilderArgs } from 'runbook/cloudbuild/builder';
    import { parseCloudbuild } from 'runbook/cloudbuild/build-file';
    import { parseVariants } from 'runbook/cloudbuild/variants';
    import { substitute } from 'runbook/cloudbuild/substitution';
    import { addImage } from 'runbook/promoter/image-edit';
    import { addRegions } from 'runbook/promoter/region-edit';
    import { checkChange } from 'runbook/promoter/base-check';
    import { checkTree } from 'runbook/promoter/tree';
    import { destinations } from 'runbook/promoter/manifest-file';
    import { needsMultiArch } from 'runbook/promoter/multi-arch';
    import { parseImages } from 'runbook/promoter/images-file';
    import { parseManifest } from 'runbook/promoter/manifest-file';
    import { planPromotion } from 'runbook/promoter/promotion';
    import { sourceRegistry } from 'runbook/promoter/manifest-file';
    import { jobsFor } from 'runbook/prow-config/trigger';
    import { lintJobs } from 'runbook/prow-config/job-lint';
    import { parseJobs } from 'runbook/prow-config/job-file';
    import { presubmitsFor } from 'runbook/prow-config/trigger';
    /** Job config of Prow: which jobs a push or a pull request starts, and why. */
    export const prowConfig: {
        readonly parseJobs: typeof parseJobs;
        readonly lintJobs: typeof lintJobs;
        readonly jobsFor: typeof jobsFor;
        readonly presubmitsFor: typeof presubmitsFor;
    };
    /** cloudbuild.yaml and image-builder: what a build is refused for, what it pushes, under which tag. */
    export const cloudbuild: {
        readonly parseCloudbuild: typeof parseCloudbuild;
        readonly lintCloudbuild: typeof lintCloudbuild;
        readonly parseVariants: typeof parseVariants;
        readonly substitute: typeof substitute;
        readonly imagesPushed: typeof imagesPushed;
        readonly parseBuilderArgs: typeof parseBuilderArgs;
        readonly builderSubstitutions: typeof builderSubstitutions;
        readonly gitTag: typeof gitTag;
    };
    /** images.yaml and promoter-manifest.yaml: what kpromo makes of them, and the smallest edit. */
    export const promoter: {
        readonly parseImages: typeof parseImages;
        readonly parseManifest: typeof parseManifest;
        readonly sourceRegistry: typeof sourceRegistry;
        readonly destinations: typeof destinations;
        readonly addImage: typeof addImage;
        readonly addRegions: typeof addRegions;
        readonly checkTree: typeof checkTree;
        readonly checkChange: typeof checkChange;
        readonly planPromotion: typeof planPromotion;
        readonly needsMultiArch: typeof needsMultiArch;
        readonly productionRegions: readonly string[];
    };
}

declare module 'runbook/toolkit/preflight' {
    import type { Github } from 'runbook/github/github';
    import type { Prow } from 'runbook/prow/prow';
    import type { Registry } from 'runbook/registry/registry';
    import { type BuildPlanRequest } from 'runbook/toolkit/build-plan';
    import { type ExpectedBuild } from 'runbook/toolkit/build-plan';
    import { type Finding } from 'runbook/toolkit/finding';
    import { type Project } from 'runbook/toolkit/project';
    import { type PromoterSource } from 'runbook/toolkit/promoter-source';
    /** What is to be released. */
    export interface PreflightRequest extends Omit<BuildPlanRequest, 'staging'> {
        readonly project: string;
    }
    /** The findings, and what the later steps need of what was read. Data only. */
    export interface Preflight {
        readonly findings: readonly Finding[];
        readonly project: Project;
        readonly builds: readonly ExpectedBuild[];
    }
    /** Runs the whole checklist. It throws only where the outside cannot be reached at all. */
    export function preflight(clients: {
        readonly github: Github;
        readonly registry: Registry;
    }, request: PreflightRequest): Promise<Preflight>;
    /** Part of the outside that a checklist may look at, or why it may not. */
    export type Looked<T> = {
        readonly kind: 'here';
        readonly value: T;
    } | {
        readonly kind: 'not';
        readonly why: string;
        readonly fix: string;
    };
    /** What a checklist has at hand. */
    export interface ChecklistSources {
        readonly promoter: Looked<PromoterSource>;
        /** A checkout of kubernetes/test-infra with its job config. */
        readonly jobs: Looked<string>;
        /** A clone of the repository, and its commit to release. */
        readonly source: Looked<{
            readonly folder: string;
            readonly commit: string;
        }>;
        readonly github: Looked<Github>;
        readonly registry: Looked<Registry>;
        /** Reads the log of the promotion job. */
        readonly prow?: Prow;
    }
    /** What a checklist is about. */
    export interface ChecklistRequest extends Omit<PreflightRequest, 'jobs' | 'source' | 'commit'> {
        /** Digests that are to be promoted, by image, once they are known. */
        readonly digests?: ReadonlyMap<string, string>;
        /** The pull request that promotes them, once it is open. */
        readonly pull?: number;
        /** The time, for the age of what is in staging. */
        readonly now: Date;
    }
    /** The checklist with what is at hand. Never throws for what a check found or could not see. */
    export function checklist(sources: ChecklistSources, request: ChecklistRequest): Promise<readonly Finding[]>;
}

declare module 'runbook/toolkit/production' {
    import type { Registry } from 'runbook/registry/registry';
    import type { Project } from 'runbook/toolkit/project';
    /** What one production registry answers for an image. Data only. */
    export interface ProductionAnswer {
        readonly reference: string;
        /** Absent where the registry does not have it. */
        readonly digest?: string;
    }
    /** Asks registry.k8s.io and every destination for one image and tag, in the manifest's order. */
    export function productionAnswers(registry: Registry, project: Project, image: string, tag: string): Promise<readonly ProductionAnswer[]>;
    /**
     * True when every registry answers with this digest.
     * @throws Error when one answers with another digest: that is never a matter of waiting
     */
    export function isEverywhere(answers: readonly ProductionAnswer[], digest: string): boolean;
}

declare module 'runbook/toolkit/project' {
    import { type ImagesFile } from 'runbook/promoter/images-file';
    import { type PromoterManifest } from 'runbook/promoter/manifest-file';
    import { type Problem } from 'runbook/problem/problem';
    import { type PromoterSource } from 'runbook/toolkit/promoter-source';
    /** A project as its promoter manifest and images.yaml describe it. Data only, so it can be an output. */
    export interface Project {
        readonly name: string;
        /** `gcr.io/k8s-staging-apisnoop`. */
        readonly staging: string;
        /** Every production repository prefix, in file order. */
        readonly destinations: readonly string[];
        /** `registry.k8s.io/apisnoop`. */
        readonly publicPrefix: string;
        readonly imagesPath: string;
        readonly manifestPath: string;
    }
    /** The project with the parsed files behind it. */
    export interface ProjectFiles {
        readonly project: Project;
        readonly manifest: PromoterManifest;
        readonly images: ImagesFile;
        readonly imagesText: string;
        /** What is wrong with the two files, and with them beside others where those are at hand. */
        readonly problems: readonly Problem[];
        /** Public names that the multi-arch check lets through with a single platform. */
        readonly singleArchAllowed: readonly string[];
    }
    /** Thrown where the promoter files do not say where images come from and go to. */
    export class ProjectError extends Error {
        readonly code = "no-project";
        /** What to do. */
        readonly fix: string;
        constructor(message: string, fix: string);
    }
    /**
     * Reads a project.
     * @param name the part behind `k8s-staging-` in the folder names.
     * @throws OutsideError when a file cannot be read, ProjectError when there is none or it cannot be understood
     */
    export function readProject(source: PromoterSource, name: string): Promise<ProjectFiles>;
    /**
     * What the public sees of a project: registry.k8s.io serves the production prefix away.
     * Source: registry.k8s.io:cmd/archeio (domain §6.2), destinations as in K's promoter manifests (§5.1).
     */
    export function publicPrefixOf(targets: readonly string[], name: string): string;
}

declare module 'runbook/toolkit/promoter-source' {
    import type { Github } from 'runbook/github/github';
    /** The repository that holds all promoter manifests. */
    export const promotionRepo = "kubernetes/k8s.io";
    /** A place that promoter files are read from. Paths begin at `registry.k8s.io/`. */
    export interface PromoterSource {
        /** Text of a file, or undefined where there is none. */
        findFile(path: string): Promise<string | undefined>;
        /** Names below `images/`, where they can be listed cheaply. */
        listProjects(): Promise<readonly string[]>;
        /** The files that a project is checked together with, by path. */
        surroundings(folder: string): Promise<Readonly<Record<string, string>>>;
    }
    /** The files as they are on GitHub at a revision. */
    export function githubPromoter(github: Github, ref?: string): PromoterSource;
    /**
     * The files of a checkout.
     * @param folder of kubernetes/k8s.io, or its folder `registry.k8s.io`
     */
    export function folderPromoter(folder: string): PromoterSource;
}

declare module 'runbook/toolkit/promotion' {
    import type { Github } from 'runbook/github/github';
    import type { Project } from 'runbook/toolkit/project';
    import type { StagedImage } from 'runbook/toolkit/staging';
    /** Thrown where the promotion would not be what was meant. */
    export class PromotionError extends Error {
        readonly code = "promotion-refused";
        constructor(message: string);
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
    export function editImages(github: Github, request: {
        readonly project: Project;
        readonly staged: readonly StagedImage[];
        readonly version: string;
    }): Promise<PromotionEdit>;
    /** Title of the commit and of the pull request. */
    export function promotionTitle(project: string, version: string): string;
    /** Name of the branch on the fork. */
    export function promotionBranch(project: string, version: string): string;
    /** Body of the pull request: what is promoted, where it was built, and what was checked. */
    export function promotionBody(request: {
        readonly project: Project;
        readonly version: string;
        readonly staged: readonly StagedImage[];
        readonly runs: readonly {
            readonly job: string;
            readonly url: string;
        }[];
    }): string;
}

declare module 'runbook/toolkit/release' {
    import type { Github } from 'runbook/github/github';
    import type { Prow } from 'runbook/prow/prow';
    import type { Registry } from 'runbook/registry/registry';
    import { type CredentialsRequest } from 'runbook/toolkit/credentials';
    import type { ExpectedBuild } from 'runbook/toolkit/build-plan';
    import { type Finding } from 'runbook/toolkit/finding';
    import { type Preflight } from 'runbook/toolkit/preflight';
    import { type PreflightRequest } from 'runbook/toolkit/preflight';
    import { type ProductionAnswer } from 'runbook/toolkit/production';
    import { type Project } from 'runbook/toolkit/project';
    import { promotionBody } from 'runbook/toolkit/promotion';
    import { type PromotionEdit } from 'runbook/toolkit/promotion';
    import { type BuildRun } from 'runbook/toolkit/staging';
    import { type StagedImage } from 'runbook/toolkit/staging';
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
        findBuilds(request: {
            readonly repo: string;
            readonly builds: readonly ExpectedBuild[];
            readonly shas: readonly string[];
        }): Promise<readonly BuildRun[] | undefined>;
        /** Digests from the logs, cross-checked with staging. */
        stagedImages(request: {
            readonly project: Project;
            readonly runs: readonly BuildRun[];
            readonly version: string;
        }): Promise<readonly StagedImage[]>;
        /** The minimal edit of images.yaml. */
        editImages(request: {
            readonly project: Project;
            readonly staged: readonly StagedImage[];
            readonly version: string;
        }): Promise<PromotionEdit>;
        title(project: string, version: string): string;
        branch(project: string, version: string): string;
        body(request: Parameters<typeof promotionBody>[0]): string;
        /** What every production registry answers. */
        production(project: Project, image: string, tag: string): Promise<readonly ProductionAnswer[]>;
        /** True when all of them answer with this digest. @throws Error when one has another */
        isEverywhere(answers: readonly ProductionAnswer[], digest: string): boolean;
    }
    /** Makes the operations over a set of clients. */
    export function createReleaseTools({ github, prow, registry, progress, print }: ReleaseParts): ReleaseTools;
}

declare module 'runbook/toolkit/staging' {
    import type { Github } from 'runbook/github/github';
    import type { Prow } from 'runbook/prow/prow';
    import type { Run } from 'runbook/prow/run';
    import type { Registry } from 'runbook/registry/registry';
    import type { ExpectedBuild } from 'runbook/toolkit/build-plan';
    import { type Project } from 'runbook/toolkit/project';
    /** How an operation tells what it sees. */
    export interface Voice {
        /** One line of what is awaited. */
        readonly progress: (text: string) => void;
        /** Lines for the step's output. */
        readonly print: (text: string) => void;
    }
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
    export function findBuilds(prow: Prow, repo: string, builds: readonly ExpectedBuild[], shas: readonly string[], voice: Voice): Promise<readonly BuildRun[] | undefined>;
    /**
     * The digest of every wanted image: taken from its build's log, found in staging under that digest, with its platforms.
     * @throws Error when a log names no digest, staging does not hold it, or it has too few platforms
     */
    export function stagedImages(clients: {
        readonly github: Github;
        readonly prow: Prow;
        readonly registry: Registry;
    }, request: {
        readonly project: Project;
        readonly runs: readonly BuildRun[];
        readonly version: string;
    }): Promise<readonly StagedImage[]>;
}

declare module 'runbook/toolkit/toolkit' {
    import { type WriteLock } from 'runbook/access/effect';
    import { type Github } from 'runbook/github/github';
    import { type Routes } from 'runbook/http/routes';
    import type { Json } from 'runbook/model/runbook';
    import { type Prow } from 'runbook/prow/prow';
    import { type Credentials } from 'runbook/registry/auth';
    import { type Registry } from 'runbook/registry/registry';
    import { cloudbuild } from 'runbook/toolkit/formats';
    import { promoter } from 'runbook/toolkit/formats';
    import { prowConfig } from 'runbook/toolkit/formats';
    import { type ReleaseTools } from 'runbook/toolkit/release';
    /** What the toolkit is made from. */
    export interface ToolkitContext {
        /** The run's environment. Addresses and routes are read from it, tokens are not. */
        readonly env: Readonly<Record<string, string | undefined>>;
        readonly lock: WriteLock;
        /** The fetch below the write lock, where the process's own is behind it. */
        readonly fetch?: typeof globalThis.fetch;
        /** `{ githubToken? }` or `{ githubApp? }` (an `AppLogin`): handed over by the runner, never through the environment or argv. */
        readonly init: Json;
        /** Shows one line of what is going on. */
        readonly progress: (text: string) => void;
        /** Logins for registries; anonymous unless given. */
        readonly registryLogins?: Credentials;
        /** Asks the run, for example for the report so far. */
        readonly ask: (kind: string, data: Json) => Promise<Json>;
    }
    /** The run, as a block may ask about it. */
    export interface RunTools {
        /** The report so far, as Markdown. */
        report(): Promise<string>;
    }
    /** Names a block has in scope besides inputs, outputs, `$`, `sleep` and `retry`. */
    export interface ToolkitGlobals {
        readonly github: Github;
        readonly prow: Prow;
        readonly registry: Registry;
        readonly release: ReleaseTools;
        readonly run: RunTools;
        readonly prowConfig: typeof prowConfig;
        readonly cloudbuild: typeof cloudbuild;
        readonly promoter: typeof promoter;
    }
    /** Makes the toolkit of a run. Nothing is sent before a block calls. */
    export function createToolkit(context: ToolkitContext): Promise<{
        readonly globals: ToolkitGlobals;
        readonly route: Routes;
    }>;
}

declare const github: import('runbook/toolkit/toolkit').ToolkitGlobals['github'];
declare const prow: import('runbook/toolkit/toolkit').ToolkitGlobals['prow'];
declare const registry: import('runbook/toolkit/toolkit').ToolkitGlobals['registry'];
declare const release: import('runbook/toolkit/toolkit').ToolkitGlobals['release'];
declare const run: import('runbook/toolkit/toolkit').ToolkitGlobals['run'];
declare const prowConfig: import('runbook/toolkit/toolkit').ToolkitGlobals['prowConfig'];
declare const cloudbuild: import('runbook/toolkit/toolkit').ToolkitGlobals['cloudbuild'];
declare const promoter: import('runbook/toolkit/toolkit').ToolkitGlobals['promoter'];
declare const sleep: import('runbook/runner/script-scope').ScopeHelpers['sleep'];
declare const retry: import('runbook/runner/script-scope').ScopeHelpers['retry'];
/** What a command printed and how it ended. */
interface CommandOutput {
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number | null;
    text(): string;
    json<T = unknown>(): T;
    lines(): string[];
}
/** A command that runs. It throws where the command fails, unless it is told not to. */
interface Command extends Promise<CommandOutput> {
    nothrow(): Command;
    quiet(): Command;
    timeout(duration: number | string): Command;
    text(): Promise<string>;
    json<T = unknown>(): Promise<T>;
    lines(): Promise<string[]>;
}
/** Runs a command through zx: values are quoted, never spliced in. A step that does so says effect=write or effect=local. */
declare const $: (pieces: TemplateStringsArray, ...values: unknown[]) => Command;
