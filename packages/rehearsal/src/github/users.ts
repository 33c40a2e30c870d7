// Users, organisations and the rate limit.
import type { Hono } from 'hono';
import { findLogin, getLogin, pageOf, placesOf, refusal } from './hub.ts';
import type { Hub } from './hub.ts';
import { repoShape } from './repo-shape.ts';
import { isKnownLogin, isOrganization, userShape } from './user-shape.ts';

/** `/user`, `/users/…`, `/orgs/…`. */
export function addUserRoutes(app: Hono, hub: Hub): void {
  const { github } = hub;
  const profile = (login: string): Record<string, unknown> => {
    const own = login === github.core.config.user.login;
    const { name, email } = github.person(login);
    return { name, company: null, blog: '', location: null, email: own ? email : null, hireable: null, bio: null, public_repos: reposOf(login).length, public_gists: 0, followers: 0, following: 0, created_at: '2020-01-01T00:00:00Z', updated_at: '2020-01-01T00:00:00Z' };
  };
  const reposOf = (login: string): readonly string[] => github.git.repos().filter((repo) => repo.startsWith(`${login}/`));

  app.get('/user', (c) => {
    const login = getLogin(hub, c);
    return c.json({ ...userShape(hub, placesOf(hub, c), login), ...profile(login) });
  });
  app.get('/user/repos', (c) => {
    const login = getLogin(hub, c);
    const places = placesOf(hub, c);
    const repos = github.git.repos().filter((repo) => github.mayPush(login, repo));
    return c.json(pageOf(hub, c, repos).map((repo) => repoShape({ hub, places, repo }, login)));
  });
  app.get('/users/:login', (c) => {
    const login = c.req.param('login');
    if (!isKnownLogin(hub, login)) throw refusal(404, 'Not Found');
    return c.json({ ...userShape(hub, placesOf(hub, c), login), ...profile(login) });
  });
  for (const path of ['/users/:login/repos', '/orgs/:login/repos']) {
    app.get(path, (c) => {
      const login = c.req.param('login') ?? '';
      if (!isKnownLogin(hub, login) || (path.startsWith('/orgs') && !isOrganization(hub, login))) throw refusal(404, 'Not Found');
      const places = placesOf(hub, c);
      return c.json(pageOf(hub, c, reposOf(login)).map((repo) => repoShape({ hub, places, repo }, findLogin(hub, c))));
    });
  }
}
