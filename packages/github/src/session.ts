// What every part of the client shares: octokit on first use, names taken apart, pages put together, absence told from failure.
import { AddressError, OutsideError, type Http } from '@runbook/http';
import type { Octokit } from '@octokit/rest';

/** One client's connection. */
export interface Session {
  /** Octokit, loaded on first use: it costs more start-up than most commands take. */
  octokit(): Promise<Octokit>;
  /** Base of the REST API, without a slash at its end. */
  readonly baseUrl: string;
  /** Base for release assets. */
  readonly uploadUrl: string;
}

/** The most entries GitHub gives on one page. */
export const pageSize = 100;

/** Gives a token that is good just now. */
export type TokenSource = () => Promise<string>;

/** Opens a session. Nothing is loaded or sent yet. @param logIn makes the source of tokens for an API; nobody logs in where there is none. @throws AddressError when `GITHUB_API_URL` may not be spoken to */
export function openSession(http: Http, env: Readonly<Record<string, string | undefined>>, logIn: (api: string) => TokenSource | undefined): Session {
  const baseUrl = (env['GITHUB_API_URL'] ?? 'https://api.github.com').replace(/\/+$/, '');
  if (!URL.canParse(baseUrl)) throw new AddressError('GITHUB_API_URL is no absolute URL, expected one such as https://api.github.com.');
  const uploadUrl = uploadBase(baseUrl);
  const token = logIn(baseUrl);
  let loaded: Promise<Octokit> | undefined;
  return {
    baseUrl,
    uploadUrl,
    octokit() {
      loaded ??= import('./octokit.ts').then(({ connect }) => connect({ http, baseUrl, uploadUrl, token }));
      return loaded;
    },
  };
}

/** github.com and GitHub Enterprise take assets at places of their own (https://docs.github.com/rest/releases/assets). */
function uploadBase(baseUrl: string): string {
  if (baseUrl === 'https://api.github.com') return 'https://uploads.github.com';
  return baseUrl.endsWith('/api/v3') ? baseUrl.replace(/\/api\/v3$/, '/api/uploads') : baseUrl;
}

/** `owner/name` taken apart. @throws AddressError when it is none */
export function split(repo: string): { readonly owner: string; readonly repo: string } {
  const match = /^([\w.-]+)\/([\w.-]+)$/.exec(repo);
  const [, owner, name] = match ?? [];
  if (owner === undefined || name === undefined || /^\.\.?$/.test(owner) || /^\.\.?$/.test(name)) throw new AddressError(`"${repo}" is no repository, expected owner/name.`);
  return { owner, repo: name };
}

/** The result, or undefined when GitHub answered 404; every other failure stays one. */
export async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OutsideError && error.status === 404) return undefined;
    throw error;
  }
}

/** Every entry of every page. A server that knows no pages gives the same one again: then it is all. */
export async function allPages<T>(read: (page: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  let before = '';
  for (let page = 1; ; page += 1) {
    const part = await read(page);
    const first = JSON.stringify(part[0] ?? null);
    if (first === before) return all;
    before = first;
    all.push(...part);
    if (part.length < pageSize) return all;
  }
}

/**
 * An answer that is well-formed, but not what was asked for. After a write nobody knows whether it happened.
 * @param what path of the request, behind its method unless that is GET: `repos/a/b`, `POST repos/a/b/pulls`
 */
export function unexpected(session: Session, what: string, detail: string): OutsideError {
  const [, method = 'GET', path = ''] = /^(?:([A-Z]+) )?(.*)$/s.exec(what) ?? [];
  return new OutsideError({ code: 'unexpected-answer', service: 'github', request: `${method} ${session.baseUrl}/${path}`, detail, ...(method === 'GET' ? {} : { maybeDone: true }) });
}

/**
 * The answer itself, once it has the fields that will be read. What answers in GitHub's place is JSON too, at times.
 * @param what as for `unexpected`
 * @throws OutsideError `unexpected-answer`
 */
export function withFields<T extends object>(session: Session, what: string, data: T, fields: readonly (keyof T & string)[]): T {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const missing = fields.filter((field) => !isObject || data[field] === undefined || data[field] === null);
  if (missing.length > 0) throw unexpected(session, what, `the answer has no ${missing.join(', ')}`);
  return data;
}

/** The entries of a list, each with the fields that will be read. @throws OutsideError `unexpected-answer` */
export function listOf<T extends object>(session: Session, what: string, data: readonly T[], fields: readonly (keyof T & string)[]): readonly T[] {
  if (!Array.isArray(data)) throw unexpected(session, what, 'the answer is not a list');
  for (const entry of data as readonly T[]) withFields(session, what, entry, fields);
  return data as readonly T[];
}
