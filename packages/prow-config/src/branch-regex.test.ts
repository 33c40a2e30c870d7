import { describe, expect, test } from 'vitest';
import { compileBranchRegex } from './branch-regex.ts';

describe('patterns that mean the same in Go and here', () => {
  const table: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['main', 'main', true],
    ['main', 'domain-x', true],
    ['^main$', 'domain', false],
    ['^master|release', 'my-release-1', true],
    ['^master|release', 'old-master', false],
    ['^v[0-9]+\\.[0-9]+\\.[0-9]+(?:-[a-z.0-9]+)?$', 'v1.2.3-rc.1', true],
    ['^v\\d+\\.\\d+', 'v1.2.3', true],
    ['^artifacts\\/(filestores|manifests)\\/.*\\/*.yaml', 'artifacts/manifests/x/a.yaml', true],
    ['(?m)^/test( | .* )a,?($|\\s.*)', 'hello\n/test a', true],
    ['[a-z-]+\\x2d', 'a-', true],
    ['', 'anything', true],
    ['a{2}', 'aa', true],
  ];
  for (const [pattern, text, matches] of table) {
    test(`${pattern} on ${JSON.stringify(text)}: ${matches}`, () => {
      const { regex, problem } = compileBranchRegex(pattern);
      expect(problem).toBeUndefined();
      expect(regex?.test(text)).toBe(matches);
    });
  }
});

describe('patterns that are refused, with the construct named', () => {
  const table: readonly (readonly [pattern: string, named: string])[] = [
    ['(?i)^main$', '(?i)'],
    ['(?s).*', '(?s)'],
    ['a(?m)b', '(?m)'],
    ['(?i:main)', '(?i:'],
    ['^main\\z', '\\z'],
    ['\\Amain', '\\A'],
    ['\\Qa.b\\E', '\\Q'],
    ['\\pN', '\\p'],
    ['[[:alpha:]]+', '[[:alpha:]]'],
    ['(?P<x>a)', '(?P<x>'],
    ['(?!dependabot)', 'look-around'],
    ['(?<=a)b', 'look-around'],
    ['(a)\\1', 'back reference'],
    ['a++', 'repeated repetition'],
    ['a{1001}', 'limit of 1000'],
    ['[]a]', 'first member'],
    ['(main', 'not a regular expression'],
    ['main\\', 'not a regular expression'],
  ];
  for (const [pattern, named] of table) {
    test(pattern, () => {
      const { regex, problem } = compileBranchRegex(pattern);
      expect(regex).toBeUndefined();
      expect(problem).toContain(named);
    });
  }
});
