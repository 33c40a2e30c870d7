export { lintRunbook } from './shell-safety.ts';
export { lintCodes, type LintCode } from './lint-code.ts';
