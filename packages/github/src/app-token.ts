// Tokens of a GitHub App: a short-lived one for an installation, made anew before it runs out. Robots log in like this.
// Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { Http, HttpAnswer } from '@runbook/http';

/** How an App logs in. */
export interface AppLogin {
  /** The App's id or client id. */
  readonly id: string;
  /** Its private key, in PEM. */
  readonly privateKey: string;
  /** The installation to act for; the only one unless given. */
  readonly installation?: string;
}

/** Thrown where nobody can log in with what was given. */
export class BadLoginError extends Error {
  readonly code = 'bad-login';
  constructor(message: string, options?: ErrorOptions) {
    super(`bad-login: ${message}`, options);
    this.name = 'BadLoginError';
  }
}

/** A token is renewed when it has less than this left. Milliseconds. */
const margin = 5 * 60_000;
/** GitHub allows ten minutes, and clocks differ: it is told to be a minute older. Seconds. */
const lifetime = 9 * 60;
const skew = 60;

/**
 * Makes a source of tokens. Nothing is sent before the first is wanted.
 * @param api base of the REST API, without a slash at its end.
 * @throws BadLoginError where the key is none
 */
export function appTokens({ http, api, login, now }: { readonly http: Http; readonly api: string; readonly login: AppLogin; readonly now: () => number }): () => Promise<string> {
  const key = readKey(login.privateKey);
  let held: { readonly token: string; readonly until: number } | undefined;
  let asked: Promise<string> | undefined;
  const ask = async (method: 'GET' | 'POST', path: string): Promise<HttpAnswer> => {
    // it makes a token and changes nothing else: a dry run has to read, too
    const answer = await http.request({ service: 'github', method, url: `${api}${path}`, effect: 'read', headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${webToken(login.id, key, now())}` } });
    if (!answer.ok) throw await answer.error();
    return answer;
  };
  const renew = async (): Promise<string> => {
    const installation = login.installation ?? onlyOne(await (await ask('GET', '/app/installations')).json());
    const answer = await ask('POST', `/app/installations/${encodeURIComponent(installation)}/access_tokens`);
    const { token, expires_at: expires } = ((await answer.json()) ?? {}) as { readonly token?: unknown; readonly expires_at?: unknown };
    if (typeof token !== 'string' || typeof expires !== 'string' || Number.isNaN(Date.parse(expires))) throw answer.unexpected(`the answer has no token for installation ${installation} of the App ${login.id}`);
    held = { token, until: Date.parse(expires) };
    return token;
  };
  return async () => {
    if (held !== undefined && held.until - now() > margin) return held.token;
    asked ??= renew().finally(() => (asked = undefined));
    return asked;
  };
}

function readKey(pem: string): KeyObject {
  try {
    // an environment variable often holds the line ends as two characters
    const key = createPrivateKey(pem.includes('\n') ? pem : pem.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType !== 'rsa') throw new BadLoginError(`the private key of the GitHub App is of the kind ${key.asymmetricKeyType ?? 'unknown'}, expected RSA: the file that GitHub gave when the key was made.`);
    return key;
  } catch (error) {
    if (error instanceof BadLoginError) throw error;
    // the library's words may hold a piece of the key
    throw new BadLoginError('the private key of the GitHub App cannot be read, expected PEM that begins with -----BEGIN RSA PRIVATE KEY-----.');
  }
}

/** A JSON Web Token, RS256. (RFC 7519, RFC 7518 §3.3) */
function webToken(id: string, key: KeyObject, at: number): string {
  const seconds = Math.floor(at / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: seconds - skew, exp: seconds + lifetime, iss: id })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

function onlyOne(answer: unknown): string {
  const installations = (Array.isArray(answer) ? answer : []) as readonly { readonly id?: unknown; readonly account?: { readonly login?: unknown } | null }[];
  const [first, ...others] = installations.map(({ id, account }) => ({ id: String(id), login: typeof account?.login === 'string' ? account.login : '?' }));
  if (first !== undefined && others.length === 0) return first.id;
  const all = installations.length === 0 ? 'it is installed nowhere' : `it is installed for ${[first, ...others].map((one) => `${one?.login ?? ''} (${one?.id ?? ''})`).join(', ')}`;
  throw new BadLoginError(`the GitHub App needs an installation to act for, and ${all}. Set GITHUB_APP_INSTALLATION_ID to one of its numbers.`);
}
