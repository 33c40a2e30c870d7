// An approval that travels as a file: which step of which run, as it read then, by whom. It proves nobody's identity, and is
// recorded as that.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageError } from './exit.ts';

/** What such a file says. */
export interface ApprovalFile {
  readonly kind: 'runbook-approval';
  readonly format: 1;
  readonly run: string;
  readonly step: string;
  /** SHA-256 of the step as it read, where the run was at hand. */
  readonly hash?: string;
  readonly decision: 'approve' | 'decline';
  readonly by: string;
  readonly evidence?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Whether a file is an approval, by its first line. */
export async function isApprovalFile(file: string): Promise<boolean> {
  const stream = createReadStream(file, { encoding: 'utf8', end: 1_048_576 });
  try {
    for await (const line of createInterface({ input: stream })) return line.includes('"runbook-approval"');
    return false;
  } finally {
    stream.destroy();
  }
}

/** Reads one. @throws UsageError (2) where it is none, or of a newer format */
export function readApproval(file: string): ApprovalFile {
  const wrong = (why: string, cause?: unknown): UsageError => new UsageError(`${file}: ${why}`, undefined, cause === undefined ? undefined : { cause });
  let value: Partial<ApprovalFile>;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as Partial<ApprovalFile>;
  } catch (cause) {
    throw wrong('this approval cannot be read. Copy it again.', cause);
  }
  if (value.kind !== 'runbook-approval') throw wrong('this is no approval that runbook approve --out has written.');
  if (value.format !== 1) throw wrong(`it has format ${String(value.format)}, this runbook reads 1. Use the newer runbook that wrote it.`);
  const { run, step, hash, decision, by, evidence, at } = value;
  const texts = [run, step, by].every((text) => typeof text === 'string' && text !== '');
  const optional = [hash, evidence].every((text) => text === undefined || typeof text === 'string');
  if (!texts || !optional || (decision !== 'approve' && decision !== 'decline') || typeof at !== 'number') throw wrong('this approval is not whole. Write it again.');
  return value as ApprovalFile;
}
