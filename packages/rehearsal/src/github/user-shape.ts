// Users and commits as GitHub's JSON shows them. Ids of users are counted from their names, so that reading
// changes nothing.
import { createHash } from 'node:crypto';
import type { RepoName } from '../services.ts';
import { isoTime, nodeId } from './hub.ts';
import type { Hub, Places } from './hub.ts';
import type { CommitObject, Stamp, Verification } from './object.ts';

/** Logins of the robots that speak on GitHub. */
const robots: readonly string[] = ['k8s-ci-robot', 'k8s-triage-robot', 'linux-foundation-easycla[bot]'];

/** Whether the world knows the login: a person, a robot or the owner of a repository. */
export function isKnownLogin(hub: Hub, login: string): boolean {
  const { config } = hub.github.core;
  return login === config.user.login || robots.includes(login) || config.people.some((person) => person.login === login) || isOwner(hub, login);
}

/** Whether the login is an organisation: it owns repositories and is nobody's name. */
export function isOrganization(hub: Hub, login: string): boolean {
  const { config } = hub.github.core;
  return isOwner(hub, login) && login !== config.user.login && !config.people.some((person) => person.login === login);
}

function isOwner(hub: Hub, login: string): boolean {
  return hub.github.git.repos().some((repo) => repo.startsWith(`${login}/`));
}

/** GitHub's "simple user". */
export function userShape(hub: Hub, places: Places, login: string): Record<string, unknown> {
  const id = Number.parseInt(createHash('sha1').update(login).digest('hex').slice(0, 7), 16);
  const url = places.api(`/users/${login}`);
  const type = robots.includes(login) && login.endsWith('[bot]') ? 'Bot' : isOrganization(hub, login) ? 'Organization' : 'User';
  return {
    login,
    id,
    node_id: nodeId('User', id),
    avatar_url: places.web(`/${login}.png`),
    gravatar_id: '',
    url,
    html_url: places.web(`/${login}`),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** The login behind an address in a commit, or null, as GitHub matches them. */
function userOfEmail(hub: Hub, places: Places, email: string): Record<string, unknown> | null {
  const { config } = hub.github.core;
  const noreply = /^([^@]+)@users\.noreply\.github\.com$/.exec(email)?.[1];
  const login = email === config.user.email ? config.user.login : noreply;
  return login === undefined || !isKnownLogin(hub, login) ? null : userShape(hub, places, login);
}

/** The repository, and how its places are named. */
export interface ShapeAt {
  readonly hub: Hub;
  readonly places: Places;
  readonly repo: RepoName;
}

/** A commit in lists, compares and pull requests. */
export function commitShape(at: ShapeAt, commit: CommitObject): Record<string, unknown> {
  const { hub, places, repo } = at;
  const { sha } = commit;
  const link = (id: string): Record<string, string> => ({ sha: id, url: places.api(`/repos/${repo}/commits/${id}`), html_url: places.web(`/${repo}/commit/${id}`) });
  const { author, committer, message, tree, url, verification } = gitCommitShape(at, commit);
  return {
    ...link(sha),
    node_id: nodeId('Commit', sha),
    commit: { author, committer, message, tree, url, comment_count: 0, verification },
    comments_url: places.api(`/repos/${repo}/commits/${sha}/comments`),
    author: userOfEmail(hub, places, commit.author.email),
    committer: userOfEmail(hub, places, commit.committer.email),
    parents: commit.parents.map(link),
  };
}

/** A commit as the git database shows it. */
export function gitCommitShape(at: ShapeAt, commit: CommitObject): Record<string, unknown> {
  const { places, repo } = at;
  const link = (sha: string): Record<string, string> => ({ sha, url: places.api(`/repos/${repo}/git/commits/${sha}`), html_url: places.web(`/${repo}/commit/${sha}`) });
  return {
    ...link(commit.sha),
    node_id: nodeId('Commit', commit.sha),
    author: stampShape(commit.author),
    committer: stampShape(commit.committer),
    tree: { sha: commit.tree, url: places.api(`/repos/${repo}/git/trees/${commit.tree}`) },
    message: commit.message,
    parents: commit.parents.map(link),
    verification: verificationShape(commit.verification, commit.committer.at),
  };
}

/** Who and when. */
export function stampShape(stamp: Stamp): Record<string, string> {
  return { name: stamp.name, email: stamp.email, date: isoTime(stamp.at) };
}

/** What GitHub says of a signature. */
export function verificationShape(verification: Verification, at: number): Record<string, unknown> {
  return { ...verification, verified_at: verification.verified ? isoTime(at) : null };
}
