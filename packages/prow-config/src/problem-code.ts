// The code of every problem this package can report: the report helpers take no other. docs/errors.md has a row for each;
// a test in tools/ holds them together.

/** Every code of this package, in the order of `docs/errors.md`. */
export const problemCodes = [
  // Any YAML file.
  'yaml-syntax', 'duplicate-key', 'wrong-type', 'unknown-field',
  // Jobs.
  'job-name', 'duplicate-job', 'bad-pattern', 'exclusive-fields', 'trigger-pair', 'schedule', 'tag-never-runs', 'half-anchored',
] as const;

/** A code that a problem of this package may carry. */
export type ProblemCode = (typeof problemCodes)[number];
