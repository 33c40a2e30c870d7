// Compares the blocks that quote a file (`source=`) with that file, from the web or from beside the document. Every file is
// read once. What cannot be reached is told as unknown, never taken for the same.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AddressError, OutsideError, type Http } from '@runbook/http';
import { compareQuote, parseSource, type Drift, type SourceAddress } from '@runbook/lint';
import type { Runbook } from '@runbook/model';
import type { Problem } from '@runbook/problem';
import { readFault } from './document-set.ts';
import { findRoot, isInside, isReallyInside } from './folder-root.ts';
import { createLanes } from './lanes.ts';
import { makeReferenceProblem, type ReferenceFinding } from './reference-code.ts';

/** A block that says something else than its file, with the code it should hold. */
export interface Refresh {
  readonly line: number;
  readonly codeLine: number;
  readonly source: string;
  readonly fresh: string;
  /** Where the fresh code is from, for people. */
  readonly from: string;
}

/** What was found out about the quotes of one document. */
export interface SourceVerdict {
  readonly problems: readonly Problem[];
  readonly refreshes: readonly Refresh[];
  /** How many were not looked at because the command is offline. */
  readonly skipped: number;
}

/** Judges documents; files that were read are remembered. */
export type SourceJudge = (runbook: Runbook, path: string | undefined) => Promise<SourceVerdict>;

