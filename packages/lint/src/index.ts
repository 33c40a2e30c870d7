export { lintRunbook } from './shell-safety.ts';
export { lintCodes, makeLintProblem, type LintCode } from './lint-code.ts';
export { parseSource, type SourceAddress } from './source-address.ts';
export type { Selection } from './selection.ts';
export { compareQuote, type Drift, type QuotedCode } from './drift.ts';
export { countChanges, renderDiff } from './line-diff.ts';
export { replaceCode, type BlockEdit, type BlockPlace } from './block-edit.ts';
export { readReferences, type Link, type References } from './link.ts';
export { listPrograms, type ProgramUse } from './program.ts';
