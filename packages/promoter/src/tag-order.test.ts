import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparePlain, compareVersions, findOrder, placeOf } from './tag-order.ts';

describe('versions, each before the next', () => {
  const table: readonly (readonly string[])[] = [
    ['v1.0.0-alpha.1', 'v1.0.0-beta.0', 'v1.0.0-rc.1', 'v1.0.0-rc.2', 'v1.0.0', 'v1.0.1', 'v1.9.0', 'v1.10.0', 'v2.0.0'],
    ['1', '1.0', '1.0.0', '2'],
    ['0.4.0-rc.1', '0.4.0', '0.4.1-rc.1', '0.4.1'],
    ['v0.1.0', 'v0.1.0-1', 'v0.1.0-2'],
    ['3.0.20210430', 'v3.0.20211117', 'v3.0.20230201'],
    ['v20250131-478cd5d', 'v20260130-5d7ea35'],
    ['3.5.0-beta.3-1', '3.5.0-rc.0-0', '3.5.0-0', '3.5.1-0'],
    ['bullseye-v1.4.2', 'bullseye-v1.10.0', 'buster-v1.1.3'],
  ];
  for (const list of table) {
    test(list.join(' '), () => {
      list.forEach((a, i) => list.forEach((b, j) => expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(i - j))));
    });
  }

  test('any two tags have one order', () => {
    const tag = fc.string({ unit: fc.constantFrom('v', '1', '0', '.', '-', 'r', 'c', 'a'), maxLength: 8 });
    fc.assert(fc.property(tag, tag, (a, b) => Math.sign(compareVersions(a, b)) === -Math.sign(compareVersions(b, a)) && (compareVersions(a, b) !== 0 || a === b)));
  });
});

describe('the order of a list', () => {
  const place = (tags: readonly string[], others: readonly (readonly string[])[], tag: string): number => placeOf(tag, tags, findOrder(tags, others));
  const table: readonly (readonly [tags: readonly string[], others: readonly (readonly string[])[], tag: string, place: number])[] = [
    [['v1', 'v2'], [], 'v3', 2],
    [['v2', 'v1'], [], 'v3', 0],
    [['v1.1', 'v1.10', 'v1.2'], [], 'v1.11', 2],
    [['v1.9', 'v1.10'], [], 'v1.11', 2],
    [['v1.1', 'v1.2'], [['v1.1', 'v1.10', 'v1.2']], 'v1.10', 1],
    [['v1'], [], 'v2', 1],
    [['v1'], [['v3', 'v2']], 'v2', 0],
    [['v2', 'v1', 'v3'], [], 'v2.5', 3],
    [['v9', 'v8', 'v7', 'v6', 'v4', 'v5', 'v3'], [], 'v10', 0],
  ];
  for (const [tags, others, tag, expected] of table) test(`${tag} into ${tags.join(' ')}`, () => expect(place(tags, others, tag)).toBe(expected));

  test('plain order is by code units', () => expect(['v4.2.0', 'v4.10.0', 'v4.1.0'].toSorted(comparePlain)).toEqual(['v4.1.0', 'v4.10.0', 'v4.2.0']));
});
