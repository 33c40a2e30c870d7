import { describe, expect, test } from 'vitest';
import { productionRegions } from './regions.ts';
import { checkTree } from './tree.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const images = (name: string, letter: string, tag = 'v1'): string => `- name: ${name}\n  dmap:\n    "${digest(letter)}": ["${tag}"]\n`;
const manifest = (project: string, regions: readonly string[] = productionRegions, target = project): string =>
  `registries:\n- name: gcr.io/k8s-staging-${project}\n  src: true\n${regions.map((region) => `- name: ${region}-docker.pkg.dev/k8s-artifacts-prod/images/${target}\n`).join('')}`;

const good = {
  'registry.k8s.io/images/k8s-staging-a/images.yaml': images('app', 'a'),
  'registry.k8s.io/images/k8s-staging-a/OWNERS': 'approvers: []',
  'registry.k8s.io/manifests/k8s-staging-a/promoter-manifest.yaml': manifest('a'),
  'registry.k8s.io/images/k8s-staging-b/images.yaml': images('app', 'b'),
  'registry.k8s.io/manifests/k8s-staging-b/promoter-manifest.yaml': manifest('b'),
  'README.md': '#',
};

test('there are 22 production regions, and a complete tree is fine', () => {
  expect(productionRegions).toHaveLength(22);
  expect(checkTree(good)).toEqual([]);
});

test('the root of the tree may be anything', () => {
  expect(checkTree({ 'images/x/images.yaml': images('app', 'a'), 'manifests/x/promoter-manifest.yaml': manifest('x') })).toEqual([]);
});

test('the tree that is frozen is told, file by file', () => {
  const files = { 'k8s.gcr.io/images/k8s-staging-a/images.yaml': images('app', 'a'), 'k8s.gcr.io/manifests/k8s-staging-a/promoter-manifest.yaml': manifest('a') };
  expect(checkTree(files, new Set(['k8s.gcr.io/images/k8s-staging-a/images.yaml'])).map(({ code, severity, hint }) => [code, severity, hint])).toEqual([['frozen-tree', 'warning', 'Promote by registry.k8s.io/images/k8s-staging-a/.']]);
  expect(checkTree({ 'registry.k8s.io/images/k8s.gcr.io/images.yaml': images('app', 'a') }).map(({ code }) => code)).toEqual(['no-manifest']);
});

test('a stray destination is told at its line, with the folder it should have; a folder of two is named', () => {
  const text = manifest('a').replace('asia-south1-docker.pkg.dev/k8s-artifacts-prod/images/a', 'asia-south1-docker.pkg.dev/k8s-artifacts-prod/images/c');
  const found = checkTree({ 'images/a/images.yaml': images('app', 'a'), 'manifests/a/promoter-manifest.yaml': text });
  expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual(['1 1 of the 22 production regions are missing: asia-south1', '5 asia-south1 gets the images in images/c, most regions in images/a']);
});

