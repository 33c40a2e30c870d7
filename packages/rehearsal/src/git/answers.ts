// Asks git about the world's repositories and remembers what it may: commands by a process each, names and objects by one
// lasting reader a repository. Knows nothing of what the answers mean.
import type { GitObject, GitObjectInfo, RepoName } from '../services.ts';
import { tryGit } from './command.ts';
import type { GitResult } from './command.ts';
import { createMemo, isLasting, isQuestion } from './memo.ts';
import { createObjectReader } from './objects.ts';
import type { ObjectReader } from './objects.ts';

/** What a git command gets beside its arguments. */
export interface GitRunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Git's answers. */
export interface Answers {
  /** Runs a command to its end, whatever its exit code; a question that was answered already is not asked again. */
  run(repo: RepoName, args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
  info(repo: RepoName, name: string): Promise<GitObjectInfo | undefined>;
  contents(repo: RepoName, name: string): Promise<GitObject | undefined>;
  /** Says that a process of somebody else may have moved refs or brought objects. */
  forget(): void;
  /** Ends the readers. */
  close(): void;
}

/** Where repositories lie, and what git runs with there. */
export interface AnswerParts {
  readonly path: (repo: RepoName) => string;
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Longer answers are not remembered, in bytes. */
const longestKept = 64 * 1024;

/** Starts with nothing remembered and no process. Asked of existing repositories only. */
export function createAnswers(parts: AnswerParts): Answers {
  // 1 is an answer too (no ancestor, a conflict); what is above is an error, and may be over when more objects have come
  const results = createMemo<GitResult>((result) => result.exitCode !== null && result.exitCode <= 1 && result.stdout.length <= longestKept);
  const names = createMemo<GitObjectInfo | undefined>(() => true);
  const readers = new Map<RepoName, ObjectReader>();
  let writes = 0;

  function readerOf(repo: RepoName): ObjectReader {
    const reader = readers.get(repo) ?? createObjectReader(parts.path(repo), parts.environment);
    readers.set(repo, reader);
    return reader;
  }

  return {
    run: async (repo, args, options = {}) => {
      const start = (): Promise<GitResult> => tryGit({ cwd: parts.path(repo), args, input: options.input, env: { ...parts.environment(), ...options.env } });
      if (options.input === undefined && isQuestion(args)) return results.recall(JSON.stringify([repo, isLasting(args) ? 'ever' : writes, args, options.env]), start);
      try {
        return await start();
      } finally {
        writes += 1;
      }
    },
    info: (repo, name) => names.recall(JSON.stringify([repo, writes, name]), () => readerOf(repo).info(name)),
    contents: (repo, name) => readerOf(repo).contents(name),
    forget: () => void (writes += 1),
    close: () => {
      for (const reader of readers.values()) reader.close();
    },
  };
}
