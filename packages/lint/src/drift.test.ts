// What counts as drift, and what a refreshed block says: literal tables, and for excerpts a property over made-up documents.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { compareQuote, parseSource } from './index.ts';
import type { Drift, SourceAddress } from './index.ts';

function compare(language: string, block: string, file: string, fragment = ''): Drift {
  const address = parseSource(`https://example.org/f${fragment === '' ? '' : `#${fragment}`}`);
  if (address.kind === 'fault') throw new Error(address.message);
  return compareQuote({ language, source: block }, file, address.selection);
}

const fresh = (drift: Drift): string | undefined => (drift.kind === 'drift' ? drift.fresh : drift.kind);

const job = 'postsubmits:\n  org/repo:\n    # built on every push\n    - name: push-a\n      decorate: true\n      branches:\n        - ^main$\n        - ^release-.*$\n    - name: push-b\n      max_concurrency: 19\n      spec:\n        args: [--project=p, --scratch=gs://b, .]\n';

describe('text has to be the same', () => {
  test.each<[string, string, string, string | undefined]>([
    ['a\nb', 'a\nb\n', '', 'same'],
    ['a\nb', 'a\nb', '', 'same'],
    ['a\nb', '\uFEFFa\r\nb\r\n', '', 'same'],
    ['a\nb', 'a\nb\n\n', '', 'a\nb\n'],
    ['a\nb\n', 'a\nb\n\n', '', 'same'],
    ['a', 'a\nb\n', '', 'a\nb'],
    ['a ', 'a\n', '', 'a'],
    ['b', 'a\nb\nc\n', 'L2', 'same'],
    ['b\nc', 'a\nb\nc\n', 'L2-L3', 'same'],
    ['b\nc', 'a\nb\nc\n', 'L2-3', 'same'],
    ['b\nc', 'a\n  b\n  c\n', 'L2-L3', 'same'],
    ['  b\n  c', 'a\n  b\n  c\n', 'L2-L3', 'same'],
    ['x\nc', 'a\n  b\n    c\n', 'L2-L3', 'b\n  c'],
    ['  x', 'a\n  b\n', 'L2', '  b'],
    ['', 'a\n', '', 'a'],
    ['c', 'a\nb\n', 'L3', 'absent'],
    ['c', 'a\nb\n', 'L2-L4', 'absent'],
    ['echo a', 'steps:\n  - run: |\n      echo a\n', 'steps[0].run', 'same'],
    ['echo b', 'steps:\n  - run: |\n      echo a\n', 'steps[0].run', 'echo a'],
    ['x', 'a: [1', 'a', 'unreadable'],
  ])('%j of %j #%s: %j', (block, file, fragment, expected) => {
    expect(fresh(compare('text', block, file, fragment))).toBe(expected);
  });
});

describe('YAML and JSON may be an excerpt', () => {
  test.each<[string, string, string, string]>([
    ['yaml', 'name: a', 'name: "a"\nother: 1\n', ''],
    ['yaml', '# told apart\nb: {c: 1}', 'a: 0\nb:\n  c: 1\n  d: 2\n', ''],
    ['yaml', 'l: [1, 3]', 'l:\n- 1\n- 2\n- 3\n', ''],
    ['yaml', 'id: 1384977461019676672', 'id: 1384977461019676672\n', ''],
    ['yaml', 'n: 1', 'n: 1.0\n', ''],
    ['json', '{"a": [{"b": 1}]}', '{"a":[{"x":1},{"b":1,"c":2}]}', ''],
    ['yaml', 'org/repo:\n- name: push-b\n  spec:\n    args:\n    - --project=p\n    - .', job, 'postsubmits'],
    ['yaml', 'name: push-b', job, 'postsubmits.org/repo[1]'],
    ['yaml', '^main$', job, 'postsubmits["org/repo"][0].branches[0]'],
    ['yaml', 'decorate: true\n    branches:\n      - ^main$', job.replace(/^ {6}/gm, ''), 'L5-L7'],
    ['yaml', '- name: push-a\n  decorate: true', job, 'L4-L5'],
    ['yaml', 'kind: B', 'kind: A\n---\nkind: B\n', ''],
  ])('%s %j lies within its file', (language, block, file, fragment) => {
    const verdict = compare(language, block, file, fragment);
    expect(fragment === 'L5-L7' ? verdict.kind : verdict).toEqual(fragment === 'L5-L7' ? 'drift' : { kind: 'same' });
  });

  test.each<[string, string, string, string, string, string | undefined]>([
    ['yaml', 'a: 1 # why', 'a: 2\nb: 3\n', '', '"a" is 2 there, 1 here', 'a: 2 # why'],
    ['yaml', 'a: 1384977461019676671', 'a: 1384977461019676672\n', '', '"a" is 1384977461019676672 there, 1384977461019676671 here', 'a: 1384977461019676672'],
    ['yaml', "v: '1.10'", "v: '1.20' # x\n", '', '"v" is "1.20" there, "1.10" here', "v: '1.20'"],
    ['yaml', 'a: 1\nb: 2\nc: 3', 'a: 1\nc: 3\n', '', '"b" is not there', 'a: 1\nc: 3'],
    ['yaml', 'a: 1\nb:\n  c: 2', 'a: 1\n', '', '"b" is not there', 'a: 1'],
    ['yaml', 'l: [3, 1]', 'l: [1, 2, 3]\n', '', '"l[1]" is not there: 1', 'l: [1, 2, 3]'],
    ['yaml', 'l:\n  - a\n  - b', 'l:\n- a\n- c\n', '', '"l[1]" is "c" there, "b" here', 'l:\n  - a\n  - c'],
    ['yaml', 'l:\n  - a\n  - b', 'l:\n    - x\n    - y\n    - z\n', '', '"l[0]" is not there: "a"', 'l:\n  - x\n  - y\n  - z'],
    ['yaml', 'a: 1', 'a:\n    b: 1\n    c: 2\n', '', '"a" is a list or keys there, 1 here', 'a:\n  b: 1\n  c: 2'],
    ['yaml', 'a:\n  b: 1', 'a: x\n', '', '"a" is "x" there', 'a:\n  x'],
    ['yaml', 'a: |\n  one\nb: 1', 'a: |\n    two\n    three\nb: 1\n', '', '"a" is "two\\nthree\\n" there, "one\\n" here', 'a: |\n  two\n  three\nb: 1'],
    ['yaml', '- name: push-b\n  max_concurrency: 5', job, 'postsubmits.org/repo', '"[0]" is not there', '- name: push-b\n  max_concurrency: 19'],
    ['json', '{\n  "a": 1,\n  "b": [true]\n}', '{"b":[false],"a":1,"c":0}', '', '"b[0]" is false there, true here', '{\n  "a": 1,\n  "b": [false]\n}'],
    ['yaml', 'x: 1', 'a:\n  b: 2\n  c: 3\n', 'a', '"x" is not there', 'b: 2\nc: 3'],
    ['yaml', 'x: 1', 'b: 2\nc: 3\n', '', '"x" is not there', undefined],
    ['yaml', 'a: [', 'b: 2\nc: 3\n', 'L1', 'its text is another one', 'b: 2'],
  ])('%s %j, file %j #%s: %s', (...row) => {
    const [language, block, file, fragment, message, expected] = row;
    const verdict = compare(language, block, file, fragment);
    expect(verdict).toMatchObject({ kind: 'drift', message });
    expect(fresh(verdict)).toBe(expected);
    if (expected !== undefined) expect(compare(language, expected, file, fragment)).toEqual({ kind: 'same' });
  });

  test('a key that is nowhere is told, and data made to exhaust its reader is compared as text', () => {
    expect(compare('yaml', 'a: 1', job, 'presubmits.x')).toEqual({ kind: 'absent', message: 'it has no "presubmits.x"' });
    expect(compare('yaml', 'a: 1', `a: ${'['.repeat(5000)}`, '').kind).toBe('drift');
    expect(compare('yaml', 'a: 1', `${'- '.repeat(20_000)}x`, '').kind).toBe('drift');
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`).join('\n')}\n`;
    expect(compare('yaml', 'a: 1', bomb, '').kind).toBe('drift');
  });
});

test('a drift shows what would change', () => {
  expect(compare('yaml', 'name: push-a\ndecorate: false # so\nbranches: [^main$]', job, 'postsubmits.org/repo[0]')).toMatchObject({
    message: '"decorate" is true there, false here',
    diff: '@@ -1,3 +1,3 @@\n name: push-a\n-decorate: false # so\n+decorate: true # so\n branches: [^main$]',
  });
});

describe('the value of source=', () => {
  const web = (url: string): Partial<SourceAddress> => ({ kind: 'web', url });
  test.each<[string, Partial<SourceAddress>]>([
    ['https://github.com/o/r/blob/main/a/b.yaml#L1-L2', web('https://raw.githubusercontent.com/o/r/main/a/b.yaml')],
    ['https://github.com/o/r/blob/main/a.md?plain=1#L1', web('https://raw.githubusercontent.com/o/r/main/a.md')],
    ['https://github.com/o/r/raw/refs/heads/x/y/a', web('https://raw.githubusercontent.com/o/r/refs/heads/x/y/a')],
    ['https://raw.githubusercontent.com/o/r/main/a', web('https://raw.githubusercontent.com/o/r/main/a')],
    ['https://example.org/a?b=c', web('https://example.org/a?b=c')],
    ['../a/b.yaml#a.b', { kind: 'file', path: '../a/b.yaml', selection: { kind: 'path', keys: ['a', 'b'], text: 'a.b' } }],
    ['a#L3', { kind: 'file', path: 'a', selection: { kind: 'lines', from: 3, to: 3 } }],
    ['a#x["y.z"][2].k', { kind: 'file', selection: { kind: 'path', keys: ['x', 'y.z', 2, 'k'], text: 'x["y.z"][2].k' } }],
    ['a#[0].k%20l', { kind: 'fault' }],
    ['https://github.com/o/r', { kind: 'fault', message: 'this page of github.com is no file' }],
    ['https://github.com/o/r/tree/main/a', { kind: 'fault' }],
    ['https://github.com/o/r/blob/main/', { kind: 'fault' }],
    ['http://example.org/a', { kind: 'fault' }],
    ['https://u:p@example.org/a', { kind: 'fault', message: 'the address carries credentials' }],
    ['file:///etc/passwd', { kind: 'fault' }],
    ['/etc/passwd', { kind: 'fault' }],
    ['~/x', { kind: 'fault' }],
    ['a#L0', { kind: 'fault' }],
    ['a#L5-L3', { kind: 'fault' }],
    ['a#a..b', { kind: 'fault' }],
    ['a#.b', { kind: 'fault' }],
    ['a#a[', { kind: 'fault' }],
    ['#L1', { kind: 'fault' }],
  ])('%s', (value, expected) => {
    expect(parseSource(value)).toMatchObject(expected);
  });
});

/** Data as release files hold it. */
const scalar = fc.oneof(fc.constantFrom<unknown>('a', 'b c', '1.10', '', 'x: y', '# no', 'two\nlines\n', '- z', true, null, 0, 42, 1.5), fc.string({ unit: 'grapheme-ascii', maxLength: 8 }));
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('node'), { maxLength: 4 }), fc.dictionary(fc.constantFrom('name', 'spec', 'args', 'k8s.io/x', 'on'), tie('node'), { maxKeys: 4, noNullPrototype: true })),
})).node;
const map = fc.dictionary(fc.constantFrom('name', 'spec', 'args', 'k8s.io/x', 'on'), tree, { minKeys: 1, maxKeys: 5, noNullPrototype: true });
const style = fc.record({ indent: fc.constantFrom(2, 4), indentSeq: fc.boolean(), collectionStyle: fc.constantFrom('any', 'flow', 'block') }) as fc.Arbitrary<object>;

test('what is refreshed lies within its file, and nothing throws', () => {
  let refreshed = 0;
  let drifted = 0;
  fc.assert(
    fc.property(map, map, style, style, (old, now, blockStyle, fileStyle) => {
      const block = stringify(old, blockStyle).trimEnd();
      const file = stringify({ ...old, ...now }, fileStyle);
      const verdict = compare('yaml', block, file);
      if (verdict.kind !== 'drift') return;
      drifted += 1;
      if (verdict.fresh === undefined) return;
      refreshed += 1;
      expect(compare('yaml', verdict.fresh, file)).toEqual({ kind: 'same' });
    }),
    { numRuns: 600 },
  );
  expect(refreshed / drifted).toBeGreaterThan(0.5);
});
