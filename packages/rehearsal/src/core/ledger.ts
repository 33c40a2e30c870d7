// The ledger: what the world received from outside, one line a request, in memory and in `ledger.jsonl`.
// It never holds a token, a header or a body, and never a query string.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRedactor } from '@runbook/access';

/** One request that reached the world. */
export interface LedgerEntry {
  /** Counted from 1, over restarts too. */
  readonly seq: number;
  /** Which part answered: `github`, `git`, `raw`, `registry`, `prow`, `gcs`, … or `unknown` and `proxy` for refusals. */
  readonly service: string;
  readonly method: string;
  /** Public host that was meant. */
  readonly host: string;
  /** Path at the public host, without the query. */
  readonly path: string;
  /** Whether such a request changes anything outside, whatever its status. */
  readonly write: boolean;
  readonly status: number;
  /** The step that was running, when the runner told. */
  readonly step?: string;
  /** Virtual time, milliseconds since 1970. */
  readonly at: number;
}

/** The growing list. */
export interface Ledger {
  entries(): readonly LedgerEntry[];
  /** Writes the line down before it returns. */
  append(entry: Omit<LedgerEntry, 'seq' | 'step'>): LedgerEntry;
  /** Keeps these out of the paths of entries that follow, however they are written there. */
  hide(secrets: readonly string[]): void;
  /** Names the step that following entries belong to. */
  setStep(step: string | undefined): void;
}

/** Opens the ledger of a world's folder; a line torn by a crash is dropped. */
export function openLedger(dir: string, hide: readonly string[] = []): Ledger {
  const file = join(dir, 'ledger.jsonl');
  const entries = read(file);
  let step: string | undefined;
  let hidden = hide;
  let redactor = createRedactor(hidden);
  return {
    hide: (secrets) => {
      hidden = [...new Set([...hidden, ...secrets])];
      redactor = createRedactor(hidden);
    },
    entries: () => entries,
    setStep: (name) => void (step = name),
    append: (given) => {
      const entry = { seq: (entries.at(-1)?.seq ?? 0) + 1, ...given, path: redactor.redact(given.path), ...(step === undefined ? {} : { step }) };
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
      entries.push(entry);
      return entry;
    },
  };
}

function read(file: string): LedgerEntry[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(file, whole);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerEntry);
}
