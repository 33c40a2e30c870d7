// Which digests kpromo promotes for a change, from the change's diff.
// Source: PT `--use-prow-manifest-diff`; domain facts §5.2.

/** All digests in double quotes on one line. */
export function changedDigestsOfLine(line: string): readonly string[] {
  return [...line.matchAll(/"(sha256:[0-9a-f]{64})"/g)].map((match) => match[1] ?? '');
}

/**
 * The digests of a `git diff --unified=0`: of every line, added or removed, that holds exactly one digest in double
 * quotes. In order, each once. None means that nothing is promoted and the job is green.
 */
export function changedDigests(diffUnified0: string): readonly string[] {
  const found = new Set<string>();
  for (const line of diffUnified0.split('\n')) {
    const digests = changedDigestsOfLine(line);
    if (digests.length === 1 && digests[0] !== undefined) found.add(digests[0]);
  }
  return [...found];
}
