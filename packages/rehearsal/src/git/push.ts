// From moved refs to push events, as GitHub's webhook would tell them.
import type { PushEvent, RepoName } from '../services.ts';

/** `refs/heads/…` and `refs/tags/…` of a repository with their objects. */
export type Refs = Readonly<Record<string, string>>;

/** The commit id that stands for "none". */
export const zero = '0'.repeat(40);

/** More tags than this in one push: GitHub tells nobody about them. https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
const mostTags = 3;
/** A webhook lists no more commits than this. */
const mostCommits = 2048;

/** Runs git in the repository at hand. */
export type Run = (args: readonly string[]) => Promise<string>;

/** A ref that moved. */
export interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** All branches and tags. */
export async function readRefs(run: Run): Promise<Refs> {
  const text = await run(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags']);
  const pairs = text.split('\n').flatMap((line) => {
    const [ref, sha] = line.split(' ');
    return ref === undefined || sha === undefined ? [] : [[ref, sha] as const];
  });
  return Object.fromEntries(pairs);
}

/** What moved, in order of ref names. */
export function changesBetween(known: Refs, found: Refs): readonly RefChange[] {
  const names = [...new Set([...Object.keys(known), ...Object.keys(found)])].sort();
  return names.flatMap((ref) => {
    const [before, after] = [known[ref] ?? zero, found[ref] ?? zero];
    return before === after ? [] : [{ ref, before, after }];
  });
}

/** The push events of one push. Tags are left out when there are more than three. */
export async function pushEvents(repo: RepoName, known: Refs, changes: readonly RefChange[], run: Run): Promise<readonly PushEvent[]> {
  const tagsInPush = changes.filter((change) => change.ref.startsWith('refs/tags/')).length;
  const told = changes.filter((change) => change.ref.startsWith('refs/heads/') || tagsInPush <= mostTags);
  const events: PushEvent[] = [];
  for (const change of told) events.push({ repo, ...change, ...(await describeChange(change, known, run)), tagsInPush });
  return events;
}

type Description = Pick<PushEvent, 'created' | 'deleted' | 'forced' | 'commits'>;

async function describeChange(change: RefChange, known: Refs, run: Run): Promise<Description> {
  const created = change.before === zero;
  const deleted = change.after === zero;
  const isBranch = change.ref.startsWith('refs/heads/');
  if (deleted) return { created, deleted, forced: false, commits: [] };
  if (!isBranch) return { created, deleted, forced: !created, commits: [] };
  const missing = await run(['rev-list', '--max-count=1', change.before === zero ? '--all' : change.before, `^${change.after}`, '--']);
  const forced = !created && missing.trim() !== '';
  return { created, deleted, forced, commits: await newCommits(change, known, run) };
}

async function newCommits(change: RefChange, known: Refs, run: Run): Promise<PushEvent['commits']> {
  const branches = Object.entries(known).filter(([ref]) => ref.startsWith('refs/heads/')).map(([, sha]) => `^${sha}`);
  const old = change.before === zero ? branches : [`^${change.before}`];
  const text = await run(['log', '--reverse', '--topo-order', `--max-count=${mostCommits}`, '--diff-merges=first-parent', '--name-status', '--no-renames', '-z', '--format=%x01%H', change.after, ...old, '--']);
  return text.split('\x01').slice(1).map(parseCommit);
}

/** One record of `git log -z --name-status`: the id, then status and path in turn, NUL between all. */
function parseCommit(record: string): PushEvent['commits'][number] {
  const [id = '', ...rest] = record.split('\0').map((field) => field.replace(/^\n/, ''));
  const fields = rest.filter((field) => field !== '');
  const added: string[] = [];
  const removed: string[] = [];
  const modified: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [status = '', path = ''] = [fields[at], fields[at + 1]];
    (status === 'A' ? added : status === 'D' ? removed : modified).push(path);
  }
  return { id, added, removed, modified };
}
