// Where other processes leave what a person said of a manual step: one file each, whole or not there, until it stands in the
// journal. The folder is as private, and as trusted, as the journal beside it.
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, Signal } from '@runbook/model';

/** Leaves a signal for the process that runs the run, or for the next one that does. */
export function postSignal(box: string, signal: Signal): void {
  mkdirSync(box, { recursive: true, mode: 0o700 });
  const id = signal.id ?? randomUUID();
  const draft = join(box, `${id}.new`);
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, `${JSON.stringify({ ...signal, id })}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, join(box, `${id}.json`));
}

/** The signals that are not in the journal yet, oldest first. */
export function readSignals(box: string, journalled: readonly RunEvent[]): Signal[] {
  if (!existsSync(box)) return [];
  const known = new Set(journalled.flatMap((event) => (event.kind === 'signal' ? (event.id ?? []) : [])));
  return readdirSync(box)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readSignal(join(box, name)) ?? [])
    .filter(({ id }) => id !== undefined && !known.has(id))
    .sort((a, b) => a.at - b.at || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
}

/** Takes a signal away that stands in the journal. */
export function dropSignal(box: string, id: string): void {
  if (/^[\w-]+$/.test(id)) rmSync(join(box, `${id}.json`), { force: true });
}

function readSignal(file: string): Signal | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    // it was taken into the journal, and away, in the meantime
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // no signal: files here are written whole, so somebody else made it
    return undefined;
  }
  const isSignal = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'signal' && 'by' in value && 'step' in value && 'decision' in value && 'id' in value;
  return isSignal ? (value as Signal) : undefined;
}
