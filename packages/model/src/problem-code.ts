// The name of every defect this package can report, and how a defect is made.
// Nothing else in the package may invent a code: docs/errors.md, the fixtures and this list are held together by a test.
import { nearest } from '@runbook/problem';
import type { Problem, Severity } from '@runbook/problem';

const severities = {
  // Front matter and inputs.
  'bad-front-matter': 'error',
  'misspelt-front-matter': 'warning',
  'bad-requires': 'error',
  'unmet-requirement': 'error',
  'unknown-lock-name': 'error',
  'bad-input-name': 'error',
  'reserved-name': 'error',
  'bad-input-declaration': 'error',
  'unknown-input-key': 'error',
  // Values of inputs.
  'missing-input': 'error',
  'bad-input': 'error',
  'unknown-input': 'error',
  'secret-on-command-line': 'error',
  'short-secret': 'error',
  'lock-without-value': 'error',
  // Structure of the Markdown.
  'nesting-too-deep': 'error',
  'unclosed-fence': 'error',
  'lazy-quote-fence': 'error',
  'over-indented-fence': 'error',
  'fence-in-html': 'error',
  'not-a-fence': 'error',
  // Attributes.
  'bad-attributes': 'error',
  'unknown-attribute': 'error',
  'duplicate-attribute': 'error',
  'bad-attribute-value': 'error',
  'attribute-not-here': 'error',
  'attribute-conflict': 'error',
  'attribute-incomplete': 'error',
  'attributes-to-nowhere': 'error',
  // Steps among each other.
  'duplicate-name': 'error',
  'unknown-step': 'error',
  'step-comes-later': 'error',
  'verifier-not-read': 'error',
  'duplicate-verifier': 'error',
  'verifier-lacks-output': 'error',
  'poll-not-read': 'error',
  'bad-ready': 'error',
  'retry-without-verifier': 'error',
  'duplicate-undo': 'error',
  'duplicate-output': 'error',
  'output-is-input': 'error',
  'used-before-produced': 'error',
  'bad-condition': 'error',
  'unknown-name': 'error',
  'include-not-found': 'error',
  'include-outside': 'error',
  'include-cycle': 'error',
  'include-input': 'error',
  'include-output': 'error',
  'include-effect': 'error',
  'bad-expectation': 'error',
  'duplicate-expectation': 'error',
  placeholder: 'error',
  'undeclared-effect': 'warning',
  'unnamed-write': 'warning',
} as const satisfies Record<string, Severity>;

/** A code that a problem of this package may carry. */
export type ProblemCode = keyof typeof severities;

/** Every code of this package, in the order of `docs/errors.md`. */
export const problemCodes: readonly ProblemCode[] = Object.keys(severities) as ProblemCode[];

/** A place inside the document that is being read; 1-based. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** Makes a problem; the severity belongs to the code. */
export function makeProblem(code: ProblemCode, file: string, spot: Spot, message: string, hint: string): Problem {
  return { code, severity: severities[code], message, file, line: spot.line, column: spot.column, hint };
}

/** Collects problems of one document. */
export type Complain = (code: ProblemCode, spot: Spot, message: string, hint: string) => void;

/** How many names are looked at for a suggestion, so that a long document full of wrong names is read in linear time. */
const mostCandidates = 60;

/** The known name that is nearest to a wrong one, of the first few; undefined when none is near. */
export function nearestOf(name: string, known: Iterable<string>): string | undefined {
  const candidates: string[] = [];
  for (const candidate of known) {
    if (candidates.length >= mostCandidates) break;
    if (candidate !== name) candidates.push(candidate);
  }
  return nearest(name, candidates);
}

/** "Did you mean …?" for a hint, or the given text when nothing is near. */
export function didYouMean(near: string | undefined, otherwise: string): string {
  return near === undefined ? otherwise : `Did you mean "${near}"?`;
}
