// Who asks GitHub, as the environment says it: a person's token, an App's key, or in the end the login of GitHub's own command line.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { UsageError } from './exit.ts';

const run = promisify(execFile);

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that hold a login. Script blocks do not get them: their clients are logged in already. */
export const loginVariables: readonly string[] = ['GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_APP_PRIVATE_KEY'];

/** A login as the toolkit takes it; nothing where nobody is named. */
export interface GithubLogin {
  readonly githubToken?: string;
  readonly githubApp?: { readonly id: string; readonly privateKey: string; readonly installation?: string };
}

/**
 * `GITHUB_TOKEN`, `GH_TOKEN`, or `GITHUB_APP_ID` with `GITHUB_APP_PRIVATE_KEY` (PEM) or `GITHUB_APP_PRIVATE_KEY_FILE`, and
 * `GITHUB_APP_INSTALLATION_ID` where the App has several.
 * @throws UsageError where an App is named and its key is not there
 */
export function githubLogin(env: Environment): GithubLogin {
  const token = [env['GITHUB_TOKEN'], env['GH_TOKEN']].find((value) => value !== undefined && value !== '');
  if (token !== undefined) return { githubToken: token };
  const id = env['GITHUB_APP_ID'] ?? '';
  if (id === '') return {};
  const installation = env['GITHUB_APP_INSTALLATION_ID'] ?? '';
  return { githubApp: { id, privateKey: privateKeyOf(env), ...(installation === '' ? {} : { installation }) } };
}

function privateKeyOf(env: Environment): string {
  const key = env['GITHUB_APP_PRIVATE_KEY'] ?? '';
  if (key !== '') return key;
  const file = env['GITHUB_APP_PRIVATE_KEY_FILE'] ?? '';
  if (file === '') throw new UsageError('GITHUB_APP_ID names a GitHub App, and there is no key of it. Set GITHUB_APP_PRIVATE_KEY_FILE to the file that GitHub gave, or GITHUB_APP_PRIVATE_KEY to what is in it.');
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`GITHUB_APP_PRIVATE_KEY_FILE is ${file}, which cannot be read (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'}).`, undefined, { cause });
  }
}

/** The token that `gh` keeps for the forge that is asked. One for the real forge never goes where a route leads elsewhere. */
export async function tokenOfGh(env: Environment): Promise<string> {
  if ((env['RUNBOOK_ROUTES'] ?? '') !== '' || (env['RUNBOOK_WORLD'] ?? '') !== '') return '';
  const api = env['GITHUB_API_URL'] ?? '';
  const host = api === '' || !URL.canParse(api) ? 'github.com' : new URL(api).hostname.replace(/^api\.github\.com$/, 'github.com');
  try {
    const { stdout } = await run('gh', ['auth', 'token', '--hostname', host], { timeout: 10_000 });
    return stdout.trim();
  } catch {
    return ''; // no gh, or nobody is logged in: then GitHub is asked without a token
  }
}
