// A repository as GitHub's JSON shows it.
import { isoTime, nodeId } from './hub.ts';
import type { ShapeAt } from './user-shape.ts';
import { userShape } from './user-shape.ts';

/** What follows `…/repos/O/R` in the many `…_url` fields. */
const links: Readonly<Record<string, string>> = {
  forks_url: '/forks', keys_url: '/keys{/key_id}', collaborators_url: '/collaborators{/collaborator}', teams_url: '/teams', hooks_url: '/hooks',
  issue_events_url: '/issues/events{/number}', events_url: '/events', assignees_url: '/assignees{/user}', branches_url: '/branches{/branch}', tags_url: '/tags',
  blobs_url: '/git/blobs{/sha}', git_tags_url: '/git/tags{/sha}', git_refs_url: '/git/refs{/sha}', trees_url: '/git/trees{/sha}', statuses_url: '/statuses/{sha}',
  languages_url: '/languages', stargazers_url: '/stargazers', contributors_url: '/contributors', subscribers_url: '/subscribers', subscription_url: '/subscription',
  commits_url: '/commits{/sha}', git_commits_url: '/git/commits{/sha}', comments_url: '/comments{/number}', issue_comment_url: '/issues/comments{/number}',
  contents_url: '/contents/{+path}', compare_url: '/compare/{base}...{head}', merges_url: '/merges', archive_url: '/{archive_format}{/ref}', downloads_url: '/downloads',
  issues_url: '/issues{/number}', pulls_url: '/pulls{/number}', milestones_url: '/milestones{/number}', notifications_url: '/notifications{?since,all,participating}',
  labels_url: '/labels{/name}', releases_url: '/releases{/id}', deployments_url: '/deployments',
};

/** A repository in lists and inside other answers. `login` decides `permissions`. */
export function repoShape(at: ShapeAt, login: string | undefined): Record<string, unknown> {
  const { hub, places, repo } = at;
  const { github } = hub;
  const [owner = '', name = ''] = repo.split('/');
  const record = github.repo(repo);
  const url = places.api(`/repos/${repo}`);
  const web = places.web(`/${repo}`);
  const push = login !== undefined && github.mayPush(login, repo);
  const forks = github.git.repos().filter((other) => github.git.parent(other) === repo).length;
  const open = Object.values(record.threads).filter((thread) => thread.state === 'open').length;
  const time = isoTime(record.createdAt);
  return {
    id: record.id,
    node_id: nodeId('Repository', record.id),
    name,
    full_name: repo,
    private: false,
    owner: userShape(hub, places, owner),
    html_url: web,
    description: null,
    fork: github.git.parent(repo) !== undefined,
    url,
    ...Object.fromEntries(Object.entries(links).map(([field, path]) => [field, `${url}${path}`])),
    created_at: time,
    updated_at: time,
    pushed_at: time,
    git_url: `git://github.com/${repo}.git`,
    ssh_url: `git@github.com:${repo}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: 'public',
    forks,
    open_issues: open,
    watchers: 0,
    default_branch: github.git.defaultBranch(repo),
    permissions: login === undefined ? undefined : { admin: repo.startsWith(`${login}/`), maintain: push, push, triage: push, pull: true },
  };
}

/** A repository asked for by name: with its parent when it is a fork. */
export function fullRepoShape(at: ShapeAt, login: string | undefined): Record<string, unknown> {
  const parent = at.hub.github.git.parent(at.repo);
  const family = parent === undefined ? {} : { parent: repoShape({ ...at, repo: parent }, login), source: repoShape({ ...at, repo: rootOf(at, parent) }, login) };
  return {
    ...repoShape(at, login),
    ...family,
    temp_clone_token: null,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    network_count: 0,
    subscribers_count: 0,
  };
}

function rootOf(at: ShapeAt, repo: string): string {
  const parent = at.hub.github.git.parent(repo);
  return parent === undefined ? repo : rootOf(at, parent);
}
