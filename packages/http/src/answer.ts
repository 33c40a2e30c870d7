// The answer of a request: its body is read at most once, never beyond its limit, and never beyond the deadline.
import { safeText, type Redactor } from '@runbook/access';
import { OutsideError, outsideError } from './outside-error.ts';
import { bodyOf } from './body.ts';
import type { AnswerBody, HttpAnswer } from './http.ts';
import type { WireAnswer } from './wire.ts';

/** What an answer is made of. */
export interface AnswerParts {
  readonly response: WireAnswer;
  readonly service: string;
  readonly method: string;
  /** The public address that answered. */
  readonly url: string;
  /** `GET https://…` for people. */
  readonly request: string;
  readonly write: boolean;
  readonly maxBytes: number;
  readonly retryAfterMs: number | undefined;
  readonly redactor: Redactor;
  /** The typed error of a body that broke off. */
  readonly broken: (error: unknown) => unknown;
  /** Called once when nothing more will be read. */
  readonly done: () => void;
}

const errorBodyBytes = 65_536;
const errorBodyMs = 3000;

/** Wraps what came over the wire. */
export function createAnswer(parts: AnswerParts): HttpAnswer {
  const { response, service, request } = parts;
  const body = guardBody(parts);
  const isOk = isGood(response);
  const unexpected = (detail: string): OutsideError => new OutsideError({ code: 'unexpected-answer', service, request, status: response.status, detail, ...(parts.write && isOk ? { maybeDone: true } : {}) });
  const bytes = (): Promise<Uint8Array> => collect(body);
  const text = async (): Promise<string> => new TextDecoder().decode(await bytes());
  return {
    status: response.status,
    ok: isOk,
    headers: response.headers,
    url: parts.url,
    request,
    body,
    bytes,
    text,
    json: async () => parseJson(await text(), response, unexpected),
    error: async () => failure(parts, await beginning(body)),
    unexpected,
  };
}

function isGood({ status }: WireAnswer): boolean {
  return status >= 200 && status < 300;
}

function failure(parts: AnswerParts, text: string): OutsideError {
  const { response, service, request, retryAfterMs, write } = parts;
  const body = safeText(parts.redactor.redact(text));
  return outsideError({ service, request, status: response.status, headers: response.headers, body, write, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function parseJson(text: string, response: WireAnswer, unexpected: (detail: string) => OutsideError): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const page = /^\s*<(!doctype|html)/i.test(text);
    const type = response.headers.get('content-type') ?? 'no content type';
    throw unexpected(page ? 'the answer is an HTML page where JSON was expected' : `the answer is not JSON (${safeText(type).slice(0, 80)})`);
  }
}

/** The body with its limit, its deadline and its typed errors. */
function guardBody(parts: AnswerParts): AnswerBody {
  const { response, done, maxBytes } = parts;
  const { body } = response;
  if (body === undefined) done();
  let seen = 0;
  // What says beforehand that it is too large is not waited for. A compressed answer tells the length of something else.
  const declared = response.headers.get('content-encoding') === null ? Number(response.headers.get('content-length') ?? 0) : 0;
  const tooLarge = (): OutsideError =>
    new OutsideError({ code: 'unexpected-answer', service: parts.service, request: parts.request, status: response.status, detail: `the answer is larger than ${maxBytes} bytes`, ...(parts.write && isGood(response) ? { maybeDone: true } : {}) });
  const cancel = async (): Promise<void> => {
    done();
    await body?.cancel();
  };
  const read = async (): Promise<Uint8Array | undefined> => {
    if (body === undefined) return undefined;
    if (declared > maxBytes) throw tooLarge();
    const part = await body.read().catch((error: unknown) => {
      throw parts.broken(error);
    });
    seen += part?.byteLength ?? 0;
    if (seen > maxBytes) throw tooLarge();
    return part;
  };
  return bodyOf({
    cancel,
    async read() {
      try {
        const part = await read();
        if (part === undefined) done();
        return part;
      } catch (error) {
        await cancel().catch(() => undefined); // the connection is given up either way
        throw error;
      }
    },
  });
}

async function collect(body: AnswerBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** The beginning of an error's body; what cannot be read is nothing, for the status alone already says what went wrong. */
async function beginning(body: AnswerBody): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Nobody waits for the last word of a refusal: an upload may have a quarter of an hour.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), errorBodyMs);
  });
  try {
    for (let part = await Promise.race([body.read(), late]); part !== undefined; part = size < errorBodyBytes ? await Promise.race([body.read(), late]) : undefined) {
      chunks.push(part);
      size += part.byteLength;
    }
    await body.cancel();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, errorBodyBytes).toString('utf8');
}
