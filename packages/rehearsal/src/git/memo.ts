// What git answered already. Objects never change, so an answer that follows from object ids alone is good for ever; one that
// looks at refs is good until something writes. Bounded, so that a long rehearsal needs no more memory than a short one.

/** Commands that only ask. Everything else counts as a write. `merge-tree` stores objects, and the same ones each time. */
const questions: ReadonlySet<string> = new Set(['describe', 'diff', 'diff-tree', 'for-each-ref', 'format-patch', 'log', 'ls-tree', 'merge-base', 'merge-tree', 'rev-list', 'show']);
/** What a word must be, so that no ref decides: an option that names no refs and no time, an id, a range of ids. */
const fixedWord = /^(-(?!-(all|branches|tags|remotes|glob|since|until)\b).*|\^?[0-9a-f]{40}|[0-9a-f]{40}\.\.\.?[0-9a-f]{40})$/;

/** Most answers kept. */
const mostAnswers = 500;

/** Whether a git command changes nothing, so that its answer may be remembered. */
export function isQuestion(args: readonly string[]): boolean {
  return questions.has(args[0] ?? '');
}

/** Whether the answer follows from object ids alone. */
export function isLasting(args: readonly string[]): boolean {
  const [command = '', ...rest] = args;
  if (!isQuestion(args) || command === 'describe' || command === 'for-each-ref') return false;
  const end = rest.indexOf('--');
  const named = end === -1 ? rest : rest.slice(0, end);
  return named.some((word) => !word.startsWith('-')) && named.every((word) => fixedWord.test(word));
}

/** Remembers answers of one kind. */
export interface Memo<T> {
  /** The answer under a key, by `ask` when it is not known. Who asks while the answer is on its way waits for the same one. */
  recall(key: string, ask: () => Promise<T>): Promise<T>;
}

/** Makes an empty memo. Answers that `keeps` refuses, and failures, are asked for again. */
export function createMemo<T>(keeps: (answer: T) => boolean): Memo<T> {
  const kept = new Map<string, Promise<T>>();
  return {
    recall: (key, ask) => {
      const known = kept.get(key);
      kept.delete(key); // what was asked for goes to the end of the row, and the front of the row goes first
      const answer = known ?? ask();
      kept.set(key, answer);
      const [oldest] = kept.keys();
      if (kept.size > mostAnswers && oldest !== undefined) kept.delete(oldest);
      const forget = (): void => {
        if (kept.get(key) === answer) kept.delete(key);
      };
      if (known === undefined) answer.then((found) => (keeps(found) ? undefined : forget()), forget);
      return answer;
    },
  };
}
