import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { productionRegions } from '@runbook/promoter';
import { digestOf, openField, setUpFields } from './field-bench.ts';

setUpFields();

const manifest = (project: string, staging = `gcr.io/k8s-staging-${project}`): string =>
  `registries:\n- name: ${staging}\n  src: true\n${productionRegions.map((region) => `- name: ${region}-docker.pkg.dev/k8s-artifacts-prod/images/${project}\n`).join('')}`;
const entry = (name: string, ...lines: readonly (readonly [letter: string, ...tags: string[]])[]): string =>
  `- name: ${name}\n  dmap:\n${lines.map(([letter, ...tags]) => `    "${digestOf(letter)}": [${tags.map((tag) => `"${tag}"`).join(', ')}]\n`).join('')}`;
const tree = {
  'r/manifests/k8s-staging-a/promoter-manifest.yaml': manifest('a'),
  'r/images/k8s-staging-a/images.yaml': `# keep me\n${entry('app', ['a', 'v1.0.0'], ['b', 'v1.1.0'])}`,
};
const images = 'r/images/k8s-staging-a/images.yaml';
const codes = (answer: unknown): readonly string[] => (answer as { problems: readonly { code: string; file: string; line: number }[] }).problems.map(({ code, file, line }) => `${file}:${line} ${code}`);

