// Puts the client together. Octokit and its plugins are loaded with the first call.
import type { WriteLock } from '@runbook/access';
import type { Http } from '@runbook/http';
import { appTokens, type AppLogin } from './app-token.ts';
import { pullRequests } from './pull-requests.ts';
import { releases } from './releases.ts';
import { repositories } from './repositories.ts';
import { openSession, type TokenSource } from './session.ts';
import type { Github } from './github.ts';

/** What `createGithub` is made of. */
export interface GithubOptions {
  /** The door. Its own write lock is the one that is asked. */
  readonly http: Http;
  /** `GITHUB_API_URL` is read here; https://api.github.com unless set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly token?: string;
  /** The login of a GitHub App, where there is no token. */
  readonly app?: AppLogin;
  /** The clock that an App's tokens run out by; the real one unless given. */
  readonly now?: () => number;
  /** Told in a sentence before each wait for GitHub's limits. */
  readonly progress?: (text: string) => void;
  /** Not needed: `http` asks its lock. Accepted so that all clients are made alike. */
  readonly lock?: WriteLock;
}

/**
 * Makes a client of GitHub's REST API. Nothing is loaded or sent before the first call.
 * @throws AddressError when `GITHUB_API_URL` is no address
 * @throws BadLoginError when the App's private key is none
 * @example const release = await createGithub({ http, env, token }).findRelease('kubernetes-sigs/apisnoop', 'v0.2.0');
 */
export function createGithub({ http, env, token = '', app, now = Date.now, progress = () => undefined }: GithubOptions): Github {
  const logIn = (api: string): TokenSource | undefined => {
    if (token !== '') return () => Promise.resolve(token);
    return app === undefined ? undefined : appTokens({ http, api, login: app, now });
  };
  const session = openSession({ http, env, logIn, progress });
  const files = repositories(session);
  return { ...files, ...pullRequests(session), ...releases(session, files.findRef) };
}
