import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanDescribe, describeArgs, gitTag, gitTagPattern, passesTagFilter } from './git-tag.ts';

describe('the tag of a build', () => {
  const table: readonly (readonly [what: string, describe: string, tag: string])[] = [
    ['exactly on a tag', 'v0.5.0\n', 'v20260822-v0.5.0'],
    ['commits after a tag', 'v0.5.0-3-gabc1234\n', 'v20260822-v0.5.0-3-gabc1234'],
    ['no tag reachable', 'abc1234\n', 'v20260822-abc1234'],
    ['slash and plus vanish', 'apps/v1.2+x\n', 'v20260822-appsv1.2x'],
    ['tilde vanishes', 'v1~2\n', 'v20260822-v12'],
    ['dirty', 'v1-dirty\n', 'v20260822-v1-dirty'],
    ['another component', 'auditlogger-1.2.13-261-ge6f4338\n', 'v20260822-auditlogger-1.2.13-261-ge6f4338'],
  ];
  for (const [what, described, tag] of table) {
    test(what, () => {
      expect(gitTag(described, '20260822')).toBe(tag);
      expect(tag).toMatch(gitTagPattern(described));
      expect(gitTag(described, '20270101')).toMatch(gitTagPattern(described));
    });
  }

  test('the pattern leaves only the date open', () => {
    const pattern = gitTagPattern('v0.5.0');
    for (const other of ['v20260822-v0x5.0', 'v2026082-v0.5.0', 'v20260822-v0.5.0-1-gabc', 'xv20260822-v0.5.0', 'v20260822-v0.5.0\n']) expect(other).not.toMatch(pattern);
  });

  test('whatever git says, the result is a tag a registry takes', () => {
    fc.assert(fc.property(fc.string(), (text) => /^[-_.a-zA-Z0-9]*$/.test(cleanDescribe(text)) && gitTagPattern(text).test(gitTag(text, '20260822'))));
  });

  test('arguments for git', () => {
    expect(describeArgs({})).toEqual(['describe', '--tags', '--always', '--dirty']);
    expect(describeArgs({ versionTagFilter: '' })).toEqual(['describe', '--tags', '--always', '--dirty']);
    expect(describeArgs({ versionTagFilter: 'snoopdb-*' })).toEqual(['describe', '--tags', '--always', '--dirty', '--match', 'snoopdb-*']);
  });
});

describe('against real git', () => {
  let folder = '';
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b', GIT_AUTHOR_DATE: '2026-08-22T00:00:00Z', GIT_COMMITTER_DATE: '2026-08-22T00:00:00Z' },
    });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'git-tag-'));
    git('init', '-q', '-b', 'main');
    writeFileSync(join(folder, 'a'), '1');
    git('add', 'a');
    git('commit', '-q', '-m', 'one');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('no tag, a tag, the nearest of two components, the filter, a dirty copy', () => {
    const sha = git('rev-parse', '--short', 'HEAD').trim();
    const tag = (filter?: string): string => gitTag(git(...describeArgs({ versionTagFilter: filter })), '20260822');
    expect(tag()).toBe(`v20260822-${sha}`);
    git('tag', 'snoopdb/v0.1.0');
    expect(tag()).toBe('v20260822-snoopdbv0.1.0');
    git('commit', '-q', '--allow-empty', '-m', 'two');
    git('tag', '-a', '-m', 'x', 'auditlogger-1.0.0');
    git('commit', '-q', '--allow-empty', '-m', 'three');
    const head = git('rev-parse', '--short', 'HEAD').trim();
    expect(tag()).toBe(`v20260822-auditlogger-1.0.0-1-g${head}`);
    expect(tag('snoopdb/*')).toBe(`v20260822-snoopdbv0.1.0-2-g${head}`);
    writeFileSync(join(folder, 'a'), '2');
    expect(tag()).toBe(`v20260822-auditlogger-1.0.0-1-g${head}-dirty`);
  });
});

/** One act on a history: a commit, a tag of a component, a branch that is merged. */
type Act = { readonly kind: 'commit' } | { readonly kind: 'tag'; readonly name: string; readonly annotated: boolean } | { readonly kind: 'merge' };

