// Which documents a command means: files, folders, patterns, `-` for standard input. Folders that hold other people's files or
// our own records are not entered unless they are named.
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { UsageError } from '../exit.ts';

/** A document that was read. */
export interface GivenDocument {
  /** As it is shown: the path as given, or `stdin`. */
  readonly name: string;
  /** Undefined for standard input. */
  readonly path?: string;
  readonly bytes: Buffer;
  readonly text: string;
}

const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', '.runbook']);
const markdown = /\.(?:md|markdown)$/i;

/**
 * Reads the documents that arguments name, each once, in the order of the arguments; those of a folder or pattern by name.
 * @throws UsageError when an argument names nothing, or a file cannot be read.
 */
export function readDocuments(paths: readonly string[]): GivenDocument[] {
  const seen = new Set<string>();
  return paths.flatMap(expandPath).flatMap((path): GivenDocument[] => {
    const identity = path === '-' ? '-' : realpathSync(path);
    if (seen.has(identity)) return [];
    seen.add(identity);
    const bytes = readBytes(path);
    return [{ name: path === '-' ? 'stdin' : path, ...(path === '-' ? {} : { path }), bytes, text: bytes.toString('utf8') }];
  });
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (cause) {
    throw new UsageError(`${path}: ${readFault(cause)}. Give the path of a Markdown file.`, undefined, { cause });
  }
}

/** Why a file could not be read, in words. */
export function readFault(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  return cause instanceof Error ? cause.message : String(cause);
}

function expandPath(path: string): string[] {
  if (path === '-') return [path];
  if (existsSync(path)) return statSync(path).isDirectory() ? filesOf(path, (name) => markdown.test(name), 'it holds no Markdown file') : [path];
  const { base, glob, isGlob } = picomatch.scan(path);
  if (!isGlob) throw new UsageError(`${path}: there is no such file or folder.`);
  const folder = base === '' ? '.' : base;
  if (!existsSync(folder)) throw new UsageError(`${path}: there is no folder ${folder}.`);
  const matches = picomatch(glob, { dot: true });
  return filesOf(folder, (name) => matches(name), 'no file matches it', path);
}

function filesOf(folder: string, accepts: (path: string) => boolean, otherwise: string, asked = folder): string[] {
  const found = walk(folder, '').filter(accepts).map((name) => (folder === '.' ? name : join(folder, name))).sort();
  if (found.length === 0) throw new UsageError(`${asked}: ${otherwise}.`);
  return found;
}

/** Every file below a folder, relative to it. Links to folders are not followed: they may lead in a circle. */
function walk(root: string, below: string): string[] {
  const folder = join(root, below);
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry): string[] => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(root, name);
      return entry.isFile() || (entry.isSymbolicLink() && isFile(join(root, name))) ? [name] : [];
    });
  } catch (cause) {
    throw new UsageError(`${folder}: ${readFault(cause)}.`, undefined, { cause });
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
