// Whether a job config file can hold jobs of a repository at all: a look at its text that spares parsing the others.

/** What YAML can hide a letter of a key behind: `\x2f`, `\u002f`, `\/`, and a line that is folded by a backslash. */
const hiding = /\\(?:[xuU/\n\r])/;

/**
 * False only when the text cannot hold a job of the repository. Jobs stand below their repository's name, and a name can be
 * written other than letter by letter only with an escape. Never false by mistake; true says nothing.
 */
export function mayHoldJobsOf(text: string, repo: string): boolean {
  return text.includes(repo) || hiding.test(text);
}