// Written again from the text of image-builder (domain facts §2.2) in a shell, so that not our own code is asked what is right.
const imageBuilder = `
set -eu
described=$(git describe --tags --always --dirty \${FILTER:+--match "$FILTER"})
printf 'v%s-%s' "$DATE" "$(printf %s "$described" | LC_ALL=C tr -dc 'a-zA-Z0-9_.-')"
`;

describe('over generated histories', () => {
  const component = fc.constantFrom('', 'snoop-', 'audit-', 'apps/snoop/', 'rel_');
  const number = fc.tuple(fc.nat(3), fc.nat(3), fc.constantFrom('', '-rc.1', '+build', '-dirty')).map(([a, b, end]) => `v${a}.${b}${end}`);
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'commit' } as const) },
    { weight: 3, arbitrary: fc.tuple(component, number, fc.boolean()).map(([front, back, annotated]) => ({ kind: 'tag', name: front + back, annotated }) as const) },
    { weight: 1, arbitrary: fc.constant({ kind: 'merge' } as const) },
  );
  const filter = fc.constantFrom('', 'snoop-*', 'v*', 'apps/*', '*audit*', 'v[0-1].*');

  test('the tag is what git and image-builder say, dirty trees and odd characters included', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 8 }), filter, fc.boolean(), (acts, match, dirty) => {
        const folder = mkdtempSync(join(tmpdir(), 'git-history-'));
        try {
          const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b', GIT_AUTHOR_DATE: '2026-08-22T00:00:00Z', GIT_COMMITTER_DATE: '2026-08-22T00:00:00Z', FILTER: match, DATE: '20260822' };
          execFileSync('sh', ['-ec', historyScript(acts, dirty)], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
          const expected = execFileSync('sh', ['-c', imageBuilder], { cwd: folder, env, encoding: 'utf8' });
          const described = execFileSync('git', describeArgs({ versionTagFilter: match }), { cwd: folder, env, encoding: 'utf8' });
          expect(gitTag(described, '20260822')).toBe(expected);
          expect(expected).toMatch(gitTagPattern(described));
          for (const name of new Set(acts.flatMap((one) => (one.kind === 'tag' ? [one.name] : [])))) {
            // git's own word on which tags a filter lets through
            const passes = execFileSync('git', ['for-each-ref', '--format=x', `refs/tags/${name}`], { cwd: folder, env, encoding: 'utf8' }) !== '' && describesWith(folder, env, name, match);
            expect(passesTagFilter(name, match)).toBe(passes);
          }
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 15 },
    );
  });
});

function historyScript(acts: readonly Act[], dirty: boolean): string {
  const lines = acts.map((one, index) => {
    if (one.kind === 'commit') return `git commit -q --allow-empty -m ${index}`;
    if (one.kind === 'merge') return `git checkout -q -b side${index} HEAD; git commit -q --allow-empty -m side; git checkout -q main; git commit -q --allow-empty -m main; git merge -q --no-edit side${index}`;
    return `git tag -f ${one.annotated ? `-a -m x '${one.name}'` : `'${one.name}'`}`;
  });
  return ['git init -q -b main', 'echo 1 > a', 'git add a', 'git commit -q -m one', ...lines, ...(dirty ? ['echo 2 > a'] : [])].join('\n');
}

/** Whether git describes a tag's own commit under a filter by this very tag. */
function describesWith(folder: string, env: NodeJS.ProcessEnv, name: string, match: string): boolean {
  const clone = mkdtempSync(join(tmpdir(), 'git-one-tag-'));
  try {
    execFileSync('git', ['clone', '-q', '--no-tags', folder, clone], { env, stdio: 'ignore' });
    execFileSync('git', ['-C', clone, 'tag', name], { env });
    return execFileSync('git', ['-C', clone, ...describeArgs({ versionTagFilter: match }).filter((arg) => arg !== '--dirty')], { env, encoding: 'utf8' }).trim() === name;
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}
