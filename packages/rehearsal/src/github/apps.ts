// The public hosts of GitHub in the world, and who may do what on them.
import { worldToken } from '../core/environment.ts';
import { createGitApp } from '../git/http.ts';
import type { GitAccess } from '../git/http.ts';
import type { HostedApp, Services } from '../services.ts';
import type { WorldGithub } from './github.ts';

/** All apps of GitHub: github.com. */
export function createGithubApps(github: WorldGithub, services: Services): readonly HostedApp[] {
  void services;
  const access: GitAccess = { login: (token) => (token === worldToken ? github.core.config.user.login : undefined), mayPush: github.mayPush };
  return [createGitApp(github.git, access)];
}
