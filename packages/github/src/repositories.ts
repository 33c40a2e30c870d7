// Repositories, refs, files and branches.
import { Buffer } from 'node:buffer';
import { OutsideError } from '@runbook/http';
import { allPages, listOf, orAbsent, pageSize, split, unexpected, withFields, type Session } from './session.ts';
import type { CommitSummary, Comparison, FolderEntry, Github, Ref, Repository, RepositoryFile } from './github.ts';

type Part = Pick<
  Github,
  'viewer' | 'getRepository' | 'findRepository' | 'findRef' | 'compare' | 'getFile' | 'findFile' | 'listFolder' | 'listTags' | 'createTag' | 'createBranch' | 'deleteBranch' | 'putFile' | 'commitFiles' | 'createFork' | 'updateFork' | 'rateLimit'
>;

/** GitHub lists no more than this in a folder (https://docs.github.com/rest/repos/contents). */
const mostEntries = 1000;
/** Tags of tags are rare; a circle is impossible, but foreign data is foreign data. */
const deepestTag = 10;

/** The part of the client that knows repositories. */
export function repositories(session: Session): Part {
  const getRepository = async (repo: string): Promise<Repository> => readRepository(session, repo);
  const getFile: Github['getFile'] = (repo, path, ref) => readFile(session, { repo, path, ref });
  return {
    viewer: () => readViewer(session),
    getRepository,
    findRepository: (repo) => orAbsent(getRepository(repo)),
    findRef: (repo, ref) => findRef(session, repo, ref),
    compare: (repo, base, head) => compare(session, repo, { base, head }),
    getFile,
    findFile: (repo, path, ref) => orAbsent(getFile(repo, path, ref)),
    listFolder: (repo, path, ref) => listFolder(session, { repo, path, ref }),
    listTags: (repo) => listTags(session, repo),
    createTag: (repo, tag) => createTag(session, repo, tag),
    createBranch: (repo, name, sha) => createRef(session, repo, { ref: `refs/heads/${name}`, sha }),
    async deleteBranch(repo, name) {
      const { rest } = await session.octokit();
      const answer = await rest.git.deleteRef({ ...split(repo), ref: `heads/${name}` });
      if (Number(answer.status) !== 204) throw unexpected(session, `DELETE repos/${repo}/git/refs/heads/${name}`, `a deletion is answered with 204, this was ${answer.status}`);
    },
    putFile: (repo, change) => putFile(session, repo, change),
    commitFiles: (repo, change) => commitFiles(session, repo, change),
    createFork: (repo, options) => createFork(session, repo, options),
    async updateFork(repo, branch) {
      const { rest } = await session.octokit();
      withFields(session, `POST repos/${repo}/merge-upstream`, (await rest.repos.mergeUpstream({ ...split(repo), branch })).data, ['merge_type:text']);
    },
    async rateLimit() {
      const { rest } = await session.octokit();
      const { resources } = withFields(session, 'rate_limit', (await rest.rateLimit.get()).data, ['resources:object']);
      const core = withFields(session, 'rate_limit', resources.core, ['limit:number', 'remaining:number', 'reset:number']);
      return { limit: core.limit, remaining: core.remaining, resetsAt: new Date(core.reset * 1000).toISOString() };
    },
  };
}

async function readViewer(session: Session): Promise<{ readonly login: string; readonly scopes: readonly string[] | undefined }> {
  const { rest } = await session.octokit();
  const { data, headers } = await rest.users.getAuthenticated();
  const scopes = headers['x-oauth-scopes'];
  withFields(session, 'user', data, ['login:text']);
  return { login: data.login, scopes: scopes?.split(',').map((scope) => scope.trim()).filter((scope) => scope !== '') };
}

async function readRepository(session: Session, repo: string): Promise<Repository> {
  const { rest } = await session.octokit();
  return asRepository(session, `repos/${repo}`, (await rest.repos.get(split(repo))).data);
}

interface WireRepository { readonly full_name: string; readonly fork: boolean; readonly parent?: { readonly full_name: string }; readonly permissions?: { readonly push?: boolean }; readonly default_branch: string; readonly html_url: string }

function asRepository(session: Session, what: string, answer: WireRepository): Repository {
  const data = withFields(session, what, answer, ['full_name:text', 'default_branch:text', 'html_url:text', 'fork:flag', 'parent?:object', 'permissions?:object']);
  if (data.parent !== undefined) withFields(session, what, data.parent, ['full_name:text']);
  return {
    fullName: data.full_name,
    fork: data.fork,
    ...(data.parent === undefined ? {} : { parent: data.parent.full_name }),
    push: data.permissions?.push ?? false,
    defaultBranch: data.default_branch,
    url: data.html_url,
  };
}

