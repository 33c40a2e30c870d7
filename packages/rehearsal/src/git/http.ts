// github.com as git sees it: smart HTTP by git's own `http-backend`, run as CGI. Reading is open, pushing
// wants the world's token and the right to push. After a push, moved refs are told before the answer leaves.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { HostedApp, RepoName } from '../services.ts';
import { spawnGit } from './command.ts';
import type { WorldGit } from './git.ts';

/** Who may do what: answered by the GitHub side of the world. */
export interface GitAccess {
  /** Login of a token, or undefined when the world gave out no such token. */
  login(token: string): string | undefined;
  mayPush(login: string, repo: RepoName): boolean;
}

/** What `Authorization` says: nobody, somebody, or a lie. */
type Caller = { readonly kind: 'nobody' } | { readonly kind: 'known'; readonly login: string } | { readonly kind: 'wrong' };

/** Makes the git side of the host github.com. */
export function createGitApp(git: WorldGit, access: GitAccess): HostedApp {
  const app = new Hono();
  const smart = async (c: Context): Promise<Response> => {
    const repo = `${c.req.param('owner')}/${(c.req.param('name') ?? '').replace(/\.git$/, '')}`;
    const url = new URL(c.req.raw.url);
    const rest = url.pathname.split('/').slice(3).join('/');
    const service = rest === 'info/refs' ? url.searchParams.get('service') : rest;
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return c.text('Please upgrade your git client.\n', 403);
    const denied = deny(git, access, { caller: callerOf(c.req.raw, access), repo, push: service === 'git-receive-pack' });
    if (denied !== undefined) return denied;
    const push = rest === 'git-receive-pack';
    const response = await backend(git, c.req.raw, { repo, rest, query: url.search.slice(1), buffered: push });
    if (push) await git.settle(repo);
    return response;
  };
  app.get('/:owner/:name/info/refs', smart);
  app.post('/:owner/:name/git-upload-pack', smart);
  app.post('/:owner/:name/git-receive-pack', smart);
  return { service: 'git', app, serves: (host) => host === 'github.com', writes: (method, path) => method === 'POST' && path.endsWith('/git-receive-pack') };
}

function deny(git: WorldGit, access: GitAccess, want: { readonly caller: Caller; readonly repo: RepoName; readonly push: boolean }): Response | undefined {
  const { caller, repo, push } = want;
  const challenge = (text: string): Response => new Response(text, { status: 401, headers: { 'www-authenticate': 'Basic realm="GitHub"', 'content-type': 'text/plain' } });
  if (caller.kind === 'wrong') return challenge('Invalid username or token. Password authentication is not supported for Git operations.\n');
  // GitHub asks who you are before it says that a repository is not there.
  if (caller.kind === 'nobody' && (push || !git.has(repo))) return challenge('No anonymous write access.\n');
  if (!git.has(repo)) return new Response('Repository not found.\n', { status: 404, headers: { 'content-type': 'text/plain' } });
  if (!push || caller.kind !== 'known' || access.mayPush(caller.login, repo)) return undefined;
  return new Response(`Permission to ${repo}.git denied to ${caller.login}.\n`, { status: 403, headers: { 'content-type': 'text/plain' } });
}

function callerOf(request: Request, access: GitAccess): Caller {
  const header = request.headers.get('authorization');
  if (header === null) return { kind: 'nobody' };
  const [scheme = '', value = ''] = header.split(/\s+/);
  const token = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  const login = access.login(token);
  return login === undefined ? { kind: 'wrong' } : { kind: 'known', login };
}

/** Git clients send the token as the password (any user), or as the user with an empty or fixed password. */
function passwordOf(basic: string): string {
  const [user = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const password = rest.join(':');
  return password === '' || password === 'x-oauth-basic' ? user : password;
}

interface BackendCall {
  readonly repo: RepoName;
  readonly rest: string;
  readonly query: string;
  /** Answer only after the program ended. */
  readonly buffered: boolean;
}

async function backend(git: WorldGit, request: Request, call: BackendCall): Promise<Response> {
  const header = (name: string): string => request.headers.get(name) ?? '';
  const child = spawnGit({
    cwd: git.root,
    args: ['http-backend'],
    env: {
      ...git.environment(),
      GIT_PROJECT_ROOT: git.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${call.repo}.git/${call.rest}`,
      QUERY_STRING: call.query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: 'rehearsal',
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  child.stderr.resume();
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', reject);
  });
  const body = request.body === null ? Readable.from([]) : Readable.fromWeb(request.body);
  // A client that goes away mid-push, or a program that stops reading: either way the program sees the end of its input and answers or fails by itself.
  pipeline(body, child.stdin).catch(() => child.stdin.destroy());
  if (!call.buffered) return streamed(child.stdout, () => void child.kill());
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await ended;
  const { head, rest } = splitHead(Buffer.concat(chunks));
  return respond(head, rest);
}

/** Answers as soon as the CGI head is there; the rest streams. */
async function streamed(stream: Readable, stop: () => void): Promise<Response> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let seen = splitHead(Buffer.alloc(0));
  for (let bytes = Buffer.alloc(0); seen.rest === undefined; ) {
    const next = await chunks.next();
    if (next.done === true) break;
    bytes = Buffer.concat([bytes, next.value]);
    seen = splitHead(bytes);
  }
  const first = seen.rest;
  const body = new ReadableStream({
    start: (controller) => {
      if (first !== undefined && first.length > 0) controller.enqueue(new Uint8Array(first));
    },
    pull: async (controller) => {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    cancel: stop,
  });
  return respond(seen.head, body);
}

function splitHead(bytes: Buffer): { readonly head: string; readonly rest: Buffer | undefined } {
  const at = bytes.indexOf('\r\n\r\n');
  return at === -1 ? { head: bytes.toString('latin1'), rest: undefined } : { head: bytes.subarray(0, at).toString('latin1'), rest: bytes.subarray(at + 4) };
}

function respond(head: string, body: ReadableStream | Buffer | undefined): Response {
  const headers = new Headers();
  let status = 200;
  for (const line of head.split('\r\n')) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(body instanceof Buffer ? new Uint8Array(body) : body, { status, headers });
}
