// Repositories, refs, files and branches.
import { Buffer } from 'node:buffer';
import { allPages, orAbsent, pageSize, split, unexpected, withFields, type Session } from './session.ts';
import type { CommitSummary, Comparison, FolderEntry, Github, Ref, Repository, RepositoryFile } from './github.ts';

type Part = Pick<
  Github,
  'viewer' | 'getRepository' | 'findRepository' | 'findRef' | 'compare' | 'getFile' | 'findFile' | 'listFolder' | 'createBranch' | 'deleteBranch' | 'putFile' | 'updateFork' | 'rateLimit'
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
    async createBranch(repo, name, sha) {
      const { rest } = await session.octokit();
      await rest.git.createRef({ ...split(repo), ref: `refs/heads/${name}`, sha });
    },
    async deleteBranch(repo, name) {
      const { rest } = await session.octokit();
      await rest.git.deleteRef({ ...split(repo), ref: `heads/${name}` });
    },
    putFile: (repo, change) => putFile(session, repo, change),
    async updateFork(repo, branch) {
      const { rest } = await session.octokit();
      await rest.repos.mergeUpstream({ ...split(repo), branch });
    },
    async rateLimit() {
      const { rest } = await session.octokit();
      const { core } = (await rest.rateLimit.get()).data.resources;
      return { limit: core.limit, remaining: core.remaining, resetsAt: new Date(core.reset * 1000).toISOString() };
    },
  };
}

async function readViewer(session: Session): Promise<{ readonly login: string; readonly scopes: readonly string[] | undefined }> {
  const { rest } = await session.octokit();
  const { data, headers } = await rest.users.getAuthenticated();
  const scopes = headers['x-oauth-scopes'];
  withFields(session, 'user', data, ['login']);
  return { login: data.login, scopes: scopes?.split(',').map((scope) => scope.trim()).filter((scope) => scope !== '') };
}

async function readRepository(session: Session, repo: string): Promise<Repository> {
  const { rest } = await session.octokit();
  const data = withFields(session, `repos/${repo}`, (await rest.repos.get(split(repo))).data, ['full_name', 'default_branch', 'html_url']);
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
  if (data.ref !== `refs/${ref}`) throw unexpected(session, `repos/${repo}/git/ref/${ref}`, `asked for refs/${ref}, got ${data.ref ?? 'a list'}`);
  const { sha, type } = withFields(session, `repos/${repo}/git/ref/${ref}`, data, ['object']).object;
  if (type === 'commit') return { ref: data.ref, sha, kind: 'commit', commit: sha };
  let target: { readonly sha: string; readonly type: string } = data.object;
  let verified: boolean | undefined;
  for (let depth = 0; target.type === 'tag' && depth < deepestTag; depth += 1) {
    const tag = (await rest.git.getTag({ ...split(repo), tag_sha: target.sha })).data;
    verified ??= tag.verification?.verified;
    target = tag.object;
  }
  if (target.type !== 'commit') throw unexpected(session, `repos/${repo}/git/ref/${ref}`, `the ref names a ${target.type}, not a commit`);
  return { ref: data.ref, sha, kind: 'tag', commit: target.sha, tagObject: sha, ...(verified === undefined ? {} : { verified }) };
}

async function compare(session: Session, repo: string, { base, head }: { readonly base: string; readonly head: string }): Promise<Comparison> {
  const { rest } = await session.octokit();
  const read = async (page: number) => (await rest.repos.compareCommitsWithBasehead({ ...split(repo), basehead: `${base}...${head}`, page, per_page: pageSize })).data;
  const first = await read(1);
  const commits = await allPages(async (page) => (page === 1 ? first : await read(page)).commits);
  return { status: first.status, aheadBy: first.ahead_by, behindBy: first.behind_by, commits: commits.map(readCommit) };
}

function readCommit(commit: { readonly sha: string; readonly author: { readonly login?: string } | null; readonly commit: { readonly message: string; readonly author: { readonly name?: string } | null } }): CommitSummary {
  return { sha: commit.sha, title: commit.commit.message.split('\n')[0] ?? '', author: commit.author?.login ?? commit.commit.author?.name ?? '' };
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
  if (data.type !== 'file') throw unexpected(session, what, `${spot.path} is a ${data.type}, expected a file`);
  const { path, sha, html_url: url } = data;
  const text = decode('content' in data && data.encoding === 'base64' ? data.content : await readBlob(session, spot.repo, sha));
  if (text === undefined) throw unexpected(session, what, `${spot.path} is not text in UTF-8`);
  return { path, text, sha, url: url ?? '' };
}

/** Files of more than 1 MB come without content; their blob has it. */
async function readBlob(session: Session, repo: string, sha: string): Promise<string> {
  const { rest } = await session.octokit();
  return (await rest.git.getBlob({ ...split(repo), file_sha: sha })).data.content;
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
  if (!Array.isArray(data)) throw unexpected(session, what, `${spot.path} is a ${data.type}, expected a folder`);
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
  const commit = answer.data.commit.sha;
  if (commit === undefined) throw unexpected(session, `repos/${repo}/contents/${path}`, 'the answer names no commit');
  return { commit };
}