async function findRef(session: Session, repo: string, ref: string): Promise<Ref | undefined> {
  const { rest } = await session.octokit();
  const found = await orAbsent(rest.git.getRef({ ...split(repo), ref }));
  if (found === undefined) return undefined;
  const { data } = found;
  // The old API answered a list of refs that begin alike.
  if (data?.ref !== `refs/${ref}`) throw unexpected(session, `repos/${repo}/git/ref/${ref}`, `asked for refs/${ref}, got ${data?.ref ?? 'something else'}`);
  const { sha, type } = withFields(session, `repos/${repo}/git/ref/${ref}`, data.object, ['sha:text', 'type:text']);
  if (type === 'commit') return { ref: data.ref, sha, kind: 'commit', commit: sha };
  let target: { readonly sha: string; readonly type: string } = data.object;
  let verified: boolean | undefined;
  for (let depth = 0; target.type === 'tag' && depth < deepestTag; depth += 1) {
    const tag = withFields(session, `repos/${repo}/git/tags/${target.sha}`, (await rest.git.getTag({ ...split(repo), tag_sha: target.sha })).data, ['object:object', 'verification?:object']);
    verified ??= tag.verification?.verified;
    target = withFields(session, `repos/${repo}/git/tags/${target.sha}`, tag.object, ['sha:text', 'type:text']);
  }
  if (target.type !== 'commit') throw unexpected(session, `repos/${repo}/git/ref/${ref}`, `the ref names a ${target.type}, not a commit`);
  return { ref: data.ref, sha, kind: 'tag', commit: target.sha, tagObject: sha, ...(verified === undefined ? {} : { verified }) };
}

/** GitHub gives the commit of each tag, also of annotated ones. (https://docs.github.com/rest/repos/repos#list-repository-tags) */
async function listTags(session: Session, repo: string): Promise<readonly { readonly name: string; readonly commit: string }[]> {
  const { rest } = await session.octokit();
  const tags = await allPages(async (page) => listOf(session, `repos/${repo}/tags`, (await rest.repos.listTags({ ...split(repo), page, per_page: pageSize })).data, ['name:text', 'commit:object']));
  return tags.map(({ name, commit }) => ({ name, commit: withFields(session, `repos/${repo}/tags`, commit, ['sha:text']).sha }));
}

async function createRef(session: Session, repo: string, { ref, sha }: { readonly ref: string; readonly sha: string }): Promise<void> {
  const { rest } = await session.octokit();
  withFields(session, `POST repos/${repo}/git/refs`, (await rest.git.createRef({ ...split(repo), ref, sha })).data, ['ref:text']);
}

/** Nobody sees the tag object before its ref is made, which never moves one that is there. */
async function createTag(session: Session, repo: string, { tag, commit, message }: Parameters<Github['createTag']>[1]): Promise<Ref> {
  const { rest } = await session.octokit();
  const made = withFields(session, `POST repos/${repo}/git/tags`, (await rest.git.createTag({ ...split(repo), tag, message, object: commit, type: 'commit' })).data, ['sha:text']).sha;
  await createRef(session, repo, { ref: `refs/tags/${tag}`, sha: made });
  return { ref: `refs/tags/${tag}`, sha: made, kind: 'tag', commit, tagObject: made, verified: false };
}

async function compare(session: Session, repo: string, { base, head }: { readonly base: string; readonly head: string }): Promise<Comparison> {
  const { rest } = await session.octokit();
  const what = `repos/${repo}/compare/${base}...${head}`;
  const read = async (page: number) => withFields(session, what, (await rest.repos.compareCommitsWithBasehead({ ...split(repo), basehead: `${base}...${head}`, page, per_page: pageSize })).data, ['status:text', 'ahead_by:number', 'behind_by:number', 'commits:list']);
  const first = await read(1);
  const commits = await allPages(async (page) => listOf(session, what, (page === 1 ? first : await read(page)).commits, ['sha:text', 'commit:object', 'author?:object']));
  return { status: first.status, aheadBy: first.ahead_by, behindBy: first.behind_by, commits: commits.map((commit) => readCommit(session, what, commit)) };
}

function readCommit(session: Session, what: string, commit: { readonly sha: string; readonly author: { readonly login?: string } | null; readonly commit: { readonly message: string; readonly author: { readonly name?: string } | null } }): CommitSummary {
  const { message, author } = withFields(session, what, commit.commit, ['message:text', 'author?:object']);
  return { sha: commit.sha, title: message.split('\n')[0] ?? '', author: commit.author?.login ?? author?.name ?? '' };
}

interface Spot {
  readonly repo: string;
  readonly path: string;
  readonly ref: string | undefined;
}

async function readContent(session: Session, { repo, path, ref }: Spot) {
  const { rest } = await session.octokit();
  return (await rest.repos.getContent({ ...split(repo), path, ...(ref === undefined ? {} : { ref }) })).data;
}

