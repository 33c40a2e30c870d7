// The name of every defect this package can report. docs/errors.md has a row for each; a test holds them together.
import type { Place, Problem, Severity } from '@runbook/problem';

const severities = {
  'shell-syntax': 'error',
  'write-in-read': 'error',
  'maybe-write-in-read': 'warning',
  'download-and-run': 'warning',
  'unguarded-removal': 'error',
  'undeclared-variable': 'warning',
  'unquoted-variable': 'warning',
  'hidden-failure': 'warning',
} as const satisfies Record<string, Severity>;

/** A code that a problem of this package may carry. */
export type LintCode = keyof typeof severities;

/** Every code of this package, in the order of `docs/errors.md`. */
export const lintCodes: readonly LintCode[] = Object.keys(severities) as LintCode[];

/** Makes a problem; the severity belongs to the code. */
export function makeLintProblem(code: LintCode, place: Place, message: string, hint: string): Problem {
  return { code, severity: severities[code], message, file: place.file, line: place.line, column: place.column, hint };
}
