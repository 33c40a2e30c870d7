// Every command of the field, as people and machines use it: help with an example, words for people, JSON for machines, no colours
// and no complaint in a pipe, also in one that is closed before the end.
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { inside, setUpBench } from './command-harness.ts';
import { digestOf, openField, setUpFields, type Field } from './field-bench.ts';
import { addField } from './field-program.ts';

setUpFields();
const bench = setUpBench();

const promoted = 'registry.k8s.io/apisnoop/snoopdb:v0.2.0';
const job = 'apisnoop-push-snoopdb-images';
const images = 'r/images/k8s-staging-app/images.yaml';
const files = {
  'jobs/app.yaml': "postsubmits:\n  org/app:\n  - {name: push-app, branches: ['^v'], spec: {containers: [{image: 'gcr.io/k8s-staging-test-infra/image-builder:v1', args: [--project=k8s-staging-app, app]}]}}\n",
  'app/cloudbuild.yaml': "steps: [{name: gcr.io/cloud-builders/docker, args: [build, -t, 'gcr.io/$PROJECT_ID/app:$_GIT_TAG', .]}]\nimages: ['gcr.io/$PROJECT_ID/app:$_GIT_TAG']\n",
  [images]: `- name: app\n  dmap:\n    "${digestOf('a')}": ["v1.0.0"]\n`,
  'r/manifests/k8s-staging-app/promoter-manifest.yaml': 'registries:\n- name: gcr.io/k8s-staging-app\n  src: true\n- name: us-central1-docker.pkg.dev/k8s-artifacts-prod/images/app\n',
  'held.json': JSON.stringify({ 'gcr.io/k8s-staging-app/app': { digests: [digestOf('a')] }, 'us-central1-docker.pkg.dev/k8s-artifacts-prod/images/app/app': {} }),
};

interface Use {
  readonly args: readonly string[];
  /** What people read on stdout. */
  readonly words: RegExp;
  /** Keys of the JSON. */
  readonly keys: readonly string[];
  readonly code?: number;
  /** It asks the world. */
  readonly asks?: true;
  /** What is called before. */
  readonly before?: readonly string[];
}

