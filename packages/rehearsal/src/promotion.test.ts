// From a pull request to production: presubmits, people, tide, the promotion job. On a real world without HTTP in front.
import { afterAll, describe, expect, test } from 'vitest';
import { productionRegions } from '@runbook/promoter';
import { createPractices } from './practice.test.world.ts';
import type { Practice } from './practice.test.world.ts';
import type { PullRequest } from './services.ts';

const practices = createPractices();
afterAll(practices.close);

const k8sio = 'kubernetes/k8s.io';
const imagesFile = 'registry.k8s.io/images/k8s-staging-apisnoop/images.yaml';
const staging = 'gcr.io/k8s-staging-apisnoop';
const production = (region: string, image: string): string => `${region}-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop/${image}`;

/** Opens a pull request from the user's fork that replaces texts of images.yaml; gives its number. */
async function propose(world: Practice, edit: (text: string) => string, branch = 'promote', body = ''): Promise<number> {
  const fork = 'robin/k8s.io';
  const base = (await world.git.resolve(k8sio, 'refs/heads/main')) ?? '';
  await world.git.run(fork, ['update-ref', `refs/heads/${branch}`, (await world.git.resolve(fork, 'refs/heads/main')) ?? '']);
  const text = (await world.git.readFile(fork, `refs/heads/${branch}`, imagesFile)) ?? '';
  const headSha = await world.git.commit(fork, branch, { message: 'Promote', files: { [imagesFile]: edit(text) } });
  await world.git.settle(fork);
  const thread = await world.github.open(k8sio, { title: 'Promote', body, author: 'robin', pull: { headRepo: fork, headRef: branch, headSha, baseRef: 'main', baseSha: base, draft: false, maintainerCanModify: true } });
  return thread.number;
}

async function built(world: Practice, image = 'snoopdb'): Promise<string> {
  await world.wait(10);
  const [tag = ''] = await world.registry.tags(`${staging}/${image}`);
  return (await world.registry.manifest(`${staging}/${image}`, tag))?.digest ?? '';
}

const add = (line: string) => (text: string): string => text.replace('- name: auditlogger', `${line}\n- name: auditlogger`);
const entry = (digest: string, tag: string): string => `    "${digest}": ["${tag}"]`;
const pull = (world: Practice, number: number): PullRequest | undefined => world.github.pull(k8sio, number);
const state = (world: Practice, number: number, context: string): string | undefined => world.github.statuses(k8sio, pull(world, number)?.headSha ?? '').find((status) => status.context === context)?.state;
const tideSays = (world: Practice, number: number): string | undefined => world.github.statuses(k8sio, pull(world, number)?.headSha ?? '').find((status) => status.context === 'tide')?.description;
const comments = (world: Practice, number: number): readonly string[] => (world.github.thread(k8sio, number)?.comments ?? []).map((comment) => `${comment.author}: ${comment.body}`);