describe('promoter check', () => {
  test('the JSON is that of check, and a good tree is fine', async () => {
    const field = openField(tree);
    expect(await field.json(['promoter', 'check', 'r'])).toEqual({ problems: [] });
    field.write({ [images]: `- name: app\n  dmap:\n    '${digestOf('a')}': ["v1"]\n` });
    expect(await field.json(['promoter', 'check', 'r'], 2)).toEqual({
      problems: [{ code: 'unquoted-digest', severity: 'error', message: expect.stringContaining('double quotes'), file: images, line: 3, column: 5, hint: 'Put it in double quotes.' }],
    });
  });

  test('pains of the field, each with its place', async () => {
    const field = openField({
      ...tree,
      'r/images/k8s-staging-b/imaegs.yaml': entry('b', ['b', 'v1']),
      'r/manifests/k8s-staging-b/promoter-manifest.yaml': manifest('a', 'gcr.io/k8s-staging-b').replace(/- name: europe-west10.*\n/, ''),
      'r/images/k8s-staging-b/images.yaml': `${entry('app', ['c', 'v1.0.0'])}${entry('other', ['c', 'v1'])}`,
      'r/images/k8s-staging-lost/images.yaml': entry('x', ['d', 'v1']),
      'r/manifests/images.yaml': '[]\n',
    });
    expect(codes(await field.json(['promoter', 'check', 'r'], 2))).toEqual([
      'r/images/k8s-staging-b/images.yaml:3 overlap', 'r/images/k8s-staging-b/images.yaml:6 digest-under-two-names', 'r/images/k8s-staging-b/imaegs.yaml:1 misspelt-file',
      'r/images/k8s-staging-lost/images.yaml:1 no-manifest', 'r/manifests/images.yaml:1 wrong-directory', 'r/manifests/k8s-staging-b/promoter-manifest.yaml:1 missing-region',
    ].sort((a, b) => (a.split(':')[0] ?? '').localeCompare(b.split(':')[0] ?? '', 'en')).sort((a, b) => ((a.split(':')[0] ?? '') < (b.split(':')[0] ?? '') ? -1 : 1)));
  });

  test('one file is checked against its whole tree, from wherever it is named', async () => {
    const field = openField({ ...tree, 'r/manifests/k8s-staging-b/promoter-manifest.yaml': manifest('a', 'gcr.io/k8s-staging-b'), 'r/images/k8s-staging-b/images.yaml': entry('app', ['c', 'v1.0.0']) });
    for (const args of [[images], ['r/images/k8s-staging-a']]) expect(codes(await field.json(['promoter', 'check', ...args], 2))).toEqual([`${images}:4 overlap`]);
    const inside = await field.call(['promoter', 'check', 'images.yaml', '--json'], { cwd: 'r/images/k8s-staging-a' });
    expect(codes(JSON.parse(inside.stdout))).toEqual([`${join(field.folder, images)}:4 overlap`]);
  });

  test('a file outside any tree is checked by what it holds', async () => {
    const field = openField({ 'images.yaml': entry('app', ['a', 'latest']), 'manifest.yaml': 'registries: []\n', 'odd.yaml': entry('App', ['a', 'v1']) });
    expect(codes(await field.json(['promoter', 'check', 'images.yaml', 'manifest.yaml', 'odd.yaml'], 2))).toEqual(['images.yaml:3 moving-tag', 'manifest.yaml:1 one-source', 'odd.yaml:1 bad-name']);
  });

  test('against a base: tags that move, and what the promotion job overlooks', async () => {
    const field = openField(tree);
    field.git('init', '-q');
    field.git('add', '.');
    field.git('commit', '-q', '-m', 'base');
    expect(await field.json(['promoter', 'check', 'r', '--base', 'HEAD'])).toEqual({ problems: [] });
    field.write({ [images]: `${entry('app', ['a', 'v1.1.0'])}` });
    expect(codes(await field.json(['promoter', 'check', 'r', '--base', 'HEAD'], 2))).toEqual([`${images}:1 removed-tag`, `${images}:3 moved-tag`]);
    field.write({ [images]: `${tree[images]}    "${digestOf('c')}":\n    - v1.2.0\n    "${digestOf('d')}": [v1.3.0]\n`, 'r/images/k8s-staging-new/images.yaml': `- {name: n, dmap: {"${digestOf('e')}": ["v1"], "${digestOf('f')}": ["v2"]}}\n` });
    expect(codes(await field.json(['promoter', 'check', images, '--base', 'HEAD'])).filter((line) => line.includes('overlooked'))).toEqual([]);
    expect(codes(await field.json(['promoter', 'check', 'r', '--base', 'HEAD'], 2)).filter((line) => line.includes('overlooked'))).toEqual(['r/images/k8s-staging-new/images.yaml:1 overlooked-digest', 'r/images/k8s-staging-new/images.yaml:1 overlooked-digest']);
    const wrong = await field.call(['promoter', 'check', 'r', '--base', '--output=x']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--base --output=x')]);
  });

  test('for people, and wrong calls', async () => {
    const field = openField({ ...tree, 'empty/a.txt': '' });
    expect(await field.call(['promoter', 'check', 'r'])).toMatchObject({ code: 0, stdout: 'no problems in 2 files\n' });
    expect((await field.call(['promoter', 'check', 'nowhere'])).stderr).toContain('nowhere: there is no such file');
    expect(await field.call(['promoter', 'check', 'empty'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no YAML files') });
    expect(await field.call(['promoter', 'check', 'r', '--format', 'xml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('expected text, json, github or sarif') });
  });
});

describe('promoter add', () => {
  const add = (file: string, letter: string, tag: string, ...more: string[]) => ['promoter', 'add', file, '--image', 'app', '--digest', digestOf(letter), '--tag', tag, ...more];

  test('one line more, in place, and nothing a second time', async () => {
    const field = openField(tree);
    expect(await field.json(add(images, 'c', 'v1.2.0'))).toEqual({ file: images, edited: true, written: true, added: [`    "${digestOf('c')}": ["v1.2.0"]`], changed: [], problems: [] });
    expect(field.read(images)).toBe(`${tree[images]}    "${digestOf('c')}": ["v1.2.0"]\n`);
    expect(await field.json(add(images, 'c', 'v1.2.0'))).toMatchObject({ edited: false, written: false });
    expect(await field.json(['promoter', 'check', 'r'])).toEqual({ problems: [] });
    expect(readdirSync(join(field.folder, 'r/images/k8s-staging-a'))).toEqual(['images.yaml']);
  });

  test('--dry-run shows the edit and leaves the file', async () => {
    const field = openField(tree);
    const { stdout, stderr } = await field.call(add(images, 'a', 'v1.0', '--dry-run'));
    expect(stdout).toBe(`-    "${digestOf('a')}": ["v1.0.0"]\n+    "${digestOf('a')}": ["v1.0.0", "v1.0"]\n`);
    expect([stderr, field.read(images)]).toEqual([`${images} is as it was: --dry-run.\n`, tree[images]]);
  });

  test('permissions and links stay', async () => {
    const field = openField(tree);
    chmodSync(join(field.folder, images), 0o640);
    symlinkSync(images, join(field.folder, 'link.yaml'));
    expect((await field.call(add('link.yaml', 'c', 'v1.2.0'))).code).toBe(0);
    expect(lstatSync(join(field.folder, 'link.yaml')).isSymbolicLink()).toBe(true);
    expect(statSync(join(field.folder, images)).mode & 0o777).toBe(0o640);
    expect(field.read(images)).toContain('v1.2.0');
  });

  test('the same digest under another name is told', async () => {
    const field = openField({ 'images.yaml': entry('other', ['a', 'v1']) });
    const { stderr, code } = await field.call(add('images.yaml', 'a', 'v1'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('digest-under-two-names')]);
  });

  const refusals: readonly (readonly [what: string, text: string | Buffer, letter: string, tag: string, message: string])[] = [
    ['a tag that would move', tree[images], 'c', 'v1.0.0', `${images}:4:1  tag-with-two-digests: app:v1.0.0 is there already`],
    ['latest', tree[images], 'c', 'latest', 'moving-tag'],
    ['a tag that no registry takes', tree[images], 'c', 'v1+x', 'bad-tag'],
    ['a digest that is none', tree[images], 'z', 'v2', 'bad-digest'],
    ['a file that is not YAML', '- name: [\n', 'c', 'v2', 'yaml-syntax'],
    ['a key that stands twice', `${tree[images]}    "${digestOf('a')}": ["v3"]\n`, 'c', 'v2', 'duplicate-key'],
    ['a field that kpromo does not know', `- name: app\n  lifecycle: x\n  dmap: {}\n`, 'c', 'v2', 'unknown-field'],
    ['a file where two digests have one tag', entry('x', ['a', 'v1'], ['b', 'v1']), 'c', 'v2', 'tag-with-two-digests'],
    ['bytes that are no text', Buffer.from([0x2d, 0x20, 0xff]), 'c', 'v2', 'it is not UTF-8 text'],
  ];
  test.each(refusals)('refuses %s, and leaves the file', async (_, text, letter, tag, message) => {
    const field = openField({ [images]: '' });
    field.write({ [images]: text as string });
    const before = field.read(images);
    const { code, stderr } = await field.call(add(images, letter, tag));
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(field.read(images)).toBe(before);
  });

  test('a file that is not there is not made', async () => {
    expect(await openField().call(add('none.yaml', 'a', 'v1'))).toMatchObject({ code: 2, stderr: 'none.yaml: there is no such file. Give an images.yaml; a new one may hold just [].\n' });
  });
});

describe('promoter regions', () => {
  const manifest = 'r/manifests/k8s-staging-a/promoter-manifest.yaml';
  const short = (text: string): string => text.split('\n').filter((line) => !line.includes('europe-west3-') && !line.includes('us-west2-')).join('\n');

  test('what is missing, in place, and nothing a second time', async () => {
    const field = openField(tree);
    const whole = field.read(manifest);
    field.write({ [manifest]: short(whole) });
    expect(codes(await field.json(['promoter', 'check', 'r']))).toEqual([`${manifest}:1 missing-region`]);
    const done = (await field.json(['promoter', 'regions', manifest])) as { added: readonly string[] };
    expect(done).toMatchObject({ file: manifest, edited: true, written: true });
    expect(done.added.filter((line) => /europe-west3-|us-west2-/.test(line))).toHaveLength(2);
    expect(field.read(manifest)).toBe(whole);
    expect(await field.call(['promoter', 'regions', manifest])).toMatchObject({ code: 0, stdout: '', stderr: `${manifest} has every region already.\n` });
    expect(await field.json(['promoter', 'check', 'r'])).toEqual({ problems: [] });
  });

  test('what cannot be edited is told, and stays', async () => {
    const field = openField({ 'promoter-manifest.yaml': 'registries: [{name: gcr.io/a, src: true}, {name: us-east1-docker.pkg.dev/k8s-artifacts-prod/images/a}]\n' });
    expect(await field.call(['promoter', 'regions', 'promoter-manifest.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('promoter-manifest.yaml:1:1  unsupported-layout: the registry does not stand on lines of its own. Add the regions by hand.') });
    expect(await field.call(['promoter', 'regions', 'none-manifest.yaml'])).toMatchObject({ code: 2, stderr: 'none-manifest.yaml: there is no such file. Give a promoter-manifest.yaml.\n' });
  });
});

describe('promoter plan', () => {
  const inventory = (held: Readonly<Record<string, Readonly<Record<string, string>>>>): string => {
    const empty = Object.fromEntries(productionRegions.map((region) => [`${region}-docker.pkg.dev/k8s-artifacts-prod/images/a/app`, { tags: {} }]));
    return JSON.stringify({ ...empty, ...Object.fromEntries(Object.entries(held).map(([name, tags]) => [name, { tags }])) });
  };
  const first = `${productionRegions[0] ?? ''}-docker.pkg.dev/k8s-artifacts-prod/images/a/app`;
  interface Plan { readonly edges: readonly { readonly verdict: string; readonly tag?: string; readonly destination: string }[]; readonly clean: boolean; readonly overlaps: readonly string[] }
  const counts = (plan: Plan): Record<string, number> => Object.fromEntries([...new Set(plan.edges.map((edge) => edge.verdict))].sort().map((verdict) => [verdict, plan.edges.filter((edge) => edge.verdict === verdict).length]));

  test('promote, skip and lost, by what the registries hold', async () => {
    const field = openField({ ...tree, 'held.json': inventory({ 'gcr.io/k8s-staging-a/app': { x: digestOf('a') }, [first]: { 'v1.0.0': digestOf('a') } }) });
    const plan = (await field.json(['promoter', 'plan', 'r', '--inventory', 'held.json'], 1)) as Plan;
    expect([counts(plan), plan.clean]).toEqual([{ lost: 22, promote: 21, skip: 1 }, true]);
    const { stdout, code } = await field.call(['promoter', 'plan', 'r', '--inventory', 'held.json']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('lost          app:v1.1.0')]);
    expect(stdout).toContain("_LOST_ (can't find it in src registry!)");
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('21 copies to make, 1 there already, 22 lost: staging does not hold them, and the job would be green all the same');
  });

  test('only what differs from a base, and a tag that would move fails the whole run', async () => {
    const field = openField({ ...tree, 'held.json': inventory({ 'gcr.io/k8s-staging-a/app': { x: digestOf('c') }, [first]: { 'v1.2.0': digestOf('b') } }) });
    field.git('init', '-q');
    field.git('add', 'r');
    field.git('commit', '-q', '-m', 'base');
    const none = await field.call(['promoter', 'plan', 'r', '--base', 'HEAD', '--inventory', 'held.json']);
    expect(none).toMatchObject({ code: 0, stderr: 'No digests found, nothing to promote.\n' });
    field.write({ [images]: `${tree[images]}    "${digestOf('c')}": ["v1.2.0"]\n` });
    const plan = (await field.json(['promoter', 'plan', images, '--base', 'HEAD', '--inventory', 'held.json'], 1)) as Plan;
    expect([counts(plan), plan.clean]).toEqual([{ move: 1, promote: 21 }, false]);
  });

  test('an inventory that says nothing of a repository is not an empty one', async () => {
    const field = openField({ ...tree, 'held.json': '{}', 'odd.json': '{"a": 1}' });
    expect(await field.call(['promoter', 'plan', 'r', '--inventory', 'held.json'])).toMatchObject({ code: 1, stderr: expect.stringContaining('held.json says nothing of gcr.io/k8s-staging-a/app') });
    expect(await field.call(['promoter', 'plan', 'r', '--inventory', 'odd.json'])).toMatchObject({ code: 2, stderr: expect.stringContaining('a has no tags and digests') });
  });
});
