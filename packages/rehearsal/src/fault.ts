// The bad days a rehearsal can have, by name, and what a release manager should learn from each.
import { nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';

/** A fault that can be switched on. */
export interface Fault {
  readonly name: string;
  /** What happens and what it teaches. */
  readonly lesson: string;
  /** Whether a release gets through it: `survives` with patience alone, `stops` until somebody acts. */
  readonly outcome: 'survives' | 'stops';
}

const stops = (name: string, lesson: string): Fault => ({ name, lesson, outcome: 'stops' });
const survives = (name: string, lesson: string): Fault => ({ name, lesson, outcome: 'survives' });

/** Every fault the world knows, in the order in which a release meets them. Source: domain facts §2.5, §4 and §7. */
export const faults: readonly Fault[] = [
  stops('token-expired', 'GitHub no longer knows the token: nothing is lost, make a new one and resume the run.'),
  survives('github-unwell', 'Every few answers of GitHub are a 502 of something in between: reads are asked again, writes never blindly.'),
  survives('connections-break', 'Every few answers break off in the middle: what is only read is simply read again.'),
  stops('rate-limited', 'GitHub has had enough for half an hour: a gate waits longer between its questions and goes on; elsewhere the run stops and is resumed.'),
  stops('push-denied', 'GitHub refuses the push of the tag: rights are asked for before the first write, and can be taken away after.'),
  stops('job-not-triggered', 'No image-pushing job starts for a push: a push is not a build, so look for the run before you wait for the image.'),
  survives('queue-full', 'The job waits for a free place for an hour and a half: triggered is not failed, look at the queue before you ask for help.'),
  stops('pod-lost', 'The cluster evicts the pod of the build: the run ends in error without a word of your code, and may simply be run again.'),
  stops('build-times-out', 'The build does not finish within the time that Prow gives it: raise its timeout, or make it faster.'),
  stops('build-fails', 'The build step ends with an error: the reason is in artifacts/build.log, and nothing reaches staging until a new push.'),
  stops('single-platform-build', 'The build pushes one platform only: what is promoted cannot be taken back, so look at the platforms before.'),
  stops('staging-denied', 'The staging registry refuses to be read: a 403 never means that the image is not there.'),
  survives('ok-to-test', 'The pull request waits for a member to say /ok-to-test: until then no test runs, and that is no failure.'),
  stops('presubmits-stuck', 'The presubmits of the pull request never report: look at the run, then say /test all, or /retest once one is red.'),
  stops('presubmit-fails', 'The first run of each presubmit of a commit fails for a reason that is not yours: read its log, then say /retest.'),
  stops('cla-missing', 'The author of a commit has not signed the CLA: only the author can, with the e-mail address of the commit.'),
  survives('on-hold', 'A reviewer puts the pull request on hold for some hours: everything may be green and it does not merge; ask why.'),
  stops('nobody-reviews', 'Nobody looks at the pull request for a week: a release needs people, so tell them before you begin.'),
  stops('closed', 'Somebody closes the pull request: find out why before you open another one.'),
  stops('promotion-not-started', 'The merge starts no promotion job: the daily one picks it up, or ask #sig-k8s-infra; do not open a second pull request.'),
  stops('promotion-fails', 'The promotion job fails half-way: only its owners may run it again, and running it again is safe.'),
  stops('lost-digest', 'The digest has left staging when the promotion job runs: the job is green all the same, so ask production before you call it done.'),
  survives('registry-busy', 'Production answers that it is asked too much: wait as long as it says, it is no failure of the promotion.'),
  survives('region-lags', 'One region gets the image an hour after the others: one answer proves little, ask them all.'),
  stops('region-missing', 'One region never gets the image: users near it cannot pull, although the job is green.'),
];

/** The name of a fault and the step of a runbook from which on it is on: `NAME` or `NAME@STEP`. */
export function splitFault(given: string): { readonly name: string; readonly from?: string } {
  const at = given.indexOf('@');
  return at === -1 ? { name: given } : { name: given.slice(0, at), from: given.slice(at + 1) };
}

/** One problem for each name that is no fault; `place` says where the names were given. */
export function checkFaults(names: readonly string[], place = '--fault'): readonly Problem[] {
  const known = faults.map((fault) => fault.name);
  return names.map((given) => splitFault(given).name).filter((name) => !known.includes(name)).map((name) => {
    const meant = nearest(name, known);
    return {
      file: place, line: 1, column: 1, code: 'unknown-fault', severity: 'error',
      message: `the rehearsal knows no fault ${JSON.stringify(name)}`,
      hint: meant === undefined ? `Known faults: ${known.join(', ')}.` : `Did you mean ${meant}?`,
    };
  });
}
