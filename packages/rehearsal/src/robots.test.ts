// The robots up to the staging registry, on a real world without HTTP in front. Outside eyes look in release.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPractices } from './practice.test.world.ts';
import type { Practice } from './practice.test.world.ts';
import { statusDescription } from './prow/report.ts';
import { prowRuns } from './prow/run.ts';

const practices = createPractices();
const practice = practices.start;
afterAll(practices.close);

const apisnoop = 'kubernetes-sigs/apisnoop';

describe('image-pushing jobs', () => {
  let world: Practice;
  let main: string;
  beforeAll(async () => {
    world = await practice();
    main = (await world.git.resolve(apisnoop, 'refs/heads/main')) ?? '';
    await world.wait(10);
  });

  test('main was pushed once: both jobs ran, and staging has an index under the tag of image-builder', async () => {
    expect(world.runs('apisnoop-push-snoopdb-images')).toMatchObject([{ state: 'success', baseRef: 'main', baseSha: main, description: 'Job succeeded.' }]);
    const describe = await world.git.describe(apisnoop, main);
    expect(describe).toMatch(/^auditlogger-1\.2\.13-2-g[0-9a-f]{7}$/);
    for (const image of ['snoopdb', 'auditlogger']) {
      const repository = `gcr.io/k8s-staging-apisnoop/${image}`;
      expect(await world.registry.tags(repository)).toEqual([`v20260824-${describe}`]);
      const index = JSON.parse(Buffer.from((await world.registry.manifest(repository, `v20260824-${describe}`))?.bytes ?? []).toString()) as { manifests: { digest: string; platform: { architecture: string } }[] };
      expect(index.manifests.map((child) => child.platform.architecture)).toEqual(['amd64', 'arm64']);
      for (const child of index.manifests) expect(await world.registry.manifest(repository, child.digest)).toBeDefined();
    }
  });

  test('its status stands on the commit, and its files in the bucket', async () => {
    const [run] = world.runs('apisnoop-push-snoopdb-images');
    const prefix = `logs/apisnoop-push-snoopdb-images/${run?.buildId}/`;
    expect(run?.buildId).toMatch(/^\d{19}$/);
    expect(world.github.statuses(apisnoop, main).find((status) => status.context === run?.job)).toEqual({ context: run?.job, state: 'success', targetUrl: `https://prow.k8s.io/view/gs/kubernetes-ci-logs/${prefix.slice(0, -1)}`, description: statusDescription('Job succeeded.', main) });
    const read = async (name: string): Promise<string> => (await world.get(`https://storage.googleapis.com/kubernetes-ci-logs/${name}`)).text();
    expect(JSON.parse(await read(`${prefix}started.json`))).toMatchObject({ repos: { [apisnoop]: `main:${main}` }, 'repo-commit': main });
    expect(JSON.parse(await read(`${prefix}finished.json`))).toMatchObject({ passed: true, result: 'SUCCESS', revision: main });
    expect(JSON.parse(await read(`${prefix}clone-records.json`))).toMatchObject([{ failed: false, final_sha: main }]);
    expect(JSON.parse(await read(`${prefix}prowjob.json`))).toMatchObject({ status: { state: 'success', build_id: run?.buildId } });
    expect(await read('logs/apisnoop-push-snoopdb-images/latest-build.txt')).toBe(run?.buildId);
    const tag = (await world.registry.tags('gcr.io/k8s-staging-apisnoop/snoopdb'))[0] ?? '';
    const digest = (await world.registry.manifest('gcr.io/k8s-staging-apisnoop/snoopdb', tag))?.digest;
    const log = await read(`${prefix}artifacts/build.log`);
    expect(log).toContain(`Step #0: #9 pushing manifest for gcr.io/k8s-staging-apisnoop/snoopdb:${tag}@${digest} done\n`);
    expect(log).toMatch(/^Created \[https:\/\/cloudbuild\.googleapis\.com\/v1\/projects\/k8s-staging-apisnoop\/locations\/global\/builds\/[0-9a-f-]{36}\]\.\nLogs are available at \[ https:\/\/console/);
    expect(log).toMatch(/\nDONE\n-+\nID .*STATUS\n.* SUCCESS\n$/);
    expect(await read(`${prefix}build-log.txt`)).toMatch(/Build directory: apps\/snoopdb\n.* Finished\.\n$/);
  });

  test('the bucket is listed by prefix and page, and read by range', async () => {
    const api = 'https://storage.googleapis.com/storage/v1/b/kubernetes-ci-logs/o';
    const top = (await (await world.get(`${api}?prefix=logs/&delimiter=/&fields=prefixes,nextPageToken&maxResults=1`)).json()) as { prefixes: string[]; nextPageToken: string };
    expect([Object.keys(top).sort(), top.prefixes]).toEqual([['nextPageToken', 'prefixes'], ['logs/apisnoop-push-auditlogger-images/']]);
    expect(await (await world.get(`${api}?prefix=logs/&delimiter=/&fields=prefixes,nextPageToken&pageToken=${top.nextPageToken}`)).json()).toEqual({ prefixes: ['logs/apisnoop-push-snoopdb-images/'] });
    const name = 'logs/apisnoop-push-snoopdb-images/latest-build.txt';
    const id = await (await world.get(`${api}/${encodeURIComponent(name)}?alt=media`)).text();
    const tail = await world.get(`https://storage.googleapis.com/kubernetes-ci-logs/${name}`, { range: 'bytes=-4' });
    expect([tail.status, tail.headers.get('content-range'), await tail.text()]).toEqual([206, 'bytes 15-18/19', id.slice(-4)]);
    expect(await (await world.get(`${api}/${encodeURIComponent(name)}`)).json()).toMatchObject({ kind: 'storage#object', name, size: '19' });
    const missing = await world.get('https://storage.googleapis.com/kubernetes-ci-logs/logs/none');
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')]);
    expect((await world.get(`${api}/none?alt=media`)).status).toBe(404);
  });

  test('Deck knows the run', async () => {
    const [run] = world.runs('apisnoop-push-snoopdb-images');
    const { items } = (await (await world.get('https://prow.k8s.io/prowjobs.js?omit=annotations,labels,decoration_config,pod_spec')).json()) as { items: { metadata: object; spec: { job: string; refs: object }; status: object }[] };
    expect(items.find((item) => item.spec.job === run?.job)).toMatchObject({ spec: { type: 'postsubmit', refs: { org: 'kubernetes-sigs', repo: 'apisnoop', base_ref: 'main', base_sha: main } }, status: { state: 'success', build_id: run?.buildId } });
    expect(items[0]?.metadata).not.toHaveProperty('labels');
    expect(await (await world.get('https://prow.k8s.io/prowjobs.js?var=allBuilds')).text()).toMatch(/^var allBuilds = \{.*\};$/s);
    expect(await (await world.get('https://prow.k8s.io/data.js')).json()).toContainEqual(expect.objectContaining({ job: run?.job, state: 'success', prow_job: run?.id }));
    expect(await (await world.get(`https://prow.k8s.io/prowjob?prowjob=${run?.id}`)).text()).toContain('kind: ProwJob');
    expect(await (await world.get(`https://prow.k8s.io/log?job=${run?.job}&id=${run?.buildId}`)).text()).toContain('Finished.');
    expect((await world.get('https://prow.k8s.io/log?job=none&id=1')).status).toBe(404);
    expect(await (await world.get(`https://prow.k8s.io/job-history/gs/kubernetes-ci-logs/logs/${run?.job}`)).text()).toContain(`"ID":"${run?.buildId}"`);
    expect((await world.get(`https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/${run?.job}/${run?.buildId}`)).status).toBe(200);
    expect((await world.get('https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/none/1')).status).toBe(404);
  });

  test('a tag alone starts nothing, a new commit builds again with the nearest tag', async () => {
    await world.git.tag(apisnoop, 'v0.3.0', main, 'v0.3.0');
    await world.git.settle(apisnoop);
    await world.wait(10);
    expect(world.runs('apisnoop-push-snoopdb-images')).toHaveLength(1);
    await world.git.commit(apisnoop, 'main', { message: 'Change the readme', files: { 'README.md': 'changed\n' } });
    await world.git.settle(apisnoop);
    await world.wait(10);
    expect(world.runs('apisnoop-push-snoopdb-images').map((run) => run.state)).toEqual(['success', 'success']);
    expect(await world.registry.tags('gcr.io/k8s-staging-apisnoop/snoopdb')).toContainEqual(expect.stringMatching(/^v20260824-v0\.3\.0-1-g[0-9a-f]{7}$/));
  });
});

describe('builds that fail', () => {
  const build = (step: string, rest = ''): Readonly<Record<string, string>> => ({ 'kubernetes-sigs/apisnoop/apps/snoopdb/cloudbuild.yaml': `steps:\n  - ${step}\n${rest}options: { substitution_option: ALLOW_LOOSE }\n` });
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[], RegExp])[] = [
    ['an opaque step that nobody declared', build("{ name: 'gcr.io/k8s-staging-test-infra/gcb-docker-gcloud', entrypoint: python3, args: [./push] }"), [], /Step #0: step 0 runs python3: the rehearsal cannot know what it pushes; declare it in world\.yaml under builds → kubernetes-sigs\/apisnoop → apps\/snoopdb\/cloudbuild\.yaml → '0'\n(.*\n)*ERROR: \(gcloud\.builds\.submit\) build .* completed with status "FAILURE"/],
    ['a context that is not there', build("{ name: gcr.io/cloud-builders/docker, args: [build, -t, 'gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG', ./nowhere] }"), [], /unable to prepare context: path "\.\/nowhere" not found/],
    ['a Dockerfile that is not there', build("{ name: gcr.io/cloud-builders/docker, args: [build, -t, 'gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG', .] }"), [], /failed to read dockerfile/],
    ['an image that no step built', build("{ name: gcr.io/cloud-builders/docker, args: [build, -t, 'gcr.io/$PROJECT_ID/other:$_GIT_TAG', ./postgres] }", "images: ['gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG']\n"), [], /failed to find one or more images after execution of build steps: \["gcr\.io\/k8s-staging-apisnoop\/snoopdb:v20260824-/],
    ['a substitution that is not used', { 'kubernetes-sigs/apisnoop/apps/snoopdb/cloudbuild.yaml': 'steps:\n  - { name: gcr.io/cloud-builders/docker, args: [build, -t, "gcr.io/p/a:b", ./postgres] }\n' }, [], /INVALID_ARGUMENT: .*_GIT_TAG/],
    ['the fault build-fails', {}, ['build-fails'], /because the fault build-fails is on/],
  ];
  test.each(cases)('%s', async (_name, files, faults, says) => {
    const world = await practice(files, faults);
    await world.wait(10);
    const [run] = world.runs('apisnoop-push-snoopdb-images');
    expect(run).toMatchObject({ state: 'failure', description: 'Job failed.' });
    const log = await (await world.get(`https://storage.googleapis.com/kubernetes-ci-logs/logs/${run?.job}/${run?.buildId}/artifacts/build.log`)).text();
    expect(log).toMatch(says);
    expect(await (await world.get(`https://storage.googleapis.com/kubernetes-ci-logs/logs/${run?.job}/${run?.buildId}/build-log.txt`)).text()).toMatch(/Failed to run some build jobs: \[error running \[gcloud builds submit/);
    expect(await world.registry.tags('gcr.io/k8s-staging-apisnoop/snoopdb')).toEqual([]);
  });

  test('the fault job-not-triggered starts no build at all', async () => {
    const world = await practice({}, ['job-not-triggered']);
    await world.wait(30);
    expect(world.runs('apisnoop-push-snoopdb-images')).toEqual([]);
  });
});

describe('a build that is declared', () => {
  test('pushes what world.yaml says, with substitutions', async () => {
    const world = await practice({
      'kubernetes-sigs/apisnoop/apps/snoopdb/cloudbuild.yaml': "steps: [{ name: gcr.io/k8s-staging-test-infra/gcb-docker-gcloud, entrypoint: make, args: [push] }]\noptions: { substitution_option: ALLOW_LOOSE }\n",
      'world.yaml': "builds: { kubernetes-sigs/apisnoop: { apps/snoopdb/cloudbuild.yaml: { '0': { pushes: [{ image: 'gcr.io/$PROJECT_ID/snoopdb:${_PULL_BASE_REF}', platforms: [linux/arm/v7] }] } } } }\n",
    });
    await world.wait(10);
    expect(world.runs('apisnoop-push-snoopdb-images')).toMatchObject([{ state: 'success' }]);
    expect(await world.registry.tags('gcr.io/k8s-staging-apisnoop/snoopdb')).toEqual(['main']);
    expect((await world.registry.manifest('gcr.io/k8s-staging-apisnoop/snoopdb', 'main'))?.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
  });
});

describe('image-builder', () => {
  const dir = 'kubernetes-sigs/apisnoop/apps/snoopdb';
  const repository = 'gcr.io/k8s-staging-apisnoop/snoopdb';

  test('builds every variant, each with a log of its own', async () => {
    const world = await practice({
      [`${dir}/variants.yaml`]: 'variants:\n  old: { POSTGRES: "15" }\n  new: { POSTGRES: "16" }\n',
      [`${dir}/cloudbuild.yaml`]: "steps:\n  - { name: gcr.io/cloud-builders/docker, args: [build, -t, 'gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG-pg$_POSTGRES', --build-arg, PG=$_POSTGRES, ./postgres] }\n  - { name: gcr.io/cloud-builders/docker, args: [push, 'gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG-pg$_POSTGRES'] }\noptions: { substitution_option: ALLOW_LOOSE }\n",
    });
    await world.wait(10);
    const [run] = world.runs('apisnoop-push-snoopdb-images');
    const tags = await world.registry.tags(repository);
    expect(tags.map((tag) => tag.replace(/^.*-/, ''))).toEqual(['pg15', 'pg16']);
    const artifacts = `https://storage.googleapis.com/kubernetes-ci-logs/logs/${run?.job}/${run?.buildId}/artifacts`;
    for (const [name, tag] of [['old', tags[0]], ['new', tags[1]]] as const) {
      const digest = (await world.registry.manifest(repository, tag ?? ''))?.digest;
      expect(await (await world.get(`${artifacts}/${name}.log`)).text()).toContain(`Step #1: The push refers to repository [${repository}]\nStep #1: ${tag}: digest: ${digest} size: `);
    }
    expect((await world.get(`${artifacts}/build.log`)).status).toBe(404);
  });

  test('a shell line that says plainly what it pushes needs no declaration', async () => {
    const world = await practice({ [`${dir}/cloudbuild.yaml`]: "steps:\n  - { name: gcr.io/k8s-staging-test-infra/gcb-docker-gcloud, entrypoint: bash, args: ['-c', 'docker buildx build --platform=linux/amd64,linux/s390x --push -t gcr.io/$PROJECT_ID/snoopdb:$_GIT_TAG .'] }\noptions: { substitution_option: ALLOW_LOOSE }\n" });
    await world.wait(10);
    expect(world.runs('apisnoop-push-snoopdb-images')).toMatchObject([{ state: 'success' }]);
    const [tag = ''] = await world.registry.tags(repository);
    expect((await world.registry.manifest(repository, tag))?.mediaType).toBe('application/vnd.oci.image.index.v1+json');
  });

  test('with LOG_TO_STDOUT the build log is in build-log.txt', async () => {
    const world = await practice({ 'kubernetes/test-infra/config/jobs/image-pushing/k8s-staging-apisnoop.yaml': 'postsubmits:\n  kubernetes-sigs/apisnoop:\n    - name: push\n      spec: { containers: [{ image: gcr.io/k8s-staging-test-infra/image-builder:v1, command: [/run.sh], args: [--project=k8s-staging-apisnoop, apps/snoopdb], env: [{ name: LOG_TO_STDOUT, value: "y" }] }] }\n' });
    await world.wait(10);
    const [run] = world.runs('push');
    expect(await world.log(run)).toMatch(/Skipping advance upload and relying on gcloud[^]*pushing manifest for gcr\.io\/k8s-staging-apisnoop\/snoopdb:[^]*Finished\.\n$/);
  });

  test('a job without branches runs for a tag, but not for four tags in one push; the tag object takes no status', async () => {
    const world = await practice({ 'kubernetes/test-infra/config/jobs/image-pushing/k8s-staging-apisnoop.yaml': 'postsubmits:\n  kubernetes-sigs/apisnoop:\n    - name: push\n      spec: { containers: [{ image: gcr.io/k8s-staging-test-infra/image-builder:v1, command: [/run.sh], args: [--project=k8s-staging-apisnoop, --env-passthrough=PULL_BASE_REF, apps/snoopdb] }] }\n' });
    await world.wait(10);
    const tagObject = await world.git.tag(apisnoop, 'v0.3.0', 'refs/heads/main', 'v0.3.0');
    await world.git.settle(apisnoop);
    await world.wait(10);
    expect(world.runs('push').map((run) => [run.baseRef, run.state])).toEqual([['main', 'success'], ['v0.3.0', 'success']]);
    expect(world.runs('push')[1]?.baseSha).toBe(tagObject);
    expect(world.github.statuses(apisnoop, tagObject)).toEqual([]);
    for (const name of ['a', 'b', 'c', 'd']) await world.git.tag(apisnoop, name, 'refs/heads/main', name);
    await world.git.settle(apisnoop);
    await world.wait(10);
    expect(world.runs('push')).toHaveLength(2);
  });
});

test('two worlds of one seed have the same commits, digests and build ids', async () => {
  const facts = async (): Promise<unknown> => {
    const world = await practice();
    await world.wait(10);
    const tags = await world.registry.tags('gcr.io/k8s-staging-apisnoop/snoopdb');
    return [await world.git.resolve(apisnoop, 'refs/heads/main'), tags, (await world.registry.manifest('gcr.io/k8s-staging-apisnoop/snoopdb', tags[0] ?? ''))?.digest, prowRuns(world.core).runs];
  };
  expect(await facts()).toEqual(await facts());
});
