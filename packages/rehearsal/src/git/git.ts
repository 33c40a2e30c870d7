// Git over bare repositories: the one truth behind REST, raw content and clone/push.
// Everything goes through the real git program; no object is ever made by hand.
import { join } from 'node:path';
import type { Core, Git, Person, RepoName } from '../services.ts';
import { createAnswers } from './answers.ts';
import type { GitRunOptions } from './answers.ts';
import { forge, gitEnvironment, GitError } from './command.ts';
import type { GitResult } from './command.ts';
import { changesBetween, pushEvents, readRefs } from './push.ts';
import type { Refs, Run } from './push.ts';
import { openRepositories, repositoryPath, writeServerConfig } from './repository.ts';
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

/** What git keeps in the world's state: refs as last told, and what each fork came from. */
interface GitState {
  readonly refs: Record<RepoName, Refs>;
  readonly parents: Record<RepoName, RepoName>;
}

/** Makes the git of a world; its repositories lie in `dir/git`. */
export function createGit(core: Core): WorldGit {
  const root = join(core.dir, 'git');
  const configFile = writeServerConfig(root);
  const state = core.state<GitState>('git', () => ({ refs: {}, parents: {} }));
  const known = state.refs;
  const path = (repo: RepoName): string => repositoryPath(root, repo);
  const environment = (author?: Person, committer?: Person): Record<string, string> => gitEnvironment(configFile, core.now(), author, committer);

  const answers = createAnswers({ path, environment: () => environment() });
  const { names, has, head, make } = openRepositories(root);

  const bytes: WorldGit['bytes'] = async (repo, args, options) => {
    const result = await answers.run(repo, args, options);
    if (result.exitCode !== 0) throw new GitError(args, result.exitCode, result.stderr);
    return result.stdout;
  };
  const run: Git['run'] = async (repo, args, options) => (await bytes(repo, args, options)).toString('utf8');
  const runIn = (repo: RepoName): Run => (args) => run(repo, args);

  async function settle(repo: RepoName, quiet?: 'quiet'): Promise<void> {
    answers.forget(); // whoever pushed did so behind our back
    const before = known[repo] ?? {};
    const found = await readRefs(runIn(repo));
    known[repo] = found;
    if (quiet === 'quiet') return;
    const events = await pushEvents(repo, before, changesBetween(before, found), runIn(repo));
    for (const event of events) await core.tell('push', event);
  }

  async function create(repo: RepoName, options: { readonly defaultBranch?: string; readonly parent?: RepoName } = {}): Promise<void> {
    const { parent } = options;
    const defaultBranch = options.defaultBranch ?? (parent === undefined ? 'main' : head(parent));
    if (has(repo)) throw new Error(`the repository ${repo} exists already`);
    make(repo, { defaultBranch, parent });
    known[repo] = {};
    if (parent === undefined) return;
    state.parents[repo] = parent;
    const refs = await readRefs(runIn(parent));
    await run(repo, ['update-ref', '--stdin'], { input: Object.entries(refs).map(([ref, sha]) => `create ${ref} ${sha}\n`).join('') });
    known[repo] = refs;
  }

  async function readBytes(repo: RepoName, revision: string, file: string): Promise<Buffer | undefined> {
    const commit = await resolve(repo, `${revision}^{commit}`);
    const found = commit === undefined ? undefined : await answers.contents(repo, `${commit}:${file}`);
    return found?.type === 'blob' ? found.bytes : undefined;
  }

  const info: Git['info'] = async (repo, revision) => (has(repo) ? answers.info(repo, revision) : undefined);
  const resolve = async (repo: RepoName, revision: string): Promise<string | undefined> => (await info(repo, revision))?.sha;

  return {
    root,
    environment,
    attempt: answers.run,
    bytes,
    run,
    create,
    settle,
    parent: (repo) => state.parents[repo],
    settleAll: async () => {
      for (const repo of names()) await settle(repo);
    },
    close: answers.close,
    repos: names,
    has,
    path,
    resolve,
    object: async (repo, revision) => (has(repo) ? answers.contents(repo, revision) : undefined),
    info,
    readBytes,
    readFile: async (repo, revision, file) => (await readBytes(repo, revision, file))?.toString('utf8'),
    defaultBranch: head,
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
