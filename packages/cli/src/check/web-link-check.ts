// Asks the web whether links lead somewhere. It only reads, is polite to each host, and has a deadline for all of it. What did
// not answer is told as unknown; a missing network is told once, not for each link.
import { OutsideError, type Http, type HttpAnswer } from '@runbook/http';
import type { Problem } from '@runbook/problem';
import { createLanes } from './lanes.ts';
import type { WebLink } from './link-check.ts';
import { makeReferenceProblem, type ReferenceFinding } from './reference-code.ts';

/** What is known of an address. */
type Answer = { readonly kind: 'there' } | { readonly kind: 'gone'; readonly status: number } | { readonly kind: 'unknown'; readonly why: string; readonly host: 'silent' | 'busy' | 'here' };

/** The outcome for a set of links. */
export interface WebLinkVerdict {
  readonly problems: readonly Problem[];
  /** Distinct addresses that were asked. */
  readonly asked: number;
}

/** Milliseconds for all links together, and for one request. */
export interface WebLinkPatience {
  readonly allMs: number;
  readonly oneMs: number;
}

const patience: WebLinkPatience = { allMs: 300_000, oneMs: 15_000 };

/** Hosts that are examples, or mean another machine for every reader (RFC 2606, RFC 6761, RFC 1918). */
function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  return (
    !name.includes('.') ||
    /(?:^|\.)(?:localhost|local|internal|test|example|invalid|localdomain)$/.test(name) ||
    /(?:^|\.)example\.(?:com|org|net)$/.test(name) ||
    /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(name)
  );
}

/** Asks for every address once. Links to hosts that are nobody's are left out. */
export async function checkWebLinks(http: Http, links: readonly WebLink[], { allMs, oneMs }: WebLinkPatience = patience): Promise<WebLinkVerdict> {
  const urls = [...new Set(links.map(({ url }) => url))].filter((url) => !isPrivateHost(new URL(url).host));
  const lanes = createLanes({ inAll: 8, perHost: 2 });
  const over = AbortSignal.timeout(allMs);
  const closed = new Map<string, Answer>();
  const answers = new Map<string, Answer>();
  await Promise.all(
    urls.map((url) => {
      const { host } = new URL(url);
      return lanes.run(host, async () => {
        // A host that gave no answer, or asked to wait, is not asked again.
        const answer = closed.get(host) ?? (await ask(http, url, over, oneMs));
        if (answer.kind === 'unknown' && answer.host !== 'here') closed.set(host, answer);
        answers.set(url, answer);
      });
    }),
  );
  const heard = [...answers.values()].some((answer) => answer.kind !== 'unknown' || answer.host !== 'silent');
  return { problems: heard ? tellEach(links, answers) : tellOnce(links, answers), asked: urls.length };
}

function tellEach(links: readonly WebLink[], answers: ReadonlyMap<string, Answer>): Problem[] {
  return links.flatMap((link) => {
    const answer = answers.get(link.url);
    const finding = answer === undefined ? undefined : describe(link.url, answer);
    return finding === undefined ? [] : [makeReferenceProblem(link, finding)];
  });
}

/** Nothing answered at all: one line for each document. */
function tellOnce(links: readonly WebLink[], answers: ReadonlyMap<string, Answer>): Problem[] {
  const asked = links.filter(({ url }) => answers.has(url));
  const firsts = asked.filter((link, index) => asked.findIndex(({ file }) => file === link.file) === index);
  return firsts.map((link) => {
    const count = asked.filter(({ file }) => file === link.file).length;
    const answer = answers.get(link.url);
    const why = answer?.kind === 'unknown' ? answer.why : 'no answer';
    return makeReferenceProblem(link, { code: 'link-unreachable', message: `${count === 1 ? 'this link' : `${count} links, this one first,`} could not be checked: ${why}`, hint: 'No host answered; is there a network? Leave --links out without one.' });
  });
}

function describe(url: string, answer: Answer): ReferenceFinding | undefined {
  if (answer.kind === 'there') return undefined;
  if (answer.kind === 'gone') return { code: 'broken-link', message: `${url} is not there: it answered ${answer.status}`, hint: 'Correct the link, or leave it out.' };
  return { code: 'link-unreachable', message: `${url} could not be checked: ${answer.why}`, hint: 'It is not known whether it is there. Look by hand, or try again later.' };
}

async function ask(http: Http, address: string, over: AbortSignal, deadlineMs: number): Promise<Answer> {
  // Only https is spoken; a link with http is fine when the same address answers there.
  const isPlain = address.startsWith('http:');
  const url = isPlain ? `https:${address.slice('http:'.length)}` : address;
  const send = async (method: string): Promise<HttpAnswer> => {
    const answer = await http.request({ service: 'link', method, url, deadlineMs, retry: 1, signal: over });
    if (answer.ok) await answer.body.cancel();
    return answer;
  };
  try {
    over.throwIfAborted();
    const head = await send('HEAD');
    if (head.ok) return { kind: 'there' };
    await head.body.cancel();
    // Many servers answer HEAD badly; what they say to GET counts.
    const answer = head.status === 429 ? head : await send('GET');
    return answer.ok ? { kind: 'there' } : explain(await answer.error(), isPlain);
  } catch (error) {
    if (over.aborted) return { kind: 'unknown', why: 'the time for all links was over', host: 'here' };
    if (error instanceof OutsideError) return explain(error, isPlain);
    throw error;
  }
}

function explain(error: OutsideError, isPlain: boolean): Answer {
  if (error.code === 'absent' && error.status !== undefined && !isPlain) return { kind: 'gone', status: error.status };
  const detail = error.detail?.replace(/[.\s]+$/, '').slice(0, 200) ?? error.code;
  const why = error.status === undefined ? detail : `it answered ${error.status}`;
  return { kind: 'unknown', why: isPlain ? `plain http is not spoken here, and to https: ${why}` : why, host: error.code === 'rate-limited' ? 'busy' : error.status === undefined && error.code === 'unreachable' ? 'silent' : 'here' };
}
