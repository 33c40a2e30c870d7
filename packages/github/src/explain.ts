// Why a pull request does not merge yet, in words a contributor understands. Pure: facts in, sentences out.
// The rules are tide's for the Kubernetes organisations (domain §4.8–4.9); nothing is claimed that no fact shows.
import type { CheckRun, PullRequest, Status } from './github.ts';

/** What is known beside the pull request itself. */
export interface Evidence {
  readonly statuses: readonly Status[];
  readonly checks: readonly CheckRun[];
}

/** Labels that tide asks for, and how one gets them. */
const required: readonly (readonly [string, string])[] = [
  ['lgtm', 'a reviewer other than the author comments /lgtm or approves the review'],
  ['approved', 'an approver of every changed folder (OWNERS) comments /approve'],
  ['cncf-cla: yes', 'every commit\'s author signs the CNCF CLA with that e-mail address'],
];

/** Labels that hold a pull request back, and how one gets rid of them. */
const blocking: Readonly<Record<string, string>> = {
  'do-not-merge/hold': 'comment /hold cancel when the hold is over',
  'do-not-merge/work-in-progress': 'take WIP out of the title, or mark the draft as ready',
  'do-not-merge/release-note-label-needed': 'add a release-note block to the description',
  'do-not-merge/invalid-owners-file': 'correct the OWNERS file',
  'do-not-merge/contains-merge-commits': 'rebase without merge commits',
  'do-not-merge/invalid-commit-message': 'take mentions and closing keywords out of the commit messages',
  'do-not-merge/blocked-paths': 'it changes files that must not be changed now',
  'needs-ok-to-test': 'a member comments /ok-to-test; no test runs before',
  'needs-rebase': 'rebase onto the base branch',
};

/** Reasons in the order in which people can act on them; empty when nothing known holds it, or when it is merged. */
export function explain(repo: string, pull: PullRequest, evidence: Evidence): readonly string[] {
  if (pull.merged) return [];
  if (pull.state === 'closed') return ['It is closed and was not merged.'];
  return [
    ...(pull.draft ? ['It is a draft: mark it as ready for review.'] : []),
    ...conflicts(pull),
    ...heldByLabels(pull.labels),
    ...missingLabels(repo, pull.labels, evidence.statuses),
    ...evidence.statuses.flatMap(aboutStatus),
    ...evidence.checks.flatMap(aboutCheck),
  ];
}

function conflicts(pull: PullRequest): readonly string[] {
  if (pull.mergeableState === 'dirty') return [`It conflicts with ${pull.baseRef}: rebase it.`];
  return pull.mergeableState === 'behind' ? [`It is behind ${pull.baseRef}, which asks for branches that are up to date.`] : [];
}

function heldByLabels(labels: readonly string[]): readonly string[] {
  return labels
    .filter((label) => label in blocking || label === 'do-not-merge' || label.startsWith('do-not-merge/'))
    .map((label) => `The label ${label} holds it${blocking[label] === undefined ? '' : `: ${blocking[label]}`}.`);
}

function missingLabels(repo: string, labels: readonly string[], statuses: readonly Status[]): readonly string[] {
  const usesTide = statuses.some(({ context }) => context === 'tide') || /^kubernetes(-[a-z]+)?\//.test(repo);
  if (!usesTide) return [];
  return required.filter(([label]) => !labels.includes(label)).map(([label, how]) => `The label ${label} is missing: ${how}.`);
}

function aboutStatus({ context, state, description, url }: Status): readonly string[] {
  const said = description === '' ? '' : `: ${description}`;
  if (context === 'tide') return state === 'success' ? [] : [`Tide says${said === '' ? ' that it is not mergeable' : said}`];
  if (state === 'success') return [];
  if (state === 'pending') return [`${context} has not finished${said}`];
  return [`${context} failed${said}${url === undefined ? '' : ` (${url})`}`];
}

function aboutCheck({ name, status, conclusion, url }: CheckRun): readonly string[] {
  if (status !== 'completed' || conclusion === undefined) return [`${name} has not finished.`];
  if (conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped') return [];
  return [`${name} ended with ${conclusion}${url === undefined ? '' : ` (${url})`}`];
}
