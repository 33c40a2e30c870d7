// How a run that failed comes to run again: by which comment, or by whom. Pure. (domain §1.5, §4.5, §4.8)
import type { Job } from '@runbook/prow-config';
import type { Run } from './run.ts';

/** Who may press Rerun on prow.k8s.io whatever the job says (domain §4.5). */
const everywhere = 'members of kubernetes/test-infra-admins and milestone-maintainers';

/**
 * What to do to run it again, in sentences.
 * @param job as its config has it, where that is known: it says which comment starts it and who else may rerun it
 */
export function adviseRerun(run: Run, job?: Job): readonly string[] {
  if (!run.failed) return [];
  if (run.kind === 'presubmit') {
    const where = run.repo === undefined || run.pull === undefined ? 'its pull request' : `https://github.com/${run.repo}/pull/${run.pull}`;
    return [`Comment "${job?.rerunCommand ?? `/test ${run.job}`}" on ${where}, or "/retest" for every failed test.`];
  }
  if (run.kind === 'batch') return ['Tide tests the pull requests again by itself.'];
  const advice = [`Rerun on ${run.url} is for ${allowed(job)}.`];
  if (run.job === 'post-k8sio-image-promo') advice.push('ci-k8sio-image-promo runs daily at 07:00 UTC and promotes what was missed in the last 14 days; in a hurry, ask in #sig-k8s-infra.');
  return advice;
}

function allowed(job: Job | undefined): string {
  const auth = job?.rerunAuth;
  if (auth?.allowAnyone === true) return 'everybody';
  const teams = (auth?.teams ?? []).map(({ org, slug }) => `@${org}/${slug}`);
  const others = [...teams, ...(auth?.users ?? []).map((user) => `@${user}`)];
  if (others.length > 0) return `${others.join(', ')}, and ${everywhere}`;
  return job === undefined ? `${everywhere}, and those whom the job's rerun_auth_config names` : everywhere;
}
