// Clones of public repositories to look into, whole or a few folders of them. A whole one is complete: git never fetches more of it
// later, in another environment.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is wanted of a repository. */
export interface CloneRequest {
  /** `owner/name` on GitHub. */
  readonly repo: string;
  /** An empty or new folder. */
  readonly folder: string;
  /** Only these folders, and only the newest commit; everything unless given. */
  readonly only?: readonly string[];
  /** The environment git runs in. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Clones a repository. @throws Error with git's own words */
export async function cloneForReading({ repo, folder, only, env }: CloneRequest): Promise<void> {
  // Nobody is asked for a password: what cannot be read without one is not read.
  const options = { env: { ...env, GIT_TERMINAL_PROMPT: '0' }, timeout: 600_000, maxBuffer: 16 * 1024 * 1024 };
  const shape = only === undefined ? ['--no-checkout'] : ['--depth=1', '--filter=blob:none', '--sparse'];
  try {
    await run('git', ['clone', '--quiet', ...shape, '--end-of-options', `https://github.com/${repo}`, folder], options);
    if (only !== undefined) await run('git', ['-C', folder, 'sparse-checkout', 'set', ...only], options);
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' && error.stderr.trim() !== '' ? error.stderr.trim() : String(error);
    throw new Error(`git could not clone https://github.com/${repo}: ${words}`, { cause: error });
  }
}
