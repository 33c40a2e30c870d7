// The code of every problem this package can report: the report helpers take no other. docs/errors.md has a row for each;
// a test in tools/ holds them together.

/** Every code of this package, in the order of `docs/errors.md`. */
export const problemCodes = [
  // Seeds.
  'seed-not-found', 'seed-yaml', 'seed-unknown-key', 'seed-bad-value', 'seed-incomplete', 'seed-conflict', 'seed-idle-build',
  'seed-stray-file', 'seed-not-text',
  // Faults.
  'unknown-fault',
] as const;

/** A code that a problem of this package may carry. */
export type ProblemCode = (typeof problemCodes)[number];