describe('a promotion', () => {
  test('goes from a green pull request to every region, with a signature', async () => {
    const world = await practices.start();
    const digest = await built(world);
    const number = await propose(world, add(entry(digest, 'v0.3.0')));
    await world.wait(1);
    expect(pull(world, number)?.labels).toEqual(['cncf-cla: yes']);
    await world.wait(4);
    expect([state(world, number, 'pull-k8sio-cip'), state(world, number, 'pull-k8sio-verify'), tideSays(world, number)]).toEqual(['success', 'success', 'Not mergeable. Needs approved, lgtm labels.']);
    const dry = await world.log(world.runs('pull-k8sio-cip')[0]);
    expect(dry).toContain(`${staging}/snoopdb@${digest} to ${production('us-west2', 'snoopdb')}:v0.3.0`);
    expect(dry).toMatch(/Pending promotions:[^]*Dry run complete, exiting before promotion"\n$/);
    expect(await world.registry.tags(production('us-west2', 'snoopdb'))).toEqual(['v0.2.0']);
    await world.wait(10);
    expect(pull(world, number)?.labels).toContain('lgtm');
    await world.wait(20);
    expect(pull(world, number)).toMatchObject({ merged: true, state: 'closed' });
    expect(comments(world, number).filter((comment) => !comment.startsWith('k8s-ci-robot'))).toEqual(['alice: /lgtm', 'bob: /approve']);
    const merge = pull(world, number)?.mergeCommitSha ?? '';
    expect(world.runs('post-k8sio-image-promo')).toMatchObject([{ baseSha: merge, baseRef: 'main' }]);
    await world.wait(20);
    expect(world.github.statuses(k8sio, merge).map(({ context, state: is }) => [context, is])).toEqual([['post-k8sio-image-promo', 'success']]);
    for (const region of productionRegions) expect((await world.registry.manifest(production(region, 'snoopdb'), 'v0.3.0'))?.digest).toBe(digest);
    const before = (await world.registry.manifest(production('us-central1', 'snoopdb'), 'v0.2.0'))?.digest ?? '';
    const signatures = [before, digest].map((one) => `${one.replace(':', '-')}.sig`).sort();
    expect(await world.registry.tags(production('us-central1', 'snoopdb'))).toEqual([...signatures, 'v0.2.0', 'v0.3.0']);
    expect(await world.registry.tags(production('us-east1', 'snoopdb'))).toEqual(['v0.2.0', 'v0.3.0']);
    const log = await world.log(world.runs('post-k8sio-image-promo')[0]);
    expect(log).toContain('Promoting 22 images using 20 threads');
    expect(log).toContain(`Copied ${digest} (22/22) in `);
  });

  test('several images in one pull request', async () => {
    const world = await practices.start();
    const [snoopdb, auditlogger] = [await built(world), await built(world, 'auditlogger')];
    const number = await propose(world, (text) => `${add(entry(snoopdb, 'v0.3.0'))(text)}${entry(auditlogger, 'v0.3.0')}\n`);
    await world.wait(60);
    expect(pull(world, number)?.merged).toBe(true);
    expect((await world.registry.manifest(production('us-east5', 'auditlogger'), 'v0.3.0'))?.digest).toBe(auditlogger);
  });
});

describe('what keeps a promotion back', () => {
  const nowhere = `sha256:${'ab'.repeat(32)}`;

  test('a digest that staging does not hold: the dry run is green all the same, the check is red', async () => {
    const world = await practices.start();
    const number = await propose(world, add(entry(nowhere, 'v0.3.0')));
    await world.wait(5);
    expect([state(world, number, 'pull-k8sio-cip'), state(world, number, 'pull-k8sio-verify')]).toEqual(['success', 'failure']);
    expect(await world.log(world.runs('pull-k8sio-cip')[0])).toMatch(/level=error msg="skipping .*_LOST_/);
    expect(await world.log(world.runs('pull-k8sio-verify')[0])).toContain(`multiarch_test.go: ${staging}/snoopdb@${nowhere}: registry returned status 404`);
    expect(comments(world, number)).toEqual([expect.stringMatching(/^k8s-ci-robot: @robin: The following test \*\*failed\*\*[^]*pull-k8sio-verify \| [0-9a-f]{40} \| \[link\]\(https:\/\/prow\.k8s\.io\/view\/gs\/kubernetes-ci-logs\/pr-logs\/pull\/k8s\.io\/1\/pull-k8sio-verify\/\d{19}\) \| true \| `\/test pull-k8sio-verify`/)]);
    await world.wait(120);
    expect(pull(world, number)).toMatchObject({ merged: false, labels: ['cncf-cla: yes'] });
  });

  test('an unquoted digest: nothing to promote, green', async () => {
    const world = await practices.start();
    const number = await propose(world, add(`    ${await built(world)}: ["v0.3.0"]`));
    await world.wait(5);
    expect(state(world, number, 'pull-k8sio-cip')).toBe('success');
    expect(await world.log(world.runs('pull-k8sio-cip')[0])).toContain('No digests found in prow diff, nothing to promote');
  });

  test('a tag that production has already for another digest: red', async () => {
    const world = await practices.start();
    const digest = await built(world);
    await world.registry.copy(`${staging}/auditlogger`, await built(world, 'auditlogger'), production('us-south1', 'snoopdb'), ['v0.3.0']);
    const number = await propose(world, add(entry(digest, 'v0.3.0')));
    await world.wait(5);
    expect(state(world, number, 'pull-k8sio-cip')).toBe('failure');
    expect(await world.log(world.runs('pull-k8sio-cip')[0])).toContain('tag moves are not supported');
  });

  test('one tag for two digests: red', async () => {
    const world = await practices.start();
    const number = await propose(world, add(`${entry(await built(world), 'v0.3.0')}\n${entry(nowhere, 'v0.3.0')}`));
    await world.wait(5);
    expect(state(world, number, 'pull-k8sio-cip')).toBe('failure');
    expect(await world.log(world.runs('pull-k8sio-cip')[0])).toContain('overlapping edges detected');
  });

  test('a file that is no images.yaml: both red', async () => {
    const world = await practices.start();
    const number = await propose(world, () => `- nam: snoopdb\n  dmap:\n${entry(nowhere, 'v1')}\n`);
    await world.wait(5);
    expect([state(world, number, 'pull-k8sio-cip'), state(world, number, 'pull-k8sio-verify')]).toEqual(['failure', 'failure']);
  });

  test('a single-platform image: red, unless it is allowed', async () => {
    const single = { 'kubernetes-sigs/apisnoop/apps/snoopdb/cloudbuild.yaml': "steps:\n  - { name: gcr.io/cloud-builders/docker, args: [build, -t, 'gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG', ./postgres] }\nimages: ['gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG']\nsubstitutions: { _GIT_TAG: '1' }\noptions: { substitution_option: ALLOW_LOOSE }\n" };
    const world = await practices.start(single);
    const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
    expect(await world.log(world.runs('apisnoop-push-snoopdb-images')[0])).toMatch(/WARNING: the image built is not multi-arch, please amend this as soon as possible\n.*Successfully built image: gcr\.io/);
    await world.wait(60);
    expect([state(world, number, 'pull-k8sio-cip'), state(world, number, 'pull-k8sio-verify'), pull(world, number)?.merged]).toEqual(['success', 'failure', false]);

    const lenient = await practices.start({ ...single, 'world.yaml': 'singleArchAllowed: [registry.k8s.io/apisnoop/snoopdb]\n' });
    const digest = await built(lenient);
    const other = await propose(lenient, add(entry(digest, 'v0.3.0')));
    await lenient.wait(60);
    expect(pull(lenient, other)?.merged).toBe(true);
    expect((await lenient.registry.manifest(production('us-west1', 'snoopdb'), 'v0.3.0'))?.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
  });

  test('a region that is missing, when the seed says which are needed', async () => {
    const prefixes = productionRegions.map((region) => `${region}-docker.pkg.dev/k8s-artifacts-prod/images`);
    const world = await practices.start({ 'world.yaml': `prodRegistries: ${JSON.stringify([...prefixes, 'mars-docker.pkg.dev/k8s-artifacts-prod/images'])}\n` });
    const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
    await world.wait(5);
    expect(state(world, number, 'pull-k8sio-verify')).toBe('failure');
    expect(await world.log(world.runs('pull-k8sio-verify')[0])).toMatch(/promoter-manifest\.yaml: mars-docker\.pkg\.dev\/k8s-artifacts-prod\/images is missing/);
  });
});

describe('commands', () => {
  test('hold in the body, unhold, lgtm of the own pull request, and a push that removes lgtm', async () => {
    const world = await practices.start({ 'world.yaml': 'manual: true\n' });
    const digest = await built(world);
    const number = await propose(world, add(entry(digest, 'v0.3.0')), 'promote', 'Please\n\n/hold\ncc: @kubernetes/release-engineering\n');
    await world.github.comment(k8sio, number, 'robin', '/lgtm');
    expect(comments(world, number).at(-1)).toBe('k8s-ci-robot: @robin: you cannot LGTM your own PR.');
    await world.github.comment(k8sio, number, 'robin', '/approve');
    expect(comments(world, number).at(-1)).toMatch(/\*\*NOT APPROVED\*\*/);
    await world.github.review(k8sio, number, 'alice', 'APPROVED', '');
    await world.github.comment(k8sio, number, 'bob', '/approve');
    await world.wait(5);
    expect(pull(world, number)?.labels).toEqual(['cncf-cla: yes', 'do-not-merge/hold', 'lgtm', 'approved']);
    expect(tideSays(world, number)).toBe('Not mergeable. Should not have do-not-merge/hold label.');
    await world.github.comment(k8sio, number, 'robin', 'Thank you\r\n/unhold\r\n');
    await world.git.commit('robin/k8s.io', 'promote', { message: 'More', files: { 'README.md': 'more\n' } });
    await world.git.settle('robin/k8s.io');
    expect(pull(world, number)?.labels).toEqual(['cncf-cla: yes', 'approved']);
    await world.wait(5);
    expect(world.runs('pull-k8sio-cip').map((run) => run.state)).toEqual(['success', 'success']);
    expect(tideSays(world, number)).toBe('Not mergeable. Needs lgtm label.');
    await world.github.comment(k8sio, number, 'alice', '/lgtm');
    await world.wait(2);
    expect(pull(world, number)?.merged).toBe(true);
  });

  test('retest runs what failed, test runs what it names, a new push aborts what runs', async () => {
    const world = await practices.start({}, ['presubmit-fails']);
    const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
    await world.wait(5);
    expect([state(world, number, 'pull-k8sio-cip'), state(world, number, 'pull-k8sio-verify')]).toEqual(['failure', 'failure']);
    expect(comments(world, number)).toHaveLength(1);
    await world.github.comment(k8sio, number, 'robin', '/test pull-k8sio-verify');
    await world.wait(5);
    expect([state(world, number, 'pull-k8sio-cip'), state(world, number, 'pull-k8sio-verify')]).toEqual(['failure', 'success']);
    await world.github.comment(k8sio, number, 'robin', '/retest');
    await world.wait(1);
    await world.git.commit('robin/k8s.io', 'promote', { message: 'More', files: { 'README.md': 'more\n' } });
    await world.git.settle('robin/k8s.io');
    await world.wait(5);
    expect(world.runs('pull-k8sio-cip').map((run) => run.state)).toEqual(['failure', 'aborted', 'failure']);
    expect(world.runs('pull-k8sio-cip')[1]?.description).toBe('Aborted by trigger plugin.');
    expect(world.runs('pull-k8sio-verify').map((run) => run.state)).toEqual(['failure', 'success', 'failure']);
    await world.github.comment(k8sio, number, 'robin', '/retest-required');
    await world.wait(60);
    expect(pull(world, number)?.merged).toBe(true);
  });
});

describe('people', () => {
  test('an approver who opens a pull request approves it by that; someone else reviews', async () => {
    const owners = 'approvers: [robin]\n';
    const world = await practices.start({ 'kubernetes/k8s.io/registry.k8s.io/images/k8s-staging-apisnoop/OWNERS': owners });
    const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
    expect(pull(world, number)?.labels).toEqual(['cncf-cla: yes', 'approved']);
    await world.wait(60);
    expect(comments(world, number)).toEqual(['alice: /lgtm']);
    expect(pull(world, number)?.merged).toBe(true);
  });

  test('an approver alone says both', async () => {
    const world = await practices.start({ 'world.yaml': 'people: [{ login: bob, name: Bob, role: approver, paceMinutes: 5 }]\n' });
    const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
    await world.wait(60);
    expect(comments(world, number)[0]).toBe('bob: /lgtm\n/approve');
    expect(pull(world, number)?.merged).toBe(true);
  });
});

test('two merges: the second promotion waits until the first has ended', async () => {
  const world = await practices.start();
  const [snoopdb, auditlogger] = [await built(world), await built(world, 'auditlogger')];
  const one = await propose(world, add(entry(snoopdb, 'v0.3.0')), 'one');
  const two = await propose(world, (text) => `${text}${entry(auditlogger, 'v0.3.0')}\n`, 'two');
  await world.wait(33);
  expect([pull(world, one)?.merged, pull(world, two)?.merged]).toEqual([true, true]);
  expect(world.runs('post-k8sio-image-promo').map((run) => run.state)).toEqual(['pending', 'triggered']);
  await world.wait(60);
  expect(world.runs('post-k8sio-image-promo').map((run) => run.state)).toEqual(['success', 'success']);
  expect((await world.registry.manifest(production('us-east1', 'auditlogger'), 'v0.3.0'))?.digest).toBe(auditlogger);
});

test('the fault lost-digest: the promotion job is green, and production has nothing', async () => {
  const world = await practices.start({}, ['lost-digest']);
  const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
  await world.wait(90);
  expect(pull(world, number)?.merged).toBe(true);
  const [run] = world.runs('post-k8sio-image-promo');
  expect(run?.state).toBe('success');
  expect(await world.log(run)).toMatch(/_LOST_/);
  expect(await world.registry.tags(production('us-east1', 'snoopdb'))).toEqual(['v0.2.0']);
});

test('a job that the world cannot run is an error in words', async () => {
  const world = await practices.start({ 'kubernetes/test-infra/config/jobs/other.yaml': 'presubmits:\n  kubernetes/k8s.io:\n    - name: pull-strange\n      always_run: true\n      spec: { containers: [{ image: example.org/strange:v1, command: [do] }] }\n' });
  const number = await propose(world, add(entry(await built(world), 'v0.3.0')));
  await world.wait(5);
  expect(state(world, number, 'pull-strange')).toBe('error');
  expect(await world.log(world.runs('pull-strange')[0])).toBe('rehearsal: this world does not know how to run example.org/strange:v1 do\n');
});
