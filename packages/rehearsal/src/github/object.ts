// Commits and tags as git stores them, read into plain data: who, when, what, and whether the stand-in signature
// belongs to them.
import { createHash } from 'node:crypto';
import type { Git, GitObject, RepoName } from '../services.ts';
import type { WorldGit } from '../git/git.ts';

/** Who and when. Time in milliseconds. */
export interface Stamp {
  readonly name: string;
  readonly email: string;
  readonly at: number;
}

/** What GitHub says of a signature. */
export interface Verification {
  readonly verified: boolean;
  readonly reason: string;
  readonly signature: string | null;
  readonly payload: string | null;
}

/** A commit. */
export interface CommitObject {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Stamp;
  readonly committer: Stamp;
  readonly message: string;
  readonly verification: Verification;
}

/** An annotated tag. */
export interface TagObject {
  readonly sha: string;
  readonly object: string;
  readonly type: string;
  readonly tag: string;
  readonly tagger: Stamp;
  readonly message: string;
  readonly verification: Verification;
}

const begin = '-----BEGIN PGP SIGNATURE-----';
const fullId = /^[0-9a-f]{40}$/;

/** Reads commits, in the order given. @throws when one is missing or no commit. */
export async function readCommits(git: WorldGit, repo: RepoName, shas: readonly string[]): Promise<readonly CommitObject[]> {
  const found = await Promise.all(shas.map((sha) => git.object(repo, sha)));
  return found.map((object, index) => {
    if (object?.type !== 'commit') throw new Error(`${shas[index]} in ${repo} is no commit`);
    return parseCommit(object.sha, object.bytes.toString('utf8'));
  });
}

/** Reads an annotated tag; undefined when the object is something else or not there. */
export async function findTag(git: WorldGit, repo: RepoName, sha: string): Promise<TagObject | undefined> {
  const object = await findObject(git, repo, sha);
  return object?.type === 'tag' ? parseTag(sha, object.bytes.toString('utf8')) : undefined;
}

/** Type of an object named by a full id, or undefined where there is none. */
export async function typeOf(git: WorldGit, repo: RepoName, sha: string): Promise<string | undefined> {
  return fullId.test(sha) ? (await git.info(repo, sha))?.type : undefined;
}

/** An object named by a full id, or undefined where there is none. */
export async function findObject(git: WorldGit, repo: RepoName, sha: string): Promise<GitObject | undefined> {
  return fullId.test(sha) ? git.object(repo, sha) : undefined;
}

/** The commit that a branch, tag or id means; a full id must be a commit itself. */
export async function findCommit(git: Git, repo: RepoName, revision: string): Promise<string | undefined> {
  if (fullId.test(revision)) {
    const commit = await git.resolve(repo, `${revision}^{commit}`);
    return commit === revision ? commit : undefined;
  }
  if (/[\s~^:?*[\\]|\.\.|@\{/.test(revision) || revision === '') return undefined;
  for (const candidate of [`refs/heads/${revision}`, `refs/tags/${revision}`, revision]) {
    const commit = await git.resolve(repo, `${candidate}^{commit}`);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

function parseCommit(sha: string, raw: string): CommitObject {
  const { headers, message } = split(raw);
  const values = (key: string): readonly string[] => headers.flatMap(([name, value]) => (name === key ? [value] : []));
  const signature = values('gpgsig')[0];
  const payload = signature === undefined ? undefined : raw.replace(/^gpgsig .*\n(?: .*\n)*/m, '');
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: stampOf(values('author')[0]),
    committer: stampOf(values('committer')[0]),
    message: message.replace(/\n+$/, ''),
    verification: verify(signature, payload),
  };
}

function parseTag(sha: string, raw: string): TagObject {
  const { headers, message } = split(raw);
  const value = (key: string): string => headers.find(([name]) => name === key)?.[1] ?? '';
  const at = message.indexOf(begin);
  const signature = at === -1 ? undefined : message.slice(at);
  return {
    sha,
    object: value('object'),
    type: value('type'),
    tag: value('tag'),
    tagger: stampOf(value('tagger')),
    message: (at === -1 ? message : message.slice(0, at)).replace(/\n+$/, ''),
    verification: verify(signature, signature === undefined ? undefined : raw.slice(0, raw.length - signature.length)),
  };
}

function split(raw: string): { readonly headers: readonly (readonly [string, string])[]; readonly message: string } {
  const at = raw.indexOf('\n\n');
  const head = (at === -1 ? raw : raw.slice(0, at)).replace(/\n /g, '\u0000');
  const headers = head.split('\n').map((line) => {
    const space = line.indexOf(' ');
    return [line.slice(0, space), line.slice(space + 1).replaceAll('\u0000', '\n')] as const;
  });
  return { headers, message: at === -1 ? '' : raw.slice(at + 2) };
}

function stampOf(text: string | undefined): Stamp {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*?)> (\d+)/.exec(text ?? '') ?? [];
  return { name, email, at: Number(seconds) * 1000 };
}

/** The stand-in signer writes the blob id of what it signed; a real signature is by a key that this world does not know. */
function verify(signature: string | undefined, payload: string | undefined): Verification {
  if (signature === undefined || payload === undefined) return { verified: false, reason: 'unsigned', signature: null, payload: null };
  const [, sum] = /^rehearsal ([0-9a-f]{40})$/m.exec(signature) ?? [];
  const bytes = Buffer.from(payload);
  const found = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  const reason = sum === undefined ? 'unknown_key' : sum === found ? 'valid' : 'invalid';
  return { verified: reason === 'valid', reason, signature, payload };
}
