// What was made once and would be made again, kept from one call to the next: code that V8 compiled, findings of ShellCheck.
// It is never needed: whatever is wrong with it, things are made as if it were not there, and nobody hears of it.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Things by name, in one file of the user's. */
export interface PrivateCache {
  find(name: string): Buffer | undefined;
  /** Writes what is there and these; the next call finds them. Never throws. */
  add(parts: ReadonlyMap<string, Buffer>): void;
  /** Writes these and nothing else. Never throws. */
  replace(parts: ReadonlyMap<string, Buffer>): void;
}

/** Larger than any real one, in bytes; a larger file is none of ours. */
const largest = 32 * 1024 * 1024;

const checksumLength = 32;

/**
 * Opens the cache in a file. It is believed only where the file and its folder are ours alone to write, and whole: V8 runs
 * what it is given, and does not look whether a byte of it has changed.
 */
export function openPrivateCache(file: string): PrivateCache {
  const parts = readParts(file);
  return {
    find: (name) => parts.get(name),
    add: (more) => write(file, new Map([...parts, ...more])),
    replace: (others) => write(file, others),
  };
}

function write(file: string, parts: ReadonlyMap<string, Buffer>): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (!isOursAlone(lstatSync(dirname(file)))) return;
    writeFileSync(draft, encode(parts), { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch {
    // no room, no right, or another call was quicker: this one has done its work without
    remove(draft);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // it was not made: what stands in its way is no folder
  }
}

/** The folder for what can be made again, as this system has it; undefined where there is none that is ours. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string | undefined {
  const home = env['HOME'] ?? '';
  const given = env['XDG_CACHE_HOME'] ?? '';
  const above = given === '' ? home : given;
  try {
    // as root in the home of somebody else (`sudo`): what stands there is theirs to write
    if (!above.startsWith('/') || !isOursAlone(lstatSync(above))) return undefined;
  } catch {
    return undefined;
  }
  return join(given !== '' ? given : join(home, platform === 'darwin' ? 'Library/Caches' : '.cache'), 'runbook');
}

function isOursAlone({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

function readParts(file: string): Map<string, Buffer> {
  try {
    if (!isOursAlone(lstatSync(dirname(file)))) return new Map<string, Buffer>();
    const fd = openSync(file, 'r');
    try {
      const found = fstatSync(fd);
      return isOursAlone(found) && found.isFile() && found.size <= largest ? decode(readFileSync(fd)) : new Map<string, Buffer>();
    } finally {
      closeSync(fd);
    }
  } catch {
    // there is none yet, or it cannot be read
    return new Map<string, Buffer>();
  }
}

/** The checksum of all that follows; the length of the table; a table of names and lengths; what they name, end to end. */
function encode(parts: ReadonlyMap<string, Buffer>): Buffer {
  const table = Buffer.from(JSON.stringify([...parts].map(([name, data]) => [name, data.length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(table.length);
  const body = Buffer.concat([length, table, ...parts.values()]);
  return Buffer.concat([checksum(body), body]);
}

function decode(bytes: Buffer): Map<string, Buffer> {
  const body = bytes.subarray(checksumLength);
  if (bytes.length < checksumLength + 4 || !checksum(body).equals(bytes.subarray(0, checksumLength))) return new Map();
  const tableEnd = 4 + body.readUInt32LE(0);
  const table = JSON.parse(body.toString('utf8', 4, tableEnd)) as [string, number][];
  const parts = new Map<string, Buffer>();
  let at = tableEnd;
  for (const [name, length] of table) parts.set(name, body.subarray(at, (at += length)));
  return parts;
}

function checksum(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