async function readFile(session: Session, spot: Spot): Promise<RepositoryFile> {
  const data = await readContent(session, spot);
  const what = `repos/${spot.repo}/contents/${spot.path}`;
  if (Array.isArray(data)) throw unexpected(session, what, `${spot.path} is a folder, expected a file`);
  const { path, sha, html_url: url, type } = withFields(session, what, data, ['type:text', 'sha:text', 'path:text', 'html_url?:text']);
  if (type !== 'file') throw unexpected(session, what, `${spot.path} is a ${type}, expected a file`);
  const text = decode('content' in data && data.encoding === 'base64' ? withFields(session, what, data, ['content:text']).content : await readBlob(session, spot.repo, sha));
  if (text === undefined) throw unexpected(session, what, `${spot.path} is not text in UTF-8`);
  return { path, text, sha, url: url ?? '' };
}

/** Files of more than 1 MB come without content; their blob has it. */
async function readBlob(session: Session, repo: string, sha: string): Promise<string> {
  const { rest } = await session.octokit();
  return withFields(session, `repos/${repo}/git/blobs/${sha}`, (await rest.git.getBlob({ ...split(repo), file_sha: sha })).data, ['content:text']).content;
}

function decode(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function listFolder(session: Session, spot: Spot): Promise<readonly FolderEntry[]> {
  const data = await readContent(session, spot);
  const what = `repos/${spot.repo}/contents/${spot.path}`;
  if (!Array.isArray(data)) throw unexpected(session, what, `${spot.path} is a ${withFields(session, what, data, ['type:text']).type}, expected a folder`);
  listOf(session, what, data, ['name:text', 'path:text', 'type:text']);
  if (data.length >= mostEntries) throw unexpected(session, what, `the folder has ${mostEntries} entries or more, and GitHub does not list the rest`);
  return data.map(({ name, path, type }) => ({ name, path, kind: type === 'dir' ? 'folder' : type === 'symlink' ? 'link' : type === 'submodule' ? 'submodule' : 'file' }));
}

async function putFile(session: Session, repo: string, change: Parameters<Github['putFile']>[1]): Promise<{ readonly commit: string }> {
  const { rest } = await session.octokit();
  const { path, branch, message, text, previous } = change;
  const answer = await rest.repos.createOrUpdateFileContents({
    ...split(repo),
    path,
    branch,
    message,
    content: Buffer.from(text, 'utf8').toString('base64'),
    ...(previous === undefined ? {} : { sha: previous }),
    // People read the text, not its base64.
    request: { shownBody: `${JSON.stringify({ branch, message, ...(previous === undefined ? {} : { sha: previous }) }, null, 2)}\n${text}` },
  });
  const what = `PUT repos/${repo}/contents/${path}`;
  const { sha } = withFields(session, what, withFields(session, what, answer.data, ['commit:object']).commit as { readonly sha: string }, ['sha:text']);
  return { commit: sha };
}

/** Several files in one commit, by git's own objects: nothing is seen before the branch moves, which it does only forwards. */
async function commitFiles(session: Session, repo: string, { branch, message, files }: Parameters<Github['commitFiles']>[1]): Promise<{ readonly commit: string }> {
  const { rest } = await session.octokit();
  const where = split(repo);
  const head = await findRef(session, repo, `heads/${branch}`);
  if (head === undefined) throw new OutsideError({ code: 'absent', service: 'github', request: `GET ${session.baseUrl}/repos/${repo}/git/ref/heads/${branch}`, status: 404, detail: `the branch ${branch} is not there; make it first` });
  const base = withFields(session, `repos/${repo}/git/commits/${head.commit}`, (await rest.git.getCommit({ ...where, commit_sha: head.commit })).data, ['tree:object']).tree.sha;
  const tree = files.map(({ path, text }) => (text === undefined ? { path, mode: '100644' as const, type: 'blob' as const, sha: null } : { path, mode: '100644' as const, type: 'blob' as const, content: text }));
  const made = withFields(session, `POST repos/${repo}/git/trees`, (await rest.git.createTree({ ...where, base_tree: base, tree })).data, ['sha:text']).sha;
  const commit = withFields(session, `POST repos/${repo}/git/commits`, (await rest.git.createCommit({ ...where, message, tree: made, parents: [head.commit] })).data, ['sha:text']).sha;
  await rest.git.updateRef({ ...where, ref: `heads/${branch}`, sha: commit, force: false });
  return { commit };
}

/** Forks, or finds the fork: GitHub answers with the one that is there. It may take minutes until its branches are. */
async function createFork(session: Session, repo: string, { organization, name }: { readonly organization?: string; readonly name?: string } = {}): Promise<Repository> {
  const { rest } = await session.octokit();
  const { data } = await rest.repos.createFork({ ...split(repo), ...(organization === undefined ? {} : { organization }), ...(name === undefined ? {} : { name }) });
  return asRepository(session, `POST repos/${repo}/forks`, data);
}
