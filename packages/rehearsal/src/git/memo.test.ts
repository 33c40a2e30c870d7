// What may be remembered, for how long, and how much of it.
import { describe, expect, test } from 'vitest';
import { createMemo, isLasting, isQuestion } from './memo.ts';

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

describe('an answer is for ever when only ids decide it', () => {
  test.each([
    ['merge-base', a, b],
    ['merge-base', '--is-ancestor', a, b],
    ['rev-list', '--reverse', '--topo-order', `${a}..${b}`, '--'],
    ['rev-list', '--max-count=1', a, `^${b}`, '--'],
    ['merge-tree', '--write-tree', a, b],
    ['diff', '--unified=0', a, b, '--', 'refs/heads/main'],
    ['ls-tree', '-r', a],
  ])('%s %s %s %s %s', (...args) => expect(isLasting(args)).toBe(true));

  test.each([
    ['describe', '--tags', a],
    ['for-each-ref', '--format=%(refname)'],
    ['rev-list', '--max-count=1', '--all', `^${a}`, '--'],
    ['rev-list', '--since=yesterday', a, '--'],
    ['rev-list', 'main', '--'],
    ['diff', a, 'refs/heads/main'],
    ['log', '--'],
    ['merge-base', a.slice(1), b],
    ['commit-tree', a],
  ])('but not %s %s %s %s', (...args) => expect(isLasting(args)).toBe(false));

  test('what is no question is a write', () => {
    expect(['update-ref', 'fetch', 'hash-object', 'commit-tree', 'fast-import', 'tag', 'config'].filter((command) => isQuestion([command]))).toEqual([]);
  });
});

describe('a memo', () => {
  test('asks once, also while the answer is on its way', async () => {
    let asked = 0;
    const memo = createMemo<number>(() => true);
    const ask = async (): Promise<number> => (asked += 1);
    expect(await Promise.all([memo.recall('x', ask), memo.recall('x', ask)])).toEqual([1, 1]);
    expect([await memo.recall('x', ask), await memo.recall('y', ask)]).toEqual([1, 2]);
  });

  test('asks again after a failure, and for what is not to be kept', async () => {
    let asked = 0;
    const memo = createMemo<number>((answer) => answer > 2);
    const ask = async (): Promise<number> => {
      asked += 1;
      if (asked === 1) throw new Error('no');
      return asked;
    };
    await expect(memo.recall('x', ask)).rejects.toThrow('no');
    expect([await memo.recall('x', ask), await memo.recall('x', ask), await memo.recall('x', ask)]).toEqual([2, 3, 3]);
  });

  test('holds the five hundred that were asked for last', async () => {
    let asked = 0;
    const memo = createMemo<number>(() => true);
    const ask = async (): Promise<number> => (asked += 1);
    for (let at = 0; at < 500; at += 1) await memo.recall(`${at}`, ask);
    await memo.recall('0', ask);
    await memo.recall('one more', ask);
    expect(asked).toBe(501);
    await memo.recall('0', ask);
    expect(asked).toBe(501);
    await memo.recall('1', ask);
    expect(asked).toBe(502);
  });
});
