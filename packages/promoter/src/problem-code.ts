// The code of every problem this package can report: the report helpers take no other. docs/errors.md has a row for each;
// a test in tools/ holds them together.

/** Every code of this package, in the order of `docs/errors.md`. */
export const problemCodes = [
  // Any YAML file.
  'yaml-syntax', 'duplicate-key', 'wrong-type', 'unknown-field',
  // images.yaml.
  'no-name', 'bad-name', 'no-digests', 'bad-digest', 'unquoted-digest', 'digests-on-one-line', 'digest-under-two-names', 'bad-tag',
  'unquoted-tag', 'moving-tag', 'duplicate-tag', 'tag-with-two-digests', 'unsupported-layout',
  // promoter-manifest.yaml.
  'no-registries', 'one-source', 'no-destination', 'duplicate-registry', 'frozen-tree', 'missing-region', 'stray-destination', 'unknown-region', 'new-field',
  // The tree of both.
  'wrong-directory', 'misspelt-file', 'no-images', 'no-manifest', 'overlap',
  // A change against its base.
  'moved-tag', 'removed-tag', 'overlooked-digest',
  // What registries hold of it.
  'lost-digest', 'unknown-digest', 'single-platform-image',
] as const;

/** A code that a problem of this package may carry. */
export type ProblemCode = (typeof problemCodes)[number];
