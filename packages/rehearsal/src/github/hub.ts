// What every GitHub route works with: who asks, for which repository, with which body, and how answers name
// places. Refusals are thrown in GitHub's own words.
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { worldToken } from '../core/environment.ts';
import type { RepoName, Services } from '../services.ts';
import type { WorldGithub } from './github.ts';

/** One entry of `errors` in a 422. */
export interface FieldError {
  readonly resource: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'custom';
  readonly field?: string;
  readonly message?: string;
}

/** A decoded JSON body. */
export type Body = Readonly<Record<string, unknown>>;

/** What routes get. */
export interface Hub {
  readonly github: WorldGithub;
  readonly services: Services;
}

/** A refusal to throw. */
export function refusal(status: 400 | 401 | 403 | 404 | 405 | 409 | 415 | 422, message: string, errors?: readonly FieldError[]): HTTPException {
  const body = { message, ...(errors === undefined ? {} : { errors }), documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return new HTTPException(status, { message, res: Response.json(body, { status }) });
}

/** GitHub's "Validation Failed". */
export function invalid(...errors: readonly FieldError[]): HTTPException {
  return refusal(422, 'Validation Failed', errors);
}

/** Login of the caller, or undefined for nobody. @throws 401 for credentials the world never gave out. */
export function findLogin(hub: Hub, c: Context): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined) return undefined;
  const [scheme = '', value = ''] = header.split(/\s+/);
  const token = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':').at(-1) : value;
  if (token !== worldToken) throw refusal(401, 'Bad credentials');
  return hub.github.core.config.user.login;
}

/** Login of the caller. @throws 401 */
export function getLogin(hub: Hub, c: Context): string {
  const login = findLogin(hub, c);
  if (login === undefined) throw refusal(401, 'Requires authentication');
  return login;
}

/** The repository of the path. @throws 404 */
export function getRepo(hub: Hub, c: Context): RepoName {
  const repo = `${c.req.param('owner') ?? ''}/${c.req.param('repo') ?? ''}`;
  if (!hub.github.git.has(repo)) throw refusal(404, 'Not Found');
  return repo;
}

/** The repository of the path, and the caller, who may push to it. @throws 401, 403, 404 */
export function getPushable(hub: Hub, c: Context): { readonly repo: RepoName; readonly login: string } {
  const repo = getRepo(hub, c);
  const login = getLogin(hub, c);
  if (!hub.github.mayPush(login, repo)) throw refusal(403, 'Resource not accessible by personal access token');
  return { repo, login };
}

/** The JSON of a request; an empty body is an empty object. @throws 400 */
export async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal(400, 'Problems parsing JSON');
  }
}

/** The JSON object of a request. @throws 400 */
export async function readBody(c: Context): Promise<Body> {
  const value = await readJson(c);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal(400, 'Body should be a JSON object');
  return { ...value };
}

/** A text field, or undefined when absent or null. @throws 422 for another type */
export function textOf(body: Body, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw refusal(422, `Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(value)} is not a string.`);
  return value;
}

/** A text field that must be there and not empty. @throws 422 */
export function getText(body: Body, field: string): string {
  const value = textOf(body, field);
  if (value === undefined) throw refusal(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
  return value;
}

/** A yes or no; absent is no. */
export function flagOf(body: Body, field: string): boolean {
  return body[field] === true;
}

/** A positive number of the path. @throws 404 */
export function getNumber(c: Context, name: string): number {
  const text = c.req.param(name) ?? '';
  if (!/^[1-9]\d{0,15}$/.test(text)) throw refusal(404, 'Not Found');
  return Number(text);
}

/** Makes addresses of answers: `api('/repos/…')` and `web('/owner/…')`. */
export interface Places {
  api(path: string): string;
  web(path: string): string;
  raw(path: string): string;
  uploads(path: string): string;
}

/** Places as this caller finds them. */
export function placesOf(hub: Hub, c: Context): Places {
  const at = (host: string) => (path: string): string => hub.services.address(c.req.raw, host, path);
  return { api: at('api.github.com'), web: at('github.com'), raw: at('raw.githubusercontent.com'), uploads: at('uploads.github.com') };
}

/** Answers one page of a list, with `Link` as GitHub words it: 30 a page unless asked, 100 at most. */
export function pageOf<T>(hub: Hub, c: Context, items: readonly T[]): T[] {
  const size = Math.min(100, Math.max(1, Number(c.req.query('per_page') ?? '30') || 30));
  const page = Math.max(1, Number(c.req.query('page') ?? '1') || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, rel: string): string => {
    const url = new URL(c.req.raw.url);
    url.searchParams.set('page', String(number));
    return `<${placesOf(hub, c).api(`${url.pathname}${url.search}`)}>; rel="${rel}"`;
  };
  const links = [...(page > 1 ? [link(page - 1, 'prev')] : []), ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []), ...(page > 1 ? [link(1, 'first')] : [])];
  if (links.length > 0) c.header('link', links.join(', '));
  return items.slice((page - 1) * size, page * size);
}

/** ISO 8601 without fractions, as GitHub writes times. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** GitHub's opaque second id. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url');
}
