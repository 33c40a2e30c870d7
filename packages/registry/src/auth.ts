// Who to be at a registry: answers a challenge with a header. Credentials go to the host they were given for and to the
// token service that this host names over https; never anywhere else. Tokens are kept per host and scope, in memory.
import { OutsideError, isLoopback, type Http, type HttpAnswer } from '@runbook/http';
import { parseChallenges, type Challenge } from './challenge.ts';
import { isRecord } from './manifest.ts';

type Login = { readonly username: string; readonly password: string } | undefined;

/** Who to be at one registry host; undefined for anonymous. */
export type Credentials = (host: string) => Login | Promise<Login>;

/** Answers challenges for one client. */
export interface Auth {
  /** A header that worked before for this host and scope. */
  remembered(host: string, scope: string): string | undefined;
  /** The header that answers a 401 of `host`, or undefined when nothing can answer it. */
  answer(refused: HttpAnswer, host: string, scope: string): Promise<string | undefined>;
}

const marginMs = 10_000;
const defaultLifeMs = 60_000;

/** Makes it. */
export function createAuth(http: Http, credentials: Credentials, now: () => number): Auth {
  const kept = new Map<string, { readonly header: string; readonly until: number }>();
  return {
    remembered(host, scope) {
      const found = kept.get(`${host} ${scope}`);
      return found !== undefined && found.until > now() ? found.header : undefined;
    },
    async answer(refused, host, scope) {
      kept.delete(`${host} ${scope}`);
      const challenges = parseChallenges(refused.headers.get('www-authenticate') ?? '');
      const login = await credentials(host);
      const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
      if (bearer !== undefined) {
        const token = await fetchToken(http, { refused, host, scope, challenge: bearer, login });
        kept.set(`${host} ${scope}`, { header: token.header, until: now() + token.lifeMs - marginMs });
        return token.header;
      }
      if (login === undefined || !challenges.some((challenge) => challenge.scheme === 'basic')) return undefined;
      const header = basic(login);
      kept.set(`${host} ${scope}`, { header, until: Number.POSITIVE_INFINITY });
      return header;
    },
  };
}

interface TokenQuestion {
  readonly refused: HttpAnswer;
  readonly host: string;
  readonly scope: string;
  readonly challenge: Challenge;
  readonly login: { readonly username: string; readonly password: string } | undefined;
}

async function fetchToken(http: Http, question: TokenQuestion): Promise<{ readonly header: string; readonly lifeMs: number }> {
  const { challenge, refused, login } = question;
  const url = realmOf(question);
  const service = challenge.parameters['service'];
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.append('scope', challenge.parameters['scope'] ?? question.scope);
  const headers = login === undefined ? {} : { authorization: basic(login) };
  const answer = await http.request({ service: 'registry', method: 'GET', url: url.href, headers });
  if (!answer.ok) throw await answer.error();
  const body = await answer.json();
  const token = isRecord(body) ? (body['token'] ?? body['access_token']) : undefined;
  // A line break in a token would be a second header.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw refused.unexpected('its token service gave no token');
  const life = isRecord(body) && typeof body['expires_in'] === 'number' ? body['expires_in'] * 1000 : defaultLifeMs;
  return { header: `Bearer ${token}`, lifeMs: Math.max(life, defaultLifeMs) };
}

/** The token service's address: https, or this machine when the registry is on this machine too; never a private address. */
function realmOf({ challenge, refused, host }: TokenQuestion): URL {
  const realm = challenge.parameters['realm'] ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const local = url !== undefined && isLoopback(url.host);
  const safe = url !== undefined && url.username === '' && (local ? isLoopback(host) : url.protocol === 'https:' && !isPrivate(url.hostname));
  if (url === undefined || !safe) {
    throw new OutsideError({ code: 'unexpected-answer', service: 'registry', request: refused.request, status: refused.status, detail: 'it names a token service that is not spoken to' });
  }
  return url;
}

function isPrivate(name: string): boolean {
  return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(name) || /^\[(f[cd]|fe[89ab]|::)/i.test(name);
}

function basic(login: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${login.username}:${login.password}`, 'utf8').toString('base64')}`;
}
