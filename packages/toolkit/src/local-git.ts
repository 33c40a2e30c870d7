// Questions to git in a local clone. Arguments are passed as a list, never through a shell; nothing here writes.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Git in one working copy. */
export interface LocalGit {
  /** Output of a git command, without the last line feed. @throws Error with git's own words */
  read(args: readonly string[]): Promise<string>;
  /** Text of a file at a revision, or undefined where that revision has no such file. */
  findFile(revision: string, path: string): Promise<string | undefined>;
  /** Paths of the files below a folder at a revision. */
  listFiles(revision: string, folder: string): Promise<readonly string[]>;
}

/** Opens git in a folder. Nothing is run yet. */
export function openGit(folder: string): LocalGit {
  const read = async (args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await run('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024 });
      return stdout.replace(/\n$/, '');
    } catch (error) {
      const words = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : String(error);
      throw new Error(`git ${args[0] ?? ''} in ${folder}: ${words}`, { cause: error });
    }
  };
  return {
    read,
    async listFiles(revision, path) {
      const text = await read(['ls-tree', '-r', '-z', '--name-only', revision, '--', path]);
      return text.split('\0').filter((name) => name !== '');
    },
    async findFile(revision, path) {
      const found = await read(['ls-tree', '--name-only', revision, '--', path]);
      return found === '' ? undefined : read(['show', `${revision}:${path}`]).then((text) => `${text}\n`);
    },
  };
}
