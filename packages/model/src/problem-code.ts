// The name of every defect this package can report, and how a defect is made.
// Nothing else in the package may invent a code: docs/errors.md, the fixtures and this list are held together by a test.
import type { Problem, Severity } from '@runbook/problem';

const severities = {
  'missing-input': 'error',
} as const satisfies Record<string, Severity>;

/** A code that a problem of this package may carry. */
export type ProblemCode = keyof typeof severities;

/** Every code of this package, in the order of `docs/errors.md`. */
export const problemCodes: readonly ProblemCode[] = Object.keys(severities) as ProblemCode[];

/** A place inside the document that is being read. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** Makes a problem; the severity belongs to the code. */
export function makeProblem(code: ProblemCode, file: string, spot: Spot, message: string, hint: string): Problem {
  return { code, severity: severities[code], message, file, line: spot.line, column: spot.column, hint };
}
