// Git over bare repositories: the one truth behind REST, raw content and clone/push.
// Everything goes through the real git program; no object is ever made by hand.
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { Core, Git, GitObjectInfo, Person, RepoName } from '../services.ts';
import { forge, gitEnvironment, GitError, tryGit } from './command.ts';
import type { GitResult } from './command.ts';
import { createMemo, isLasting, isQuestion } from './memo.ts';
import { createObjectReader } from './objects.ts';
import type { ObjectReader } from './objects.ts';
import { changesBetween, pushEvents, readRefs } from './push.ts';
import type { Refs, Run } from './push.ts';
import { listRepositories, makeRepository, repositoryPath, writeServerConfig } from './repository.ts';
import { commitFiles } from './tree.ts';

/** Git with what only its own HTTP side and GitHub's need. */
export interface WorldGit extends Git {
  readonly root: string;
  /** Environment of a git process of the world, at its present time. */
  environment(author?: Person, committer?: Person): Record<string, string>;
  /** As `run`, in bytes. */
  bytes(repo: RepoName, args: readonly string[], options?: GitRunOptions): Promise<Buffer>;
  /** As `bytes`, with the exit code instead of an error. */
  attempt(repo: RepoName, args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
  /** Bytes of a file at a revision, or undefined where there is none. */
  readBytes(repo: RepoName, revision: string, path: string): Promise<Buffer | undefined>;
  /** What a fork was made from. */
  parent(repo: RepoName): RepoName | undefined;
  /** Settles every repository: what a killed world received and told nobody. */
  settleAll(): Promise<void>;
  /** Ends the processes that read objects. */
  close(): void;
}

/** What a git command gets beside its arguments. */
interface GitRunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** What git keeps in the world's state: refs as last told, and what each fork came from. */
interface GitState {
  readonly refs: Record<RepoName, Refs>;
  readonly parents: Record<RepoName, RepoName>;
}

/** Longer answers are not remembered, in bytes. */
const longestKept = 64 * 1024;

/** Makes the git of a world; its repositories lie in `dir/git`. */
export function createGit(core: Core): WorldGit {
  const root = join(core.dir, 'git');
  const configFile = writeServerConfig(root);
  const state = core.state<GitState>('git', () => ({ refs: {}, parents: {} }));
  const known = state.refs;
  const path = (repo: RepoName): string => repositoryPath(root, repo);
  const environment = (author?: Person, committer?: Person): Record<string, string> => gitEnvironment(configFile, core.now(), author, committer);

  // 1 is an answer too (no ancestor, a conflict); what is above is an error, and may be over when more objects have come
  const answers = createMemo<GitResult>((result) => result.exitCode !== null && result.exitCode <= 1 && result.stdout.length <= longestKept);
  const names = createMemo<GitObjectInfo | undefined>(() => true);
  let writes = 0;
  /** Only `create` adds one, and nothing moves a HEAD. */
  let repos = listRepositories(root);
  const heads = new Map<RepoName, string>();
  const readers = new Map<RepoName, ObjectReader>();

  const attempt: WorldGit['attempt'] = async (repo, args, options = {}) => {
    const start = (): Promise<GitResult> => tryGit({ cwd: path(repo), args, input: options.input, env: { ...environment(), ...options.env } });
    if (options.input === undefined && isQuestion(args)) return answers.recall(JSON.stringify([repo, isLasting(args) ? 'ever' : writes, args, options.env]), start);
    try {
      return await start();
    } finally {
      writes += 1;
    }
  };
  const bytes: WorldGit['bytes'] = async (repo, args, options) => {
    const result = await attempt(repo, args, options);
    if (result.exitCode !== 0) throw new GitError(args, result.exitCode, result.stderr);
    return result.stdout;
  };
  const run: Git['run'] = async (repo, args, options) => (await bytes(repo, args, options)).toString('utf8');
  const runIn = (repo: RepoName): Run => (args) => run(repo, args);

  async function settle(repo: RepoName, quiet?: 'quiet'): Promise<void> {
    writes += 1; // whoever pushed did so behind our back
    const before = known[repo] ?? {};
    const found = await readRefs(runIn(repo));
    known[repo] = found;
    if (quiet === 'quiet') return;
    const events = await pushEvents(repo, before, changesBetween(before, found), runIn(repo));
    for (const event of events) await core.tell('push', event);
  }

  async function create(repo: RepoName, options: { readonly defaultBranch?: string; readonly parent?: RepoName } = {}): Promise<void> {
    const { parent } = options;
    const defaultBranch = options.defaultBranch ?? (parent === undefined ? 'main' : headOf(parent));
    if (has(repo)) throw new Error(`the repository ${repo} exists already`);
    makeRepository(root, repo, { defaultBranch, parent });
    repos = listRepositories(root);
    known[repo] = {};
    if (parent === undefined) return;
    state.parents[repo] = parent;
    const refs = await readRefs(runIn(parent));
    await run(repo, ['update-ref', '--stdin'], { input: Object.entries(refs).map(([ref, sha]) => `create ${ref} ${sha}\n`).join('') });
    known[repo] = refs;
  }

  async function readBytes(repo: RepoName, revision: string, file: string): Promise<Buffer | undefined> {
    const commit = await resolve(repo, `${revision}^{commit}`);
    const found = commit === undefined ? undefined : await readerOf(repo)?.contents(`${commit}:${file}`);
    return found?.type === 'blob' ? found.bytes : undefined;
  }

  const info: Git['info'] = async (repo, revision) => names.recall(JSON.stringify([repo, writes, revision]), async () => readerOf(repo)?.info(revision));
  const resolve = async (repo: RepoName, revision: string): Promise<string | undefined> => (await info(repo, revision))?.sha;

  function readerOf(repo: RepoName): ObjectReader | undefined {
    if (!has(repo)) return undefined;
    const reader = readers.get(repo) ?? createObjectReader(path(repo), environment);
    readers.set(repo, reader);
    return reader;
  }

  const has = (repo: RepoName): boolean => repos.includes(repo);

  function headOf(repo: RepoName): string {
    const branch = heads.get(repo) ?? readHead(path(repo));
    heads.set(repo, branch);
    return branch;
  }

  return {
    root,
    environment,
    attempt,
    bytes,
    run,
    create,
    settle,
    parent: (repo) => state.parents[repo],
    settleAll: async () => {
      for (const repo of repos) await settle(repo);
    },
    close: () => {
      for (const reader of readers.values()) reader.close();
    },
    repos: () => repos,
    has,
    path,
    resolve,
    object: async (repo, revision) => readerOf(repo)?.contents(revision),
    info,
    readBytes,
    readFile: async (repo, revision, file) => (await readBytes(repo, revision, file))?.toString('utf8'),
    defaultBranch: headOf,
    commit: (repo, branch, change) => {
      const author = change.author ?? forge;
      return commitFiles({ git: { bytes, resolve, path }, repo }, branch, change, { author, committer: author, now: core.now() });
    },
    tag: async (repo, name, target, message) => {
      await run(repo, ['tag', '--annotate', '--cleanup=verbatim', '--message', message, '--', name, target]);
      return (await resolve(repo, `refs/tags/${name}`)) ?? '';
    },
    listFiles: async (repo, revision, folder) => lines(await run(repo, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', revision, ...(folder === '' ? [] : ['--', `${folder.replace(/\/$/, '')}/`])])),
    changedFiles: async (repo, base, head) => lines(await run(repo, ['diff-tree', '-r', '-z', '--no-renames', '--name-only', base, head, '--'])),
    diff: (repo, base, head, paths = []) => run(repo, ['diff', '--unified=0', '--no-color', '--no-ext-diff', '--no-renames', base, head, '--', ...paths]),
    describe: async (repo, commit, match) => (await run(repo, ['describe', '--tags', '--always', ...(match === undefined ? [] : [`--match=${match}`]), commit])).trim(),
  };
}

function lines(text: string): readonly string[] {
  return text.split('\0').filter((line) => line !== '');
}

function readHead(path: string): string {
  const head = readFileSync(join(path, 'HEAD'), 'utf8').trim();
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
  if (branch === undefined) throw new GitError(['symbolic-ref', 'HEAD'], null, `HEAD of ${path} names no branch`);
  return branch;
}