const uses: Readonly<Record<string, Use>> = {
  preflight: { args: ['--repo', 'org/app', '--ref', 'refs/tags/v1.1.0', '--image', 'app', '--offline', '--promoter', 'r', '--jobs', 'jobs', '--source', '.'], words: /^pass {4}job for app: .*\n[^]*\d+ pass, \d+ warn, \d+ fail, \d+ unknown\n$/, keys: ['findings'], code: 1 },
  'prow jobs': { args: ['--config', 'jobs', '--repo', 'org/app', '--ref', 'refs/tags/v1.1.0'], words: /^runs +push-app/m, keys: ['jobs'] },
  'prow lint': { args: ['jobs'], words: /no problems/, keys: ['problems'] },
  'prow runs': { args: [job], words: /^pending .*https:\/\/prow\.k8s\.io\/view\//, keys: ['runs'], asks: true },
  'prow history': { args: [job], words: /no run of apisnoop-push-snoopdb-images is over\n$/, keys: ['job', 'runs', 'summary'], asks: true },
  'prow log': { args: [job], words: /Finished\.\n$/, keys: ['run', 'text'], asks: true, before: ['prow', 'wait', job] },
  'prow wait': { args: [job], words: /^gcr\.io\/k8s-staging-apisnoop\/snoopdb:\S+@sha256:[0-9a-f]{64}\n$/, keys: ['images', 'reasons', 'rerun', 'run'], asks: true },
  'cloudbuild lint': { args: ['app'], words: /single-platform/, keys: ['problems'] },
  'cloudbuild images': { args: ['app/cloudbuild.yaml', '--project', 'p', '-s', '_GIT_TAG=v1'], words: /^gcr\.io\/p\/app:v1\b/, keys: ['images', 'problems', 'pushes'] },
  'cloudbuild tag': { args: ['app'], words: /^v\d{8}-v1\.0\.0\n$/, keys: ['describe', 'pattern', 'tag', 'warnings'] },
  'promoter check': { args: ['r'], words: /missing-region/, keys: ['problems'] },
  'promoter add': { args: [images, '--image', 'app', '--digest', digestOf('b'), '--tag', 'v1.1.0', '--dry-run'], words: /^\+ {4}"sha256:b+": \["v1\.1\.0"\]\n$/, keys: ['added', 'changed', 'edited', 'file', 'problems', 'written'] },
  'promoter regions': { args: ['r/manifests/k8s-staging-app/promoter-manifest.yaml', '--dry-run'], words: /^\+- name: asia-east1-docker\.pkg\.dev\/k8s-artifacts-prod\/images\/app\n/, keys: ['added', 'edited', 'file', 'written'] },
  'promoter plan': { args: ['r', '--inventory', 'held.json'], words: /1 cop(?:y|ies) to make/, keys: ['clean', 'edges', 'overlaps'] },
  'promoter status': { args: ['apisnoop/snoopdb:v0.2.0'], words: /all 23 registries serve it\n$/, keys: ['attestation', 'complete', 'digest', 'image', 'registries', 'signature', 'tag', 'uploadedAt'], asks: true },
  'promoter pr': { args: ['--project', 'apisnoop', '--image', `snoopdb@${digestOf('a')}`, '--tag', 'v9.9.9'], words: /^$/, keys: [], code: 1, asks: true },
  'registry digest': { args: [promoted, '--platforms'], words: /^sha256:[0-9a-f]{64} {2}linux\/amd64, linux\/arm64\n$/, keys: ['digest', 'mediaType', 'platforms', 'reference', 'size'], asks: true },
  'registry tags': { args: ['registry.k8s.io/apisnoop/snoopdb'], words: /^v0\.2\.0$/m, keys: ['repository', 'tags'], asks: true },
  'registry manifest': { args: [promoted], words: /linux\/amd64/, keys: ['digest', 'kind', 'manifest', 'mediaType', 'platforms', 'reference', 'size'], asks: true },
  'registry ls': { args: ['us-central1-docker.pkg.dev/k8s-artifacts-prod/images/apisnoop/snoopdb'], words: /sha256:/, keys: ['children', 'manifests', 'repository'], asks: true },
  'registry copy': { args: [promoted, 'gcr.io/k8s-staging-apisnoop/suite:v1', '--dry-run'], words: /^$/, keys: ['withheld'], asks: true },
};

function leaves(command: Command, before = ''): readonly string[] {
  return command.commands.flatMap((inner) => (inner.commands.length === 0 ? [`${before}${inner.name()}`] : leaves(inner, `${before}${inner.name()} `)));
}

test('every command of the field is in the table', () => {
  const program = new Command();
  addField(program, () => () => Promise.resolve());
  expect(leaves(program).toSorted()).toEqual(Object.keys(uses).toSorted());
});

async function open({ asks, before }: Use): Promise<{ readonly field: Field; readonly env: Record<string, string> }> {
  const field = openField(files);
  field.git('init', '-q', '-b', 'main');
  field.git('add', '.');
  field.git('commit', '-q', '-m', 'one');
  field.git('tag', 'v1.0.0');
  const env = asks === true ? inside(await bench.world()) : {};
  if (before !== undefined) expect((await field.call(before, { env })).code).toBe(0);
  return { field, env };
}

/** The help of a command, as commander writes it. That the command as it is built gives the same is held by program.test.ts. */
async function helpOf(name: string): Promise<string> {
  let text = '';
  const program = new Command('runbook').exitOverride().configureOutput({ writeOut: (part) => (text += part) });
  addField(program, () => () => Promise.reject(new Error('help runs nothing')));
  await expect(program.parseAsync([...name.split(' '), '--help'], { from: 'user' })).rejects.toMatchObject({ code: 'commander.helpDisplayed', exitCode: 0 });
  return text;
}

describe.each(Object.entries(uses))('%s', (name, use) => {
  const call = [...name.split(' '), ...use.args];

  test('has help with an example', async () => {
    const help = await helpOf(name);
    expect(help).toContain(`Usage: runbook ${name} `);
    expect(help).toContain(`\nExample:\n  $ runbook ${name}`);
    expect(help).toMatch(/^ +--json /m);
  });

  test('speaks to people, in a pipe without colours, to machines, and does not mind a pipe that is closed', async () => {
    const { field, env } = await open(use);
    const people = await field.call(call, { env });
    expect([people.code, people.stdout], people.stderr).toEqual([use.code ?? 0, expect.stringMatching(use.words)]);
    expect(people.stdout + people.stderr).not.toMatch(/\u001b|\r/);
    const machine = await field.call([...call, '--json'], { env });
    expect(machine.code, machine.stderr).toBe(use.code ?? 0);
    if (use.keys.length > 0) expect(Object.keys(JSON.parse(machine.stdout) as object).toSorted()).toEqual(use.keys);
    else expect([machine.stdout, machine.stderr]).toEqual(['', expect.stringMatching(/\S/)]);
    const closed = await field.call(call, { env, onChild: (child) => child.stdout?.destroy() });
    expect(closed.stderr).not.toMatch(/EPIPE|at .*:\d+:\d+|internal error/i);
    expect([0, use.code ?? 0]).toContain(closed.code);
  });
});
