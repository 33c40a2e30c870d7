// The name of every defect of what a document refers to: quoted files, links, commands of the machine. docs/errors.md has a
// row for each; a test holds them together. How such a defect is found is not said here.
import type { Place, Problem, Severity } from '@runbook/problem';

const severities = {
  drift: 'error',
  'bad-source': 'error',
  'source-absent': 'error',
  'source-unreachable': 'warning',
  'broken-link': 'error',
  'broken-anchor': 'error',
  'link-unreachable': 'warning',
  'links-unread': 'warning',
  'missing-command': 'warning',
  shellcheck: 'warning',
} as const satisfies Record<string, Severity>;

/** A code of a problem with what a document refers to. */
export type ReferenceCode = keyof typeof severities;

/** What a problem of a reference says besides its place. */
export interface ReferenceFinding {
  readonly code: ReferenceCode;
  readonly message: string;
  readonly hint: string;
  /** More lines for people, for example a diff. */
  readonly detail?: string;
}

/** Makes a problem; the severity belongs to the code. */
export function makeReferenceProblem(place: Place, { code, message, hint, detail }: ReferenceFinding): Problem {
  return { code, severity: severities[code], message, file: place.file, line: place.line, column: place.column, hint, ...(detail === undefined ? {} : { detail }) };
}
