// A defect of a document, as data. Every parser of the house collects these instead of throwing,
// so that an author sees all of them at once, each with its place.

/** How much a problem matters: an `error` stops a run, a `warning` does not. */
export type Severity = 'error' | 'warning';

/** A place in a text file. Line and column are 1-based; the column counts UTF-16 units, as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A defect of a document: what is wrong, where, and what to do about it. The JSON shape of `runbook check`. */
export interface Problem extends Place {
  /** Stable kebab-case name; `docs/errors.md` has a row for each. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, got versus expected. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** More lines for people, for example a diff. */
  readonly detail?: string;
}

/** True when at least one of the problems stops a run. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** One line for people: `file:line:col  code: what is wrong. What to do.` */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  return `${place}  ${problem.code}: ${sentence(problem.message)}${problem.hint === '' ? '' : ` ${sentence(problem.hint)}`}`;
}

function sentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}
