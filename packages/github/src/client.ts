// Makes the client over octokit.
import type { WriteLock } from '@runbook/access';
import type { Http } from '@runbook/http';
import type { Github } from './github.ts';

/** What `createGithub` is made of. */
export interface GithubOptions {
  readonly http: Http;
  /** `GITHUB_API_URL` is read here; https://api.github.com unless set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly token?: string;
  /** The same lock as the one behind `http`. */
  readonly lock: WriteLock;
}

/** Makes a client of GitHub's REST API. Nothing is loaded or sent before the first call. */
export declare function createGithub(options: GithubOptions): Github;
