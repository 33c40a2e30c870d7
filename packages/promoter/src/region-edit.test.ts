import { describe, expect, test } from 'vitest';
import { destinations, parseManifest } from './manifest-file.ts';
import { addRegions } from './region-edit.ts';
import { productionRegions } from './regions.ts';

const name = (region: string, project = 'app'): string => `${region}-docker.pkg.dev/k8s-artifacts-prod/images/${project}`;
const account = '  service-account: promoter@example.org\n';
const source = '# who\nregistries:\n- name: gcr.io/k8s-staging-app # staging\n  src: true\n';
const entry = (region: string, project?: string): string => `- name: ${name(region, project)}\n${account}`;
const without = (...left: readonly string[]): readonly string[] => productionRegions.filter((region) => !left.includes(region));
const whole = `${source}${productionRegions.map((region) => entry(region)).join('')}imagesPath: "../x"\n`;

function edit(text: string): { readonly text: string; readonly added: readonly string[] } {
  const result = addRegions(text);
  if ('problem' in result) throw new Error(result.problem.message);
  return result;
}

test('a manifest with every region comes back byte by byte', () => {
  for (const text of [whole, whole.replaceAll('\n', '\r\n'), whole.replace(/\n$/, ''), whole.replaceAll('- name: ', '-   name:  ').replaceAll('\n  ', '\n    ').replaceAll(/(\S+\/app)\n/g, '"$1"\n')]) expect(edit(text)).toEqual({ text, added: [] });
});

describe('what is missing is written as its neighbour is, in the usual order', () => {
  test.each<[what: string, left: readonly string[]]>([
    ['one in the middle', ['europe-west3']],
    ['two apart', ['europe-west3', 'europe-west10']],
    ['two that follow one another', ['us-east4', 'us-east5']],
    ['the first', ['asia-east1']],
    ['the last', ['us-west2']],
    ['all but one', without('us-central1')],
  ])('%s', (_, left) => {
    const text = `${source}${without(...left).map((region) => entry(region)).join('')}imagesPath: "../x"\n`;
    const result = edit(text);
    expect(result.text).toBe(whole);
    expect(result.added).toEqual(left.flatMap((region) => [`- name: ${name(region)}`, account.trimEnd()]));
    expect(edit(result.text)).toEqual({ text: whole, added: [] });
  });

  test('comments and blank lines stay where they are', () => {
    const text = `${source}\n# Asia\n${entry('asia-east1')}# the rest\n\n${without('asia-east1', 'asia-south1').map((region) => entry(region)).join('')}# end`;
    expect(edit(text).text).toBe(text.replace(`${entry('asia-east1')}`, `${entry('asia-east1')}${entry('asia-south1')}`));
  });

  test('line ends of Windows, and a last line without an end', () => {
    const text = `${source}${without('us-west2').map((region) => entry(region)).join('')}`.replaceAll('\n', '\r\n');
    expect(edit(text).text).toBe(`${text}${entry('us-west2').replaceAll('\n', '\r\n')}`);
    const open = `${source}${without('us-east4').map((region) => entry(region)).join('')}`.trimEnd();
    expect(destinations(parseManifest(edit(open).text, 'f').manifest ?? never())).toEqual(productionRegions.map((region) => name(region)));
    const last = `${source}${entry('asia-east1')}`.trimEnd();
    expect(destinations(parseManifest(edit(last).text, 'f').manifest ?? never())).toHaveLength(22);
  });

  test('a project that is published under two names gets both', () => {
    const text = `${source}${without('us-west2').flatMap((region) => [entry(region), entry(region, 'app/more')]).join('')}`;
    expect(edit(text).added.filter((line) => line.includes('us-west2'))).toEqual([`- name: ${name('us-west2')}`, `- name: ${name('us-west2', 'app/more')}`]);
  });

  test('one line a registry, indented', () => {
    const line = (region: string): string => `  - {name: ${name(region)}, service-account: a@b}\n`;
    const text = `registries:\n  - {name: gcr.io/k8s-staging-app, src: true}\n${without('us-east1').map(line).join('')}`;
    expect(edit(text).added).toEqual([line('us-east1').trimEnd()]);
  });
});

function never(): never {
  throw new Error('it cannot be read');
}

test.each<[what: string, text: string, code: string, line: number]>([
  ['no production registry to take the form from', `${source}- name: us.gcr.io/k8s-artifacts-prod/app\n`, 'unsupported-layout', 1],
  ['all on one line', `registries: [{name: gcr.io/a, src: true}, {name: ${name('us-east1')}}]\n`, 'unsupported-layout', 1],
  ['what is no manifest', '[]\n', 'wrong-type', 1],
  ['a field that kpromo does not know', `${source}  nane: x\n`, 'unknown-field', 5],
])('%s is told and not edited', (_, text, code, line) => {
  const result = addRegions(text, 'f');
  expect('problem' in result ? result.problem : result).toMatchObject({ code, line, file: 'f', severity: 'error' });
});

test('where one region gets the images elsewhere nothing is added: it would publish there everywhere', () => {
  const text = whole.replace(name('us-west1'), name('us-west1', 'other'));
  expect(addRegions(text, 'f')).toMatchObject({ problem: { code: 'stray-destination', message: 'us-west1 gets the images in images/other, most regions in images/app', hint: 'Write images/app first.' } });
});
