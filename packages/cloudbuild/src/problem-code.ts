// The code of every problem this package can report: the report helpers take no other. docs/errors.md has a row for each;
// a test in tools/ holds them together.

/** Every code of this package, in the order of `docs/errors.md`. */
export const problemCodes = [
  // Any YAML file.
  'yaml-syntax', 'duplicate-key', 'wrong-type', 'unknown-field',
  // The fields of a build.
  'duplicate-field', 'not-a-list', 'bad-duration', 'bad-option',
  // Cloud Build's rules.
  'no-steps', 'no-builder', 'duplicate-id', 'unknown-step', 'script-with-args', 'bad-env', 'bad-volume', 'timeout-limit', 'too-many',
  'too-long', 'bad-location', 'artifact-paths', 'two-image-lists', 'bad-image-name', 'bad-build-tag',
  // Substitutions and variants.
  'substitution-key', 'substitution-missing', 'substitution-unused', 'circular-substitution', 'unknown-builtin', 'trigger-builtin',
  'builtin-not-given', 'rewritten-number', 'comma-in-substitution',
  // What a maintainer should know.
  'unescaped-variable', 'undeclared-substitution', 'passed-but-unused', 'script-substitution', 'dynamic-off', 'images-with-push', 'image-not-built',
  'other-repository', 'single-platform', 'timeout-missing', 'stale-builder', 'opaque-step', 'unknown-variant',
  // Arguments of image-builder.
  'no-config-dir', 'flag-after-directory', 'unknown-flag', 'bad-flag',
] as const;

/** A code that a problem of this package may carry. */
export type ProblemCode = (typeof problemCodes)[number];
