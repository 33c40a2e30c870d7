// What git answered already. Objects never change, so an answer that follows from object ids alone is good for ever; one that
// looks at refs is good until something writes. Bounded, so that a long rehearsal needs no more memory than a short one.
import type { GitResult } from './command.ts';

/** Commands that only ask. Everything else counts as a write. `merge-tree` stores objects, and the same ones each time. */
const questions: ReadonlySet<string> = new Set(['describe', 'diff', 'diff-tree', 'for-each-ref', 'format-patch', 'log', 'ls-tree', 'merge-base', 'merge-tree', 'rev-list', 'show']);

/** Most answers kept. */
const mostAnswers = 500;
/** Longer answers are not kept, in bytes. */
const longest = 64 * 1024;

/** Remembers answers. */
export interface Memo {
  /** The answer to `args` in a repository, by `ask` when it is not known. */
  answer(repo: string, args: readonly string[], env: Readonly<Record<string, string>>, ask: () => Promise<GitResult>): Promise<GitResult>;
  /** Says that refs may have moved, or that objects may have come. */
  wrote(): void;
}

/** Whether a git command changes nothing, so that its answer may be remembered. */
export function isQuestion(args: readonly string[]): boolean {
  return questions.has(args[0] ?? '');
}

/** Whether the answer follows from object ids alone. */
export function isLasting(args: readonly string[]): boolean {
  const [command = '', ...rest] = args;
  const end = rest.indexOf('--');
  const named = end === -1 ? rest : rest.slice(0, end);
  const fixed = /^(-(?!-(all|branches|tags|remotes|glob|since|until)\b).*|\^?[0-9a-f]{40}|[0-9a-f]{40}\.\.\.?[0-9a-f]{40})$/;
  return isQuestion(args) && command !== 'describe' && command !== 'for-each-ref' && named.some((word) => !word.startsWith('-')) && named.every((word) => fixed.test(word));
}

/** Makes an empty memo. */
export function createMemo(): Memo {
  const kept = new Map<string, Promise<GitResult>>();
  let writes = 0;
  return {
    wrote: () => void (writes += 1),
    answer: (repo, args, env, ask) => {
      const key = JSON.stringify([repo, isLasting(args) ? 'ever' : writes, args, env]);
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key); // to the end of the row: the front of it goes first
        kept.set(key, known);
        return known;
      }
      const asked = ask();
      kept.set(key, asked);
      const forget = (): void => void (kept.get(key) === asked && kept.delete(key));
      // 1 is an answer too (no ancestor, a conflict); what is above is an error, and may be over when more objects have come.
      asked.then((result) => void ((result.exitCode ?? 2) > 1 || result.stdout.length > longest ? forget() : undefined), forget);
      const [oldest] = kept.keys();
      if (kept.size > mostAnswers && oldest !== undefined) kept.delete(oldest);
      return asked;
    },
  };
}
