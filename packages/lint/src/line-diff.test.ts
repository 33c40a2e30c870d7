// The diff is read back by a patch of its own: what it says has to make the second text of the first.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countChanges, renderDiff } from './line-diff.ts';

test.each<[string, string, string]>([
  ['a', 'a', ''],
  ['a', 'b', '@@ -1 +1 @@\n-a\n+b'],
  ['a\nb', 'a\nx\nb', '@@ -1,2 +1,3 @@\n a\n+x\n b'],
  ['1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11', '1\nx\n3\n4\n5\n6\n7\n8\n9\ny\n11', '@@ -1,5 +1,5 @@\n 1\n-2\n+x\n 3\n 4\n 5\n@@ -7,5 +7,5 @@\n 7\n 8\n 9\n-10\n+y\n 11'],
  ['1\n2\n3\n4\n5\n6\n7', '1\n3\n4\n5\n6', '@@ -1,7 +1,5 @@\n 1\n-2\n 3\n 4\n 5\n 6\n-7'],
])('%j to %j', (before, after, diff) => {
  expect(renderDiff(before, after)).toBe(diff);
});

test('long ones are cut, and say so', () => {
  const lines = renderDiff(Array(100).fill('a').join('\n'), Array(100).fill('b').join('\n'), 10).split('\n');
  expect([lines.length, lines.at(-1)]).toEqual([11, '… 191 more lines']);
});

function patch(before: string, diff: string): string {
  const old = before.split('\n');
  const result: string[] = [];
  let at = 0;
  for (const line of diff === '' ? [] : diff.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      result.push(...old.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) result.push(line.slice(1));
    else {
      expect(line.slice(1)).toBe(old[at]);
      if (line.startsWith(' ')) result.push(line.slice(1));
      at += 1;
    }
  }
  return [...result, ...old.slice(at)].join('\n');
}

test('a diff makes the second text of the first', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '', 'd'), { maxLength: 30 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = renderDiff(before, after, Infinity);
      expect(patch(before, diff)).toBe(after);
      const { removed, added } = countChanges(before, after);
      expect(after.split('\n').length - before.split('\n').length).toBe(added - removed);
    }),
    { numRuns: 2000 },
  );
});
