import { expect, test } from 'vitest';
import type { DocumentSymbol } from 'vscode-languageserver-protocol';
import { openPage, symbolsOf } from './index.ts';
import { release, textIn } from './page.test.marked.ts';

/** The outline, one line a symbol. */
function outline(text: string): string[] {
  const page = openPage(text, 'file:///a.md');
  const show = (symbol: DocumentSymbol, depth: number): string[] => [
    `${' '.repeat(depth)}${symbol.name}${symbol.detail === undefined ? '' : ` (${symbol.detail})`} = ${textIn(page, symbol.selectionRange)}`,
    ...(symbol.children ?? []).flatMap((child) => show(child, depth + 1)),
  ];
  return symbolsOf(page).flatMap((symbol) => show(symbol, 0));
}

test('headings hold headings and steps', () => {
  expect(outline(release)).toEqual([
    'Release = # Release',
    ' Tag = ## Tag',
    '  find (bash · read) = find',
    '  push-tag (bash · write) = push-tag',
    '  check (sh · read) = check',
    ' Wait = ## Wait',
    '  build (ts · read) = build',
    '  smoke (manual) = smoke',
    '  announce (include · write) = announce',
  ]);
});

test.each([
  ['steps before the first heading', '```sh {name=a}\nls\n```\n# b\n', ['a (sh · write) = a', 'b = # b']],
  ['underlined headings', 'One\n===\nTwo\n---\n', ['One = One', ' Two = Two']],
  ['levels that are left out', '### c\n# a\n## b\n', ['c = ### c', 'a = # a', ' b = ## b']],
  ['no heading in code', '```text\n# no\n```\n    # no\n', []],
  ['no heading in the front matter', '---\n# a comment\ntitle: x\n---\n', []],
  ['a table row is no underlined heading', '| a |\n---\n', []],
  ['marks and links are left out', '# The `x` [link](a.md) {#id} ##\n', ['The x link = # The `x` [link](a.md) {#id} ##']],
  ['a heading of nothing', '#\n', ['… = #']],
  ['Windows line ends', '# a\r\n```sh {name=b}\r\nls\r\n```\r\n', ['a = # a', ' b (sh · write) = b']],
])('%s', (_name, text, expected) => {
  expect(outline(text)).toEqual(expected);
});

test('a symbol holds its code and its children', () => {
  const page = openPage(release, 'file:///a.md');
  const [top] = symbolsOf(page);
  expect(top === undefined ? '' : textIn(page, top.range)).toBe(release.slice(release.indexOf('# Release')));
  const find = top?.children?.[0]?.children?.[0];
  expect(find === undefined ? '' : textIn(page, find.range)).toBe('```bash {name=find effect=read}\nsha=$(git ls-remote . HEAD | cut -f1)\nexport sha\n```');
});
