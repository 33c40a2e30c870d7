// The public hosts of GitHub in the world: github.com, the API, raw content and uploads.
import { Hono } from 'hono';
import { worldToken } from '../core/environment.ts';
import { createGitApp } from '../git/http.ts';
import type { GitAccess } from '../git/http.ts';
import type { HostedApp, Services } from '../services.ts';
import { createApiApp } from './api.ts';
import { addDownloadRoutes, addUploadRoutes } from './assets.ts';
import type { WorldGithub } from './github.ts';
import type { Hub } from './hub.ts';
import { createRawApp } from './raw.ts';

/** All apps of GitHub. */
export function createGithubApps(github: WorldGithub, services: Services): readonly HostedApp[] {
  const hub: Hub = { github, services };
  const access: GitAccess = { login: (token) => (token === worldToken ? github.core.config.user.login : undefined), mayPush: github.mayPush };
  const site = createGitApp(github.git, access);
  addDownloadRoutes(site.app, hub);
  const uploads = new Hono();
  addUploadRoutes(uploads, hub);
  const uploadApp: HostedApp = { service: 'github', app: uploads, serves: (host) => host === 'uploads.github.com', writes: (method) => method === 'POST' };
  return [site, createApiApp(hub), createRawApp(hub), uploadApp];
}