type Found = { readonly kind: 'text'; readonly text: string; readonly isPage: boolean } | { readonly kind: 'finding'; readonly finding: ReferenceFinding };
type Address = Exclude<SourceAddress, { kind: 'fault' }>;
interface Quote {
  readonly language: string;
  readonly line: number;
  readonly column: number;
  readonly codeLine: number;
  readonly source: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const mostBytes = 4 * 1024 * 1024;
const deadlineMs = 20_000;

/** @param http undefined: the web is not asked, and its quotes are counted as skipped. */
export function createSourceJudge(http: (() => Http) | undefined, cwd: string): SourceJudge {
  const pages = new Map<string, Promise<Found>>();
  const lanes = createLanes({ inAll: 6, perHost: 3 });
  // A host that gave no answer is not asked again.
  const silent = new Map<string, string>();
  const read = (address: Address, path: string | undefined): Promise<Found> | undefined => {
    if (address.kind === 'file') return Promise.resolve(readBeside(address, path, cwd));
    if (http === undefined) return undefined;
    const { host } = new URL(address.url);
    const known = pages.get(address.url) ?? lanes.run(host, async () => (silent.has(host) ? unreachable(address, silent.get(host) ?? '') : fetchFile(http(), address, (why) => silent.set(host, why))));
    pages.set(address.url, known);
    return known;
  };
  return async (runbook, path) => {
    const quotes: Quote[] = [...runbook.data, ...runbook.steps.filter((step) => step.kind === 'file')].filter((block) => block.attributes['source'] !== undefined);
    const verdicts = await Promise.all(quotes.map((quote) => judge(quote, (address) => read(address, path))));
    return {
      problems: verdicts.flatMap(({ finding }, index) => (finding === undefined ? [] : [makeReferenceProblem({ file: runbook.file, line: quotes[index]?.line ?? 1, column: quotes[index]?.column ?? 1 }, finding)])),
      refreshes: verdicts.flatMap(({ refresh }) => (refresh === undefined ? [] : [refresh])),
      skipped: verdicts.filter(({ isSkipped }) => isSkipped === true).length,
    };
  };
}

interface Verdict {
  readonly finding?: ReferenceFinding;
  readonly refresh?: Refresh;
  readonly isSkipped?: boolean;
}

async function judge(quote: Quote, read: (address: Address) => Promise<Found> | undefined): Promise<Verdict> {
  const address = parseSource(quote.attributes['source'] ?? '');
  if (address.kind === 'fault') return { finding: { code: 'bad-source', message: address.message, hint: address.hint } };
  const found = await read(address);
  if (found === undefined) return { isSkipped: true };
  if (found.kind === 'finding') return { finding: found.finding };
  if (found.isPage && quote.language !== 'html') return { finding: { code: 'bad-source', message: `${address.shown} answers with a page for people, not with a file`, hint: 'Give the address of the file itself.' } };
  return tellDrift(quote, address, compareQuote(quote, found.text, address.selection));
}

function tellDrift(quote: Quote, { shown }: Address, drift: Drift): Verdict {
  if (drift.kind === 'same') return {};
  if (drift.kind === 'absent') return { finding: { code: 'source-absent', message: `${shown} was read, but ${drift.message}`, hint: 'Correct what stands behind the #.' } };
  if (drift.kind === 'unreadable') return { finding: { code: 'bad-source', message: `${shown} was read, but ${drift.message}`, hint: 'Name lines instead: #L1-L5.' } };
  const finding: ReferenceFinding = {
    code: 'drift',
    message: `this block does not say what ${shown} says: ${drift.message}`,
    hint: drift.fresh === undefined ? 'Correct the block by hand, or say which part it quotes: #key or #L1-L5.' : 'See what changed, then refresh the block with --fix.',
    ...(drift.diff === '' ? {} : { detail: drift.diff }),
  };
  if (drift.fresh === undefined) return { finding };
  return { finding, refresh: { line: quote.line, codeLine: quote.codeLine, source: quote.source, fresh: drift.fresh, from: shown } };
}

async function fetchFile(http: Http, address: Extract<Address, { kind: 'web' }>, isSilent: (why: string) => void): Promise<Found> {
  try {
    const answer = await http.request({ service: 'source', method: 'GET', url: address.url, headers: { accept: 'text/plain, */*;q=0.5' }, deadlineMs, maxBytes: mostBytes, retry: 1 });
    if (!answer.ok) throw await answer.error();
    const bytes = await answer.bytes();
    if (bytes.includes(0)) return finding('bad-source', `${address.shown} is no text`, 'Quote a text file.');
    return { kind: 'text', text: new TextDecoder().decode(bytes), isPage: /\btext\/html\b/i.test(answer.headers.get('content-type') ?? '') };
  } catch (error) {
    if (error instanceof AddressError) return finding('bad-source', error.message.replace(/^bad-address: /, ''), 'Give another address.');
    if (!(error instanceof OutsideError)) throw error;
    if (error.code === 'absent') return finding('source-absent', `${address.shown} is not there: ${new URL(address.url).host} answered ${error.status ?? 'so'}`, 'Correct the address; a private file cannot be seen from here.');
    if (error.code === 'unreachable' && error.status === undefined) isSilent(reasonOf(error));
    return unreachable(address, reasonOf(error));
  }
}

function unreachable({ shown }: Address, why: string): Found {
  return finding('source-unreachable', `${shown} could not be compared: ${why}`, 'It is not known whether the block is right. Try again later, or say --offline.');
}

/** The reason alone; the address stands in the message already. */
function reasonOf(error: OutsideError): string {
  const detail = error.detail?.replace(/[.\s]+$/, '');
  return error.status === undefined ? (detail ?? error.code) : `it answered ${error.status}${detail === undefined ? '' : ` (${detail.slice(0, 200)})`}`;
}

function readBeside({ path, shown }: Extract<Address, { kind: 'file' }>, document: string | undefined, cwd: string): Found {
  const folder = document === undefined ? cwd : dirname(resolve(cwd, document));
  const root = findRoot(folder, cwd);
  const file = resolve(folder, path);
  if (!isInside(file, root)) return finding('bad-source', `${shown} lies outside the repository`, 'Quote a file of the repository, or an address.');
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return finding('source-absent', `${shown} is not there`, 'Correct the path; it counts from the document.');
  if (!isReallyInside(file, root)) return finding('bad-source', `${shown} leads outside the repository`, 'Quote a file of the repository, or an address.');
  if (!stat.isFile()) return finding('bad-source', `${shown} is no file`, 'Quote a file.');
  if (stat.size > mostBytes) return finding('bad-source', `${shown} is larger than ${mostBytes / 1024 / 1024} MiB`, 'Quote a smaller file.');
  try {
    const bytes = readFileSync(file);
    return bytes.includes(0) ? finding('bad-source', `${shown} is no text`, 'Quote a text file.') : { kind: 'text', text: bytes.toString('utf8'), isPage: false };
  } catch (error) {
    return finding('source-unreachable', `${shown} could not be compared: ${readFault(error)}`, 'It is not known whether the block is right.');
  }
}

function finding(code: ReferenceFinding['code'], message: string, hint: string): Found {
  return { kind: 'finding', finding: { code, message, hint } };
}
