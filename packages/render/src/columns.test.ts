import { expect, test } from 'vitest';
import { layOutRows } from './columns.ts';

const rows = [
  [{ text: 'step' }, { text: 'took' }, { text: 'link' }],
  [{ text: '画像-build' }, { text: '3s' }, { text: 'https://example.org/view/12345' }],
  [{ text: 'tag' }, { text: '' }, { text: '' }],
];

test('columns are aligned, also below wide characters', () => {
  expect(layOutRows(rows, [{}, { align: 'right' }, {}], Infinity)).toEqual([
    'step        took  link',
    '画像-build    3s  https://example.org/view/12345',
    'tag',
  ]);
});

test('the last column that may gives way first', () => {
  expect(layOutRows(rows, [{ least: 4 }, {}, { least: 6 }], 24)).toEqual(['step        took  link', '画像-build  3s    https…', 'tag']);
  expect(layOutRows(rows, [{ least: 4 }, {}, { least: 6 }], 20)).toEqual(['step    took  link', '画像-…  3s    https…', 'tag']);
});

test('colours do not count', () => {
  const red = (text: string): string => `<${text}>`;
  expect(layOutRows([[{ text: 'ab', paint: red }, { text: '$&', paint: red }], [{ text: 'abcd' }, { text: 'x' }]], [{}, {}], 80)).toEqual(['<ab>    <$&>', 'abcd  x']);
});
