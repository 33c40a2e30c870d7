// The world's GitHub without its HTTP: what robots, people and routes do to pull requests, comments, labels,
// statuses. Each change is told to whoever listens. Git stays the one truth for commits and refs.
import type { CommitStatus, Core, GitHub, Person, PullRequest, PushEvent, RepoName } from '../services.ts';
import type { WorldGit } from '../git/git.ts';
import { zero } from '../git/push.ts';
import { isAncestor, mergeCommit, mergedTree } from './merge.ts';
import { pullOf } from './record.ts';
import type { PullRecord, RepoRecord, StatusRecord, ThreadRecord } from './record.ts';
import { createTalk } from './talk.ts';
import type { Talk } from './talk.ts';

/** What opens a thread; with `pull`, a pull request. */
export interface NewThread {
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly pull?: PullRecord;
}

/** GitHub with what only its own routes need. */
export interface WorldGithub extends GitHub, Talk {
  readonly core: Core;
  readonly git: WorldGit;
  /** The records of a repository; made on first use. */
  repo(repo: RepoName): RepoRecord;
  thread(repo: RepoName, number: number): ThreadRecord | undefined;
  open(repo: RepoName, thread: NewThread): Promise<ThreadRecord>;
  close(repo: RepoName, number: number): Promise<void>;
  reopen(repo: RepoName, number: number): Promise<void>;
  status(repo: RepoName, sha: string, status: CommitStatus & { readonly creator: string }): Promise<StatusRecord>;
  statusRecords(repo: RepoName, sha: string): readonly StatusRecord[];
  /** Name and address of a login, for commits. */
  person(login: string): Person;
  /** Whether a login may push to a repository: its own ones, and every organisation's but `kubernetes`. */
  mayPush(login: string, repo: RepoName): boolean;
}

/** The robot that comments, merges and reports. */
const robot = 'k8s-ci-robot';

/** Makes the GitHub of a world. Follows pushes: a pushed head synchronizes its pull requests. */
export function createGithub(core: Core, git: WorldGit): WorldGithub {
  const repos = core.state<Record<RepoName, RepoRecord>>('github', () => ({}));

  function repo(name: RepoName): RepoRecord {
    return (repos[name] ??= { id: core.id('repository'), createdAt: core.now(), lastNumber: 0, threads: {}, statuses: {}, releases: [] });
  }
  const thread = (name: RepoName, number: number): ThreadRecord | undefined => repos[name]?.threads[number];
  const get = (name: RepoName, number: number): ThreadRecord => {
    const found = thread(name, number);
    if (found === undefined) throw new Error(`the world has no ${name}#${number}`);
    return found;
  };

  const github: WorldGithub = {
    ...createTalk(core, get),
    core,
    git,
    repo,
    thread,
    pull: (name, number) => {
      const found = thread(name, number);
      return found === undefined ? undefined : pullOf(name, found);
    },
    pulls: (name) => Object.values(repos[name]?.threads ?? {}).flatMap((record): PullRequest[] => [pullOf(name, record)].filter((pull) => pull !== undefined)),
    statuses: (name, sha) => newestPerContext(repos[name]?.statuses[sha] ?? []),
    statusRecords: (name, sha) => repos[name]?.statuses[sha] ?? [],
    setStatus: async (name, sha, status) => void (await github.status(name, sha, { ...status, creator: robot })),
    status: async (name, sha, given) => {
      const record: StatusRecord = { ...given, id: core.id('status'), createdAt: core.now() };
      (repo(name).statuses[sha] ??= []).push(record);
      const { context, state, description, targetUrl } = given;
      await core.tell('status-created', { repo: name, sha, status: { context, state, description, targetUrl } });
      return record;
    },
    mergeable: async (name, number) => {
      const { pull } = get(name, number);
      const base = pull === undefined ? undefined : await git.resolve(name, `refs/heads/${pull.baseRef}`);
      if (pull === undefined || base === undefined) return false;
      return (await mergedTree(git, { repo: name, base, head: pull.headSha })) !== undefined;
    },
    merge: (name, number, author) => merge(github, { repo: name, record: get(name, number), author }),
    open: (name, given) => open(github, name, given),
    close: (name, number) => setState(github, { repo: name, record: get(name, number), state: 'closed' }),
    reopen: (name, number) => setState(github, { repo: name, record: get(name, number), state: 'open' }),
    person: (login) => personOf(core, login),
    mayPush: (login, name) => {
      const owner = name.split('/')[0] ?? '';
      const foreign = core.config.people.some((person) => person.login === owner);
      return owner === login || (owner !== 'kubernetes' && !foreign);
    },
  };
  core.listen('push', (push: PushEvent) => synchronize(github, Object.keys(repos), push));
  return github;
}

async function open(github: WorldGithub, repo: RepoName, given: NewThread): Promise<ThreadRecord> {
  const { core } = github;
  const records = github.repo(repo);
  records.lastNumber += 1;
  const { lastNumber: number } = records;
  const record: ThreadRecord = { id: core.id('thread'), number, ...given, labels: [], state: 'open', createdAt: core.now(), updatedAt: core.now(), comments: [], reviews: [] };
  records.threads[number] = record;
  if (record.pull === undefined) return record;
  await fetchHead(github, repo, record);
  await core.tell('pull-opened', { repo, number });
  return record;
}