describe('what no single file shows', () => {
  const at = 'registry.k8s.io/';
  const without = (path: string): Record<string, string> => Object.fromEntries(Object.entries(good).filter(([other]) => other !== at + path));
  const table: readonly (readonly [what: string, files: Record<string, string>, problems: readonly (readonly [code: string, severity: string, file: string])[]])[] = [
    ['a manifest without images', without('images/k8s-staging-a/images.yaml'), [['no-images', 'error', 'manifests/k8s-staging-a/promoter-manifest.yaml']]],
    ['images without a manifest', without('manifests/k8s-staging-a/promoter-manifest.yaml'), [['no-manifest', 'warning', 'images/k8s-staging-a/images.yaml']]],
    ['a misspelt name', { ...good, [`${at}images/k8s-staging-lws/imaegs.yaml`]: '# soon\n' }, [['misspelt-file', 'error', 'images/k8s-staging-lws/imaegs.yaml']]],
    ['another ending', { ...good, [`${at}images/k8s-staging-c/images.yml`]: '[]' }, [['misspelt-file', 'error', 'images/k8s-staging-c/images.yml']]],
    ['a misspelt manifest', { ...good, [`${at}manifests/k8s-staging-c/promoter-manfest.yaml`]: '' }, [['misspelt-file', 'error', 'manifests/k8s-staging-c/promoter-manfest.yaml']]],
    ['images under manifests', { ...good, [`${at}manifests/k8s-staging-a/images.yaml`]: '[]' }, [['wrong-directory', 'error', 'manifests/k8s-staging-a/images.yaml']]],
    ['too deep', { ...good, [`${at}images/k8s-staging-a/b/images.yaml`]: '[]' }, [['wrong-directory', 'error', 'images/k8s-staging-a/b/images.yaml'], ['no-manifest', 'warning', 'images/k8s-staging-a/b/images.yaml']]],
    ['a missing region', { ...good, [`${at}manifests/k8s-staging-a/promoter-manifest.yaml`]: manifest('a', productionRegions.slice(1)) }, [['missing-region', 'warning', 'manifests/k8s-staging-a/promoter-manifest.yaml']]],
    ['one region into the folder of another project', { ...good, [`${at}manifests/k8s-staging-a/promoter-manifest.yaml`]: manifest('a').replace('asia-east1-docker.pkg.dev/k8s-artifacts-prod/images/a', 'asia-east1-docker.pkg.dev/k8s-artifacts-prod/images/c') }, [['missing-region', 'warning', 'manifests/k8s-staging-a/promoter-manifest.yaml'], ['stray-destination', 'error', 'manifests/k8s-staging-a/promoter-manifest.yaml']]],
    ['two folders, each in every region', { ...good, [`${at}manifests/k8s-staging-a/promoter-manifest.yaml`]: `${manifest('a')}${productionRegions.map((region) => `- name: ${region}-docker.pkg.dev/k8s-artifacts-prod/images\n`).join('')}` }, []],
    ['two folders, one without a region', { ...good, [`${at}manifests/k8s-staging-a/promoter-manifest.yaml`]: `${manifest('a')}${productionRegions.slice(1).map((region) => `- name: ${region}-docker.pkg.dev/k8s-artifacts-prod/images\n`).join('')}` }, [['missing-region', 'warning', 'manifests/k8s-staging-a/promoter-manifest.yaml']]],
    ['a region nobody knows', { ...good, [`${at}manifests/k8s-staging-a/promoter-manifest.yaml`]: manifest('a', [...productionRegions, 'us-west9']) }, [['unknown-region', 'warning', 'manifests/k8s-staging-a/promoter-manifest.yaml']]],
    ['two files for one place, one digest', { ...good, [`${at}images/k8s-staging-b/images.yaml`]: images('app', 'a'), [`${at}manifests/k8s-staging-b/promoter-manifest.yaml`]: manifest('b', productionRegions, 'a') }, []],
    ['two files for one place, two digests', { ...good, [`${at}manifests/k8s-staging-b/promoter-manifest.yaml`]: manifest('b', productionRegions, 'a') }, [['overlap', 'error', 'images/k8s-staging-b/images.yaml']]],
    ['one place by another split', { ...good, [`${at}images/k8s-staging-b/images.yaml`]: images('a/app', 'b'), [`${at}manifests/k8s-staging-b/promoter-manifest.yaml`]: `registries:\n- {name: gcr.io/k8s-staging-b, src: true}\n- {name: us-east1-docker.pkg.dev/k8s-artifacts-prod/images}\n` }, [['overlap', 'error', 'images/k8s-staging-b/images.yaml'], ['missing-region', 'warning', 'manifests/k8s-staging-b/promoter-manifest.yaml']]],
    ['a problem of a file itself', { ...good, [`${at}images/k8s-staging-b/images.yaml`]: images('app', 'b').replaceAll('"sha', 'sha').replace('":', ':') }, [['unquoted-digest', 'error', 'images/k8s-staging-b/images.yaml']]],
  ];
  for (const [what, files, expected] of table) {
    test(what, () => expect(checkTree(files).map((problem) => [problem.code, problem.severity, problem.file.slice(at.length)])).toEqual(expected));
  }

  test('a directory without partner is answered with the one that was meant', () => {
    const files = { ...without('images/k8s-staging-a/images.yaml'), [`${at}images/k8s-stagin-a/images.yaml`]: images('app', 'a') };
    expect(checkTree(files).map((problem) => problem.hint).join(' ')).toContain('"k8s-staging-a"');
  });
});

test('folders further up may be called images, and only the files asked for are told', () => {
  const thin = 'registries:\n- name: gcr.io/k8s-staging-a\n  src: true\n- name: gcr.io/prod\n';
  const files = {
    '/home/images/k8s.io/images/a/images.yaml': images('app', 'a'), '/home/images/k8s.io/manifests/a/promoter-manifest.yaml': thin,
    '/home/images/k8s.io/images/b/images.yaml': images('app', 'b'), '/home/images/k8s.io/manifests/b/promoter-manifest.yaml': thin,
  };
  const told = (...focus: string[]) => checkTree(files, focus.length === 0 ? undefined : new Set(focus)).map((one) => `${one.file} ${one.code}`);
  expect(told()).toEqual(['/home/images/k8s.io/images/b/images.yaml overlap']);
  expect(told('/home/images/k8s.io/images/a/images.yaml')).toEqual(['/home/images/k8s.io/images/a/images.yaml overlap']);
  expect(told('/home/images/k8s.io/manifests/a/promoter-manifest.yaml')).toEqual([]);
});
