// Reads the log bucket over plain HTTP: objects, their ends, folders. Public buckets need no login. (domain §4.6)
import type { Http, HttpAnswer } from '@runbook/http';

/** The bucket's two questions. */
export interface Bucket {
  /** Text of an object, or undefined after a 404. `tailBytes` gives only the end. */
  find(bucket: string, path: string, tailBytes?: number): Promise<string | undefined>;
  /**
   * The object from a byte on, piece by piece; nothing of it is kept. Gives how many bytes it has so far, or undefined after a 404.
   * A server that does not know ranges sends everything, and what was seen is passed over.
   */
  stream(bucket: string, path: string, from: number, onPiece: (piece: Uint8Array) => void): Promise<number | undefined>;
  /** Names directly below a folder (`logs/job`): sub-folders without slash, and objects. All pages. */
  list(bucket: string, folder: string): Promise<{ readonly folders: readonly string[]; readonly objects: readonly string[] }>;
}

/** Logs may be long; beyond this their end is what matters and `tailBytes` gives it. */
const objectBytes = 128 * 1024 * 1024;

/** Of a thousand objects each. */
const mostPages = 1000;

/** Makes it. @param logsUrl where Google's storage answers, without a slash at its end */
export function createBucket(http: Http, logsUrl: string): Bucket {
  const get = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> =>
    http.request({ service: 'prow', method: 'GET', url, headers, maxBytes: objectBytes });
  return {
    async stream(bucket, path, from, onPiece) {
      // Ranges count stored bytes, as above; there is no limit, for nothing is kept.
      const answer = await http.request({ service: 'prow', method: 'GET', url: addressOf(logsUrl, bucket, path), headers: { range: `bytes=${from}-`, 'accept-encoding': 'identity' }, maxBytes: Number.MAX_SAFE_INTEGER });
      return streamFrom(answer, { path, from, onPiece });
    },
    async find(bucket, path, tailBytes) {
      const url = addressOf(logsUrl, bucket, path);
      // Ranges count stored bytes; a compressed object must not be unpacked half-way.
      const answer = await get(url, tailBytes === undefined ? {} : { range: `bytes=-${tailBytes}`, 'accept-encoding': 'identity' });
      if (answer.status === 404) return undefined;
      if (answer.status === 416) return '';
      if (!answer.ok) throw await answer.error();
      refusePage(answer, path);
      const text = await answer.text();
      return tailBytes === undefined ? text : lastBytes(text, tailBytes);
    },
    async list(bucket, folder) {
      const folders: string[] = [];
      const objects: string[] = [];
      const prefix = `${folder}/`;
      let token: string | undefined;
      let pages = 0;
      do {
        const url = new URL(`${logsUrl}/storage/v1/b/${encodeURIComponent(bucket)}/o`);
        url.searchParams.set('prefix', prefix);
        url.searchParams.set('delimiter', '/');
        url.searchParams.set('fields', 'prefixes,items(name),nextPageToken');
        if (token !== undefined) url.searchParams.set('pageToken', token);
        const answer = await get(url.href);
        if (!answer.ok) throw await answer.error();
        const page = readPage(await answer.json());
        if (page === undefined || (page.next !== undefined && page.next === token)) throw answer.unexpected('the answer is no list of objects');
        pages += 1;
        if (pages > mostPages) throw answer.unexpected(`the list has more than ${mostPages} pages`);
        folders.push(...page.prefixes.map((name) => name.slice(prefix.length).replace(/\/$/, '')));
        objects.push(...page.items.map((name) => name.slice(prefix.length)).filter((name) => name !== ''));
        token = page.next;
      } while (token !== undefined);
      return { folders, objects };
    },
  };
}

function addressOf(logsUrl: string, bucket: string, path: string): string {
  return `${logsUrl}/${bucket}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Passes an answer on from a byte of the whole on; see `Bucket.stream`. (RFC 9110 §14) */
export async function streamFrom(answer: HttpAnswer, { path, from, onPiece }: { readonly path: string; readonly from: number; readonly onPiece: (piece: Uint8Array) => void }): Promise<number | undefined> {
  if (answer.status === 404) return undefined;
  if (answer.status === 416) return from; // nothing new
  if (!answer.ok) throw await answer.error();
  refusePage(answer, path);
  let at = answer.status === 206 ? from : 0;
  for await (const piece of answer.body) {
    const fresh = piece.subarray(Math.min(piece.byteLength, Math.max(0, from - at)));
    at += piece.byteLength;
    if (fresh.byteLength > 0) onPiece(fresh);
  }
  return Math.max(at, from);
}

function readPage(value: unknown): { readonly prefixes: readonly string[]; readonly items: readonly string[]; readonly next: string | undefined } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { prefixes = [], items = [], nextPageToken } = value as Record<string, unknown>;
  if (!Array.isArray(prefixes) || !Array.isArray(items)) return undefined;
  const names = items.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as Record<string, unknown>)['name'] : undefined));
  const isText = (name: unknown): name is string => typeof name === 'string';
  return { prefixes: prefixes.filter(isText), items: names.filter(isText), next: isText(nextPageToken) && nextPageToken !== '' ? nextPageToken : undefined };
}

/** A proxy or a login page that answers in a log's place would pass for a log without known words in it. */
export function refusePage(answer: HttpAnswer, path: string): void {
  if (/text\/html/i.test(answer.headers.get('content-type') ?? '') && !/\.html?$/.test(path)) throw answer.unexpected(`a web page stands where ${path.split('/').at(-1) ?? path} was expected`);
}

/** A server may ignore the range and send everything. */
function lastBytes(text: string, count: number): string {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= count ? text : bytes.subarray(bytes.length - count).toString('utf8');
}
