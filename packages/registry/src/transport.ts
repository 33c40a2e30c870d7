// One request to a registry, with the auth dance around it: ask, be challenged, answer once. (domain §6.1–6.2)
// A token never leaves for another host; a target behind a redirect gets a dance of its own.
import { isLoopback, type Http, type HttpAnswer } from '@runbook/http';
import type { Auth } from './auth.ts';

/** A read of a registry. */
export interface Ask {
  readonly method: 'GET' | 'HEAD';
  /** Full address, as `registryUrl` or a page's link gives it. */
  readonly url: string;
  readonly accept?: string;
  readonly maxBytes?: number;
}

/** Sends reads to registries. Any status but an answerable 401 comes back. */
export type Transport = (ask: Ask) => Promise<HttpAnswer>;

/** The address of a path below a registry's `/v2/`. Only registries on this machine speak plain http. */
export function registryUrl(host: string, path: string): string {
  // Docker Hub's names and its registry live on different hosts.
  const server = host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
  return `${isLoopback(server) ? 'http' : 'https'}://${server}/v2/${path}`;
}

/** Two hosts, each with a token that ran out: more rounds than these are a game of ping-pong. */
const mostRounds = 4;

/** Makes it. */
export function createTransport(http: Http, auth: Auth): Transport {
  const send = (ask: Ask, url: string, authorization: string | undefined): Promise<HttpAnswer> =>
    http.request({
      service: 'registry',
      method: ask.method,
      url,
      headers: {
        // A digest is of the bytes as stored; compression on the way would hide a wrong length.
        'accept-encoding': 'identity',
        ...(ask.accept === undefined ? {} : { accept: ask.accept }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(ask.maxBytes === undefined ? {} : { maxBytes: ask.maxBytes }),
    });
  return async (ask) => {
    let url = ask.url;
    let answer = await send(ask, url, auth.remembered(new URL(url).host, scopeOf(url)));
    const challenged = new Set<string>();
    for (let round = 0; answer.status === 401 && round < mostRounds; round += 1) {
      const there = new URL(answer.url).host;
      const scope = scopeOf(answer.url);
      // Behind a redirect this host was asked without a token; what it got before may still do.
      let header = there === new URL(url).host ? undefined : auth.remembered(there, scope);
      if (header === undefined) {
        if (challenged.has(there)) return answer;
        challenged.add(there);
        header = await auth.answer(answer, there, scope);
        if (header === undefined) return answer;
      }
      await answer.body.cancel();
      url = answer.url;
      answer = await send(ask, url, header);
    }
    return answer;
  };
}

/** The scope of a read, from the repository's path in its address: behind a redirect the repository has another name. */
function scopeOf(url: string): string {
  const name = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(new URL(url).pathname)?.[1] ?? '';
  return `repository:${name}:pull`;
}
