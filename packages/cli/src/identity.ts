// Who sits here, and how that is known: a login that the forge answers for the token, else the user that the kernel knows.
// Names that the environment or git's configuration claim are kept as claims; nobody may become somebody by setting a variable.
import { execFileSync } from 'node:child_process';
import { createRedactor, createWriteLock, safeText } from '@runbook/access';
import { createGithub } from '@runbook/github';
import { createHttp, createRoutes } from '@runbook/http';
import type { Person } from '@runbook/model';
import { thisPerson } from './people.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long a forge may take to answer for a token. Milliseconds. */
const patience = 10_000;

/** Variables in which names stand. */
const claiming = ['USER', 'LOGNAME', 'SUDO_USER', 'GITHUB_USER', 'GITHUB_ACTOR', 'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'];

/**
 * The person behind this command in a live run. With a token its forge is asked whose it is; where it does not answer, the user of
 * the machine has to do, and the record says so.
 * @param folder where git is asked for the name it is configured with
 */
export async function identify(env: Environment, folder: string): Promise<Person> {
  const user = thisPerson();
  const claims = [...claimsOf(env, folder)].filter((claim) => !claim.endsWith(`: ${user.name}`));
  const token = env['GITHUB_TOKEN'] ?? env['GH_TOKEN'] ?? '';
  const login = token === '' ? undefined : await askForge(env, token);
  const all = [...claims, ...(login?.kind === 'unknown' ? [`GITHUB_TOKEN: ${login.why}`] : [])];
  return {
    ...user,
    ...(login?.kind === 'known' ? { name: login.name, verified: 'forge' as const, forge: forgeOf(env) } : {}),
    ...(all.length === 0 ? {} : { claims: all }),
  };
}

/** The forge that is spoken to under an environment: where its requests really go, without the path of a route. */
export function forgeOf(env: Environment): string {
  const url = (env['GITHUB_API_URL'] ?? '') === '' ? 'https://api.github.com' : (env['GITHUB_API_URL'] ?? '');
  return createRoutes(env)(url).url.replace(/\/+$/, '');
}

type Login = { readonly kind: 'known'; readonly name: string } | { readonly kind: 'unknown'; readonly why: string };

async function askForge(env: Environment, token: string): Promise<Login> {
  const redactor = createRedactor([token]);
  try {
    const lock = createWriteLock(() => ({ mode: 'live', effect: 'read' }), () => undefined);
    const http = createHttp({ lock, env, redactor, deadlineMs: patience });
    const { login } = await createGithub({ http, env, token }).viewer();
    if (login.endsWith('[bot]')) return { kind: 'unknown', why: `it is ${login}'s, which is no person` };
    return { kind: 'known', name: login };
  } catch (error) {
    return { kind: 'unknown', why: redactor.redact(safeText(error instanceof Error ? error.message : String(error))) };
  }
}

function* claimsOf(env: Environment, folder: string): Generator<string> {
  for (const name of claiming) if ((env[name] ?? '') !== '') yield `${name}: ${safeText(env[name] ?? '')}`;
  for (const key of ['user.name', 'user.email']) {
    const value = gitConfig(folder, key);
    if (value !== '') yield `git config ${key}: ${safeText(value)}`;
  }
}

function gitConfig(folder: string, key: string): string {
  try {
    return execFileSync('git', ['-C', folder, 'config', '--get', key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // not set, or no git: nothing is claimed
    return '';
  }
}
