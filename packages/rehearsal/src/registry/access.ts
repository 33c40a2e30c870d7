// Who may do what at a registry: everybody reads by way of an anonymous token, as at gcr.io and pkg.dev;
// the world's token pushes, but never into production, where only the promoter writes.
import { createHash } from 'node:crypto';
import { worldToken } from '../core/environment.ts';
import { failure } from './call.ts';
import type { Call } from './call.ts';

type Action = 'pull' | 'push';

/** What one repository's part of a token allows. */
interface Grant {
  readonly name: string;
  readonly actions: readonly string[];
}

type Caller = { readonly kind: 'nobody' | 'wrong' | 'owner' } | { readonly kind: 'token'; readonly grants: readonly Grant[] };

/** An answer that refuses, or undefined when the call may go on. */
export function refuseAccess(call: Call): Response | undefined {
  const action = call.method === 'GET' || call.method === 'HEAD' ? 'pull' : 'push';
  const caller = callerOf(call.request);
  if (caller.kind === 'wrong') return failure(401, 'UNAUTHORIZED', 'the credentials are not known here', challenge(call, action));
  if (!allows(call, caller, action)) {
    return failure(401, 'UNAUTHORIZED', `this needs the right to ${action} ${call.name}`, challenge(call, action, caller.kind === 'token' ? 'insufficient_scope' : undefined));
  }
  if (action === 'push' && isProduction(call.repository)) return failure(403, 'DENIED', `only the promoter writes to ${call.repository}`);
  return undefined;
}

/** `/v2/`: whether the caller is known, and where to get a token. */
export function ping(call: Call): Response {
  const caller = callerOf(call.request);
  if (caller.kind === 'owner' || caller.kind === 'token') return Response.json({});
  return failure(401, 'UNAUTHORIZED', 'a token is needed, an anonymous one will do to pull', challenge(call, undefined));
}

/** `/v2/token`: hands out a token for the scopes asked for; push only to the world's token. */
export function token(call: Call): Response {
  const caller = callerOf(call.request);
  if (caller.kind === 'wrong') return failure(401, 'UNAUTHORIZED', 'the credentials are not known here');
  const asked = call.query.getAll('scope').flatMap((scope) => scope.split(' ')).filter((scope) => scope !== '');
  const grants = asked.flatMap((scope): Grant[] => {
    const [, name = '', actions = ''] = /^repository:(.+):([a-z,*]+)$/.exec(scope) ?? [];
    const given = actions.split(',').filter((action) => action === 'pull' || (caller.kind === 'owner' && (action === 'push' || action === 'delete' || action === '*')));
    return name === '' || given.length === 0 ? [] : [{ name, actions: given }];
  });
  const text = sealed(grants);
  return Response.json({ token: text, access_token: text, expires_in: 3600, issued_at: new Date(call.core.now()).toISOString() });
}

function allows(call: Call, caller: Caller, action: Action): boolean {
  if (caller.kind === 'owner') return true;
  // Registry clients without routes know nothing of the world's token service until they push.
  if (call.entrance === 'v2' && action === 'pull') return true;
  if (caller.kind !== 'token') return false;
  const needed = call.method === 'DELETE' ? [action, 'delete', '*'] : [action, '*'];
  return caller.grants.some((grant) => grant.name === call.name && grant.actions.some((given) => needed.includes(given)));
}

function isProduction(repository: string): boolean {
  return /(^|\/)k8s-artifacts-prod(\/|$)/.test(repository);
}

function callerOf(request: Request): Caller {
  const header = request.headers.get('authorization');
  if (header === null) return { kind: 'nobody' };
  const [scheme = '', value = ''] = header.split(/\s+/);
  if (scheme.toLowerCase() === 'basic') {
    const [user = '', ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
    if (user === '' && rest.join(':') === '') return { kind: 'nobody' }; // how some clients say "anonymous"
    return { kind: rest.join(':') === worldToken ? 'owner' : 'wrong' };
  }
  if (value === worldToken) return { kind: 'owner' };
  const grants = opened(value);
  return grants === undefined ? { kind: 'wrong' } : { kind: 'token', grants };
}

function challenge(call: Call, action: Action | undefined, error?: string): Record<string, string> {
  const realm = call.entrance === 'v2' ? tokenBesideEntrance(call) : call.where('/v2/token');
  const actions = action === 'push' ? 'pull,push' : 'pull';
  const scope = action === undefined ? '' : `,scope="repository:${call.name}:${actions}"`;
  return { 'www-authenticate': `Bearer realm="${realm}",service="${call.entrance === 'v2' ? 'rehearsal' : call.host}"${scope}${error === undefined ? '' : `,error="${error}"`}` };
}

/** A realm must be absolute. Under `/v2/<host>/…` the caller knows the world by the `Host` it sent. */
function tokenBesideEntrance(call: Call): string {
  return `http://${call.request.headers.get('host') ?? '127.0.0.1'}/v2/token`;
}

function sealed(grants: readonly Grant[]): string {
  const payload = Buffer.from(JSON.stringify(grants)).toString('base64url');
  return `rehearsal.${payload}.${seal(payload)}`;
}

function opened(text: string): readonly Grant[] | undefined {
  const [head, payload = '', mark] = text.split('.');
  if (head !== 'rehearsal' || mark !== seal(payload)) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as readonly Grant[];
}

function seal(payload: string): string {
  return createHash('sha256').update(`${worldToken}\0${payload}`).digest('hex').slice(0, 32);
}
