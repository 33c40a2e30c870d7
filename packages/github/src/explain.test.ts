import { describe, expect, test } from 'vitest';
import { explain, type Evidence } from './explain.ts';
import type { PullRequest } from './github.ts';

const good: PullRequest = {
  number: 1, url: 'https://github.com/kubernetes/k8s.io/pull/1', title: 't', body: '', state: 'open', merged: false, headSha: 'a', headRef: 'b',
  baseRef: 'main', author: 'me', labels: ['lgtm', 'approved', 'cncf-cla: yes'], mergeableState: 'clean', draft: false,
};
const nothing: Evidence = { statuses: [], checks: [] };

describe('explain', () => {
  test('is silent about a pull request that nothing holds, or that is merged', () => {
    expect(explain('kubernetes/k8s.io', good, { statuses: [{ context: 'tide', state: 'success', description: 'In merge pool.' }], checks: [{ name: 'EasyCLA', status: 'completed', conclusion: 'success' }] })).toEqual([]);
    expect(explain('kubernetes/k8s.io', { ...good, merged: true, state: 'closed', labels: [] }, nothing)).toEqual([]);
  });

  test.each<[string, Partial<PullRequest>, Partial<Evidence>, RegExp]>([
    ['closed', { state: 'closed' }, {}, /closed and was not merged/],
    ['a draft', { draft: true }, {}, /draft/],
    ['conflicts', { mergeableState: 'dirty' }, {}, /conflicts with main/],
    ['no lgtm', { labels: ['approved', 'cncf-cla: yes'] }, {}, /label lgtm is missing: a reviewer/],
    ['a hold', { labels: [...good.labels, 'do-not-merge/hold'] }, {}, /do-not-merge\/hold holds it: comment \/hold cancel/],
    ['an unknown block', { labels: [...good.labels, 'do-not-merge/cherry-pick-not-approved'] }, {}, /cherry-pick-not-approved holds it\.$/],
    ['a failed test', {}, { statuses: [{ context: 'pull-k8sio-verify', state: 'failure', description: 'Job failed.', url: 'https://prow.k8s.io/x' }] }, /pull-k8sio-verify failed: Job failed\. \(https:\/\/prow\.k8s\.io\/x\)/],
    ['a running test', {}, { statuses: [{ context: 'pull-k8sio-cip', state: 'pending', description: 'Job triggered.' }] }, /pull-k8sio-cip has not finished: Job triggered\./],
    ['tide', {}, { statuses: [{ context: 'tide', state: 'pending', description: 'Not mergeable. Needs lgtm label.' }] }, /Tide says: Not mergeable\. Needs lgtm label\./],
    ['a check run', {}, { checks: [{ name: 'EasyCLA', status: 'completed', conclusion: 'action_required' }] }, /EasyCLA ended with action_required/],
    ['a queued check run', {}, { checks: [{ name: 'lint', status: 'queued' }] }, /lint has not finished/],
  ])('tells of %s', (_, pull, evidence, words) => {
    const reasons = explain('kubernetes/k8s.io', { ...good, ...pull }, { ...nothing, ...evidence });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(words);
  });

  test('asks for no labels where tide is not at work', () => {
    expect(explain('someone/else', { ...good, labels: [] }, nothing)).toEqual([]);
    expect(explain('someone/else', { ...good, labels: [] }, { ...nothing, statuses: [{ context: 'tide', state: 'success', description: '' }] })).toHaveLength(3);
  });
});
