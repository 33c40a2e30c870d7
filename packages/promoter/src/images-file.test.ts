import { describe, expect, test } from 'vitest';
import { parseImages } from './images-file.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const a = digest('a');
const b = digest('b');

test('images, digests and tags with their places', () => {
  const text = `# head\n- name: app # note\n  dmap:\n    "${a}": ["v1", "1.0"]\n- name: charts/app\n  dmap:\n    "${b}": []\n- name: app\n  dmap:\n    "${b}":\n    - 'v2'\n`;
  const { images, problems } = parseImages(text, 'images.yaml');
  expect(images).toEqual({
    file: 'images.yaml',
    images: [
      { name: 'app', line: 2, column: 3, digests: [{ digest: a, tags: ['v1', '1.0'], line: 4, column: 5 }] },
      { name: 'charts/app', line: 5, column: 3, digests: [{ digest: b, tags: [], line: 7, column: 5 }] },
      { name: 'app', line: 8, column: 3, digests: [{ digest: b, tags: ['v2'], line: 10, column: 5 }] },
    ],
  });
  expect(problems.map((problem) => problem.code)).toEqual(['digest-under-two-names']);
});

test('nothing yet is a list without images', () => {
  for (const text of ['', '[]\n', '# soon\n', '---\n', 'null\n']) expect(parseImages(text, 'f')).toEqual({ images: { file: 'f', images: [] }, problems: [] });
});

test('numbers as tags keep the way they are written', () => {
  const { images, problems } = parseImages(`- name: app\n  dmap:\n    "${a}": [2.10, 1]\n`, 'f');
  expect(images?.images[0]?.digests[0]?.tags).toEqual(['2.10', '1']);
  expect(problems.map((problem) => [problem.code, problem.severity])).toEqual([['unquoted-tag', 'warning'], ['unquoted-tag', 'warning']]);
});

describe('what is wrong is reported at its place', () => {
  const app = (line: string): string => `- name: app\n  dmap:\n    ${line}\n`;
  const table: readonly (readonly [what: string, text: string, code: string, severity: string, line: number, says: string])[] = [
    ['not YAML', '- name: [', 'yaml-syntax', 'error', 1, 'not valid YAML'],
    ['a byte order mark', '\ufeff- name: app\n  dmap: {}\n', 'yaml-syntax', 'error', 1, 'byte order mark'],
    ['two documents', '- name: app\n  dmap: {}\n---\n- name: b\n  dmap: {}\n', 'yaml-syntax', 'error', 3, 'holds several documents'],
    ['a mapping', 'a: b\n', 'wrong-type', 'error', 1, 'a mapping'],
    ['an image that is a text', '- app\n', 'wrong-type', 'error', 1, 'a string'],
    ['unknown key', `${app(`"${a}": ["v1"]`)}  tags: []\n`, 'unknown-field', 'error', 4, '"tags"'],
    ['duplicate key of an image', `- name: app\n  name: other\n  dmap:\n    "${a}": ["v1"]\n`, 'duplicate-key', 'error', 2, 'twice'],
    ['duplicate digest', app(`"${a}": ["v1"]\n    "${a}": ["v2"]`), 'duplicate-key', 'error', 4, 'twice'],
    ['no name', `- dmap:\n    "${a}": ["v1"]\n`, 'no-name', 'error', 1, 'no name'],
    ['bad name', app(`"${a}": ["v1"]`).replace('app', 'App'), 'bad-name', 'error', 1, '"App"'],
    ['no dmap', '- name: app\n', 'no-digests', 'error', 1, 'nothing'],
    ['empty dmap', '- name: app\n  dmap: {}\n', 'no-digests', 'error', 2, 'an empty mapping'],
    ['short digest', app(`"sha256:${'a'.repeat(63)}": ["v1"]`), 'bad-digest', 'error', 3, '63 characters'],
    ['upper-case digest', app(`"sha256:${'A'.repeat(64)}": ["v1"]`), 'bad-digest', 'error', 3, '0-9 and a-f'],
    ['digest without algorithm', app(`"${'a'.repeat(64)}": ["v1"]`), 'bad-digest', 'error', 3, '"sha256:"'],
    ['digest without quotes', app(`${a}: ["v1"]`), 'unquoted-digest', 'error', 3, 'not quoted'],
    ['digest in single quotes', app(`'${a}': ["v1"]`), 'unquoted-digest', 'error', 3, 'single quotes'],
    ['two digests on a line', `- name: app\n  dmap: {"${a}": ["v1"], "${b}": ["v2"]}\n`, 'digests-on-one-line', 'error', 2, 'neither'],
    ['a digest in a comment of the line', app(`"${a}": ["v1"] # was "${b}"`), 'digests-on-one-line', 'error', 3, 'neither'],
    ['tags not a list', app(`"${a}": "v1"`), 'wrong-type', 'error', 3, 'expected a list'],
    ['a tag that is a list', app(`"${a}": [["v1"]]`), 'wrong-type', 'error', 3, 'expected a text'],
    ['bad tag', app(`"${a}": ["v1/x"]`), 'bad-tag', 'error', 3, '"v1/x"'],
    ['tag beginning with a dash', app(`"${a}": ["-v1"]`), 'bad-tag', 'error', 3, '"-v1"'],
    ['tag too long', app(`"${a}": ["${'v'.repeat(129)}"]`), 'bad-tag', 'error', 3, 'not a tag'],
    ['latest', app(`"${a}": ["latest"]`), 'moving-tag', 'warning', 3, 'moves'],
    ['one tag twice on a line', app(`"${a}": ["v1", "v1"]`), 'duplicate-tag', 'warning', 3, 'twice'],
    ['one tag, two digests', app(`"${a}": ["v1"]\n    "${b}": ["v1"]`), 'tag-with-two-digests', 'error', 4, 'line 3'],
    ['one tag, two digests, over entries of a name', `${app(`"${a}": ["v1"]`)}${app(`"${b}": ["v1"]`)}`, 'tag-with-two-digests', 'error', 6, 'overlapping edges detected'],
    ['one digest, two names', `${app(`"${a}": ["v1"]`)}${app(`"${a}": ["v1"]`).replace('app', 'other')}`, 'digest-under-two-names', 'warning', 6, '"app"'],
  ];
  for (const [what, text, code, severity, line, says] of table) {
    test(what, () => {
      const found = parseImages(text, 'images.yaml').problems.find((problem) => problem.code === code);
      expect(found).toMatchObject({ severity, line, file: 'images.yaml' });
      expect(found?.message).toContain(says);
    });
  }

  test('the longest tag, and the same pair in two entries, are fine', () => {
    expect(parseImages(app(`"${a}": ["${'v'.repeat(128)}", "_x"]`), 'f').problems).toEqual([]);
    expect(parseImages(app(`"${a}": ["v1"]`) + app(`"${a}": ["v2"]`), 'f').problems).toEqual([]);
  });
});
