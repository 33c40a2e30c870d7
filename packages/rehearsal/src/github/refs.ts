// Refs through the API: the same refs that git pushes and fetches, and every change is told like a push.
import type { Context, Hono } from 'hono';
import type { RepoName } from '../services.ts';
import { tryGit } from '../git/command.ts';
import { flagOf, getPushable, getRepo, getText, nodeId, pageOf, placesOf, readBody, refusal } from './hub.ts';
import type { Hub } from './hub.ts';
import { isAncestor } from './merge.ts';
import { typeOf } from './object.ts';

interface Ref {
  readonly ref: string;
  readonly sha: string;
  readonly type: string;
}

/** `/repos/:owner/:repo/git/ref…`. */
export function addRefRoutes(app: Hono, hub: Hub): void {
  const { git } = hub.github;
  app.get('/repos/:owner/:repo/git/ref/:ref{.+}', async (c) => {
    const repo = getRepo(hub, c);
    const found = await findRef(hub, repo, `refs/${c.req.param('ref')}`);
    if (found === undefined) throw refusal(404, 'Not Found');
    return c.json(refShape(hub, c, repo, found));
  });
  app.get('/repos/:owner/:repo/git/matching-refs/:ref{.+}', async (c) => {
    const repo = getRepo(hub, c);
    const wanted = `refs/${c.req.param('ref')}`;
    const refs = (await listRefs(hub, repo)).filter((one) => one.ref.startsWith(wanted));
    return c.json(pageOf(hub, c, refs).map((one) => refShape(hub, c, repo, one)));
  });
  app.post('/repos/:owner/:repo/git/refs', async (c) => {
    const { repo } = getPushable(hub, c);
    const body = await readBody(c);
    const [ref, sha] = [getText(body, 'ref'), getText(body, 'sha')];
    await checkName(hub, repo, ref);
    if ((await findRef(hub, repo, ref)) !== undefined) throw refusal(422, 'Reference already exists');
    const type = await checkObject(hub, repo, { ref, sha });
    await git.run(repo, ['update-ref', ref, sha, '0'.repeat(40)]);
    await git.settle(repo);
    return c.json(refShape(hub, c, repo, { ref, sha, type }), 201);
  });
  app.patch('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const { repo } = getPushable(hub, c);
    const body = await readBody(c);
    const [ref, sha] = [`refs/${c.req.param('ref')}`, getText(body, 'sha')];
    const old = await findRef(hub, repo, ref);
    if (old === undefined) throw refusal(422, 'Reference does not exist');
    const type = await checkObject(hub, repo, { ref, sha });
    if (!flagOf(body, 'force') && !(await isAncestor(git, repo, { old: old.sha, young: sha }))) throw refusal(422, 'Update is not a fast forward');
    await git.run(repo, ['update-ref', ref, sha, old.sha]);
    await git.settle(repo);
    return c.json(refShape(hub, c, repo, { ref, sha, type }));
  });
  app.delete('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const { repo } = getPushable(hub, c);
    const ref = `refs/${c.req.param('ref')}`;
    const old = await findRef(hub, repo, ref);
    if (old === undefined) throw refusal(422, 'Reference does not exist');
    if (ref === `refs/heads/${git.defaultBranch(repo)}`) throw refusal(422, 'Cannot delete the default branch');
    await checkName(hub, repo, ref);
    await git.run(repo, ['update-ref', '-d', ref, old.sha]);
    await git.settle(repo);
    return c.body(null, 204);
  });
}

/** All refs, sorted. */
async function listRefs(hub: Hub, repo: RepoName): Promise<readonly Ref[]> {
  const text = await hub.github.git.run(repo, ['for-each-ref', '--format=%(refname) %(objectname) %(objecttype)']);
  return text.split('\n').flatMap((line) => {
    const [ref = '', sha = '', type = ''] = line.split(' ');
    return ref === '' ? [] : [{ ref, sha, type }];
  });
}

async function findRef(hub: Hub, repo: RepoName, ref: string): Promise<Ref | undefined> {
  return (await listRefs(hub, repo)).find((one) => one.ref === ref);
}

async function checkName(hub: Hub, repo: RepoName, ref: string): Promise<void> {
  const { git } = hub.github;
  const checked = await tryGit({ cwd: git.path(repo), args: ['check-ref-format', ref], env: git.environment() });
  if (!/^refs\/[^/]+\/./.test(ref) || checked.exitCode !== 0) throw refusal(422, `${ref} is not a valid ref name.`);
  if (ref.startsWith('refs/pull/')) throw refusal(422, 'Reference update failed: refs/pull is read-only');
}

/** Type of the object. @throws 422 when it is not there, or when a branch would not be a commit */
async function checkObject(hub: Hub, repo: RepoName, want: { readonly ref: string; readonly sha: string }): Promise<string> {
  const type = await typeOf(hub.github.git, repo, want.sha);
  if (type === undefined) throw refusal(422, 'Object does not exist');
  if (want.ref.startsWith('refs/heads/') && type !== 'commit') throw refusal(422, 'Reference cannot be updated: a branch names a commit');
  return type;
}

function refShape(hub: Hub, c: Context, repo: RepoName, { ref, sha, type }: Ref): Record<string, unknown> {
  const { api } = placesOf(hub, c);
  return { ref, node_id: nodeId('Ref', `${repo}:${ref}`), url: api(`/repos/${repo}/git/${ref}`), object: { sha, type, url: api(`/repos/${repo}/git/${type}s/${sha}`) } };
}
