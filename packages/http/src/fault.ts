// Why there was no answer, in plain words, and whether trying again makes sense. Error objects of Node and of its fetch in, facts out.

/** What a failed connection means. */
export interface Fault {
  readonly words: string;
  /** A moment later it may work. A refused port or an unknown name is told at once instead. */
  readonly retryable: boolean;
  /** The request may have arrived before the connection broke. */
  readonly maybeArrived: boolean;
}

const known: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: { words: 'connection refused: nothing listens there', retryable: false, maybeArrived: false },
  ENOTFOUND: { words: 'its name is not known (DNS); is this machine offline?', retryable: false, maybeArrived: false },
  EAI_AGAIN: { words: 'its name could not be looked up (DNS); is this machine offline?', retryable: true, maybeArrived: false },
  ENETUNREACH: { words: 'no network leads there', retryable: false, maybeArrived: false },
  EHOSTUNREACH: { words: 'no route leads there', retryable: false, maybeArrived: false },
  ETIMEDOUT: { words: 'the connection timed out', retryable: true, maybeArrived: true },
  WIRE_NOT_CONNECTED: { words: 'connecting timed out', retryable: true, maybeArrived: false },
  WIRE_SILENT: { words: 'nothing came or went for minutes', retryable: true, maybeArrived: true },
  WIRE_CUT_OFF: { words: 'the connection was closed before the answer was complete', retryable: true, maybeArrived: true },
  UND_ERR_CONNECT_TIMEOUT: { words: 'connecting timed out', retryable: true, maybeArrived: false },
  UND_ERR_HEADERS_TIMEOUT: { words: 'no answer came in time', retryable: true, maybeArrived: true },
  UND_ERR_BODY_TIMEOUT: { words: 'the answer stopped half-way', retryable: true, maybeArrived: true },
  ECONNRESET: { words: 'the connection was reset', retryable: true, maybeArrived: true },
  EPIPE: { words: 'the connection was closed while sending', retryable: true, maybeArrived: true },
  UND_ERR_SOCKET: { words: 'the connection was closed before the answer was complete', retryable: true, maybeArrived: true },
};

/** Reads the cause chain of a failed fetch. Unknown errors are told by their own message, and not retried. */
export function faultOf(error: unknown): Fault {
  const chain = causes(error);
  for (const { code } of chain) {
    const fault = code === undefined ? undefined : known[code];
    if (fault !== undefined) return fault;
  }
  const tls = chain.find(({ code, message }) => /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '') || /certificate/i.test(message));
  if (tls !== undefined) return { words: `its certificate or TLS is not valid (${tls.code ?? tls.message})`, retryable: false, maybeArrived: false };
  if (chain.some(({ message }) => /terminated|other side closed/i.test(message))) return known['UND_ERR_SOCKET'] as Fault;
  const last = chain.at(-1)?.message;
  return { words: last === undefined || last === '' ? 'the request failed' : last, retryable: false, maybeArrived: true };
}

interface Cause {
  readonly code: string | undefined;
  readonly message: string;
}

/** The error, its causes, and the parts of an AggregateError (one per address tried). */
function causes(error: unknown, depth = 0): Cause[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const record = error as Record<string, unknown>;
  const self: Cause = {
    code: typeof record['code'] === 'string' ? record['code'] : undefined,
    message: typeof record['message'] === 'string' ? record['message'] : '',
  };
  const parts = Array.isArray(record['errors']) ? record['errors'].flatMap((part) => causes(part, depth + 1)) : [];
  return [self, ...parts, ...causes(record['cause'], depth + 1)];
}
