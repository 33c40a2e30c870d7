export { lintRunbook } from './shell-safety.ts';