/** Brings the head's objects into the base repository and points `refs/pull/N/head` at it, as GitHub does. */
async function fetchHead(github: WorldGithub, repo: RepoName, record: ThreadRecord): Promise<void> {
  const { pull } = record;
  if (pull === undefined) return;
  const ref = `refs/pull/${record.number}/head`;
  if (pull.headRepo === repo) await github.git.run(repo, ['update-ref', ref, pull.headSha]);
  else await github.git.run(repo, ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', github.git.path(pull.headRepo), `+${pull.headSha}:${ref}`]);
}

async function setState(github: WorldGithub, at: { readonly repo: RepoName; readonly record: ThreadRecord; readonly state: 'open' | 'closed' }): Promise<void> {
  const { repo, record, state } = at;
  if (record.state === state) return;
  record.state = state;
  record.updatedAt = github.core.now();
  if (state === 'open') delete record.closedAt;
  else record.closedAt = github.core.now();
  if (record.pull !== undefined && state === 'closed') await github.core.tell('pull-closed', { repo, number: record.number });
}

async function merge(github: WorldGithub, at: { readonly repo: RepoName; readonly record: ThreadRecord; readonly author: string }): Promise<string> {
  const { repo, record, author } = at;
  const { pull } = record;
  const base = pull === undefined ? undefined : await github.git.resolve(repo, `refs/heads/${pull.baseRef}`);
  if (pull === undefined || base === undefined) throw new Error(`${repo}#${record.number} has nothing to merge`);
  if (pull.merge !== undefined) return pull.merge.sha;
  const sha = (await mergedBefore(github, { repo, base, head: pull.headSha })) ?? (await makeMerge(github, { repo, record, pull, base, author }));
  pull.merge = { sha, by: author, at: github.core.now() };
  record.state = 'closed';
  record.closedAt = github.core.now();
  record.updatedAt = github.core.now();
  await github.git.settle(repo);
  await github.core.tell('pull-closed', { repo, number: record.number });
  return sha;
}

/** The merge commit of a world that was killed between the merge and its writing down. */
async function mergedBefore(github: WorldGithub, pair: { readonly repo: RepoName; readonly base: string; readonly head: string }): Promise<string | undefined> {
  if (!(await isAncestor(github.git, pair.repo, { old: pair.head, young: pair.base }))) return undefined;
  const path = await github.git.run(pair.repo, ['rev-list', '--ancestry-path', '--merges', '--reverse', '--max-count=1', `${pair.head}..${pair.base}`]);
  return path.trim() || pair.base;
}

async function makeMerge(github: WorldGithub, at: { readonly repo: RepoName; readonly record: ThreadRecord; readonly pull: PullRecord; readonly base: string; readonly author: string }): Promise<string> {
  const { repo, record, pull, base } = at;
  const owner = pull.headRepo.split('/')[0] ?? '';
  const message = `Merge pull request #${record.number} from ${owner}/${pull.headRef}\n\n${record.title}`;
  const sha = await mergeCommit(github.git, { repo, base, head: pull.headSha }, { author: github.person(at.author), message });
  if (sha === undefined) throw new Error(`${repo}#${record.number} conflicts with ${pull.baseRef}`);
  await github.git.run(repo, ['update-ref', `refs/heads/${pull.baseRef}`, sha, base]);
  return sha;
}

/** A push to the head of open pull requests moves them. */
async function synchronize(github: WorldGithub, repos: readonly RepoName[], push: PushEvent): Promise<void> {
  if (!push.ref.startsWith('refs/heads/') || push.after === zero) return;
  const branch = push.ref.slice('refs/heads/'.length);
  for (const repo of repos) {
    for (const record of Object.values(github.repo(repo).threads)) {
      const { pull } = record;
      if (pull === undefined || record.state !== 'open' || pull.headRepo !== push.repo || pull.headRef !== branch || pull.headSha === push.after) continue;
      pull.headSha = push.after;
      pull.baseSha = (await github.git.resolve(repo, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
      record.updatedAt = github.core.now();
      await fetchHead(github, repo, record);
      await github.core.tell('pull-synchronized', { repo, number: record.number });
    }
  }
}

function newestPerContext(records: readonly StatusRecord[]): readonly CommitStatus[] {
  const newest = new Map(records.map((record) => [record.context, record]));
  return [...newest.values()].map(({ context, state, description, targetUrl }) => ({ context, state, description, targetUrl }));
}

function personOf(core: Core, login: string): Person {
  if (login === core.config.user.login) return { name: core.config.user.name, email: core.config.user.email };
  const name = core.config.people.find((person) => person.login === login)?.name ?? (login === robot ? 'Kubernetes Prow Robot' : login);
  return { name, email: `${login}@users.noreply.github.com` };
}
