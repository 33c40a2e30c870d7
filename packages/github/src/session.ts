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

/** What a session is made of. */
export interface SessionParts {
  readonly http: Http;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Makes the source of tokens for an API; nobody logs in where there is none. */
  readonly logIn: (api: string) => TokenSource | undefined;
  readonly progress: (text: string) => void;
}

/** Opens a session. Nothing is loaded or sent yet. @throws AddressError when `GITHUB_API_URL` may not be spoken to */
export function openSession({ http, env, logIn, progress }: SessionParts): Session {
  const baseUrl = (env['GITHUB_API_URL'] ?? 'https://api.github.com').replace(/\/+$/, '');
  if (!URL.canParse(baseUrl)) throw new AddressError('GITHUB_API_URL is no absolute URL, expected one such as https://api.github.com.');
  const uploadUrl = uploadBase(baseUrl);
  const token = logIn(baseUrl);
  let loaded: Promise<Octokit> | undefined;
  return {
    baseUrl,
    uploadUrl,
    octokit() {
      loaded ??= import('./octokit.ts').then(({ connect }) => connect({ http, baseUrl, uploadUrl, token, progress }));
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

/** More pages than any list of GitHub has that a release asks for. */
const mostPages = 1000;

/**
 * Every entry of every page. A server that knows no pages gives the same one again: then it is all.
 * @throws OutsideError `unexpected-answer` where the pages do not end
 */
export async function allPages<T>(read: (page: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  let before = '';
  for (let page = 1; ; page += 1) {
    const part = await read(page);
    // octokit gives integers beyond 2^53 as bigint
    const first = JSON.stringify(part[0] ?? null, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    if (first === before) return all;
    before = first;
    all.push(...part);
    if (part.length < pageSize) return all;
    if (page >= mostPages) throw new OutsideError({ code: 'unexpected-answer', service: 'github', request: 'GET (a list)', detail: `the list has more than ${mostPages} pages` });
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

/** What a field holds. */
type Kind = 'text' | 'number' | 'flag' | 'list' | 'object';

/** A field that will be read, and what it must hold: `sha:text`; behind a question mark it may be absent or null, too: `body?:text`. */
export type Field<T> = `${keyof T & string}:${Kind}` | `${keyof T & string}?:${Kind}`;

const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isSafeInteger(value),
  flag: (value) => typeof value === 'boolean',
  list: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/**
 * The answer itself, once it has the fields that will be read. What answers in GitHub's place is JSON too, at times.
 * @param what as for `unexpected`
 * @throws OutsideError `unexpected-answer`
 */
export function withFields<T extends object>(session: Session, what: string, data: T | null | undefined, fields: readonly Field<T>[]): T {
  const record = kinds['object']?.(data) === true ? (data as Readonly<Record<string, unknown>>) : {};
  const wrong = fields.flatMap((field) => {
    const [, name = '', optional = '', kind = ''] = /^([^:?]+)(\??):(\w+)$/.exec(field) ?? [];
    const value = record[name];
    const isThere = value !== undefined && value !== null;
    return (isThere ? kinds[kind]?.(value) === true : optional !== '' && data === record) ? [] : [name];
  });
  if (wrong.length > 0) throw unexpected(session, what, `the answer has no ${wrong.join(', ')} that can be read`);
  return data as T;
}

/** The entries of a list, each with the fields that will be read. @throws OutsideError `unexpected-answer` */
export function listOf<T extends object>(session: Session, what: string, data: readonly T[] | null | undefined, fields: readonly Field<T>[]): readonly T[] {
  if (!Array.isArray(data)) throw unexpected(session, what, 'the answer is not a list');
  for (const entry of data as readonly T[]) withFields(session, what, entry, fields);
  return data as readonly T[];
}
