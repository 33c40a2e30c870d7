// An approval that travels as a file: which step of which run, as it read then, by whom. Its digest shows that it arrived as it
// was written, and proves nobody's identity. Only the owner of the file is known to the kernel, and only on one machine.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import type { Person } from '@runbook/model';
import { UsageError } from './exit.ts';

/** What such a file says. */
export interface ApprovalFile {
  readonly kind: 'runbook-approval';
  readonly format: 1;
  readonly run: string;
  readonly step: string;
  /** Content hash of the step as it read, where its text was at hand. */
  readonly hash?: string;
  readonly decision: 'approve' | 'decline';
  /** Who they say they are. */
  readonly by: Person;
  readonly evidence?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An approval that arrived. */
export interface ArrivedApproval extends Omit<ApprovalFile, 'by'> {
  /** Who it is by, as far as this machine knows. */
  readonly by: Person;
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

/** Writes one; never over a file that is there. @throws UsageError (2) where it cannot be written */
export function writeApproval(file: string, approval: ApprovalFile): void {
  try {
    writeFileSync(file, `${JSON.stringify({ ...approval, sha256: digestOf(approval) })}\n`, { flag: 'wx', mode: 0o644 });
  } catch (cause) {
    throw new UsageError(`--out ${file}: ${cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' ? 'it is there already' : `cannot be written: ${String(cause)}`}. Give another name.`, undefined, { cause });
  }
}

/** Reads one. @throws UsageError (2) where it is none, was changed, or is of a newer format */
export function readApproval(file: string): ArrivedApproval {
  const wrong = (why: string, cause?: unknown): UsageError => new UsageError(`${file}: ${why}`, undefined, cause === undefined ? undefined : { cause });
  const { text, uid, isPrivate } = openWhole(file);
  let value: Partial<ApprovalFile> & { readonly sha256?: unknown };
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw wrong('this approval cannot be read. Copy it again.', cause);
  }
  if (value.kind !== 'runbook-approval') throw wrong('this is no approval that runbook approve --out has written.');
  if (value.format !== 1) throw wrong(`it has format ${String(value.format)}, this runbook reads 1. Use the newer runbook that wrote it.`);
  const { sha256, ...approval } = value;
  if (!isApproval(approval)) throw wrong('this approval is not whole. Write it again.');
  if (sha256 !== digestOf(approval)) throw wrong('it was changed after it was written: its digest differs. Ask for it again.');
  return { ...approval, by: asKnownHere(approval.by, isPrivate ? uid : undefined) };
}

/** The text with the owner of the very file that was read; private where nobody but the owner may write to it. */
function openWhole(file: string): { readonly text: string; readonly uid: number; readonly isPrivate: boolean } {
  const fd = openSync(file, 'r');
  try {
    const { uid, mode } = fstatSync(fd);
    return { text: readFileSync(fd, 'utf8'), uid, isPrivate: (mode & 0o022) === 0 };
  } finally {
    closeSync(fd);
  }
}

/** A user of this machine whose own file it is was there, as the kernel says; everything else is only said. */
function asKnownHere(said: Person, owner: number | undefined): Person {
  const claims = [...(said.claims ?? []), ...(said.verified === 'none' ? [] : [`${said.verified === 'forge' ? `login at ${said.forge ?? '?'}` : `user of ${said.user?.host ?? '?'}`}, as the file says: ${said.name}`])];
  if (said.user !== undefined && said.user.host === hostname() && owner === said.user.uid) return { name: said.user.name, verified: 'os', user: said.user, claims };
  return { name: said.name, verified: 'none', claims };
}

function isApproval(value: Partial<ApprovalFile>): value is ApprovalFile {
  const { run, step, hash, decision, by, evidence, at } = value;
  const texts = [run, step, by?.name].every((text) => typeof text === 'string' && text !== '');
  const optional = [hash, evidence, by?.forge].every((text) => text === undefined || typeof text === 'string');
  const user = by?.user === undefined || (typeof by.user.uid === 'number' && typeof by.user.name === 'string' && typeof by.user.host === 'string');
  const claims = by?.claims === undefined || (Array.isArray(by.claims) && by.claims.every((claim) => typeof claim === 'string'));
  return texts && optional && user && claims && (decision === 'approve' || decision === 'decline') && typeof at === 'number';
}

function digestOf({ run, step, hash, decision, by, evidence, at }: ApprovalFile): string {
  return createHash('sha256').update(JSON.stringify([run, step, hash ?? null, decision, by, evidence ?? null, at])).digest('hex');
}
