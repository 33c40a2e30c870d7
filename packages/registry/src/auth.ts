// Who to be at a registry: answers a challenge with a header. Credentials go to the host they were given for and to the
// token service that this host names over https; never anywhere else. Tokens are kept per host and scope, in memory.
import { OutsideError, isLoopback, isPrivateAddress, type Http, type HttpAnswer } from '@runbook/http';
import { parseChallenges, type Challenge } from './challenge.ts';
import { isRecord } from './manifest.ts';

/** Who to be: a name with its password, or an identity token, which stands for a person who logged in elsewhere. */
export type Login = { readonly username: string; readonly password: string } | { readonly identityToken: string };

/** Who to be at one registry host; undefined for anonymous. */
export type Credentials = (host: string) => Login | undefined | Promise<Login | undefined>;

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
      if (login === undefined || 'identityToken' in login || !challenges.some((challenge) => challenge.scheme === 'basic')) return undefined;
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
  readonly login: Login | undefined;
}

/**
 * A token of the service. A name and password are asked with by GET, an identity token by a form as OAuth wants it; neither changes
 * anything. (https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/)
 */
async function fetchToken(http: Http, question: TokenQuestion): Promise<{ readonly header: string; readonly lifeMs: number }> {
  const { challenge, refused, login } = question;
  const url = realmOf(question);
  const service = challenge.parameters['service'] ?? '';
  // Of several scopes each is a parameter of its own there, and all are one in the form.
  const scopes = [...new Set(`${challenge.parameters['scope'] ?? ''} ${question.scope}`.split(' ').filter((scope) => scope !== ''))];
  const common = { service: 'registry', url: url.href } as const;
  let answer: HttpAnswer;
  if (login !== undefined && 'identityToken' in login) {
    const form = new URLSearchParams({ grant_type: 'refresh_token', service, scope: scopes.join(' '), client_id: 'runbook', refresh_token: login.identityToken });
    answer = await http.request({ ...common, method: 'POST', effect: 'read', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString(), shownBody: '(an identity token)' });
  } else {
    if (service !== '') url.searchParams.set('service', service);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    answer = await http.request({ ...common, url: url.href, method: 'GET', headers: login === undefined ? {} : { authorization: basic(login) } });
  }
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
  const safe = url !== undefined && url.username === '' && (local ? isLoopback(host) : url.protocol === 'https:' && !isPrivateAddress(url.hostname));
  if (url === undefined || !safe) {
    throw new OutsideError({ code: 'unexpected-answer', service: 'registry', request: refused.request, status: refused.status, detail: 'it names a token service that is not spoken to' });
  }
  return url;
}

function basic(login: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${login.username}:${login.password}`, 'utf8').toString('base64')}`;
}
