import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRunbook } from '@runbook/model';
import { lintCodes, lintRunbook } from './index.ts';
import type { LintCode } from './index.ts';

function lint(code: string, info = 'bash {name=a effect=read}'): string[] {
  const { runbook, problems } = parseRunbook(`\`\`\`${info}\n${code}\n\`\`\`\n`, 'a.md');
  expect(problems).toEqual([]);
  return lintRunbook(runbook).map((problem) => `${problem.code} ${problem.line}:${problem.column}`);
}

/** The place is where the sign ▸ stands. */
const cases: readonly { code: LintCode; bad: string; good: string }[] = [
  { code: 'shell-syntax', bad: 'if true; then\n  echo a▸', good: 'if true; then echo a; fi' },
  { code: 'shell-syntax', bad: 'echo ▸\'a', good: "echo 'a'" },
  { code: 'write-in-read', bad: '▸git push origin main', good: 'git fetch origin main' },
  { code: 'write-in-read', bad: 'x=$(▸git -C dir push)', good: 'git push --dry-run' },
  { code: 'write-in-read', bad: 'true && ▸sudo -u me git push', good: 'echo git push' },
  { code: 'write-in-read', bad: '▸FOO=1 gh pr create --fill', good: 'gh pr view 1' },
  { code: 'write-in-read', bad: '▸gh -R o/r release create v1', good: 'gh -R o/r release view v1' },
  { code: 'write-in-read', bad: '▸gh api -X DELETE repos/o/r', good: 'gh api repos/o/r' },
  { code: 'write-in-read', bad: '▸docker push a/b', good: 'docker pull a/b' },
  { code: 'write-in-read', bad: '▸docker buildx build --push .', good: 'docker buildx build .' },
  { code: 'write-in-read', bad: '▸skopeo copy docker://a docker://b', good: 'skopeo copy docker://a dir:b' },
  { code: 'write-in-read', bad: '▸crane copy a b', good: 'crane digest a' },
  { code: 'write-in-read', bad: '▸kubectl -n x apply -f a.yaml', good: 'kubectl apply --dry-run=client -f a.yaml' },
  { code: 'write-in-read', bad: '▸npm publish', good: 'npm view x' },
  { code: 'write-in-read', bad: '▸gsutil cp a gs://b/c', good: 'gsutil cp gs://b/c a' },
  { code: 'write-in-read', bad: '▸curl -XPUT https://x', good: 'curl https://x' },
  { code: 'write-in-read', bad: '▸curl --upload-file a https://x', good: 'curl -G -d a=b https://x' },
  { code: 'maybe-write-in-read', bad: '▸curl -d a=b https://x', good: 'curl -X GET https://x' },
  { code: 'maybe-write-in-read', bad: '▸gh api graphql -f query=x', good: 'gh api -X GET search -f q=x' },
  { code: 'download-and-run', bad: '▸curl -fsSL https://x | sudo bash -s', good: 'curl -fsSL https://x | bash -c "cat"' },
  { code: 'download-and-run', bad: '▸bash <(curl -s https://x)', good: 'cat <(curl -s https://x)' },
  { code: 'download-and-run', bad: '▸eval "$(wget -qO- https://x)"', good: 'x="$(wget -qO- https://x)"' },
  { code: 'undeclared-variable', bad: 'echo "$▸versoin"', good: 'versoin=1; echo "$versoin"' },
  { code: 'undeclared-variable', bad: 'echo "${▸verson}"', good: 'echo "${verson:-} $HOME $1 $?"' },
  { code: 'undeclared-variable', bad: 'if true; then echo $▸a; fi', good: 'for a in 1; do echo "$a"; done; read -r b; echo "$b"' },
  { code: 'unquoted-variable', bad: 'x=1; [ ▸$x = 1 ]', good: 'x=1; [ "$x" = 1 ]; [[ $x = 1 ]]; [ $# = 0 ]; echo $x' },
  { code: 'unquoted-variable', bad: 'x=1; git tag ▸v$x', good: 'x=1; git tag "v$x" ${x:+-f}' },
  { code: 'unquoted-variable', bad: 'x=1; rm ▸${x}', good: 'x=1; rm "${x}" ${#x}' },
  { code: 'hidden-failure', bad: 'export ▸x="$(git rev-parse HEAD)"', good: 'x=$(git rev-parse HEAD); export x' },
  { code: 'hidden-failure', bad: 'f() { local ▸x=$(date); }', good: 'f() { local x; x=$(date); }; export y="$HOME"' },
  { code: 'unguarded-removal', bad: 'rm -rf ▸$X/build', good: 'rm -rf "${X:?}/build"' },
  { code: 'unguarded-removal', bad: 'rm -fr a ▸${X}', good: 'rm -fr "$X"' },
  { code: 'unguarded-removal', bad: 'rm -r ▸"$X"/*', good: 'rm "$X"/a' },
  { code: 'unguarded-removal', bad: 'rm -r ▸"$X/"', good: 'rm -r build/"$X"' },
];

describe('every problem has its code and place', () => {
  test.each(cases)('$code: $bad', ({ code, bad, good }) => {
    const before = bad.slice(0, bad.indexOf('▸')).split('\n');
    const place = `${before.length + 1}:${(before.at(-1)?.length ?? 0) + 1}`;
    expect(lint(bad.replace('▸', ''))).toEqual([`${code} ${place}`]);
    expect(lint(good)).toEqual([]);
  });
});

test('a declared write may write; zsh, scripts and other interpreters are not parsed as bash', () => {
  expect(lint('git push', 'bash {name=a effect=write}')).toEqual([]);
  expect(lint('print -l ${(s:,:)x', 'zsh {name=a effect=read}')).toEqual([]);
  expect(lint('if (', 'js {name=a}')).toEqual([]);
  expect(lint('print("a', 'bash {name=a effect=read interpreter=python3}')).toEqual([]);
});

test('columns count what a list takes away', () => {
  const { runbook } = parseRunbook('1. a\n\n   ```sh {name=a effect=local}\n   git push\n   ```\n', 'a.md');
  expect(lintRunbook(runbook)).toEqual([expect.objectContaining({ code: 'write-in-read', severity: 'error', file: 'a.md', line: 4, column: 4 })]);
});

test('every code has a case here and a row in docs/errors.md', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  expect(lintCodes.filter((code) => !cases.some((known) => known.code === code) || !page.includes(`| \`${code}\` |`))).toEqual([]);
});
