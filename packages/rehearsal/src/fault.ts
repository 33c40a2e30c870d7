// The bad days a rehearsal can have, by name, and what a release manager should learn from each.
import { nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';

/** A fault that can be switched on. */
export interface Fault {
  readonly name: string;
  /** One sentence: what happens and what it teaches. */
  readonly lesson: string;
}

/** Every fault the world knows. */
export const faults: readonly Fault[] = [
  { name: 'job-not-triggered', lesson: 'No image-pushing job starts for a push: a push is not a build, so look for the run before you wait for the image.' },
  { name: 'build-fails', lesson: 'The build step ends with an error: the reason is in artifacts/build.log, and nothing reaches staging until a new push.' },
  { name: 'presubmit-fails', lesson: 'The first run of each presubmit of a commit fails for a reason that is not yours: read its log, then say /retest.' },
  { name: 'lost-digest', lesson: 'The digest has left staging when the promotion job runs: the job is green all the same, so ask production before you call it done.' },
];

/** One problem for each name that is no fault; `place` says where the names were given. */
export function checkFaults(names: readonly string[], place = '--fault'): readonly Problem[] {
  const known = faults.map((fault) => fault.name);
  return names.filter((name) => !known.includes(name)).map((name) => {
    const meant = nearest(name, known);
    return {
      file: place, line: 1, column: 1, code: 'unknown-fault', severity: 'error',
      message: `the rehearsal knows no fault ${JSON.stringify(name)}`,
      hint: meant === undefined ? `Known faults: ${known.join(', ')}.` : `Did you mean ${meant}?`,
    };
  });
}
