export {
  UndeclaredWriteError,
  WithheldError,
  createWriteLock,
  decide,
  recordWrite,
  type Call,
  type Effect,
  type Mode,
  type Posture,
  type Verdict,
  type WriteLock,
  type WriteRecord,
} from './effect.ts';
export { shortestSecret } from './needle.ts';
export type { RedactedBytes } from './byte-stream.ts';
export { createRedactor, type RedactedStream, type Redactor } from './redact.ts';
export { safeText } from './terminal.ts';
