// For tests: what becomes of release.md on each bad day that stops it. Only tests import this.

/** The end of such a day. */
export interface StoppedAt {
  /** As `--fault` takes it. */
  readonly fault: string;
  /** The step that failed. */
  readonly step: string;
  /** What leads to the cure. */
  readonly says: RegExp;
  /** Steps that wrote before, in order. What can be taken back is, as long as nothing was merged. */
  readonly wrote: readonly string[];
}

const tagged = ['push-tag', 'withdraw-tag'];
const opened = ['push-tag', 'push-branch', 'open-pull-request', 'withdraw-pull-request', 'withdraw-tag'];
const afterMerge = ['push-tag', 'push-branch', 'open-pull-request'];

/** Stopped before a pull request is there. */
export const early: readonly StoppedAt[] = [
  { fault: 'token-expired', step: 'credentials', says: /unauthorized: .*log in again\. Set GITHUB_TOKEN to a token of yours/, wrote: [] },
  { fault: 'rate-limited', step: 'preflight', says: /rate-limited: api\.github\.com answered 403: API rate limit exceeded.*Wait and try again \(\d+ s\)/, wrote: [] },
  { fault: 'push-denied', step: 'push-tag', says: /remote: Permission to kubernetes-sigs\/apisnoop\.git denied to robin\.[^]*The requested URL returned error: 403/, wrote: [] },
  { fault: 'job-not-triggered', step: 'build', says: /no run for [0-9a-f]{10} on main yet; a push may start none, see runbook prow jobs/, wrote: tagged },
  { fault: 'pod-lost', step: 'build', says: /The cluster took the job's pod away\. Rerun it\. Log: https/, wrote: tagged },
  { fault: 'build-times-out', step: 'build', says: /The job ran out of its own time limit\. Log: https/, wrote: tagged },
  { fault: 'build-fails', step: 'build', says: /Cloud Build ended with FAILURE; the step that failed is above that line in artifacts\/build\.log/, wrote: tagged },
  { fault: 'single-platform-build', step: 'staging', says: /is for linux\/amd64 only; pull-k8sio-verify refuses a new single-platform image/, wrote: tagged },
  { fault: 'staging-denied', step: 'staging', says: /forbidden: gcr\.io answered 403: DENIED.*this does not say whether the thing exists/, wrote: tagged },
];

/** Stopped before it is merged. */
export const late: readonly StoppedAt[] = [
  { fault: 'token-expired@edit', step: 'edit', says: /unauthorized: api\.github\.com answered 401: Bad credentials.*Give a valid token or log in again/, wrote: tagged },
  { fault: 'presubmits-stuck', step: 'presubmits', says: /timed out: waited 1h .*pull-k8sio-cip: Job triggered\..*comment "\/test all" on https:\/\/github\.com\/kubernetes\/k8s\.io\/pull\/1/, wrote: opened },
  { fault: 'presubmit-fails', step: 'presubmits', says: /pull-k8sio-cip: Job failed\. https:\/\/prow\.k8s\.io\/view\S+ Read its log; where the reason is not yours, comment "\/retest" on https:\/\/github\.com\/kubernetes\/k8s\.io\/pull\/1/, wrote: opened },
  { fault: 'cla-missing', step: 'merge', says: /timed out: waited 7d .*cncf-cla: yes is missing: every commit's author signs the CNCF CLA/, wrote: opened },
  { fault: 'nobody-reviews', step: 'merge', says: /timed out: waited 7d .*lgtm is missing: a reviewer other than the author/, wrote: opened },
  { fault: 'closed', step: 'merge', says: /pull\/1 was closed without a merge\. Read there why before you open another one/, wrote: opened },
];

/** Stopped after the merge. */
export const merged: readonly StoppedAt[] = [
  { fault: 'promotion-not-started', step: 'promotion', says: /timed out: waited 8h .*the daily ci-k8sio-image-promo picks up what it missed, else ask in #sig-k8s-infra/, wrote: afterMerge },
  { fault: 'promotion-fails', step: 'promotion', says: /post-k8sio-image-promo: Job failed\. .*Ask in #sig-k8s-infra for a rerun/, wrote: afterMerge },
  { fault: 'lost-digest', step: 'promotion', says: /post-k8sio-image-promo is green, but gcr\.io\/k8s-staging-apisnoop\/snoopdb@sha256:\w{64} is lost: .*Take the digest from staging again, or build anew, and correct images\.yaml\. https:\/\/prow/, wrote: afterMerge },
  { fault: 'region-missing', step: 'production', says: /timed out: waited 2h .*answers at 22 of 23 registries, not at europe-west1-docker\.pkg\.dev.*what a promotion missed, the daily ci-k8sio-image-promo heals, else ask in #sig-k8s-infra/, wrote: afterMerge },
];

/** Days that a release gets through. */
export const survived: readonly (readonly string[])[] = [
  ['github-unwell', 'queue-full', 'ok-to-test'],
  ['connections-break', 'on-hold', 'registry-busy', 'region-lags'],
  ['rate-limited@merge'],
];
