// `/_world/…`: how the command line and the runner steer a world that runs in another process.
// Only for loopback callers; none of it is part of what is rehearsed, so the ledger does not see it.
import { Hono } from 'hono';
import type { Core, GitHub } from '../services.ts';
import type { Ledger } from './ledger.ts';
import type { Turns } from './turn.ts';

/** What the control routes act on. */
export interface ControlParts {
  readonly core: Core;
  readonly ledger: Ledger;
  readonly turns: Turns;
  readonly github: GitHub;
  readonly url: () => string;
  readonly env: () => Readonly<Record<string, string>>;
}

/** Makes the handler of `/_world/…`: `GET info`, `GET ledger?after=N`, `POST advance {to, latest?}`, `POST step {step}`, `POST hide {secrets}`, `POST comment {repo, number, text, as?}`. */
export function createControl(parts: ControlParts): (request: Request) => Promise<Response> {
  const { core, ledger, turns } = parts;
  const app = new Hono().basePath('/_world');
  app.use(async (c, next) => {
    // A web page that rebinds its name to loopback still sends its own Host.
    const host = (c.req.header('host') ?? '').replace(/:\d+$/, '');
    if (host !== '127.0.0.1' && host !== 'localhost') return c.json({ message: `the world is steered from this machine only, not as ${host}` }, 403);
    return next();
  });
  app.get('/info', (c) => c.json({ now: core.now(), url: parts.url(), env: parts.env(), user: core.config.user, people: core.config.people.map((person) => person.login), dir: core.dir }));
  app.get('/ledger', (c) => {
    const after = Number(c.req.query('after') ?? '0');
    return c.json({ entries: ledger.entries().filter((entry) => entry.seq > after) });
  });
  app.post('/advance', async (c) => {
    const { to, latest } = await body(c.req.raw);
    if (!isTime(to) || (latest !== undefined && !isTime(latest))) return c.json({ message: 'advance wants {"to": milliseconds since 1970}, and may have "latest"' }, 400);
    // nothing changes between two events: who only waits for a change need not look in between
    await turns.take(() => core.advance(latest === undefined ? to : Math.max(to, Math.min(core.next() ?? latest, latest))));
    return c.json({ now: core.now() });
  });
  app.post('/step', async (c) => {
    const { step } = await body(c.req.raw);
    if (step !== null && typeof step !== 'string') return c.json({ message: 'step wants {"step": name or null}' }, 400);
    ledger.setStep(step ?? undefined);
    if (step !== null) core.reach(step);
    return c.json({ step });
  });
  app.post('/hide', async (c) => {
    const { secrets } = await body(c.req.raw);
    if (!Array.isArray(secrets) || !secrets.every((secret) => typeof secret === 'string')) return c.json({ message: 'hide wants {"secrets": [text, …]}' }, 400);
    ledger.hide(secrets);
    return c.json({ hidden: secrets.length });
  });
  app.post('/comment', async (c) => {
    const { repo, number, text, as } = await body(c.req.raw);
    if (typeof repo !== 'string' || typeof number !== 'number' || typeof text !== 'string') return c.json({ message: 'comment wants {"repo": "owner/name", "number": 1, "text": "…", "as": login or absent}' }, 400);
    if (parts.github.pull(repo, number) === undefined) return c.json({ message: `the world has no pull request ${repo}#${number}` }, 404);
    await turns.take(() => parts.github.comment(repo, number, typeof as === 'string' ? as : core.config.user.login, text));
    core.save();
    return c.json({ repo, number });
  });
  app.notFound((c) => c.json({ message: `the world has no control ${c.req.method} ${c.req.path}` }, 501));
  app.onError((error, c) => c.json({ message: error.message }, 500));
  return async (request) => app.fetch(request);
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

async function body(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const value: unknown = await request.json().catch(() => undefined); // not JSON: every field is missing then
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
