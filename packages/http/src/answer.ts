// The answer of a request: its body is read at most once, never beyond its limit, and never beyond the deadline.
import { safeText, type Redactor } from '@runbook/access';
import { OutsideError, outsideError } from './outside-error.ts';
import type { HttpAnswer } from './http.ts';

/** What an answer is made of. */
export interface AnswerParts {
  readonly response: Response;
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

/** Wraps a response of fetch. */
export function createAnswer(parts: AnswerParts): HttpAnswer {
  const { response, service, request } = parts;
  const body = guardBody(parts);
  const unexpected = (detail: string): OutsideError => new OutsideError({ code: 'unexpected-answer', service, request, status: response.status, detail, ...(parts.write && response.ok ? { maybeDone: true } : {}) });
  const bytes = (): Promise<Uint8Array> => collect(body);
  const text = async (): Promise<string> => new TextDecoder().decode(await bytes());
  return {
    status: response.status,
    ok: response.ok,
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

function failure(parts: AnswerParts, text: string): OutsideError {
  const { response, service, request, retryAfterMs, write } = parts;
  const body = safeText(parts.redactor.redact(text));
  return outsideError({ service, request, status: response.status, headers: response.headers, body, write, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function parseJson(text: string, response: Response, unexpected: (detail: string) => OutsideError): unknown {
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
function guardBody(parts: AnswerParts): ReadableStream<Uint8Array> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = parts.response.body?.getReader();
  if (reader === undefined) parts.done();
  let seen = 0;
  // What says beforehand that it is too large is not waited for. A compressed answer tells the length of something else.
  const declared = parts.response.headers.get('content-encoding') === null ? Number(parts.response.headers.get('content-length') ?? 0) : 0;
  const tooLarge = (): OutsideError =>
    new OutsideError({ code: 'unexpected-answer', service: parts.service, request: parts.request, status: parts.response.status, detail: `the answer is larger than ${parts.maxBytes} bytes`, ...(parts.write && parts.response.ok ? { maybeDone: true } : {}) });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (reader === undefined) return controller.close();
        try {
          if (declared > parts.maxBytes) throw tooLarge();
          const { done, value } = await reader.read();
          if (done) {
            parts.done();
            return controller.close();
          }
          seen += value.byteLength;
          if (seen > parts.maxBytes) throw tooLarge();
          controller.enqueue(value);
        } catch (error) {
          parts.done();
          controller.error(error instanceof OutsideError ? error : parts.broken(error));
          if (error instanceof OutsideError) await reader.cancel().catch(() => undefined); // the connection is given up either way
        }
      },
      async cancel(reason) {
        parts.done();
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

async function collect(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** The beginning of an error's body; what cannot be read is nothing, for the status alone already says what went wrong. */
async function beginning(body: ReadableStream<Uint8Array>): Promise<string> {
  if (body.locked) return '';
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  // Nobody waits for the last word of a refusal: an upload may have a quarter of an hour.
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), errorBodyMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done && size < errorBodyBytes; part = await reader.read()) {
      chunks.push(part.value);
      size += part.value.byteLength;
    }
    await reader.cancel();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, errorBodyBytes).toString('utf8');
}
